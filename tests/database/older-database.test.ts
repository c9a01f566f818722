import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BASELINE_LAST } from "../../src/db/adopt-older.js";
import { migrateUp } from "../../src/db/migrate.js";
import { migrateDown } from "../../src/db/migrate-down.js";
import { labelOf, readMigrations } from "../../src/db/migration-files.js";
import { readMigrationStatus } from "../../src/db/migration-status.js";
import { readSchemaText } from "../../src/db/schema-text.js";
import { type EmptyDatabase, makeEmptyDatabase } from "../support/empty-database.js";

const PROGRAM = "0.2.0";
const MIGRATIONS = readMigrations();
const BASELINE = MIGRATIONS.filter(({ version }) => version <= BASELINE_LAST);

/** The migrations of 0.1.0 at its last state. */
const OLDER =
  `1 foundation, 2 auth, 3 catalog, 4 orders, 5 payments, 6 esims, 7 inbox, 8 top_ups, 9 decision_keys,
  10 order_consents, 11 supplier_words, 12 catalogue_readings, 13 payment_pages, 14 provider_keys, 15 failed_purchases,
  16 order_caps, 17 mail_languages, 20 decline_cap, 22 outgoing_mails, 23 job_priorities, 25 cheaper_orders,
  30 operators_reads, 31 team, 32 api_keys, 33 lists_by_state_and_amount, 34 refund_approvals, 37 settings,
  40 price_rules, 41 supplier_packages, 42 care_notices, 50 audit_chain, 60 shop_events, 61 customers_refunds,
  62 imported_orders`.split(/,\s+/);

let database: EmptyDatabase;
beforeEach(async () => {
  database = await makeEmptyDatabase();
});
afterEach(() => database.drop());

/** As a program of 0.1.0 left it: the same tables, the development ones among them, and its list without checksums. */
async function makeOlder(names: readonly string[] = OLDER): Promise<void> {
  await migrateUp(database.url, { program: PROGRAM, migrations: BASELINE, isDevelopment: true });
  const values = names.map((name) => name.replace(/^(\d+) (\w+)$/, "($1, '$2', '0.1.0')"));
  await database.query(`
    truncate schema_migrations;
    alter table schema_migrations drop column checksum;
    insert into schema_migrations (version, name, oldest_program) values ${values.join(", ")}`);
}

const labels = async (): Promise<string[]> =>
  (await readMigrationStatus(database.url))
    .filter(({ state }) => state !== "pending")
    .map(({ label }) => label);

