import app from "../texts/es/app.json";
import shop from "../texts/es/shop.json";
import { startApp } from "./start-app.js";

startApp({ ...shop, ...app });
