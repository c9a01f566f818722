import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateUp } from "../../src/db/migrate.js";
import { readSchemaText } from "../../src/db/schema-text.js";
import { PROGRAM_VERSION } from "../../src/version.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { OTHER_POSTGRES, startOtherPostgres } from "../support/other-postgres.js";

describe("the text of the schema", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await makeTestDatabase();
    await database.query(
      `create table zebra (id bigint generated always as identity primary key, "Odd name" text default 'x' not null,
         constraint zebra_odd_is_short check (length("Odd name") < 9), stripes integer, doubled integer
         generated always as (stripes * 2) stored)`,
    );
    await database.query(
      "create unique index zebra_by_stripes on zebra (stripes desc) where stripes is not null",
    );
    await database.query("create index a_second on zebra (id, stripes)");
    await database.query(
      "create function zebra_touch() returns trigger language plpgsql as $$ begin return new; end $$",
    );
    await database.query(
      "create trigger zebra_touched before update on zebra for each row execute function zebra_touch()",
    );
  });
  afterAll(() => database.drop());

  it("names columns, defaults, constraints, indexes, triggers and functions, in an order of its own", async () => {
    const text = await readSchemaText(database.url);
    expect(text).toContain(`create table zebra (
  id bigint generated always as identity,
  "Odd name" text default 'x'::text not null,
  stripes integer,
  doubled integer generated always as ((stripes * 2)) stored,
  constraint zebra_pkey PRIMARY KEY (id),
  constraint zebra_odd_is_short CHECK ((length("Odd name") < 9))
);
CREATE INDEX a_second ON public.zebra USING btree (id, stripes);
CREATE UNIQUE INDEX zebra_by_stripes ON public.zebra USING btree (stripes DESC) WHERE (stripes IS NOT NULL);
CREATE TRIGGER zebra_touched BEFORE UPDATE ON public.zebra FOR EACH ROW EXECUTE FUNCTION zebra_touch();`);
    expect(text).toContain("CREATE OR REPLACE FUNCTION public.zebra_touch()");
  });

  it("is the same when read again", async () => {
    expect(await readSchemaText(database.url)).toBe(await readSchemaText(database.url));
  });
});

const CHECKED_IN = readFileSync("schema.sql", "utf8");

it("of the migrated database is schema.sql", async () => {
  const database = await makeTestDatabase();
  expect(await readSchemaText(database.url)).toBe(CHECKED_IN);
  await database.drop();
});

it.skipIf(OTHER_POSTGRES.length === 0)(
  "is schema.sql on every other PostgreSQL that is installed",
  async () => {
    for (const { programs, major } of OTHER_POSTGRES) {
      const server = await startOtherPostgres(programs);
      try {
        await migrateUp(server.url, { program: PROGRAM_VERSION, isDevelopment: true });
        expect([major, await readSchemaText(server.url)]).toEqual([major, CHECKED_IN]);
      } finally {
        await server.stop();
      }
    }
  },
);
