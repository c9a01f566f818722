import type pg from "pg";
import { connectWhenReady, type Log } from "./connect.js";
import { differing, POOLER_MARK, sessionSettings } from "./session.js";

/**
 * What a pooler in front of the database (PgBouncer and its like) has to do and does not, if there is one. In session
 * mode it gives a session to one client at a time and has to reset it; in transaction mode sessions are shared, so
 * settings have to be the role's and prepared statements the pooler's care.
 */
export async function findPoolerProblem(url: string, log?: Log): Promise<string | undefined> {
  const one = await connectWhenReady(url, log);
  try {
    // The key to cancel with has the process's number; a pooler gives out keys of its own.
    if ((await pidOf(one)) === keyOf(one)) return undefined;
    const other = await connectWhenReady(url);
    try {
      if (await sharesSessions(one, other)) return await sharedProblem(one, other);
    } finally {
      await other.end();
    }
  } finally {
    await one.end();
  }
  return leavesSettings(url);
}

const keyOf = (client: pg.Client): unknown => (client as pg.Client & { processID?: number | null }).processID;

async function pidOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid ?? 0;
}

/** Poolers hand out the session that was used last, unless somebody else takes it in between. */
const TRIES = 5;

/** Whether a transaction of one client runs in the session that another client has just used, and still could. */
async function sharesSessions(one: pg.Client, other: pg.Client): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const used = await pidOf(one);
    if (await inTransaction(other, async () => (await pidOf(other)) === used)) return true;
  }
  return false;
}

async function inTransaction<Value>(client: pg.Client, work: () => Promise<Value>): Promise<Value> {
  await client.query("begin");
  try {
    return await work();
  } finally {
    await client.query("rollback");
  }
}

async function sharedProblem(one: pg.Client, other: pg.Client): Promise<string | undefined> {
  const settings = { ...sessionSettings(10_000), ...POOLER_MARK };
  const { rows } = await one.query<{ name: string; value: string; role: string; database: string }>(
    `select name, value, current_user as role, current_database() as database ${differing(settings)}
     or current_setting(name, true) is null and name = '${Object.keys(POOLER_MARK)[0]}'`,
  );
  if (rows.length > 0) {
    const target = `alter role "${rows[0]?.role}" in database "${rows[0]?.database}"`;
    const lines = rows.map(({ name, value }) => `${target} set ${name} = ${literal(name, value)};`);
    return (
      "The pooler of DATABASE_URL works in transaction mode, where a session keeps no settings of ours. Use session " +
      `mode, or make them the role's and let the pooler connect anew (RECONNECT):\n${lines.join("\n")}`
    );
  }
  if (await keepsStatements(one, other)) return undefined;
  return (
    "The pooler of DATABASE_URL works in transaction mode and does not care for prepared statements. Use session " +
    "mode, or set max_prepared_statements = 500 in pgbouncer.ini (PgBouncer 1.21 or later)."
  );
}

/** A search path is a list of names, not one text. */
const literal = (name: string, value: string): string => (name === "search_path" ? value : `'${value}'`);

const PROBE = { name: "tribi.probe", text: "select pg_backend_pid() as pid" };

/** Whether a statement that one session prepared is found in another one of the pooler's. */
async function keepsStatements(one: pg.Client, other: pg.Client): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const used = (await one.query<{ pid: number }>(PROBE)).rows[0]?.pid;
    const isKept = await inTransaction(other, async () => {
      if ((await pidOf(other)) !== used) return undefined;
      return one.query(PROBE).then(
        () => true,
        () => false,
      );
    });
    if (isKept !== undefined) return isKept;
  }
  return true;
}

/** Whether a session that is given to the next client still has what the one before set. */
async function leavesSettings(url: string): Promise<string | undefined> {
  const before = await connectWhenReady(url);
  await before.query("select set_config('tribi.probe', 'left', false)");
  const used = await pidOf(before);
  await before.end();
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const next = await connectWhenReady(url);
    try {
      if ((await pidOf(next)) !== used) continue;
      const { rows } = await next.query<{ value: string | null }>(
        "select current_setting('tribi.probe', true) as value",
      );
      if (rows[0]?.value !== "left") return undefined;
      return (
        "The pooler of DATABASE_URL gives sessions on as the client before left them. Set server_reset_query = " +
        "DISCARD ALL in pgbouncer.ini."
      );
    } finally {
      await next.end();
    }
  }
  return undefined;
}
