import type { Db } from "../../db/database.js";
import type { JobHandler } from "../jobs/jobs.module.js";
import { forgetIdempotencyKeys } from "./order-store.js";

const BATCH = 1_000;

/** Keys are forgotten after their life; the orders stay. Afterwards such a key is new again. */
export function makeExpireIdempotencyKeys(deps: { db: Db; ttlHours: number }): JobHandler {
  return async () => {
    while ((await forgetIdempotencyKeys(deps.db, deps.ttlHours, BATCH)) === BATCH) {
      // Each batch is a short transaction of its own, so that nobody waits for its locks.
    }
  };
}
