import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrateUp } from "../../src/db/migrate.js";
import { withMigrationLock } from "../../src/db/migration-lock.js";
import { PROGRAM_VERSION } from "../../src/version.js";
import { startTestApp } from "../support/app.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { logIn } from "../support/login.js";
import { PGBOUNCER, startPgBouncer } from "../support/pgbouncer.js";
import { startStrictPooler } from "../support/strict-pooler.js";

let database: TestDatabase;
const undo: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  database = await makeTestDatabase();
  undo.push(() => database.drop());
});
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

const start = (url: string) => migrateUp(url, { program: PROGRAM_VERSION });

async function behind(pooler: { url: string; stop(): Promise<void> }): Promise<string> {
  undo.push(() => pooler.stop());
  return pooler.url;
}

async function signsIn(url: string): Promise<void> {
  await start(url);
  const app = await startTestApp({}, { database: { ...database, url } });
  undo.push(() => app.stop());
  const { token } = await logIn(app, "pooled@example.com");
  expect((await app.request("GET", "/auth/me", { bearer: token })).status).toBe(200);
}

/** Nobody of this database holds or waits for a lock of the migrations. */
const locksLeft = () =>
  database.query(
    "select l.pid from pg_locks l join pg_database d on d.oid = l.database where l.locktype = 'advisory' and d.datname = current_database()",
  );

describe("a pooler that refuses startup parameters", () => {
  it("serves: the program asks for none", async () => {
    await signsIn(await behind(await startStrictPooler(database.url)));
    expect(await locksLeft()).toEqual([]);
  });

  it("and an address that asks for one: the start says what to take out", async () => {
    const url = new URL(await behind(await startStrictPooler(database.url)));
    url.searchParams.set("options", "-c geqo=off");
    await expect(start(url.toString())).rejects.toThrow(
      /unsupported startup parameter: options.*Take that out of DATABASE_URL.*ignore_startup_parameters/,
    );
  });
});

const title = `PgBouncer ${PGBOUNCER?.version ?? "(not installed: apt-get install pgbouncer)"}`;
describe.skipIf(PGBOUNCER === undefined)(title, () => {
  const bouncer = async (settings: Record<string, string>) =>
    behind(await startPgBouncer(database.url, settings));

  it("in session mode: starts one after another, serves, and leaves no lock behind", async () => {
    const url = await bouncer({ pool_mode: "session" });
    await Promise.all([start(url), start(url), start(url)]);
    await signsIn(url);
    expect(await locksLeft()).toEqual([]);
  });

  it("in transaction mode: the lock of the migrations ends with its work, whoever has the session then", async () => {
    const url = await bouncer({ pool_mode: "transaction" });
    expect(await withMigrationLock(url, async () => (await locksLeft()).length)).toBe(1);
    expect(await locksLeft()).toEqual([]);
    expect(await withMigrationLock(url, async () => "again")).toBe("again");
  });

  it("in session mode without a reset: the start names the setting", async () => {
    const url = await bouncer({ pool_mode: "session", server_reset_query: "" });
    await expect(start(url)).rejects.toThrow("Set server_reset_query = DISCARD ALL in pgbouncer.ini");
  });

  it("in transaction mode: the start names the settings that have to be the role's, and these are enough", async () => {
    const url = await bouncer({ pool_mode: "transaction" });
    const refusal: Error = await start(url).then(
      () => new Error("started"),
      (error: Error) => error,
    );
    expect(refusal.message).toContain("works in transaction mode, where a session keeps no settings of ours");
    const lines = refusal.message.split("\n").slice(1).join("\n");
    expect(lines).toMatch(/alter role ".*" in database ".*" set search_path = public, pg_temp;/);
    await database.query(lines);
    const anew = await bouncer({ pool_mode: "transaction", max_client_conn: "99" });
    // PgBouncer before 1.21 cannot care for prepared statements; later ones do from 200 on, which is their default.
    const cares = PGBOUNCER !== undefined && Number(PGBOUNCER.version.split(".")[1]) >= 21;
    if (cares) await signsIn(anew);
    else await expect(start(anew)).rejects.toThrow(/max_prepared_statements = 500.*1\.21 or later/);
    expect(await locksLeft()).toEqual([]);
  });
});

describe("a start that waits for a lock", () => {
  async function holding(sql: string): Promise<pg.Client> {
    const holder = new pg.Client({ connectionString: database.url, application_name: "nightly backup" });
    await holder.connect();
    undo.push(() => holder.end());
    await holder.query("begin");
    await holder.query(sql);
    return holder;
  }

  it.each([
    ["the lock of the migrations", "select pg_advisory_xact_lock(7402317)"],
    ["a table", "lock table schema_migrations in access exclusive mode"],
  ])("of %s: says who holds it, and goes on when it is free", async (_what, sql) => {
    const holder = await holding(sql);
    const said = await new Promise<string>((resolve, reject) => {
      const log = (line: string): void => {
        resolve(line);
        void holder.query("rollback");
      };
      migrateUp(database.url, { program: PROGRAM_VERSION, log }).then(
        (applied) => expect(applied).toEqual([]),
        reject,
      );
    });
    expect(said).toMatch(
      /^Waiting for a lock that process \d+ of PostgreSQL holds: nightly backup, role .+, from .+, idle in transaction/,
    );
    expect(said).toContain("pg_terminate_backend");
    await start(database.url);
  });
});
