import { type Log, MIGRATOR, withClient } from "./connect.js";

const SAID_AFTER_MILLIS = 5_000;

interface Holder {
  readonly pid: number;
  readonly program: string;
  readonly role: string;
  readonly address: string;
  readonly state: string;
  readonly seconds: number | null;
}

/** Whoever may not look at other roles' sessions sees their process ids at least. */
const HOLDERS = `
  select distinct h.pid, coalesce(nullif(h.application_name, ''), 'unnamed program') as program,
    coalesce(h.usename::text, 'unknown') as role, coalesce(host(h.client_addr), 'this machine') as address,
    coalesce(h.state, 'unknown') as state, floor(extract(epoch from now() - h.xact_start))::int as seconds
  from pg_stat_activity w
  cross join lateral unnest(pg_blocking_pids(w.pid)) as blocking (pid)
  join pg_stat_activity h on h.pid = blocking.pid
  where w.datname = current_database() and w.application_name = $1
  order by h.pid`;

/** While a start waits for a lock it would say nothing, for minutes perhaps: this says who holds it. */
export function sayWhoHolds(url: string, log: Log): { stop(): void } {
  const said = new Set<number>();
  const look = async (): Promise<void> => {
    const holders = await withClient(
      url,
      async (client) => (await client.query<Holder>(HOLDERS, [MIGRATOR])).rows,
    );
    for (const { pid, program, role, address, state, seconds } of holders) {
      if (said.has(pid)) continue;
      said.add(pid);
      const since = seconds === null ? "" : `, its transaction is ${seconds} s old`;
      log(
        `Waiting for a lock that process ${pid} of PostgreSQL holds: ${program}, role ${role}, from ${address}, ` +
          `${state}${since}. It is waited for; to end it: select pg_terminate_backend(${pid})`,
      );
    }
  };
  // Whether or not it can be said, the start itself goes on or fails.
  const timer = setInterval(() => void look().catch(() => undefined), SAID_AFTER_MILLIS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
