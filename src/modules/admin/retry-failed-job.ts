import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import { retryJob } from "./job-store.js";

export function makeRetryFailedJob(deps: { db: Db; wakeWorkers: () => void }) {
  return async function retryFailedJob(jobId: number, act: Act): Promise<void> {
    await deps.db.transaction(async (tx) => {
      if (!(await retryJob(tx, jobId))) {
        throw new AppError(
          "not_found",
          "There is no such job, or it is running now. Look at the list again.",
        );
      }
      await writeAudit(tx, act, { action: "job.retried", subject: `job:${jobId}` });
    });
    deps.wakeWorkers();
  };
}
