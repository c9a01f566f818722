import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await makeTestDatabase();
  // As in a burst: nothing has analysed the tables, so the planner knows neither how many rows nor whose.
  await database.query(`
    insert into auth_codes (email, ip_address, created_at, expires_at, code_hash, challenge_hash)
    select 'one-' || n || '@example.com', '10.0.0.0'::inet + n, now() - n * interval '1 second', now() + interval '1 day',
      '\\x00', '\\x00'
    from generate_series(1, 5000) n`);
  await database.query(`
    insert into auth_tries (email, ip_address, kind, created_at)
    select 'one-' || n || '@example.com', '10.0.0.0'::inet + n, 'challenge', now() - n * interval '1 second'
    from generate_series(1, 5000) n`);
});
afterAll(() => database.drop());

/** The counts of request_login_code and login_tries_until, as they are planned for any values. */
const COUNTS: readonly (readonly [table: string, column: string])[] = [
  ["auth_codes", "mailbox_of(email)"],
  ["auth_tries", "email"],
];

it.each(COUNTS)("%s are counted by whose they are, never through everybody's", async (table, column) => {
  const plan = await database.db.transaction(async (tx) => {
    const run = (text: string) => tx.run<{ "QUERY PLAN": string }>({ name: "", text });
    await run(`prepare counted_${table} (text[], timestamptz, integer) as
      select created_at from ${table} where ${column} = any ($1) and created_at > $2
      order by created_at desc offset $3 - 1 limit 1`);
    const { rows } = await run(
      `explain execute counted_${table} (array['a', 'b'], now() - interval '1 day', 10)`,
    );
    await run(`deallocate counted_${table}`);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  });
  expect(plan).toContain(table === "auth_codes" ? "auth_codes_by_mailbox" : "auth_tries_by_email");
});
