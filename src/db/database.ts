import { AsyncLocalStorage } from "node:async_hooks";
import { randomInt } from "node:crypto";
import pg from "pg";
import { inSpan, isTraced } from "../telemetry/spans.js";
import type { Act } from "./act.js";
import { type ServerWatch, watchServer } from "./server-watch.js";
import { makePool } from "./session.js";
import { sqlStateOf } from "./sql-state.js";

/** An SQL text with the name under which each connection prepares it once. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Names follow `<store>.<action>`; PostgreSQL cuts names at 63 bytes, so longer ones are refused. */
export function statement(name: string, text: string): Statement {
  if (name.length > 60) throw new Error(`Statement name is too long: ${name}`);
  watcher?.({ name, text });
  return { name, text };
}

let watcher: ((made: Statement) => void) | undefined;
/** Told of every statement that is made from now on; for the check that has PostgreSQL prepare them all. */
export function watchStatements(next: ((made: Statement) => void) | undefined): void {
  watcher = next;
}

export interface Result<Row> {
  readonly rows: readonly Row[];
  /** Rows that the statement touched: the decision of a guarded write. */
  readonly count: number;
}

export type Values = readonly unknown[];

/** What a store's function asks for when it may run on its own or inside a transaction. */
export interface Queryable {
  run<Row = Record<string, unknown>>(statement: Statement, values?: Values): Promise<Result<Row>>;
}

declare const insideTransaction: unique symbol;

/** An open transaction. A store's function that must not run alone asks for it by this type; `Db` does not satisfy it. */
export interface Tx extends Queryable {
  readonly [insideTransaction]: true;
}

export interface Db extends Queryable {
  /**
   * One statement is a transaction of its own: where PostgreSQL rolled it back as a whole (40001, 40P01), or another
   * connection may do it, it is repeated as a transaction is.
   */
  run<Row = Record<string, unknown>>(statement: Statement, values?: Values): Promise<Result<Row>>;
  /**
   * Runs `work` in one transaction. A serialisation failure or deadlock (40001, 40P01), or an unfit connection,
   * repeats the whole of it, at most three times with jitter, so `work` must have no effect outside the database.
   */
  transaction<Value>(work: (tx: Tx) => Promise<Value>): Promise<Value>;
  /** The same in somebody's name: the triggers that write the audit log read who acts, and on which request. */
  transactionAs<Value>(act: Act, work: (tx: Tx) => Promise<Value>): Promise<Value>;
  /** Connections handed out, and callers that wait for one. */
  load(): { readonly total: number; readonly idle: number; readonly waiting: number };
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly poolMax: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly statementTimeoutMillis?: number;
  /** Throws when something outside is called while a transaction is open; for tests (asynchronous tracking costs time). */
  readonly tracksTransactions?: boolean;
  readonly onIdleError?: (error: Error) => void;
  /** Shared by the pools that lead to the same server. */
  readonly server?: ServerWatch;
}

/** How long a caller waits for a connection before the answer is 503. */
const POOL_WAIT_MILLIS = 2_000;
const ATTEMPTS_MAX = 3;
/**
 * 40001 and 40P01: rolled back as a whole. The others: what the connection keeps is out of date (`0A000` is also
 * "cached plan must not change result type", after a migration), or its server takes no writes; nothing was done, and
 * another connection may do it.
 */
const RETRIED_STATES: ReadonlySet<unknown> = new Set(["40001", "40P01", "0A000", "25006", "26000", "42P05"]);
/** A connection that said this is not used again: besides, the server shuts down, or its disk fails. */
const LEFT_STATE = /^(0A000|25006|26000|40003|42P05|57P0[1-3]|58)/;

/** Read by the triggers that write the audit log; gone when the transaction ends. */
const SET_ACT = statement(
  "db.set_act",
  "select set_config('tribi.actor', $1, true), set_config('tribi.request_id', $2, true)",
);

const openTransaction = new AsyncLocalStorage<true>();

/** Money and suppliers are never called while a transaction is open. Every outside call begins with this line. */
export function assertNoOpenTransaction(callee: string): void {
  if (openTransaction.getStore() === true) {
    throw new Error(`${callee} was called while a database transaction is open`);
  }
}

