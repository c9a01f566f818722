import texts from "../texts/es/shop.json";
import { startShop } from "./start-shop.js";

startShop(texts);
