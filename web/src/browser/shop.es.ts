import shop from "../texts/es/shop.json";
import trips from "../texts/es/trips.json";
import { startShop } from "./start-shop.js";

startShop({ ...shop, ...trips });
