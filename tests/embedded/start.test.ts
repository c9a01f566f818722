import pg from "pg";
import { expect, inject, test } from "vitest";

test("the test run has a PostgreSQL with UTF-8 and code-point order", async () => {
  const client = new pg.Client({ connectionString: inject("adminDatabaseUrl") });
  await client.connect();
  const { rows } = await client.query(
    "select current_setting('server_encoding') as encoding, 'Z' < 'a' as ordered",
  );
  await client.end();
  expect(rows).toEqual([{ encoding: "UTF8", ordered: true }]);
});
