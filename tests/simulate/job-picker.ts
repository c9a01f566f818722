import type pg from "pg";
import type { Random } from "../simulation/random.js";
import { Crashed, type Scheduler } from "./scheduler.js";
import type { ShopProcess } from "./shop-process.js";

interface JobRow {
  readonly id: number;
  readonly task: string;
  readonly payload: Record<string, unknown>;
  readonly attempts: number;
  readonly max_attempts: number;
}

/** A job of a process that died is free again after this, as its lease would be. */
const LEASE = "interval '2 minutes'";
/** Time passes by the minute here, so what is due within seconds is due: the machine's own pace decides nothing. */
const SOON = "interval '12 seconds'";

/**
 * Picks jobs on the real table as a worker does: locked while it runs, gone when it succeeds, later when it fails. A job
 * of a process that dies stays locked.
 */
export function makeJobPicker(deps: { pool: pg.Pool; scheduler: () => Scheduler; random: () => Random }) {
  const { pool } = deps;
  let ending: Promise<unknown>[] = [];

  const remove = (id: number): Promise<unknown> =>
    pool.query("delete from graphile_worker._private_jobs where id = $1 and locked_by = 'simulate'", [id]);

  const postpone = (id: number, error: unknown): Promise<unknown> =>
    pool.query(
      `update graphile_worker._private_jobs set locked_at = null, locked_by = null, last_error = $2,
         run_at = now() + least(attempts, 10) * interval '40 seconds' where id = $1`,
      [id, error instanceof Error ? error.message : String(error)],
    );

  const run = (
    { id, task, payload, attempts, max_attempts: attemptsMax }: JobRow,
    process: number,
    shop: ShopProcess,
  ) => {
    const handler = shop.handlers[task];
    // Mails and other ends of the chain that this world does not have.
    if (handler === undefined) return void ending.push(remove(id));
    const jobRun = { jobId: String(id), attempt: attempts + 1, attemptsMax };
    deps
      .scheduler()
      .start(`p${process} ${task}`, process, () => handler(payload, jobRun))
      .then(
        () => ending.push(remove(id)),
        (error: unknown) => error instanceof Crashed || ending.push(postpone(id, error)),
      );
  };

  return {
    /** Starts one that is due, chosen by the seed. False when none is. */
    async startDue(process: number, shop: ShopProcess): Promise<boolean> {
      const { rows } = await pool.query<JobRow>(
        `select j.id, t.identifier as task, j.payload, j.attempts, j.max_attempts
         from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
         where j.run_at <= now() + ${SOON} and j.attempts < j.max_attempts
           and (j.locked_at is null or j.locked_at < now() - ${LEASE})
         order by j.id`,
      );
      const job = rows.length === 0 ? undefined : deps.random().pick(rows);
      if (job === undefined) return false;
      await pool.query(
        "update graphile_worker._private_jobs set locked_at = now(), locked_by = 'simulate', attempts = attempts + 1 where id = $1",
        [job.id],
      );
      run(job, process, shop);
      await this.ended();
      return true;
    },
    /** Until the rows of jobs that have ended are written. */
    async ended(): Promise<void> {
      const waiting = ending;
      ending = [];
      await Promise.all(waiting);
    },
  };
}
