import { afterAll, beforeAll, expect, it } from "vitest";
import { compareRows, declaredRows } from "../../scripts/declared-rows.js";
import { prepareAll } from "../../scripts/prepared-statements.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeTestDatabase();
});
afterAll(() => database.drop());

const STORE = "src/modules/esims/suppliers/ruled-out-store.ts";
const prepare = (text: string, name = "esims.ruled_out_to_look_back_at") =>
  prepareAll(database.url, [{ name, file: STORE, text }]);

it("what goes in and comes out of a statement is said without running it", async () => {
  const text = "delete from orders where id = $1 and reference = $2 returning id, paid_at as at";
  const { prepared, refused } = await prepare(text);
  expect(refused).toEqual([]);
  expect(prepared).toMatchObject([
    {
      parameters: ["bigint", "text"],
      columns: [
        { name: "id", type: "bigint" },
        { name: "at", type: "timestamp with time zone" },
      ],
    },
  ]);
});

it("a column that no table has is refused by name, and the next statement is prepared all the same", async () => {
  const { prepared, refused } = await prepareAll(database.url, [
    { name: "a.wrong", file: STORE, text: "select ordered_at from orders" },
    { name: "b.right", file: STORE, text: "select id from orders" },
  ]);
  expect(refused).toEqual([`a.wrong (${STORE}): column "ordered_at" does not exist`]);
  expect(prepared.map(({ name }) => name)).toEqual(["b.right"]);
});

it("a row's member that is not returned, or is of another type, is found where it is declared", async () => {
  const declared = declaredRows([STORE]);
  const wrongOf = async (text: string) => compareRows((await prepare(text)).prepared, declared).wrong;
  expect(await wrongOf("select 1::bigint as id")).toEqual([]);
  expect(await wrongOf("select 1::bigint as number")).toEqual([
    expect.stringMatching(/ruled-out-store\.ts:\d+: esims\.ruled_out_to_look_back_at returns no id$/),
  ]);
  expect(await wrongOf("select 'one'::text as id")).toEqual([
    expect.stringMatching(/returns id as text, not as number$/),
  ]);
});