describe("a database of before 0.2.0", () => {
  it("at the last state of 0.1.0 it is taken over with its rows, once, and is as one made anew", async () => {
    await makeOlder();
    await database.query("insert into users (email) values ('kept@example.com')");
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    expect(await migrateUp(database.url, { program: PROGRAM, isDevelopment: true, log })).toEqual(
      MIGRATIONS.filter(({ version }) => version > BASELINE_LAST).map(labelOf),
    );
    expect(lines).toContainEqual(expect.stringContaining("was taken over"));
    expect(await migrateUp(database.url, { program: PROGRAM, isDevelopment: true, log: () => {} })).toEqual(
      [],
    );
    expect((await readMigrationStatus(database.url)).map(({ state, label }) => [label, state])).toEqual(
      MIGRATIONS.map((one) => [labelOf(one), "applied"]),
    );
    expect(await database.query("select email from users")).toEqual([{ email: "kept@example.com" }]);
    const anew = await makeEmptyDatabase();
    try {
      await migrateUp(anew.url, { program: PROGRAM, isDevelopment: true });
      expect(await readSchemaText(database.url)).toBe(await readSchemaText(anew.url));
    } finally {
      await anew.drop();
    }
  });

  it("five programs that start at once take it over once", async () => {
    await makeOlder();
    const applied = await Promise.all(
      Array.from({ length: 5 }, () => migrateUp(database.url, { program: PROGRAM, isDevelopment: true })),
    );
    expect(applied.filter((one) => one.length > 0)).toHaveLength(MIGRATIONS.length > BASELINE.length ? 1 : 0);
    expect(await labels()).toEqual(MIGRATIONS.map(labelOf));
  });

  it.each([
    [
      "an earlier one",
      OLDER.slice(0, -2),
      /is at 0060_shop_events \(without 0061_customers_refunds, 0062_imported/,
    ],
    ["one with a migration of a branch", [...OLDER, "70 branch"], /is at 0070_branch \(with 0070_branch\)/],
  ])("%s is refused by name with the steps, and nothing is changed", async (_what, names, reason) => {
    await makeOlder(names);
    const before = [await readSchemaText(database.url), await labels()];
    const refusal = await migrateUp(database.url, { program: PROGRAM }).catch((error: Error) => error);
    expect(refusal).toMatchObject({ name: "MigrationError" });
    expect((refusal as Error).message).toMatch(reason);
    expect((refusal as Error).message).toMatch(/0062_imported_orders exactly.*git checkout .*migrate up/);
    expect([await readSchemaText(database.url), await labels()]).toEqual(before);
  });

  it("with the right names and another table it is refused, and nothing is changed", async () => {
    await makeOlder();
    await database.query("alter table orders drop constraint orders_times_in_order");
    const before = [await readSchemaText(database.url), await labels()];
    await expect(migrateUp(database.url, { program: PROGRAM })).rejects.toThrow(
      /not what they make.*Nothing was changed.*docs\/operations\.md/,
    );
    expect([await readSchemaText(database.url), await labels()]).toEqual(before);
  });

  it("a program of 0.1.0 does not start on one that was taken over", async () => {
    await makeOlder();
    await migrateUp(database.url, { program: PROGRAM });
    await expect(migrateUp(database.url, { program: "0.1.0" })).rejects.toThrow(
      /needs Tribi 0\.2\.0 or later/,
    );
  });
});

describe("production holds no development table", () => {
  const tables = async (): Promise<string[]> =>
    (
      await database.query<{ name: string }>(
        "select tablename as name from pg_tables where tablename ~ '^(mock|dev)_' order by 1",
      )
    ).map(({ name }) => name);

  it("none is made there, and outside of it they are", async () => {
    await migrateUp(database.url, { program: PROGRAM });
    expect(await tables()).toEqual([]);
    await migrateUp(database.url, { program: PROGRAM, isDevelopment: true });
    expect(await tables()).toEqual(["dev_inbox", "mock_intents", "mock_refunds"]);
  });

  it("those of a database that is taken over go when they are empty; one with rows stays and is named", async () => {
    await makeOlder();
    await database.query(
      `insert into mock_intents (intent_id, idempotency_key, shop_id, payment_reference, order_id, currency, amount_minor)
       values ('i', 'k', 's', 'p', 1, 'EUR', 1)`,
    );
    const lines: string[] = [];
    await migrateUp(database.url, { program: PROGRAM, log: (line) => lines.push(line) });
    expect(await tables()).toEqual(["mock_intents"]);
    expect(lines).toContainEqual(expect.stringMatching(/mock_intents holds rows and stays/));
  });
});

describe("a migration that was changed after it was applied", () => {
  const changed = MIGRATIONS.map((one) => (one.version === 7 ? { ...one, checksum: "f".repeat(64) } : one));

  it("is refused by its name at the start, seen in the status, and not undone", async () => {
    await migrateUp(database.url, { program: PROGRAM });
    await expect(migrateUp(database.url, { program: PROGRAM, migrations: changed })).rejects.toThrow(
      /another 0007_orders than 0007_orders of Tribi 0\.2\.0.*Nothing was changed/,
    );
    const states = await readMigrationStatus(database.url, changed);
    expect(states.filter(({ state }) => state === "changed").map(({ label }) => label)).toEqual([
      "0007_orders",
    ]);
    const last = MIGRATIONS.map((one) => ({ ...one, checksum: "f".repeat(64) }));
    await expect(migrateDown(database.url, () => true, last)).rejects.toThrow("not the one of this program");
  });

  it("is refused when another took its number", async () => {
    await migrateUp(database.url, { program: PROGRAM });
    const renamed = MIGRATIONS.map((one) => (one.version === 7 ? { ...one, name: "other" } : one));
    await expect(migrateUp(database.url, { program: PROGRAM, migrations: renamed })).rejects.toThrow(
      /another 0007_orders than 0007_other/,
    );
  });
});
