import type { Db } from "../../db/database.js";
import { defineScheduledJob } from "../jobs/jobs.module.js";
import { eraseExpiredCodes, purgeLoginRows } from "./login-code-store.js";
import { purgeSessions } from "./session-store.js";

export const PURGE_LOGIN_ROWS = defineScheduledJob("purge_login_rows", "*/5 * * * *");

/** Small enough that no batch holds its locks for long. */
const BATCH = 5_000;
const BATCHES_MAX = 200;

/** Deletes codes and tries that no limit counts any more and sessions that are neither alive nor remembered. */
export function makePurgeLoginRows(deps: { readonly db: Db; readonly windowHours: number }) {
  return async (): Promise<void> => {
    while ((await eraseExpiredCodes(deps.db, BATCH)) === BATCH);
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const rows = await purgeLoginRows(deps.db, BATCH, deps.windowHours);
      const sessions = await purgeSessions(deps.db, BATCH);
      if (Math.max(rows, sessions) < BATCH) return;
    }
  };
}
