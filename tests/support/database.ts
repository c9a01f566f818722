import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { type Db, openDatabase } from "../../src/db/database.js";
import { migrateUp } from "../../src/db/migrate.js";
import { PROGRAM_VERSION } from "../../src/version.js";

const TEMPLATE_LOCK = 5_301_992;

const urlOf = (database: string): string => {
  const url = new URL(inject("adminDatabaseUrl"));
  url.pathname = `/${database}`;
  return url.toString();
};

async function withAdmin<Value>(work: (client: pg.Client) => Promise<Value>): Promise<Value> {
  const client = new pg.Client({ connectionString: inject("adminDatabaseUrl") });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export interface TestDatabase {
  readonly url: string;
  readonly db: Db;
  /** Runs any SQL; for arranging and asserting. */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/**
 * The database as it is now, as another one: what a backup is, put back. Its sessions are ended, and come back by
 * themselves.
 */
export async function copyDatabase(database: TestDatabase): Promise<TestDatabase> {
  const source = new URL(database.url).pathname.slice(1);
  const name = `tribi_test_${randomBytes(6).toString("hex")}`;
  await withAdmin(async (client) => {
    await client.query(`alter database ${source} allow_connections false`);
    await client.query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1", [
      source,
    ]);
    await client.query(`create database ${name} template ${source}`);
    for (const each of [source, name]) await client.query(`alter database ${each} allow_connections true`);
  });
  return openTestDatabase(name, {});
}

/**
 * A database of its own for one test file, cloned from the migrated template of this run; as in production it is without
 * the tables of the development adapters.
 */
export async function makeTestDatabase(
  options: { poolMax?: number; isProduction?: boolean } = {},
): Promise<TestDatabase> {
  const name = `tribi_test_${randomBytes(6).toString("hex")}`;
  await withAdmin(async (client) => {
    await client.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
    const template = `tribi_template_${inject("runId")}`;
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [template]);
    if (rowCount === 0) {
      await client.query(`create database ${template}_draft`);
      await migrateUp(urlOf(`${template}_draft`), { program: PROGRAM_VERSION, isDevelopment: true });
      await client.query(`alter database ${template}_draft rename to ${template}`);
    }
    await client.query(`create database ${name} template ${template}`);
  });
  return openTestDatabase(name, options);
}

async function openTestDatabase(
  name: string,
  options: { poolMax?: number; isProduction?: boolean },
): Promise<TestDatabase> {
  const db = openDatabase({
    url: urlOf(name),
    poolMax: options.poolMax ?? 10,
    applicationName: "tribi test",
    tracksTransactions: true,
  });
  if (options.isProduction === true)
    await db.run({ name: "", text: "drop table mock_refunds, mock_intents, dev_inbox" }, []);
  return {
    url: urlOf(name),
    db,
    query: async <Row>(text: string, values: readonly unknown[] = []) =>
      (await db.run<Row>({ name: "", text }, values)).rows as Row[],
    drop: async () => {
      await db.close();
      await withAdmin((client) => client.query(`drop database ${name} with (force)`));
    },
  };
}
