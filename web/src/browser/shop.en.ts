import shop from "../texts/en/shop.json";
import trips from "../texts/en/trips.json";
import { startShop } from "./start-shop.js";

startShop({ ...shop, ...trips });
