import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrateUp } from "../../src/db/migrate.js";
import { migrateDown } from "../../src/db/migrate-down.js";
import { isOlder, labelOf, type Migration, readMigrations } from "../../src/db/migration-files.js";
import { readMigrationStatus } from "../../src/db/migration-status.js";
import { readSchemaText } from "../../src/db/schema-text.js";
import { findForeignSecrets } from "../../src/db/secrets-canary.js";
import { serverProblem } from "../../src/db/server-fit.js";
import { type EmptyDatabase, makeEmptyDatabase } from "../support/empty-database.js";
import { startTcpProxy } from "../support/tcp-proxy.js";

const PROGRAM = { program: "0.2.0" };
const MIGRATIONS = readMigrations();
const LAST = MIGRATIONS.at(-1)!;

const extra = (changes: Partial<Migration>): Migration => ({
  version: 9000,
  name: "extra",
  up: "create table extra (id integer primary key, note text)",
  down: "drop table extra",
  oldestProgram: "0.2.0",
  checksum: "0".repeat(64),
  ...changes,
});

let database: EmptyDatabase;
beforeEach(async () => {
  database = await makeEmptyDatabase();
});
afterEach(() => database.drop());

describe("migrating", () => {
  it("one of five cold starts migrates and all of them find the database up to date", async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrateUp(database.url, PROGRAM)));
    expect(applied.filter((labels) => labels.length > 0)).toEqual([MIGRATIONS.map(labelOf)]);
    expect((await readMigrationStatus(database.url)).every(({ state }) => state === "applied")).toBe(true);
  });

  it("a server that is starting is waited for, one that is not there is an error at once", async () => {
    const proxy = await startTcpProxy(database.url);
    try {
      proxy.cut();
      await expect(migrateUp(proxy.url, PROGRAM)).rejects.toThrow();
      proxy.recover();
      const lines: string[] = [];
      const log = (line: string): void => {
        lines.push(line);
        proxy.heal();
      };
      expect(await migrateUp(proxy.url, { ...PROGRAM, log })).toEqual(MIGRATIONS.map(labelOf));
      expect(lines[0]).toBe("Waiting for the database: the database system is starting up");
    } finally {
      await proxy.stop();
    }
  });

  it("every migration can be undone, and up again gives the same database", async () => {
    await migrateUp(database.url, PROGRAM);
    const text = await readSchemaText(database.url);
    for (const migration of [...MIGRATIONS].reverse()) {
      const { label, wasUndone } = await migrateDown(database.url, () => true);
      expect([label, wasUndone]).toEqual([labelOf(migration), true]);
    }
    const tables = await database.query<{ tablename: string }>(
      "select tablename from pg_tables where schemaname = 'public'",
    );
    expect(tables).toEqual([{ tablename: "schema_migrations" }]);
    await expect(migrateDown(database.url, () => true)).rejects.toThrow("no migration to undo");
    await migrateUp(database.url, PROGRAM);
    expect(await readSchemaText(database.url)).toBe(text);
  });

  it("each migration that is undone leaves the database as it was before it", {
    timeout: 180_000,
  }, async () => {
    const before: string[] = [];
    for (const [index] of MIGRATIONS.entries()) {
      // The jobs' own tables come with the first run, and are none of ours.
      before.push(index === 0 ? "" : await readSchemaText(database.url));
      await migrateUp(database.url, { ...PROGRAM, migrations: MIGRATIONS.slice(0, index + 1) });
    }
    for (const [index, migration] of [...MIGRATIONS.entries()].slice(1).reverse()) {
      await migrateDown(database.url, () => true);
      const text = await readSchemaText(database.url);
      expect([labelOf(migration), text]).toEqual([labelOf(migration), before[index]]);
    }
  });

  it("only a program that is older than a migration allows is refused", async () => {
    const migrations = [...MIGRATIONS, extra({ oldestProgram: "0.3.0" })];
    await migrateUp(database.url, { program: "0.3.0", migrations });
    await expect(migrateUp(database.url, { program: "0.2.9" })).rejects.toThrow(
      "9000_extra, which needs Tribi 0.3.0",
    );
    // Old and new side by side: the older program does not know the migration and works with it.
    await expect(migrateUp(database.url, { program: "0.3.0" })).resolves.toEqual([]);
    const states = await readMigrationStatus(database.url);
    expect(states.at(-1)).toMatchObject({ label: "9000_extra", state: "newer" });
    await expect(migrateDown(database.url, () => true)).rejects.toThrow("made by a newer program");
  });

  it("a migration that fails leaves nothing, and the ones before it stay", async () => {
    const migrations = [...MIGRATIONS, extra({ up: "create table half (id integer); select 1/0" })];
    await expect(migrateUp(database.url, { ...PROGRAM, migrations })).rejects.toThrow(
      "9000_extra failed and changed nothing: division by zero",
    );
    expect(await database.query("select to_regclass('half') as half")).toEqual([{ half: null }]);
    const states = await readMigrationStatus(database.url, migrations);
    expect(states.filter(({ state }) => state === "pending").map(({ label }) => label)).toEqual([
      "9000_extra",
    ]);
  });

  it("what is lost is named with its rows, and nothing goes when that is not accepted", async () => {
    const migrations = [
      ...MIGRATIONS,
      extra({
        up: "create table extra (id integer primary key); alter table users add column nickname text",
        down: "drop table extra; alter table users drop column nickname",
      }),
    ];
    await migrateUp(database.url, { ...PROGRAM, migrations });
    await database.query("insert into extra values (1), (2)");
    await database.query(
      "insert into users (email, nickname) values ('a@example.com', 'A'), ('b@example.com', null)",
    );
    const refused = await migrateDown(database.url, () => false, migrations);
    expect(refused).toEqual({
      label: "9000_extra",
      wasUndone: false,
      losses: [
        { what: "extra", rows: 2 },
        { what: "users.nickname", rows: 1 },
      ],
    });
    expect(await database.query("select count(*)::integer as rows from extra")).toEqual([{ rows: 2 }]);
    await migrateDown(database.url, () => true, migrations);
    expect(await database.query("select to_regclass('extra') as extra")).toEqual([{ extra: null }]);
  });

  it("before anything ran, every migration is pending", async () => {
    const states = await readMigrationStatus(database.url);
    expect(states.map(({ state }) => state)).toEqual(MIGRATIONS.map(() => "pending"));
    expect(states.at(-1)?.label).toBe(labelOf(LAST));
  });
});