export function openDatabase(options: DatabaseOptions): Db {
  const { url, applicationName } = options;
  const pool = makePool(
    {
      url,
      max: options.poolMax,
      applicationName,
      statementTimeoutMillis: options.statementTimeoutMillis ?? 10_000,
    },
    {
      connectionTimeoutMillis: POOL_WAIT_MILLIS,
      idleTimeoutMillis: 60_000,
      types: { getTypeParser: typeParserFor },
    },
  );
  const server = options.server ?? watchServer();
  server.join(pool);
  // An idle connection that the server closes must not bring the process down; the next caller gets a new one.
  let isClosing = false;
  pool.on("error", (error) => {
    if (!isClosing) options.onIdleError?.(error);
  });

  const isTracked = options.tracksTransactions === true;
  const transaction: Db["transaction"] = (work) =>
    repeated(server, () => runTransaction(pool, work, isTracked));
  return {
    run: (query, values) => repeated(server, () => runOn(pool, query, values)),
    transaction,
    transactionAs: (act, work) =>
      transaction(async (tx) => {
        await tx.run(SET_ACT, [act.actor, act.requestId ?? ""]);
        return work(tx);
      }),
    load: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => {
      isClosing = true;
      return pool.end();
    },
  };
}

/** For what PostgreSQL has undone completely when it says so: a transaction, or a statement outside of one. */
async function repeated<Value>(server: ServerWatch, work: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      server.note(error);
      if (attempt === ATTEMPTS_MAX || !RETRIED_STATES.has(sqlStateOf(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, randomInt(20) * attempt));
    }
  }
}

async function runTransaction<Value>(
  pool: pg.Pool,
  work: (tx: Tx) => Promise<Value>,
  isTracked: boolean,
): Promise<Value> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Between two statements nobody else listens, and an error without a listener ends the process. The statement that
  // follows fails of it.
  const onLost = (error: Error): void => {
    broken = error;
  };
  client.on("error", onLost);
  const tx = { run: (query: Statement, values?: Values) => runOn(client, query, values) } as Tx;
  try {
    await client.query("begin isolation level read committed");
    const value = isTracked ? await openTransaction.run(true, () => work(tx)) : await work(tx);
    await client.query("commit");
    return value;
  } catch (error) {
    if (LEFT_STATE.test(sqlStateOf(error) ?? "") || isSilence(error)) broken = error as Error;
    // A server that has vanished would not answer this either; the end of the connection rolls back.
    if (!isSilence(error)) {
      await client.query("rollback").catch((failure: Error) => {
        broken = failure;
      });
    }
    throw error;
  } finally {
    // A connection that is lost or unfit, or whose rollback failed, must not be handed out again.
    client.off("error", onLost);
    client.release(broken);
  }
}

/** No answer within the bound of `makePool`, in pg's words. */
const isSilence = (error: unknown): boolean =>
  error instanceof Error && error.message === "Query read timeout";

async function runOn<Row>(
  target: pg.Pool | pg.PoolClient,
  { name, text }: Statement,
  values: Values = [],
): Promise<Result<Row>> {
  const prepared = name === "" ? { text } : { name, text };
  const ask = () => target.query({ ...prepared, values: values as unknown[] });
  const result = isTraced()
    ? await inSpan({ name: name || "sql", kind: "client", facts: { "db.query.summary": name } }, ask)
    : await ask();
  return { rows: result.rows as Row[], count: result.rowCount ?? 0 };
}

/** The named constraint that a write ran into (`orders_one_per_user_and_key`), if that is what happened. */
export function violatedConstraint(error: unknown): string | undefined {
  if (sqlStateOf(error)?.startsWith("23") !== true) return undefined;
  return (error as Error & { constraint?: string }).constraint;
}

const { builtins } = pg.types;
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  // Ids and minor units stay far below 2^53; a larger value is a defect that must not pass silently.
  [builtins.INT8]: (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new Error("A bigint of the database is beyond 2^53");
    return value;
  },
  // Sessions run in UTC, so the text is `2026-01-31 08:30:15.123456+00`; the app passes ISO 8601 text around.
  [builtins.TIMESTAMPTZ]: isoFromTimestamp,
};

/** `2026-01-31 08:30:15.123456+00` as `2026-01-31T08:30:15.123Z`. By position: a list of orders has a hundred of them. */
export function isoFromTimestamp(text: string): string {
  const fraction = text[19] === "." ? text.slice(20, text.indexOf("+", 20)) : "";
  const millis = fraction.length >= 3 ? fraction.slice(0, 3) : fraction.padEnd(3, "0");
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${millis}Z`;
}

function typeParserFor(id: number, format?: "text" | "binary"): unknown {
  return PARSERS[id] ?? pg.types.getTypeParser(id, format as "text");
}
