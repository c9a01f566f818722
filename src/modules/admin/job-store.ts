import { type Queryable, statement, type Tx } from "../../db/database.js";

/**
 * Gives a job that has failed for good its attempts back. Through the library's own function, which leaves running
 * jobs alone; the row that comes back is the decision.
 */
const RETRY = statement(
  "admin.retry_job",
  `select j.id from graphile_worker.reschedule_jobs(array[$1::bigint], run_at => now(), attempts => 0) j`,
);

export async function retryJob(tx: Tx, jobId: number): Promise<boolean> {
  return (await tx.run(RETRY, [jobId])).count > 0;
}

const COUNT_FAILED = statement(
  "admin.count_failed_jobs",
  "select count(*) as failed from graphile_worker._private_jobs where attempts >= max_attempts and locked_at is null",
);

const OLDEST_DUE = statement(
  "admin.oldest_due_job",
  `select coalesce(extract(epoch from now() - min(run_at)), 0)::double precision as seconds
   from graphile_worker._private_jobs where is_available and run_at <= now()`,
);

/** How long the job that is due longest has waited; it rises when no worker runs, or too few. */
export async function oldestDueJobSeconds(db: Queryable): Promise<number> {
  return (await db.run<{ seconds: number }>(OLDEST_DUE)).rows[0]?.seconds ?? 0;
}

/** Jobs that nobody will run again unless an operator says so; an alert rule watches it. */
export async function countFailedJobs(db: Queryable): Promise<number> {
  return (await db.run<{ failed: number }>(COUNT_FAILED)).rows[0]?.failed ?? 0;
}
