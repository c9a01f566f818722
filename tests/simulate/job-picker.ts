import type pg from "pg";
import type { Faults } from "./faults.js";
import { Crashed, type Scheduler } from "./scheduler.js";
import type { ShopProcess } from "./shop-process.js";
import { virtualMicros } from "./virtual-time.js";

interface JobRow {
  readonly id: number;
  readonly task: string;
  readonly payload: Record<string, unknown>;
  readonly attempts: number;
  readonly max_attempts: number;
}

/**
 * As a worker takes them: locked while they run, gone when they succeed, later and later when they fail; a job of a
 * process that died is free again when its lease is over (src/modules/jobs/job-leases.ts).
 */
const TAKE = `with free as (
    update graphile_worker._private_jobs set locked_at = null, locked_by = null
    where locked_at < sim.now() - interval '40 seconds' and not (id = any ($2::bigint[]))
  ), due as (
    select id from graphile_worker._private_jobs
    where is_available and run_at <= sim.now() order by priority, run_at, id limit $1 for update
  )
  update graphile_worker._private_jobs j set locked_at = sim.now(), locked_by = 'simulate', attempts = attempts + 1
  from due, graphile_worker._private_tasks t where j.id = due.id and t.id = j.task_id
  returning j.id, t.identifier as task, j.payload, j.attempts, j.max_attempts`;
const REMOVE = "delete from graphile_worker._private_jobs where id = $1";
const POSTPONE = `update graphile_worker._private_jobs set locked_at = null, locked_by = null, last_error = $2,
    run_at = greatest(sim.now(), run_at) + exp(least(attempts, 10)) * interval '1 second' where id = $1`;

export function makeJobPicker(deps: {
  readonly pool: pg.Pool;
  readonly scheduler: () => Scheduler;
  readonly faults: () => Faults;
  readonly processOf: (name: string) => { readonly number: number; readonly shop: ShopProcess };
}) {
  const { pool } = deps;
  const running = new Set<number>();
  const failures = new Map<string, number>();
  let routineFailures = 0;
  /** When the last look found nothing: neither has anything happened since, nor has time passed, it is not repeated. */
  let emptyAt = "";

  async function play(job: JobRow): Promise<void> {
    const scheduler = deps.scheduler();
    const name = `${job.task} ${subjectOf(job.payload)}`;
    const { number, shop } = deps.processOf(`${name} ${job.attempts}`);
    const handler = shop.handlers[job.task];
    if (handler === undefined) throw new Error(`Nobody does ${job.task}`);
    const kind = `job ${job.task}`;
    let failure: unknown;
    const work = async (): Promise<void> => {
      await scheduler.step(kind, async () => deps.faults().ofOther(kind));
      try {
        await handler(job.payload, {
          jobId: String(job.id),
          attempt: job.attempts,
          attemptsMax: job.max_attempts,
        });
      } catch (error) {
        failure = error;
      }
      await scheduler.step(`${kind} ends`, async () => {
        deps.faults().ofOther(`${kind} ends`);
        if (failure === undefined) await pool.query({ name: "job_ends", text: REMOVE, values: [job.id] });
        else await pool.query({ name: "job_fails", text: POSTPONE, values: [job.id, textOf(failure)] });
      });
    };
    running.add(job.id);
    await scheduler
      .start(name, number, work)
      .catch((error: unknown) => {
        if (!(error instanceof Crashed)) throw error;
      })
      .finally(() => running.delete(job.id));
    if (failure !== undefined) {
      const text = `${job.task}: ${textOf(failure)}`;
      failures.set(text, (failures.get(text) ?? 0) + 1);
    }
  }

  return {
    failures,
    /** How many of those that the clock started have failed, in a process that died as well. */
    routineFailures: () => routineFailures,
    /** Starts all that are due. False when none is. */
    async startDue(max = 50): Promise<boolean> {
      const at = `${deps.scheduler().steps()} ${virtualMicros()}`;
      if (at === emptyAt) return false;
      const { rows } = await pool.query<JobRow>({
        name: "take_jobs",
        text: TAKE,
        values: [max, [...running]],
      });
      rows.sort((a, b) => a.id - b.id);
      for (const job of rows) void play(job);
      if (rows.length > 0) await deps.scheduler().rest();
      else emptyAt = at;
      return rows.length > 0;
    },
    /** What the clock starts, as a job without a row. */
    startScheduled(task: string, round: number): void {
      const scheduler = deps.scheduler();
      const { number, shop } = deps.processOf(`${task} ${round}`);
      const handler = shop.handlers[task];
      if (handler === undefined) throw new Error(`Nobody does ${task}`);
      void scheduler
        .start(task, number, () => handler({}, { jobId: "0", attempt: 1, attemptsMax: 1 }), true)
        .catch((error: unknown) => {
          routineFailures += 1;
          const text = `${task}: ${textOf(error)}`;
          failures.set(text, (failures.get(text) ?? 0) + 1);
        });
    },
    forget(): void {
      routineFailures = 0;
      emptyAt = "";
      running.clear();
      failures.clear();
    },
  };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const subjectOf = (payload: Record<string, unknown>): string => Object.values(payload).map(String).join(" ");
