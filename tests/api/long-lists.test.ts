import { afterAll, beforeAll, expect, it } from "vitest";
import { PAGE_ROWS } from "../../src/db/read-pages.js";
import { systemClock } from "../../src/kernel/clock.js";
import { makeBrowsing } from "../../src/modules/catalog/browse-catalog.js";
import { findDestinations } from "../../src/modules/storefront/destinations.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";

/** More than are kept in memory for the next reader. */
const PLANS = 10_001;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({}, { worker: false });
  await seedCatalog(app.database);
  await app.database.query(
    `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
     select 'X-' || n, 'Plan ' || n, 1, 7, (select id from countries where iso2 = 'ES'), (select min(id) from carriers)
     from generate_series(1, $1::integer) n`,
    [PLANS],
  );
  await app.database.query(
    `insert into plan_prices (plan_id, currency, amount_minor)
     select id, 'USD', 100 + id * 7919 % 900 from plans where sku like 'X-%'`,
  );
});
afterAll(() => app.stop());

const EVERYTHING = { currency: "USD", country: null, minGb: null, maxGb: null, maxPrice: null, days: null };

/** A database that counts what is asked of it. */
function counted() {
  const names: string[] = [];
  const { db } = app.database;
  const run: typeof db.run = (statement, values) => {
    names.push(statement.name);
    return db.run(statement, values);
  };
  return { names, db: { ...db, run } };
}

it("GET /plans has every plan of a large shop once, the cheapest first, compressed or not", async () => {
  const wanted = await app.database.query<{ id: number }>(
    `select p.id from plans p join plan_prices pp on pp.plan_id = p.id and pp.currency = 'USD' and p.is_active
     order by pp.amount_minor, p.id`,
  );
  expect(wanted.length).toBeGreaterThan(PLANS);
  for (const encoding of ["gzip", "identity"]) {
    const answer = await app.request("GET", "/plans", { headers: { "accept-encoding": encoding } });
    expect([answer.status, answer.headers.get("content-encoding")]).toEqual([
      200,
      encoding === "gzip" ? "gzip" : null,
    ]);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("vary")).toBe("Origin, Accept-Encoding");
    expect(answer.body.map(({ id }: { id: number }) => id)).toEqual(wanted.map(({ id }) => id));
  }
  const few = await app.request("GET", "/plans?max_price=1.01&country=es");
  expect(
    few.body.every(({ price }: { price: { amount_minor_units: number } }) => price.amount_minor_units <= 101),
  ).toBe(true);
});

it("a list too long to keep is read page by page as it is sent", async () => {
  const { names, db } = counted();
  const list = await makeBrowsing({ db, clock: systemClock }).plans(EVERYTHING);
  if ("plain" in list) throw new Error("The list was kept");
  const pagesRead = () => names.filter((name) => name === "catalog.page_of_listed_plans").length;
  for (const pages of [1, 2, 3]) {
    const { value } = await list.next();
    expect([value?.split('"sku"').length, pagesRead()]).toEqual([1, pages]);
    expect(value?.match(/"is_unlimited"/g)).toHaveLength(PAGE_ROWS);
  }
  await list.return(undefined);
  expect(pagesRead()).toBe(3);
});

it("a plan that is taken off sale while the list is sent is left out, and nothing else", async () => {
  const list = await makeBrowsing({ db: app.database.db, clock: systemClock }).plans(EVERYTHING);
  if ("plain" in list) throw new Error("The list was kept");
  let text = (await list.next()).value as string;
  const [last] = await app.database.query<{ id: number }>(
    `select p.id from plans p join plan_prices pp on pp.plan_id = p.id and pp.currency = 'USD' and p.is_active
     order by pp.amount_minor desc, p.id desc limit 1`,
  );
  await app.database.query("update plans set is_active = false, paused_reason = 'x' where id = $1", [
    last?.id,
  ]);
  for await (const piece of list) text += piece;
  await app.database.query("update plans set is_active = true, paused_reason = null where id = $1", [
    last?.id,
  ]);
  const ids = (JSON.parse(text) as { id: number }[]).map(({ id }) => id);
  expect(ids).not.toContain(last?.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(PLANS);
});

it("the pages of a large shop look at each plan once, and everything else gets its turns meanwhile", async () => {
  let turnsOfOthers = 0;
  let isReading = true;
  const others = (): void => {
    turnsOfOthers += 1;
    if (isReading) setImmediate(others);
  };
  setImmediate(others);
  const { names, db } = counted();
  const { all } = await findDestinations(db, "USD");
  isReading = false;
  const spain = all.find(({ iso2 }) => iso2 === "ES");
  expect(spain?.plans.length).toBeGreaterThan(PLANS);
  expect(spain?.wider.length).toBeGreaterThan(0);
  // One page is one turn of work, however many countries there are.
  const pages = names.filter((name) => name === "catalog.page_of_listed_plans").length;
  expect(pages).toBeGreaterThan(20);
  expect(turnsOfOthers).toBeGreaterThan(pages);
  expect((await app.request("GET", "/esim/spain", { headers: { accept: "text/html" } })).status).toBe(200);
});
