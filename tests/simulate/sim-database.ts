import pg from "pg";
import {
  type Db,
  isoFromTimestamp,
  type Result,
  type Statement,
  type Tx,
  type Values,
} from "../../src/db/database.js";
import { makePool, sessionSettings } from "../../src/db/session.js";
import { sqlStateOf } from "../../src/db/sql-state.js";
import { currentActor, type Scheduler } from "./scheduler.js";

const RETRIED: ReadonlySet<unknown> = new Set(["40001", "40P01"]);
const { builtins } = pg.types;

/** As the program reads them (src/db/database.ts). */
function typeParserFor(id: number, format?: "text" | "binary"): unknown {
  if (id === builtins.INT8) return Number;
  if (id === builtins.TIMESTAMPTZ) return isoFromTimestamp;
  return pg.types.getTypeParser(id, format as "text");
}

const SETTINGS = {
  ...sessionSettings(60_000),
  // A transaction is parked for as long as the others are at it.
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
};

export interface SimDatabase {
  /** The connections of one process. */
  ofProcess(process: number): Db;
  /** Ends the open transactions of a process that died. */
  drop(process: number): Promise<void>;
  /** Outside the simulation: no step. */
  readonly plain: pg.Pool;
  close(): Promise<void>;
}

export function openSimDatabase(url: string, scheduler: () => Scheduler): SimDatabase {
  const open = (name: string, max: number): pg.Pool =>
    makePool(
      { url, max, applicationName: name, settings: SETTINGS },
      { types: { getTypeParser: typeParserFor } },
    );
  const pool = open("tribi simulate", 30);
  const plain = open("tribi simulate outside", 4);
  // A connection that was ended with its process tells its pool.
  for (const one of [pool, plain]) one.on("error", () => undefined);
  const busy = new Map<pg.PoolClient, number>();
  const heard = new WeakSet<pg.PoolClient>();

  const waits = async (client: pg.PoolClient): Promise<boolean> => {
    const { processID } = client as unknown as { processID: number };
    const { rows } = await plain.query("select cardinality(pg_blocking_pids($1)) > 0 as waits", [processID]);
    return rows[0]?.waits === true;
  };

  /** One statement at a time is in flight; one that waits for a lock lets the others go on. */
  async function send<Row>(
    client: pg.PoolClient,
    { name, text }: Statement,
    values: Values,
  ): Promise<Result<Row>> {
    let isSettled = false;
    const sent = client
      .query({ ...(name === "" ? {} : { name }), text, values: values as unknown[] })
      .finally(() => {
        isSettled = true;
      });
    sent.catch(() => undefined);
    while (!isSettled) {
      await Promise.race([sent.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 3))]);
      if (isSettled || !(await waits(client))) continue;
      const stillWaits = async (): Promise<boolean> => !isSettled && (await waits(client));
      const { rows, rowCount } = await scheduler().whileBlocked({ stillWaits }, name, sent);
      return { rows: rows as Row[], count: rowCount ?? 0 };
    }
    const { rows, rowCount } = await sent;
    return { rows: rows as Row[], count: rowCount ?? 0 };
  }

  async function onClient<Value>(
    process: number,
    work: (client: pg.PoolClient) => Promise<Value>,
  ): Promise<Value> {
    const client = await pool.connect();
    if (!heard.has(client)) client.on("error", () => undefined);
    heard.add(client);
    busy.set(client, process);
    let failure: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      if (busy.delete(client))
        client.release(sqlStateOf(failure)?.startsWith("57P") === true ? failure : undefined);
    }
  }

  const repeated = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt === 3 || !RETRIED.has(sqlStateOf(error))) throw error;
      }
    }
  };

  const ofProcess = (process: number): Db => {
    const run = <Row>(statement: Statement, values: Values = []): Promise<Result<Row>> =>
      repeated(() =>
        scheduler().step(statement.name || "statement", () =>
          onClient(process, (client) => send<Row>(client, statement, values)),
        ),
      );
    const transaction = <Value>(work: (tx: Tx) => Promise<Value>): Promise<Value> =>
      repeated(() => onClient(process, (client) => inTransaction(client, work)));
    const inTransaction = async <Value>(
      client: pg.PoolClient,
      work: (tx: Tx) => Promise<Value>,
    ): Promise<Value> => {
      const bare = (text: string) => scheduler().step(text, () => client.query(text));
      const tx = {
        run: <Row>(statement: Statement, values: Values = []) =>
          scheduler().step(statement.name || "statement", () => send<Row>(client, statement, values)),
      } as Tx;
      await bare("begin");
      try {
        const value = await work(tx);
        await bare("commit");
        return value;
      } catch (error) {
        if (currentActor()?.isDropped !== true) await client.query("rollback").catch(() => undefined);
        throw error;
      }
    };
    return {
      run,
      transaction,
      transactionAs: (act, work) =>
        transaction(async (tx) => {
          await tx.run(
            {
              name: "db.set_act",
              text: "select set_config('tribi.actor', $1, true), set_config('tribi.request_id', $2, true)",
            },
            [act.actor, act.requestId ?? ""],
          );
          return work(tx);
        }),
      load: () => ({ total: 0, idle: 0, waiting: 0 }),
      close: async () => undefined,
    };
  };

  return {
    ofProcess,
    plain,
    async drop(process) {
      for (const [client, owner] of [...busy]) {
        if (owner !== process) continue;
        busy.delete(client);
        const { processID } = client as unknown as { processID: number };
        await plain.query("select pg_terminate_backend($1, 5000)", [processID]);
        client.release(new Error("The process died"));
      }
    },
    close: async () => {
      await pool.end();
      await plain.end();
    },
  };
}