describe("a server that does not fit is refused before anything is written", () => {
  it("older than PostgreSQL 15", () => {
    expect(serverProblem(140_013, "UTF8")).toContain("a PostgreSQL 14; Tribi needs 15 or later");
    for (const version of [150_000, 160_004, 180_004]) expect(serverProblem(version, "UTF8")).toBeUndefined();
  });

  it("another encoding than UTF8", async () => {
    const name = new URL(database.url).pathname.slice(1);
    const ascii = `${name}_ascii`;
    await database.query(
      `create database ${ascii} encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0`,
    );
    try {
      const url = database.url.replace(name, ascii);
      await expect(migrateUp(url, PROGRAM)).rejects.toThrow("is encoded in SQL_ASCII");
      expect((await readMigrationStatus(url)).every(({ state }) => state === "pending")).toBe(true);
    } finally {
      await database.query(`drop database ${ascii} with (force)`);
    }
  });
});

describe("the canary of the secrets", () => {
  const jwt = (...values: string[]) => [{ name: "JWT_SECRET", values }];

  it("tells a secret that the database was not first used with, until that is accepted", async () => {
    await migrateUp(database.url, PROGRAM);
    expect(await findForeignSecrets(database.url, jwt("first"))).toEqual([]);
    expect(await findForeignSecrets(database.url, jwt("first"))).toEqual([]);
    expect(await findForeignSecrets(database.url, jwt("other"))).toEqual(["JWT_SECRET"]);
    expect(await findForeignSecrets(database.url, jwt("other"), { accept: true })).toEqual([]);
    expect(await findForeignSecrets(database.url, jwt("other"))).toEqual([]);
    expect(await findForeignSecrets(database.url, jwt("first"))).toEqual(["JWT_SECRET"]);
  });

  it("follows a rotation in which old and new are given together", async () => {
    await migrateUp(database.url, PROGRAM);
    await findForeignSecrets(database.url, jwt("old"));
    expect(await findForeignSecrets(database.url, jwt("new", "old"))).toEqual([]);
    expect(await findForeignSecrets(database.url, jwt("new"))).toEqual([]);
  });
});

it("versions are compared as numbers", () => {
  expect(isOlder("0.9.0", "0.10.0")).toBe(true);
  expect(isOlder("0.10.0", "0.9.0")).toBe(false);
  expect(isOlder("1.0.0", "1.0.0")).toBe(false);
});
