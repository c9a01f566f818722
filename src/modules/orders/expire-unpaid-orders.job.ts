import type { Db } from "../../db/database.js";
import type { Events } from "../../telemetry/events.js";
import type { Logger } from "../../telemetry/log.js";
import { defineScheduledJob } from "../jobs/jobs.module.js";
import { listExpiredOrders } from "./order-store.js";
import type { ReleaseUnpaid } from "./release-orders-of-person.js";

export const EXPIRE_UNPAID_ORDERS = defineScheduledJob("expire_unpaid_orders", "* * * * *");

const PAGE = 100;

/**
 * Ends the orders whose time to pay is over. One that cannot be decided now (its money is on the way, or the provider
 * does not answer) stays and is asked about in the next run; it does not hold up those behind it.
 */
export function makeExpireUnpaidOrders(deps: {
  db: Db;
  releaseUnpaid: ReleaseUnpaid;
  events: Events;
  log: Logger;
}): () => Promise<void> {
  return async () => {
    for (let after = 0; ; ) {
      const page = await listExpiredOrders(deps.db, { after, limit: PAGE });
      for (const orderId of page) await expireOrder(deps, orderId);
      if (page.length < PAGE) return;
      after = page.at(-1) ?? after;
    }
  };
}

async function expireOrder(
  { releaseUnpaid, events, log }: { releaseUnpaid: ReleaseUnpaid; events: Events; log: Logger },
  orderId: number,
): Promise<void> {
  try {
    if ((await releaseUnpaid(orderId, "expired")) === "released")
      events.orderExpired({}, { order_id: orderId });
  } catch (error) {
    log.warn(
      { err: error, order_id: orderId },
      "an unpaid order could not be ended; the next run tries again",
    );
  }
}
