import type pg from "pg";
import { sqlStateOf } from "./sql-state.js";

/** The pools of a process that lead to one server, and whether it takes writes. */
export interface ServerWatch {
  join(pool: pg.Pool): void;
  /** Looks at what a statement failed of: a server that takes no writes is left. */
  note(error: unknown): void;
  /** Closes every connection that is there now, as soon as nobody uses it; the next ones find the server of then. */
  leave(): void;
  /** Why a write failed in the last seconds, when the reason was the server. */
  trouble(): string | undefined;
}

/** After a failover the old server is read-only: its connections live on, and would fail every write for ever. */
const READ_ONLY = "25006";
/** An error of its disk, or no room on it. */
const FAILS_TO_WRITE = /^(58|53100)/;

const TROUBLE_MILLIS = 5_000;
/** While every server that is found takes no writes, connections are made anew so often and no more. */
const LEAVE_MILLIS = 1_000;

export function watchServer(now: () => number = () => performance.now()): ServerWatch {
  const pools = new Set<pg.Pool>();
  const bornIn = new WeakMap<pg.ClientBase, number>();
  let epoch = 0;
  let leftAt = Number.NEGATIVE_INFINITY;
  let last: { readonly at: number; readonly why: string } | undefined;

  const leave = (): void => {
    if (now() - leftAt < LEAVE_MILLIS) return;
    leftAt = now();
    epoch += 1;
    for (const pool of pools) closeIdle(pool);
  };
  return {
    leave,
    join(pool) {
      pools.add(pool);
      pool.on("connect", (client) => bornIn.set(client, epoch));
      // The pool takes no connection back that has begun to end.
      pool.on("release", (_error, client) => {
        if (bornIn.get(client) !== epoch) void client.end();
      });
    },
    note(error) {
      const state = sqlStateOf(error);
      if (state === READ_ONLY) {
        last = { at: now(), why: "takes no writes" };
        leave();
      } else if (state !== undefined && FAILS_TO_WRITE.test(state)) {
        last = { at: now(), why: `fails to write (${state})` };
      }
    },
    trouble: () => (last !== undefined && now() - last.at < TROUBLE_MILLIS ? last.why : undefined),
  };
}

/** Takes every idle connection out and gives it back: those of before are closed then. */
function closeIdle(pool: pg.Pool): void {
  for (let left = pool.idleCount; left > 0; left -= 1) {
    pool.connect().then(
      (client) => client.release(),
      () => undefined,
    );
  }
}
