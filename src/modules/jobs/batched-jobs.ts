import { groupRuns } from "../../db/grouped-runs.js";
import type { PoolQuery } from "./job-leases.js";

/**
 * Of a taken or ended job nobody waits for the disk: if the database's machine fails, the job is there as before and
 * is run again, which each job must stand anyway.
 */
const UNHURRIED = "(select set_config('synchronous_commit', 'off', true)) as unhurried (setting)";
/** As graphile-worker takes, ends and postpones one job, for many at once. */
const TAKE = {
  name: "jobs.take",
  text: `with picked as (
      select id from graphile_worker._private_jobs
      where is_available and run_at <= now() and job_queue_id is null
        and task_id = (select id from graphile_worker._private_tasks where identifier = $1)
      order by priority, run_at limit $2 for update skip locked
    )
    update graphile_worker._private_jobs j set attempts = j.attempts + 1, locked_by = $3, locked_at = now()
    from picked, ${UNHURRIED} where j.id = picked.id
    returning j.id::text as id, j.payload, j.attempts, j.max_attempts`,
};
const END = {
  name: "jobs.end",
  text: `delete from graphile_worker._private_jobs j using ${UNHURRIED} where j.id = any($1::bigint[])`,
};
const POSTPONE = {
  name: "jobs.postpone",
  text: `update graphile_worker._private_jobs set last_error = $2, locked_by = null, locked_at = null,
      run_at = greatest(now(), run_at) + exp(least(attempts, 10)) * interval '1 second'
    where id = $1::bigint`,
};

export interface TakenJob {
  readonly id: string;
  readonly payload: unknown;
  readonly attempts: number;
  readonly max_attempts: number;
}

export interface BatchedJobsOptions {
  readonly query: PoolQuery;
  readonly task: string;
  readonly atOnce: number;
  readonly pollMillis: number;
  /** Marks the jobs that this process has taken. */
  readonly workerName: string;
  /** Runs one; what it throws postpones the job. */
  readonly run: (job: TakenJob) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export interface BatchedJobs {
  wake(): void;
  stop(): Promise<void>;
}

/**
 * The worker of one task with many small jobs: takes as many as it may run with one statement, and ends those that are
 * done with another. graphile-worker has two statements for each job, which cost more than most of these do themselves.
 * Everything else is as with every other job: the row, its key, its lease, its attempts.
 */
export function runInBatches(options: BatchedJobsOptions): BatchedJobs {
  const { query, task, atOnce, pollMillis, workerName, run, failed } = options;
  const running = new Set<Promise<void>>();
  let isStopping = false;
  let isWoken = false;
  let wakeUp: () => void = () => undefined;

  const end = groupRuns<string, void>(async (ids) => {
    await query({ ...END, values: [ids] });
    return [];
  });
  const work = async (job: TakenJob): Promise<void> => {
    try {
      await run(job);
      await end(job.id);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await query({ ...POSTPONE, values: [job.id, message] });
    }
  };
  /** True when there may be more. */
  const take = async (): Promise<boolean> => {
    const room = atOnce - running.size;
    const { rows } = await query({ ...TAKE, values: [task, room, workerName] });
    for (const job of rows as TakenJob[]) {
      // A job that cannot even be postponed stays locked, and its lease ends.
      const one = work(job)
        .catch(failed)
        .finally(() => running.delete(one));
      running.add(one);
    }
    return rows.length === room;
  };
  const wokenOrPolled = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMillis);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
      if (isWoken || isStopping) wakeUp();
    });
  const loop = async (): Promise<void> => {
    while (!isStopping) {
      isWoken = false;
      const isMore = await take().catch((error: unknown) => failed(error));
      // Half of them at a time, so that the next statement is worth it.
      while (isMore === true && running.size > atOnce / 2) await Promise.race(running);
      if (isMore !== true) await wokenOrPolled();
      while (running.size === atOnce) await Promise.race(running);
    }
    await Promise.all(running);
  };
  const looping = loop();
  return {
    wake: () => {
      isWoken = true;
      wakeUp();
    },
    stop: () => {
      isStopping = true;
      wakeUp();
      return looping;
    },
  };
}
