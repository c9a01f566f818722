import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterEach, describe, expect, inject, it } from "vitest";
import { openDatabase, statement } from "../../src/db/database.js";
import { migrateUp } from "../../src/db/migrate.js";
import { readMigrationStatus } from "../../src/db/migration-status.js";
import { readSchemaText } from "../../src/db/schema-text.js";
import { PROGRAM_VERSION } from "../../src/version.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { type EmptyDatabase, makeEmptyDatabase } from "../support/empty-database.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { mailedCode } from "../support/login.js";
import { makeShopper } from "../support/shop.js";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

const nameOf = ({ url }: { url: string }): string => new URL(url).pathname.slice(1);

async function asAdmin(text: string, database?: string): Promise<void> {
  const url = new URL(inject("adminDatabaseUrl"));
  if (database !== undefined) url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

type Settings = Readonly<Record<string, string>>;

/** A role that is no superuser and owns the database, as a hosting company gives it. */
async function addOwner(database: { url: string }): Promise<{ name: string; url: string }> {
  const name = `tribi_owner_${randomBytes(4).toString("hex")}`;
  await asAdmin(`create role ${name} login password 'secret'`);
  // After its database, that is.
  undo.unshift(() => asAdmin(`drop role ${name}`));
  await asAdmin(`alter database ${nameOf(database)} owner to ${name}`);
  const url = new URL(database.url);
  url.username = name;
  url.password = "secret";
  return { name, url: url.toString() };
}

async function habitOf(target: string, settings: Settings): Promise<void> {
  for (const [name, value] of Object.entries(settings))
    await asAdmin(`alter ${target} set ${name} = ${value}`);
}

async function testDatabase(): Promise<TestDatabase> {
  const database = await makeTestDatabase();
  undo.push(() => database.drop());
  return database;
}

async function emptyDatabase(): Promise<EmptyDatabase> {
  const database = await makeEmptyDatabase();
  undo.push(() => database.drop());
  return database;
}

async function startOn(database: TestDatabase, url = database.url): Promise<TestApp> {
  const app = await startTestApp({}, { database: { ...database, url } });
  undo.push(() => app.stop());
  return app;
}

/** Sign-in, order, payment and delivery, with what they left in the books and every time as the wire has it. */
async function buys(app: TestApp): Promise<void> {
  const shopper = await makeShopper(app);
  const { id } = await shopper.order();
  const { body: payment } = await shopper.create(id, "MOCK");
  const told = await app.request("POST", "/payments/webhook/mock", {
    body: { intent_id: payment.intent_id, status: "succeeded" },
  });
  expect(told.status).toBe(200);
  const order = await eventually(
    async () => {
      const { body } = await app.request("GET", `/orders/${id}`, { bearer: shopper.token });
      return body.esim_profile?.status === "ready" ? body : undefined;
    },
    { what: "The eSIM" },
  );
  expect(Math.abs(Date.now() - Date.parse(order.created_at))).toBeLessThan(600_000);
  const mine = await app.request("GET", "/orders/mine", { bearer: shopper.token });
  expect(mine.body.items ?? mine.body.orders ?? mine.body).toHaveLength(1);
  expect(await violations(app.database)).toEqual({});
}

/** Of so many wrong codes at once as many are looked at as the limit has, and not one more; none is an error. */
async function limitHolds(app: TestApp): Promise<void> {
  const email = `limit-${randomBytes(4).toString("hex")}@example.com`;
  await app.request("POST", "/auth/request-code", { body: { email } });
  const right = await mailedCode(app, email);
  const wrong = right.replace(/\d/g, (digit) => String((Number(digit) + 1) % 10));
  const answers = await Promise.all(
    Array.from({ length: 12 }, () =>
      app.request("POST", "/auth/verify-code", { body: { email, code: wrong } }),
    ),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 400)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(7);
}

const HABITS: Settings = {
  datestyle: "'German, DMY'",
  intervalstyle: "iso_8601",
  timezone: "'Asia/Kolkata'",
  standard_conforming_strings: "off",
  transform_null_equals: "on",
  array_nulls: "off",
  bytea_output: "escape",
  extra_float_digits: "-10",
  quote_all_identifiers: "on",
  client_encoding: "latin1",
  search_path: "pg_temp, elsewhere",
  statement_timeout: "'40s'",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  idle_session_timeout: "'40s'",
  plan_cache_mode: "force_custom_plan",
};

/** What a session has, and where the value comes from, of everything that a habit above changes. */
async function settingsOf(url: string): Promise<Record<string, string>> {
  const db = openDatabase({ url, poolMax: 1, applicationName: "settings" });
  try {
    const names = [...Object.keys(HABITS), "default_transaction_isolation", "session_replication_role"];
    const { rows } = await db.run<{ name: string; setting: string }>(
      statement("", "select lower(name) as name, setting from pg_settings where lower(name) = any($1)"),
      [names],
    );
    expect(rows).toHaveLength(names.length);
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  } finally {
    await db.close();
  }
}

const OURS = {
  datestyle: "ISO, MDY",
  intervalstyle: "postgres",
  timezone: "UTC",
  standard_conforming_strings: "on",
  transform_null_equals: "off",
  array_nulls: "on",
  bytea_output: "hex",
  extra_float_digits: "1",
  quote_all_identifiers: "off",
  client_encoding: "UTF8",
  search_path: "public, pg_temp",
  statement_timeout: "10000",
  lock_timeout: "5000",
  idle_in_transaction_session_timeout: "10000",
  idle_session_timeout: "0",
  plan_cache_mode: "force_generic_plan",
  default_transaction_isolation: "read committed",
  session_replication_role: "origin",
};

describe("a connection has the program's settings", () => {
  it("whatever the database, the role and the address ask for", async () => {
    const database = await testDatabase();
    expect(await settingsOf(database.url)).toEqual(OURS);

    await habitOf(`database ${nameOf(database)}`, {
      ...HABITS,
      default_transaction_isolation: "serializable",
    });
    expect(await settingsOf(database.url)).toEqual(OURS);

    const owner = await addOwner(database);
    await habitOf(`role ${owner.name} in database ${nameOf(database)}`, {
      timezone: "'America/St_Johns'",
      default_transaction_isolation: "'repeatable read'",
    });
    const url = new URL(owner.url);
    url.searchParams.set("options", "-c timezone=Asia/Kolkata -c statement_timeout=0 -c datestyle=SQL,DMY");
    url.searchParams.set("lock_timeout", "39000");
    expect(await settingsOf(url.toString())).toEqual(OURS);
  });

  it("and keeps the options of the address that are nobody else's", async () => {
    const database = await testDatabase();
    const url = new URL(database.url);
    url.searchParams.set("options", "-c work_mem=12345kB");
    const db = openDatabase({ url: url.toString(), poolMax: 1, applicationName: "options" });
    undo.push(() => db.close());
    expect((await db.run(statement("", "select current_setting('work_mem') as memory"))).rows).toEqual([
      { memory: "12345kB" },
    ]);
  });

  it("in a transaction too, when the session was changed behind its back", async () => {
    const database = await testDatabase();
    const db = openDatabase({ url: database.url, poolMax: 1, applicationName: "isolation" });
    undo.push(() => db.close());
    await db.run(statement("", "set default_transaction_isolation = 'serializable'"));
    const level = statement("", "select current_setting('transaction_isolation') as level");
    expect(await db.transaction(async (tx) => (await tx.run(level)).rows)).toEqual([
      { level: "read committed" },
    ]);
  });
});

describe("a database with habits of its own", () => {
  it.each(["repeatable read", "serializable"])(
    "sells as any other, and its limits hold: %s",
    async (level) => {
      const database = await testDatabase();
      await habitOf(`database ${nameOf(database)}`, {
        ...HABITS,
        default_transaction_isolation: `'${level}'`,
      });
      const app = await startOn(database);
      await buys(app);
      await limitHolds(app);
    },
  );

  it("sells as any other to a role that is no superuser, with options in the address", async () => {
    const database = await emptyDatabase();
    const owner = await addOwner(database);
    const url = new URL(owner.url);
    url.searchParams.set("options", "-c datestyle=German,DMY -c timezone=Asia/Kolkata");
    await migrateUp(url.toString(), { program: PROGRAM_VERSION, isDevelopment: true });
    const app = await startOn(await testDatabase(), url.toString());
    expect((await app.request("GET", "/health/ready")).status).toBe(200);
    await app.request("POST", "/auth/request-code", { body: { email: "a@example.com" } });
    await mailedCode(app, "a@example.com");
  });

  it("is migrated from nothing, and read by the commands, as any other", async () => {
    const plain = await testDatabase();
    const database = await emptyDatabase();
    await habitOf(`database ${nameOf(database)}`, {
      ...HABITS,
      default_transaction_isolation: "serializable",
    });
    await migrateUp(database.url, { program: PROGRAM_VERSION, isDevelopment: true });
    expect((await readMigrationStatus(database.url)).every(({ state }) => state === "applied")).toBe(true);
    expect(await readSchemaText(database.url)).toBe(await readSchemaText(plain.url));
  });
});

describe("a start refuses by name what it cannot override", () => {
  const start = (url: string, log?: (line: string) => void) =>
    migrateUp(url, { program: PROGRAM_VERSION, ...(log === undefined ? {} : { log }) });

  it("triggers that do not run", async () => {
    const database = await testDatabase();
    const owner = await addOwner(database);
    await habitOf(`database ${nameOf(database)}`, { session_replication_role: "replica" });
    const refused =
      /session_replication_role is replica \(set by: database\) and has to be origin.*reset session_replication_role/;
    await expect(start(owner.url)).rejects.toThrow(refused);
    // A superuser's connection sets it, as everything else.
    await start(database.url);
  });

  it("a database that takes no writes", async () => {
    const database = await testDatabase();
    await habitOf(`database ${nameOf(database)}`, { default_transaction_read_only: "on" });
    await expect(start(database.url)).rejects.toThrow(/takes no writes: default_transaction_read_only is on/);
  });

  it("a schema public that is missing, or that the role may not write", async () => {
    const database = await emptyDatabase();
    const owner = await addOwner(database);
    await asAdmin("revoke create on schema public from pg_database_owner", nameOf(database));
    await expect(start(owner.url)).rejects.toThrow(`grant create on schema public to "${owner.name}"`);
    await asAdmin("drop schema public", nameOf(database));
    await expect(start(owner.url)).rejects.toThrow("create schema public");
  });
});

describe("a schema that is called like the role", () => {
  const schemaOf = (database: TestDatabase) =>
    database.query("select schemaname from pg_tables where tablename = 'orders' order by 1");

  it("ahead of public: the store stays the one that it was", async () => {
    const database = await testDatabase();
    await asAdmin("create schema authorization current_user", nameOf(database));
    expect(await migrateUp(database.url, { program: PROGRAM_VERSION, isDevelopment: true })).toEqual([]);
    expect(await schemaOf(database)).toEqual([{ schemaname: "public" }]);
  });

  it("with the store's tables: a start makes no second store, and says how to move them", async () => {
    const database = await testDatabase();
    await asAdmin("alter schema public rename to shop", nameOf(database));
    await asAdmin("create schema public", nameOf(database));
    await expect(migrateUp(database.url, { program: PROGRAM_VERSION })).rejects.toThrow(
      /tables are in the schema shop.*alter schema "shop" rename to public/,
    );
    expect(await schemaOf(database)).toEqual([{ schemaname: "shop" }]);
    await asAdmin('drop schema public; alter schema "shop" rename to public', nameOf(database));
    expect(await migrateUp(database.url, { program: PROGRAM_VERSION, isDevelopment: true })).toEqual([]);
  });

  it("beside a store in public: is said, and public is the one", async () => {
    const database = await testDatabase();
    await asAdmin(
      "create schema other; create table other.schema_migrations (like public.schema_migrations)",
      nameOf(database),
    );
    const lines: string[] = [];
    await migrateUp(database.url, { program: PROGRAM_VERSION, log: (line) => lines.push(line) });
    expect(lines.join()).toContain("The schema other has tables of Tribi as well");
  });
});
