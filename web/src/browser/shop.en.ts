import texts from "../texts/en/shop.json";
import { startShop } from "./start-shop.js";

startShop(texts);
