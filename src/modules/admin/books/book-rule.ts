/** One thing that must hold of the shop's books and that no constraint can state. */
export interface BookRule {
  /** Stable: scripts and alarms name it. */
  readonly name: string;
  /** What holds, in one sentence. */
  readonly promise: string;
  /** A query with one number: how many rows were looked at. */
  readonly counts: string;
  /** A query with one text column `id` and a row per violation, as `order:12`. It holds nothing personal. */
  readonly finds: string;
}

/** A job that still has tries left, or runs, by its key. */
export const hasLiveJob = (key: string): string =>
  `exists (select from graphile_worker._private_jobs j where j.key = ${key}
     and (j.attempts < j.max_attempts or j.locked_at is not null))`;

/** What a person sees in a list of jobs, used up or not. */
export const hasJob = (key: string): string =>
  `exists (select from graphile_worker._private_jobs j where j.key = ${key})`;
