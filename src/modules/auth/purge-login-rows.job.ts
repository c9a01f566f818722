import type { Db } from "../../db/database.js";
import type { JobHandler } from "../jobs/jobs.module.js";
import { eraseExpiredCodes, purgeLoginRows } from "./login-code-store.js";
import { purgeSessions } from "./session-store.js";

/** Small enough that no batch holds its locks for long. */
const BATCH = 5_000;
const BATCHES_MAX = 200;

/** Deletes codes and tries that no limit counts any more and sessions that are neither alive nor remembered. */
export function makePurgeLoginRowsJob(deps: { readonly db: Db; readonly windowHours: number }): JobHandler {
  return async () => {
    while ((await eraseExpiredCodes(deps.db, BATCH)) === BATCH);
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const rows = await purgeLoginRows(deps.db, BATCH, deps.windowHours);
      const sessions = await purgeSessions(deps.db, BATCH);
      if (Math.max(rows, sessions) < BATCH) return;
    }
  };
}
