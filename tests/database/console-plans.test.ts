import { afterAll, beforeAll, expect, it } from "vitest";
import { consoleReads } from "../../bench/console-reads.js";
import { fillLargeShop } from "../../bench/large-shop.js";
import { planOf, scannedBy } from "../../bench/sequential-scans.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { logIn } from "../support/login.js";
import { listenToStatements, type SentStatements } from "../support/sent-statements.js";

/** Enough for the planner to prefer an index where there is one. */
const ORDERS = 8_000;

/** From so many rows on a table is large to the planner here; the others it may read in whole at this size. */
const LARGE_ROWS = 2_000;
/** What grows with the sales. */
const LARGE: ReadonlySet<string> = new Set([
  "audit_log",
  "auth_codes",
  "disputes",
  "esim_profiles",
  "esim_reveals",
  "install_links",
  "notes",
  "order_consents",
  "orders",
  "outgoing_mails",
  "payments",
  "provisioning_attempts",
  "refunds",
  "sessions",
  "stock_items",
  "top_ups",
  "users",
  "webhook_events",
]);

let database: TestDatabase;
let app: TestApp;
let heard: SentStatements;
let token: string;

beforeAll(async () => {
  database = await makeTestDatabase();
  await fillLargeShop(database.url, ORDERS);
  app = await startTestApp({ ADMIN_EMAILS: "owner@example.com" }, { database });
  ({ token } = await logIn(app, "owner@example.com"));
  heard = listenToStatements();
}, 120_000);
afterAll(async () => {
  heard?.stop();
  await app?.stop();
  await database.drop();
});

/** Each text with whether it was sent where plans go by indexes alone. */
function* sentInOrder(texts: readonly string[]): Generator<readonly [text: string, isByIndex: boolean]> {
  let isByIndex = false;
  for (const text of texts) {
    if (text.includes("enable_seqscan")) isByIndex = true;
    else if (/^(commit|rollback)/i.test(text)) isByIndex = false;
    else yield [text, isByIndex];
  }
}

it("no read of the console goes through a whole table that grows with the sales", {
  timeout: 120_000,
}, async () => {
  const largeHere = new Set(
    (
      await database.query<{ name: string }>("select relname as name from pg_class where reltuples >= $1", [
        LARGE_ROWS,
      ])
    ).map(({ name }) => name),
  );
  const known = new Set<string>();
  const found: string[] = [];
  const { db } = database;
  for (const { path } of consoleReads(app.app.server.swagger(), { orders: ORDERS, skipsSorting: true })) {
    heard.clear();
    const { status } = await app.request("GET", path, { bearer: token });
    expect([path, [200, 422].includes(status)]).toEqual([path, true]);
    for (const [text, isByIndex] of sentInOrder(heard.texts)) {
      if (known.has(text)) continue;
      known.add(text);
      const chosen = scannedBy(await planOf(db, text, isByIndex)).filter((table) => largeHere.has(table));
      // Where no index helps at all, a small table is read in whole now, and a large one will be.
      const unavoidable = isByIndex ? [] : scannedBy(await planOf(db, text, true));
      const tables = [...chosen, ...unavoidable].filter((table) => LARGE.has(table));
      if (tables.length > 0) found.push(`${path}: ${tables.join()}: ${text.slice(0, 1500)}`);
    }
  }
  expect(found).toEqual([]);
  expect(known.size).toBeGreaterThan(100);
});
