import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { makeTestDatabase, type TestDatabase } from "../../../tests/support/database.js";
import type { Db } from "../../db/database.js";
import type { Body } from "../../http/body-cache.js";
import { systemClock } from "../../kernel/clock.js";
import { makeBrowsing } from "./browse-catalog.js";
import type { PlanFilter } from "./catalog-read-model.js";
import { seedDemoCatalog } from "./seed-demo-catalog.js";

let database: TestDatabase;
let queries = 0;
let counting: Db;
beforeAll(async () => {
  database = await makeTestDatabase();
  await seedDemoCatalog(database.db);
  const run: Db["run"] = (...args) => {
    queries += 1;
    return database.db.run(...args);
  };
  counting = { ...database.db, run };
});
afterAll(() => database.drop());
beforeEach(() => {
  queries = 0;
});

const everything: PlanFilter = {
  currency: "USD",
  country: null,
  minGb: null,
  maxGb: null,
  maxPrice: null,
  days: null,
};
function lengthOf(list: Body | AsyncGenerator<string>): number {
  if (!("plain" in list)) throw new Error("The list is too long to be kept");
  return JSON.parse(String(list.plain)).length;
}

it("a list is one query, whatever its length up to a thousand plans", async () => {
  const lengths: number[] = [];
  for (const filter of [everything, { ...everything, country: "ES" }, { ...everything, maxPrice: 0 }]) {
    queries = 0;
    lengths.push(lengthOf(await makeBrowsing({ db: counting, clock: systemClock }).plans(filter)));
    expect(queries).toBe(1);
  }
  expect(lengths[0]).toBeGreaterThan(200);
  expect(lengths[1]).toBeGreaterThan(5);
  expect(lengths[2]).toBe(0);
});

it("a crowd that asks at the same moment is one query", async () => {
  const { plans, countries } = makeBrowsing({ db: counting, clock: systemClock });
  await Promise.all(Array.from({ length: 50 }, () => plans(everything)));
  await Promise.all(Array.from({ length: 50 }, (_, n) => countries(n % 2 === 0 ? "Es" : "eS")));
  expect(queries).toBe(2);
});

it("what names no currency or no country is answered without a query", async () => {
  const { plans } = makeBrowsing({ db: counting, clock: systemClock });
  expect(lengthOf(await plans({ ...everything, currency: "XXX" }))).toBe(0);
  expect(lengthOf(await plans({ ...everything, country: "__" }))).toBe(0);
  expect(queries).toBe(0);
});

it("a change of this process shows at once, one of another within a second", async () => {
  let now = 0;
  const { plans, forget } = makeBrowsing({ db: counting, clock: { nowMillis: () => now } });
  const japan = { ...everything, country: "JP" };
  const before = lengthOf(await plans(japan));
  await database.query("update plans set is_active = false, paused_reason = 'x' where sku = 'JP-1GB-7D'");
  expect(lengthOf(await plans(japan))).toBe(before);
  now = 1_000;
  expect(lengthOf(await plans(japan))).toBe(before - 1);
  await database.query("update plans set is_active = true, paused_reason = null where sku = 'JP-1GB-7D'");
  forget();
  expect(lengthOf(await plans(japan))).toBe(before);
});

it("a list of thousands is read once for a crowd, and is the same as one that is sent in pieces", async () => {
  await database.query(
    `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
     select 'MANY-' || n, 'Many ' || n, 5, 30, (select min(id) from countries), (select min(id) from carriers)
     from generate_series(1, 1500) n`,
  );
  await database.query(
    "insert into plan_prices (plan_id, currency, amount_minor) select id, 'USD', 100 + id % 700 from plans where sku like 'MANY-%'",
  );
  const { plans, forget } = makeBrowsing({ db: counting, clock: systemClock });
  const lists = await Promise.all(Array.from({ length: 20 }, () => plans(everything)));
  const asked = queries;
  expect(asked).toBeLessThan(15);
  const [first] = lists.map((list) => ("plain" in list ? String(list.plain) : "in pieces"));
  const rows = JSON.parse(first ?? "") as { id: number; price: { amount_minor_units: number } }[];
  expect(rows.length).toBeGreaterThan(1_500);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  const prices = rows.map(({ price }) => price.amount_minor_units);
  expect(prices).toEqual([...prices].sort((a, b) => a - b));
  await database.query("update plans set is_active = false, paused_reason = 'x' where sku = 'MANY-1'");
  forget();
  expect(lengthOf(await plans(everything))).toBe(rows.length - 1);
  await database.query("delete from plans where sku like 'MANY-%'");
});
