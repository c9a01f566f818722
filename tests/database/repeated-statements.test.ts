import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statement } from "../../src/db/database.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeTestDatabase();
  await database.query(`
    create table remarks (id bigint generated always as identity primary key, text text not null);
    create table refusals (state text not null);
    create sequence refused;
    -- Raised when the statement commits: everything that it did is rolled back by then. The sequence remembers.
    create function refuse_at_commit() returns trigger language plpgsql as $$
    declare
      v_states text[] := array(select state from refusals);
      v_count bigint;
    begin
      if cardinality(v_states) = 0 then return null; end if;
      v_count := nextval('refused');
      if v_count <= cardinality(v_states) then
        raise exception 'refused' using errcode = v_states[v_count];
      end if;
      return null;
    end;
    $$;
    create constraint trigger notes_refused after insert on remarks
      deferrable initially deferred for each row execute function refuse_at_commit();`);
});
afterAll(() => database.drop());

const INSERT = statement("test.insert_note", "insert into remarks (text) values ($1) returning text");
const INSERT_UNNAMED = statement("", "insert into remarks (text) values ($1) returning text");
const ACTOR = statement(
  "",
  "select current_setting('tribi.actor', true) as actor, current_setting('tribi.request_id', true) as request_id",
);

async function refuse(...states: string[]): Promise<void> {
  await database.query("truncate remarks");
  await database.query("truncate refusals");
  await database.query("alter sequence refused restart");
  for (const state of states) await database.query("insert into refusals values ($1)", [state]);
}
const remarks = () => database.query("select text from remarks");

describe("a statement of its own that PostgreSQL rolled back as a whole", () => {
  it.each(["40001", "40P01"])("%s once: is repeated, and has its effect once", async (state) => {
    for (const insert of [INSERT, INSERT_UNNAMED]) {
      await refuse(state);
      expect(await database.db.run(insert, ["kept"])).toEqual({ rows: [{ text: "kept" }], count: 1 });
      expect(await remarks()).toEqual([{ text: "kept" }]);
    }
  });

  it("is tried three times at most", async () => {
    await refuse("40001", "40P01", "40001");
    await expect(database.db.run(INSERT, ["refused"])).rejects.toMatchObject({ code: "40001" });
    await refuse("40001", "40P01");
    expect((await database.db.run(INSERT, ["kept"])).count).toBe(1);
  });

  it("is not repeated for any other reason", async () => {
    await refuse("23514");
    await expect(database.db.run(INSERT, ["refused"])).rejects.toMatchObject({ code: "23514" });
    await refuse("57014");
    await expect(database.db.run(INSERT, ["refused"])).rejects.toMatchObject({ code: "57014" });
    expect(await remarks()).toEqual([]);
  });
});

describe("a transaction in somebody's name", () => {
  const act = { actor: "admin:7", requestId: "request-1" };

  it("shows the triggers who acts, in every attempt, and nobody after it", async () => {
    await refuse("40001");
    const seen: unknown[] = [];
    await database.db.transactionAs(act, async (tx) => {
      seen.push((await tx.run(ACTOR)).rows[0]);
      await tx.run(INSERT, ["kept"]);
    });
    expect(seen).toEqual([
      { actor: "admin:7", request_id: "request-1" },
      { actor: "admin:7", request_id: "request-1" },
    ]);
    expect(await remarks()).toEqual([{ text: "kept" }]);
    const after = await database.db.transaction(
      async (tx) => (await tx.run<{ actor: string }>(ACTOR)).rows[0],
    );
    expect(after?.actor ?? "").toBe("");
  });

  it("without a request leaves the request empty", async () => {
    const row = await database.db.transactionAs(
      { actor: "system:x", requestId: null },
      async (tx) => (await tx.run(ACTOR)).rows[0],
    );
    expect(row).toEqual({ actor: "system:x", request_id: "" });
  });
});
