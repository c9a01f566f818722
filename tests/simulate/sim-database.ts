import pg from "pg";
import {
  type Db,
  isoFromTimestamp,
  type Queryable,
  type Result,
  type Statement,
  type Tx,
  type Values,
} from "../../src/db/database.js";
import { prepareSession, sessionSettings } from "../../src/db/session.js";
import { sqlStateOf } from "../../src/db/sql-state.js";
import { onSimulatedClock } from "./database-clock.js";
import type { Faults } from "./faults.js";
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
  // A transaction is parked for as long as the others are at it; deadlocks are seen and ended by the simulator.
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
};
/**
 * The tables are empty when a batch begins and nobody gathers statistics: what is planned then has to be right for
 * thousands of rows, and is planned once.
 */
const PLANNING = `set deadlock_timeout = '1h'; set jit = off; set max_parallel_workers_per_gather = 0;
  set enable_seqscan = off; set plan_cache_mode = force_generic_plan`;
/** After so many real milliseconds without an answer the database is asked whether the statement waits for a lock. */
const PATIENCE_MILLIS = 5;

interface Session {
  readonly client: pg.Client;
  readonly pid: number;
  /** Whose transaction is open on it. */
  process: number;
  /** The statement that waits for a lock on it. */
  waiting: { isVictim: boolean } | undefined;
  isBroken: boolean;
}

const connectionLost = (): Error => new Error("Connection terminated unexpectedly");
const deadlockDetected = (): Error => Object.assign(new Error("deadlock detected"), { code: "40P01" });

const rewritten = new Map<string, string>();
function textOf({ text }: Statement): string {
  const sql = rewritten.get(text) ?? onSimulatedClock(text);
  rewritten.set(text, sql);
  return sql;
}

/**
 * The sessions of all processes. One statement is in flight at a time, so a few sessions serve everybody; a transaction
 * keeps its own, and real locks between them are part of the world.
 */
