import type pg from "pg";
import { type Log, withClient } from "./connect.js";
import { sayWhoHolds } from "./lock-holders.js";

/** One key for every process that migrates this database; the value only has to be ours. */
const ADVISORY_LOCK = 7_402_317;

/**
 * One process at a time. The lock belongs to a transaction of a second connection: a session's lock would stay behind
 * at a pooler, which gives the session to somebody else.
 */
export async function withMigrationLock<Value>(
  url: string,
  work: (client: pg.Client) => Promise<Value>,
  log?: Log,
): Promise<Value> {
  const watch = log === undefined ? undefined : sayWhoHolds(url, log);
  try {
    return await withClient(
      url,
      async (keeper) => {
        await keeper.query("begin isolation level read committed");
        await keeper.query(
          "select set_config('idle_in_transaction_session_timeout', '0', true), set_config('statement_timeout', '0', true)",
        );
        await keeper.query("select pg_advisory_xact_lock($1)", [ADVISORY_LOCK]);
        try {
          return await withClient(url, work, log);
        } finally {
          await keeper.query("rollback").catch(() => undefined);
        }
      },
      log,
    );
  } finally {
    watch?.stop();
  }
}
