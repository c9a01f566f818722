/** What is used of a pool's `query`. */
export type PoolQuery = (
  ...statement: readonly unknown[]
) => Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null }>;

/**
 * A running job is a lease: its process renews `locked_at` while it lives. graphile-worker itself takes the jobs of
 * a killed process up again after four hours only; here another process does so within a minute.
 */
const RENEW_MILLIS = 10_000;
const LEASE_SECONDS = 40;

const RENEW = {
  name: "jobs.renew",
  text: "update graphile_worker._private_jobs set locked_at = now() where id = any($1::bigint[])",
};
/** A job whose last attempt died with its process stays visible as failed: its attempts are used up. */
const FREE = {
  name: "jobs.free",
  text: `update graphile_worker._private_jobs
    set locked_at = null, locked_by = null, last_error = coalesce(last_error, 'the process that ran it ended')
    where locked_at < now() - interval '${LEASE_SECONDS} seconds'
    returning id`,
};

export interface JobLeases {
  /** Keeps the job ours while `work` runs. */
  hold(jobId: string, work: () => Promise<void>): Promise<void>;
  stop(): void;
}

export function keepJobLeases(
  pool: { readonly query: PoolQuery },
  on: { freed: (jobs: number) => void; error: (error: unknown) => void },
): JobLeases {
  const running = new Set<string>();
  const beat = async (): Promise<void> => {
    // Renewing comes first: this process must never free what it runs itself.
    if (running.size > 0) await pool.query({ ...RENEW, values: [[...running]] });
    const { rowCount } = await pool.query(FREE);
    if (rowCount !== null && rowCount > 0) on.freed(rowCount);
  };
  const safely = (): void => void beat().catch(on.error);
  safely();
  const timer = setInterval(safely, RENEW_MILLIS);
  timer.unref();
  return {
    async hold(jobId, work) {
      running.add(jobId);
      try {
        await work();
      } finally {
        running.delete(jobId);
      }
    },
    stop: () => clearInterval(timer),
  };
}