export async function openSimDatabase(
  url: string,
  world: { readonly scheduler: () => Scheduler; readonly faults: () => Faults },
) {
  const plain = new pg.Pool({
    connectionString: url,
    max: 2,
    types: { getTypeParser: typeParserFor as never },
  });
  plain.on("error", () => undefined);
  const free: Session[] = [];
  const open = new Set<Session>();
  const inTransaction = new Set<Session>();

  async function connect(): Promise<Session> {
    const client = new pg.Client({
      connectionString: url,
      application_name: "tribi simulate",
      types: { getTypeParser: typeParserFor as never },
    });
    client.on("error", () => undefined);
    await client.connect();
    await prepareSession(client, SETTINGS);
    await client.query(PLANNING);
    const { processID: pid } = client as unknown as { processID: number };
    const session: Session = { client, pid, process: -1, waiting: undefined, isBroken: false };
    open.add(session);
    return session;
  }
  const take = async (): Promise<Session> => free.pop() ?? connect();

  const blockedOf = async (pids: readonly number[]): Promise<ReadonlySet<number>> => {
    const { rows } = await plain.query<{ pid: number }>({
      name: "blocked",
      text: "select pid from unnest($1::int[]) pid where cardinality(pg_blocking_pids(pid)) > 0",
      values: [pids],
    });
    return new Set(rows.map(({ pid }) => pid));
  };

  /** Sends one statement. One that waits for a lock lets the others go on. */
  async function send<Row>(session: Session, statement: Statement, values: Values): Promise<Result<Row>> {
    const { name } = statement;
    let isSettled = false;
    const sent = session.client
      .query({ ...(name === "" ? {} : { name }), text: textOf(statement), values: values as unknown[] })
      .finally(() => {
        isSettled = true;
        session.waiting = undefined;
      });
    sent.catch(() => undefined);
    let isWaiting = false;
    let timer: NodeJS.Timeout | undefined;
    while (!isSettled && !isWaiting) {
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MILLIS);
      });
      await Promise.race([sent.catch(() => undefined), patience]);
      clearTimeout(timer);
      if (!isSettled) isWaiting = (await blockedOf([session.pid])).has(session.pid) && !isSettled;
    }
    if (!isWaiting) return resultOf(await sent);
    const waiting = { isVictim: false };
    session.waiting = waiting;
    try {
      return resultOf(await world.scheduler().whileBlocked(name, sent));
    } catch (error) {
      throw waiting.isVictim ? deadlockDetected() : error;
    }
  }

  async function alone<Row>(process: number, statement: Statement, values: Values): Promise<Result<Row>> {
    const kind = statement.name || "statement";
    return world.scheduler().step(kind, async () => {
      const fault = world.faults().ofStatement(kind);
      if (fault === "lost_before") throw connectionLost();
      const session = await take();
      session.process = process;
      try {
        const result = await send<Row>(session, statement, values);
        if (fault === "lost_after") throw connectionLost();
        return result;
      } finally {
        session.process = -1;
        if (currentActor()?.isDropped !== true) free.push(session);
      }
    });
  }

  async function transact<Value>(process: number, work: (tx: Tx) => Promise<Value>): Promise<Value> {
    const { step } = world.scheduler();
    const session = await step("begin", async () => {
      if (world.faults().ofBegin() !== undefined) throw connectionLost();
      const taken = await take();
      await taken.client.query("begin isolation level read committed");
      taken.process = process;
      taken.isBroken = false;
      inTransaction.add(taken);
      return taken;
    });
    const end = async (text: "commit" | "rollback"): Promise<void> => {
      await session.client.query(text);
      inTransaction.delete(session);
      session.process = -1;
      free.push(session);
    };
    const tx = {
      run: <Row>(statement: Statement, values: Values = []) =>
        step(insideName(statement), async () => {
          if (session.isBroken) throw connectionLost();
          if (world.faults().ofStatementInside(insideName(statement)) !== undefined) {
            session.isBroken = true;
            throw connectionLost();
          }
          return send<Row>(session, statement, values);
        }),
    } as Tx;
    try {
      const value = await work(tx);
      await step("commit", async () => {
        const fault = session.isBroken ? "lost_before" : world.faults().ofCommit();
        if (fault === "lost_before") throw connectionLost();
        await end("commit");
        if (fault === "lost_after") throw connectionLost();
      });
      return value;
    } catch (error) {
      if (inTransaction.has(session))
        await step("rollback", () => {
          world.faults().ofOther("rollback");
          return end("rollback");
        });
      throw error;
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

  /** The connections of one process. */
  function ofProcess(process: number): Db {
    const transaction: Db["transaction"] = (work) => repeated(() => transact(process, work));
    return {
      run: <Row>(statement: Statement, values: Values = []) =>
        repeated(() => alone<Row>(process, statement, values)),
      transaction,
      transactionAs: (act, work) =>
        transaction(async (tx) => {
          await tx.run(SET_ACT, [act.actor, act.requestId ?? ""]);
          return work(tx);
        }),
      load: () => ({ total: 0, idle: 0, waiting: 0 }),
      close: async () => undefined,
    };
  }

  const cancel = (session: Session): Promise<unknown> =>
    plain.query("select pg_cancel_backend($1)", [session.pid]);

  return {
    plain,
    ofProcess,
    /** Outside of the simulation: no step, no fault. */
    outside: {
      run: async <Row>(statement: Statement, values: Values = []) => {
        const { name } = statement;
        return resultOf<Row>(
          await plain.query({
            ...(name === "" ? {} : { name }),
            text: textOf(statement),
            values: values as unknown[],
          }),
        );
      },
    } satisfies Queryable,
    /** Waits until what has been let go has its answer; what still waits for a lock keeps waiting. */
    async settleBlocked(): Promise<void> {
      for (;;) {
        const waiting = world.scheduler().blocked();
        if (waiting.length === 0) return;
        const sessions = [...open].filter((one) => one.waiting !== undefined);
        const still = await blockedOf(sessions.map(({ pid }) => pid));
        if (sessions.every((one) => one.waiting === undefined || still.has(one.pid))) return;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    /** Everybody waits for everybody: the one who began to wait last is told so. False when nobody waits. */
    async breakDeadlock(): Promise<boolean> {
      const victim = [...open].filter((one) => one.waiting !== undefined).at(-1);
      if (victim?.waiting === undefined) return false;
      victim.waiting.isVictim = true;
      await cancel(victim);
      while (victim.waiting !== undefined) await new Promise((resolve) => setTimeout(resolve, 1));
      return true;
    },
    /** Ends what a process that died had open. */
    async drop(process: number): Promise<void> {
      for (const session of [...open]) {
        if (session.process !== process) continue;
        if (session.waiting !== undefined) await cancel(session);
        // Sent behind what is cancelled.
        await session.client.query("rollback");
        inTransaction.delete(session);
        session.process = -1;
        session.waiting = undefined;
        free.push(session);
      }
    },
    sessions: (): number => open.size,
    async close(): Promise<void> {
      for (const { client } of open) await client.end();
      await plain.end();
    },
  };
}

/** A statement inside of a transaction fails with all of it. */
const insideName = ({ name }: Statement): string => `${name || "statement"} inside`;

const SET_ACT: Statement = {
  name: "db.set_act",
  text: "select set_config('tribi.actor', $1, true), set_config('tribi.request_id', $2, true)",
};

const resultOf = <Row>({ rows, rowCount }: pg.QueryResult): Result<Row> => ({
  rows: rows as Row[],
  count: rowCount ?? 0,
});
