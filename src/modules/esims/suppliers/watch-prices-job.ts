import { defineScheduledJob } from "../../jobs/jobs.module.js";

/** Reads what suppliers ask for now: by the clock, and when a plan's suppliers or a price have changed. */
export const WATCH_SUPPLIER_PRICES = defineScheduledJob("watch_supplier_prices", "41 */6 * * *");
