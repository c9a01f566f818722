import app from "../texts/en/app.json";
import shop from "../texts/en/shop.json";
import { startApp } from "./start-app.js";

startApp({ ...shop, ...app });
