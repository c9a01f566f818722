export interface JobRun {
  readonly jobId: string;
  /** 1 for the first run. */
  readonly attempt: number;
  readonly attemptsMax: number;
}

export type JobHandler = (payload: Readonly<Record<string, unknown>>, run: JobRun) => Promise<void>;

export interface ScheduledJob {
  readonly task: string;
  /** Five cron fields, UTC. */
  readonly cron: string;
}

/** What a module brings: its handlers by task name, and which of them run by the clock. */
export interface Jobs {
  readonly handlers: Readonly<Record<string, JobHandler>>;
  readonly scheduled?: readonly ScheduledJob[];
  /** The tasks of which many are taken at once. */
  readonly batched?: readonly string[];
}

/** The jobs of a module's parts together. */
export const joinJobs = (...parts: readonly Jobs[]): Jobs => ({
  handlers: Object.assign({}, ...parts.map(({ handlers }) => handlers)),
  scheduled: parts.flatMap(({ scheduled }) => scheduled ?? []),
  batched: parts.flatMap(({ batched }) => batched ?? []),
});
