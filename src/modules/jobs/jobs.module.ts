/**
 * Owns: how jobs run. The tables are graphile-worker's.
 * Promises: a job exists exactly when the transaction that enqueued it committed; it runs until it succeeds, or
 *   ends visibly failed after its attempts; a job of a killed process is taken up within a minute; a process that is
 *   stopping takes no new job and finishes what it runs.
 * Never: payloads with anything but row ids; a job enqueued outside the transaction that makes it necessary.
 */
import { randomUUID } from "node:crypto";
import { type ParsedCronItem, parseCronItems, run, Logger as WorkerLogger } from "graphile-worker";
import type { ServerWatch } from "../../db/server-watch.js";
import { makePool } from "../../db/session.js";
import type { Events } from "../../telemetry/events.js";
import type { Logger } from "../../telemetry/log.js";
import { runInBatches } from "./batched-jobs.js";
import { defineJob, defineScheduledJob } from "./define-job.js";
import { type JobHandler, type JobRun, type Jobs, joinJobs } from "./job.js";
import { type JobLeases, keepJobLeases, type PoolQuery } from "./job-leases.js";
import { traceJob } from "./trace-job.js";

export interface WorkerOptions {
  readonly databaseUrl: string;
  readonly jobs: readonly Jobs[];
  readonly concurrency: number;
  readonly events: Events;
  readonly log: Logger;
  /** Shared with the other pools of this process. */
  readonly server: ServerWatch;
}

export interface Worker {
  /** Takes no new job, waits for the running ones, closes its connections. */
  stop(): Promise<void>;
}

/** Workers are woken after a commit; this is how long a job waits at most when the wake-up was lost. */
const POLL_MILLIS = 1_000;
const STATEMENT_MILLIS_MAX = 30_000;
/** Of a batched task that many times more run at once: most of them wait for a shared statement. */
const BATCH_TIMES = 3;

export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const pool = makePool({
    url: options.databaseUrl,
    max: options.concurrency + 2,
    applicationName: "tribi worker",
    statementTimeoutMillis: STATEMENT_MILLIS_MAX,
  });
  options.server.join(pool);
  // A connection that ends while the process stops is no loss, whoever closes it first.
  let isStopping = false;
  pool.on("error", (error) => {
    if (!isStopping) options.log.warn({ err: error }, "an idle worker connection was lost");
  });
  const query = pool.query.bind(pool) as PoolQuery;
  pool.query = repeating(query, {
    until: () => isStopping,
    failed: (error) => {
      options.server.note(error);
      options.log.warn({ err: error }, "the clock of the jobs asks the database again");
    },
  }) as typeof pool.query;
  const leases = keepJobLeases(
    { query },
    {
      freed: (jobs) => options.log.warn({ jobs }, "took up jobs of a process that ended"),
      error: (error) => {
        options.server.note(error);
        options.log.warn({ err: error }, "job leases were not renewed");
      },
    },
  );
  const tasks = options.jobs
    .flatMap(({ handlers }) => Object.entries(handlers))
    .map(([task, handler]) => [task, taskOf(task, handler, options, leases)] as const);
  const batched = new Set(options.jobs.flatMap((one) => one.batched ?? []));
  const runner = await run({
    pgPool: pool,
    concurrency: options.concurrency,
    pollInterval: POLL_MILLIS,
    noHandleSignals: true,
    taskList: Object.fromEntries(tasks.filter(([task]) => !batched.has(task))),
    parsedCronItems: cronItems(options.jobs),
    logger: new WorkerLogger(() => (level, message) => {
      if (isStopping || (level !== "error" && level !== "warning")) return;
      options.log.warn({ worker: true }, message);
    }),
  });
  const batches = tasks
    .filter(([task]) => batched.has(task))
    .map(([task, work]) => runTaskInBatches(task, work, { options, query, isStopping: () => isStopping }));
  runner.events.on("pool:listen:notification", () => {
    for (const one of batches) one.wake();
  });
  return {
    stop: async () => {
      isStopping = true;
      leases.stop();
      await Promise.all([runner.stop(), ...batches.map((one) => one.stop())]);
      await pool.end();
    },
  };
}

const CLOCK_PAUSE_MILLIS = 500;

/**
 * For the `query` of the pool that graphile-worker is given: its clock alone uses that, ends for good when a statement
 * meets a lost connection, and takes the process with it. Its statements may be repeated: each is guarded by the time
 * of the last run in the database.
 */
function repeating(
  query: PoolQuery,
  { until, failed }: { until: () => boolean; failed: (error: unknown) => void },
): PoolQuery {
  return async (...statement) => {
    for (;;) {
      try {
        return await query(...statement);
      } catch (error) {
        if (until()) return { rows: [], rowCount: 0 };
        failed(error);
        await new Promise((resolve) => setTimeout(resolve, CLOCK_PAUSE_MILLIS));
      }
    }
  };
}

/** A task that says so is taken in batches, beside graphile-worker's own loop. */
function runTaskInBatches(
  task: string,
  work: ReturnType<typeof taskOf>,
  {
    options: { concurrency, log, server },
    query,
    isStopping,
  }: { readonly options: WorkerOptions; readonly query: PoolQuery; readonly isStopping: () => boolean },
): ReturnType<typeof runInBatches> {
  return runInBatches({
    query,
    task,
    atOnce: BATCH_TIMES * concurrency,
    pollMillis: POLL_MILLIS,
    workerName: `batches-${randomUUID()}`,
    run: (job) => work(job.payload, { job }),
    failed: (error) => {
      server.note(error);
      if (!isStopping()) log.warn({ err: error, task }, "jobs were not taken");
    },
  });
}

function taskOf(task: string, handler: JobHandler, { events, log }: WorkerOptions, leases: JobLeases) {
  return async (
    payload: unknown,
    helpers: { job: { id: string; attempts: number; max_attempts: number } },
  ): Promise<void> => {
    const { id, attempts, max_attempts: attemptsMax } = helpers.job;
    try {
      const jobRun: JobRun = { jobId: id, attempt: attempts, attemptsMax };
      const told = (payload ?? {}) as Record<string, unknown>;
      await leases.hold(id, () => traceJob(task, told, jobRun, () => handler(told, jobRun)));
    } catch (error) {
      const isFinal = attempts >= attemptsMax;
      events.jobFailed({ task, final: String(isFinal) }, { job_id: id, attempt: attempts });
      log[isFinal ? "error" : "warn"]({ err: error, task, job_id: id }, "job failed");
      throw error;
    }
  };
}

function cronItems(jobs: readonly Jobs[]): ParsedCronItem[] {
  const scheduled = jobs.flatMap((one) => one.scheduled ?? []);
  return parseCronItems(
    scheduled.map(({ task, cron }) => ({
      task,
      match: cron,
      identifier: task,
      // A run that the process slept through is made up for once, within the hour.
      options: {
        backfillPeriod: 0,
        maxAttempts: 1,
        jobKey: `cron:${task}`,
        jobKeyMode: "preserve_run_at" as const,
      },
    })),
  );
}

export type { Jobs };
export { defineJob, defineScheduledJob, joinJobs };
