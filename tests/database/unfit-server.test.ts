import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, statement } from "../../src/db/database.js";
import { migrateUp } from "../../src/db/migrate.js";
import { PROGRAM_VERSION } from "../../src/version.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { OTHER_POSTGRES, startOtherPostgres } from "../support/other-postgres.js";

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await makeTestDatabase();
  app = await startTestApp({}, { database, worker: false });
  await database.query(`
    create table refusals (state text not null);
    create function refuse() returns trigger language plpgsql as $$
    declare
      v_state text := (select state from refusals);
    begin
      if v_state is not null then raise exception 'refused' using errcode = v_state; end if;
      return null;
    end;
    $$;
    create trigger auth_codes_refused after insert on auth_codes for each statement execute function refuse();`);
});
afterAll(async () => {
  await app.stop();
  await database.drop();
});

let asked = 0;
const askForCode = () => {
  asked += 1;
  return app.request("POST", "/auth/request-code", { body: { email: `unfit-${asked}@example.com` } });
};
const ready = () => app.request("GET", "/health/ready");
const isReady = () =>
  eventually(async () => (await ready()).status === 200, { what: "Readiness after the trouble" });

async function whileRefused<Value>(state: string, work: () => Promise<Value>): Promise<Value> {
  await database.query("insert into refusals values ($1)", [state]);
  return work().finally(() => database.query("truncate refusals"));
}

describe("what PostgreSQL says when it cannot, at this moment", () => {
  it.each([
    "0A000",
    "25006",
    "26000",
    "40003",
    "42P05",
    "53100",
    "57P01",
    "57P02",
    "57P03",
    "58030",
    "58P01",
  ])("%s: 503 with Retry-After, and served again when it is over", async (state) => {
    const refused = await whileRefused(state, askForCode);
    expect([refused.status, refused.body.code, refused.headers.get("retry-after")]).toEqual([
      503,
      "overloaded",
      "2",
    ]);
    expect((await askForCode()).status).toBe(200);
  });

  it("a fault of ours stays one: 500", async () => {
    expect((await whileRefused("22012", askForCode)).status).toBe(500);
  });

  it.each([
    ["25006", "takes no writes"],
    ["58030", "fails to write (58030)"],
    ["53100", "fails to write (53100)"],
  ])("%s: not ready, with the reason; ready again when writes go through", async (state, reason) => {
    await isReady();
    const answer = await whileRefused(state, async () => {
      await askForCode();
      return ready();
    });
    expect([answer.status, answer.body.code]).toEqual([503, "not_ready"]);
    expect(answer.body.detail).toContain(reason);
    await isReady();
  });
});

describe("a server that takes no writes any more", () => {
  it("is not ready, and is left: once there is one that does, the same process serves again", async () => {
    await isReady();
    const name = new URL(database.url).pathname.slice(1);
    // New connections are read-only from here on, as those to a former primary; the ones of before are gone.
    await database.query(`alter database ${name} set default_transaction_read_only = on`);
    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name in ('tribi api', 'tribi reserved')",
    );
    await eventually(
      async () => (await askForCode()).body?.code === "overloaded" && (await ready()).status === 503,
    );
    expect((await ready()).body.detail).toContain("takes no writes");
    await database.query(
      `begin read write; alter database ${name} reset default_transaction_read_only; commit`,
    );
    await isReady();
    await eventually(async () => (await askForCode()).status === 200, { what: "A write" });
  });

  it.skipIf(OTHER_POSTGRES.length === 0)(
    "a standby is no server for a start, and for no connection",
    async () => {
      const standby = await startOtherPostgres(OTHER_POSTGRES[0]?.programs ?? "", { isStandby: true });
      const db = openDatabase({ url: standby.url, poolMax: 1, applicationName: "standby" });
      try {
        await expect(migrateUp(standby.url, { program: PROGRAM_VERSION })).rejects.toThrow(/names a standby/);
        await expect(db.run(statement("", "select 1"))).rejects.toMatchObject({ code: "25006" });
      } finally {
        await db.close();
        await standby.stop();
      }
    },
  );
});

describe("a connection whose prepared statements are out of date", () => {
  const read = statement("test.read_notes", "select * from notes");
  const outdated = {
    "0A000: a migration changed what the statement returns": "alter table notes add column more text",
    "26000: its prepared statement is gone": "deallocate all",
  };

  it.each(Object.entries(outdated))("%s: another connection runs it", async (_state, change) => {
    const db = openDatabase({ url: database.url, poolMax: 1, applicationName: "outdated" });
    try {
      await database.query("drop table if exists notes");
      await database.query("create table notes (text text)");
      await database.query("insert into notes values ('kept')");
      const inTransaction = () => db.transaction(async (tx) => (await tx.run(read)).rows);
      for (const run of [async () => (await db.run(read)).rows, inTransaction]) {
        expect(await run()).toHaveLength(1);
        await db.run(statement("", change));
        expect(await run()).toHaveLength(1);
        await db.run(statement("", "alter table notes drop column if exists more"));
      }
    } finally {
      await db.close();
    }
  });

  it("42P05: its name is taken: another connection runs it", async () => {
    const db = openDatabase({ url: database.url, poolMax: 1, applicationName: "taken" });
    try {
      await db.run(statement("", 'prepare "test.taken" as select 2'));
      expect((await db.run(statement("test.taken", "select 1 as one"))).rows).toEqual([{ one: 1 }]);
    } finally {
      await db.close();
    }
  });
});
