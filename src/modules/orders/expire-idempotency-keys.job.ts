import type { Db } from "../../db/database.js";
import { defineScheduledJob } from "../jobs/jobs.module.js";
import { forgetIdempotencyKeys } from "./order-store.js";

export const EXPIRE_IDEMPOTENCY_KEYS = defineScheduledJob("expire_idempotency_keys", "17 * * * *");

const BATCH = 1_000;

/** Keys are forgotten after their life; the orders stay. Afterwards such a key is new again. */
export function makeExpireIdempotencyKeys(deps: { db: Db; ttlHours: number }): () => Promise<void> {
  return async () => {
    while ((await forgetIdempotencyKeys(deps.db, deps.ttlHours, BATCH)) === BATCH) {
      // Each batch is a short transaction of its own, so that nobody waits for its locks.
    }
  };
}
