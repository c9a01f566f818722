import pg from "pg";
import { MIGRATION_SETTINGS, prepareSession } from "./session.js";
import { sqlStateOf } from "./sql-state.js";

/** Shown in pg_stat_activity. */
export const MIGRATOR = "tribi migrate";

export type Log = (line: string) => void;

/** What a server says while it starts or recovers from a crash: `cannot_connect_now`. */
const CANNOT_CONNECT_NOW = "57P03";
const READY_WAIT_MILLIS = 60_000;
const READY_PAUSE_MILLIS = 250;

/** Runs `work` on a connection of its own that has the settings of migrations. */
export async function withClient<Value>(
  url: string,
  work: (client: pg.Client) => Promise<Value>,
  log?: Log,
): Promise<Value> {
  const client = await connectWhenReady(url, log);
  try {
    await prepareSession(client, MIGRATION_SETTINGS);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A server that says that it is starting is waited for; one that is not there, or refuses, is an error at once. */
export async function connectWhenReady(url: string, log?: Log): Promise<pg.Client> {
  const deadline = Date.now() + READY_WAIT_MILLIS;
  for (let attempt = 1; ; attempt += 1) {
    const client = new pg.Client({ connectionString: url, application_name: MIGRATOR });
    // Between two statements nobody else listens, and an error without a listener ends the process.
    client.on("error", () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end();
      if (sqlStateOf(error) !== CANNOT_CONNECT_NOW || Date.now() > deadline) throw refusedBy(error);
      if (attempt === 1) log?.(`Waiting for the database: ${(error as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, READY_PAUSE_MILLIS));
    }
  }
}

/** A pooler names what it does not know of what DATABASE_URL asks for; the program itself asks for nothing. */
function refusedBy(error: unknown): unknown {
  const message = error instanceof Error ? error.message : "";
  if (!message.includes("unsupported startup parameter")) return error;
  return new Error(
    `The pooler of DATABASE_URL says: ${message}. Take that out of DATABASE_URL (and PGOPTIONS), or let the pooler ` +
      "pass over it (ignore_startup_parameters in pgbouncer.ini).",
    { cause: error },
  );
}
