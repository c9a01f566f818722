import type { JobHandler, JobRun, Jobs } from "./job.js";

/** What a job is told: ids of rows (numbers) and names. Each member is given as an SQL expression when it is enqueued. */
type PayloadShape = Readonly<Record<string, "id" | "name">>;
type PayloadOf<Shape extends PayloadShape> = {
  readonly [Name in keyof Shape]: Shape[Name] extends "id" ? number : string;
};
type ExpressionsOf<Shape extends PayloadShape> = { readonly [Name in keyof Shape]: string };

export interface JobDefinition<Shape extends PayloadShape> {
  readonly task: string;
  readonly payload: Shape;
  /** Waiting jobs of one key are one job: the prefix, and the member that follows it. */
  readonly key?: readonly [prefix: string, member: keyof Shape & string];
  /** The lowest is taken first; 0 unless a person waits for it. */
  readonly priority?: number;
  readonly attemptsMax?: number;
  /** Many small ones come at a time: a worker takes and ends them in batches (batched-jobs.ts). */
  readonly isBatched?: boolean;
}

export interface EnqueueOptions {
  /** SQL of the moment before which it does not run; now without it. */
  readonly runAt?: string;
  /** Of this one, in place of its definition's. */
  readonly priority?: number;
  /** Without its key, which is cheaper: for a hot statement that enqueues it once by its own guard. */
  readonly isKeyless?: boolean;
}

export interface Job<Shape extends PayloadShape> {
  readonly task: string;
  readonly priority: number;
  /** SQL that enqueues it in the statement's own transaction; part of a select list. */
  enqueue(values: ExpressionsOf<Shape>, options?: EnqueueOptions): string;
  /** SQL: one of this key waits already and may still run. For sweeps, which enqueue again what nobody works on. */
  isWaiting(value: string): string;
  handledBy(work: (payload: PayloadOf<Shape>, run: JobRun) => Promise<unknown>): Jobs;
}

/**
 * A job as the one place that knows its name: what is enqueued, what is handled and what a sweep looks for cannot
 * differ.
 */
export function defineJob<const Shape extends PayloadShape>(definition: JobDefinition<Shape>): Job<Shape> {
  const { task, payload: shape, key, attemptsMax } = definition;
  const usual = definition.priority ?? 0;
  return {
    task,
    priority: usual,
    enqueue(values, { runAt, priority = usual, isKeyless = false } = {}) {
      const members = Object.keys(shape).map((name) => `'${name}', ${values[name]}`);
      const payload = members.length === 0 ? "'{}'" : `json_build_object(${members.join(", ")})`;
      const named = [
        ...(key === undefined || isKeyless ? [] : [`job_key => '${key[0]}:' || ${values[key[1]]}`]),
        ...(runAt === undefined ? [] : [`run_at => ${runAt}`]),
        ...(attemptsMax === undefined ? [] : [`max_attempts => ${attemptsMax}`]),
        ...(priority === 0 ? [] : [`priority => ${priority}`]),
      ];
      return `enqueue_job(${[quoted(task), payload, ...named].join(", ")})`;
    },
    isWaiting(value) {
      if (key === undefined) throw new Error(`${task} has no key by which a waiting one is found`);
      return `exists (select from graphile_worker.jobs j
       where j.key = '${key[0]}:' || ${value} and j.locked_at is null and j.attempts < j.max_attempts)`;
    },
    handledBy: (work) => ({
      handlers: { [task]: handlerOf(task, shape, work) },
      ...(definition.isBatched === true ? { batched: [task] } : {}),
    }),
  };
}

const quoted = (text: string): string => `'${text}'`;

/** A job that the clock starts: five cron fields, UTC. Some are enqueued by a statement too. */
export function defineScheduledJob(task: string, cron: string) {
  const job = defineJob({ task, payload: {} });
  return {
    enqueue: (): string => `enqueue_job(${[quoted(task), "'{}'", quoted(task)].join(", ")})`,
    handledBy: (work: () => Promise<unknown>): Jobs => ({
      ...job.handledBy(work),
      scheduled: [{ task, cron }],
    }),
  };
}

function handlerOf<Shape extends PayloadShape>(
  task: string,
  shape: Shape,
  work: (payload: PayloadOf<Shape>, run: JobRun) => Promise<unknown>,
): JobHandler {
  return async (payload, run) => {
    for (const [name, kind] of Object.entries(shape)) {
      if (typeof payload[name] !== (kind === "id" ? "number" : "string"))
        throw new Error(`The payload of ${task} has no ${name}`);
    }
    await work(payload as PayloadOf<Shape>, run);
  };
}
