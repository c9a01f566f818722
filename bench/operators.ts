/**
 * `npx tsx bench/operators.ts`: what operators' search, lists and home page cost in a large shop, on a durable database
 * of its own. Exits 1 when a search takes more than 50 ms, a list 200 ms or the home page 300 ms at the median.
 * Options: `--orders N` (1000000), `--samples N` (20).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import { type Db, openDatabase } from "../src/db/database.js";
import { migrateUp } from "../src/db/migrate.js";
import { permissionsOf } from "../src/kernel/permissions.js";
import type { ListScreen, ScreenQuery } from "../src/modules/admin/list-screen-definition.js";
import { readScreen } from "../src/modules/admin/list-screen-read.js";
import { conditionsOf } from "../src/modules/admin/list-screen-where.js";
import { auditScreen, esimsScreen, usersScreen } from "../src/modules/admin/screens/operation-screens.js";
import { ordersScreen, paymentsScreen } from "../src/modules/admin/screens/order-screens.js";
import { searchShop } from "../src/modules/admin/search-shop.js";
import { readSales, readSummaryParts, readWhatWaits } from "../src/modules/admin/summary-read-model.js";
import { PROGRAM_VERSION } from "../src/version.js";

const { values: options } = parseArgs({
  options: {
    orders: { type: "string", default: "1000000" },
    samples: { type: "string", default: "20" },
  },
});
const ORDERS = Number(options.orders);
const SAMPLES = Number(options.samples);
const say = (line: string): void => console.log(line);
const run = (db: Db, text: string) => db.run({ name: "", text });

/** Two years of orders, two each person; three per cent failed. Triggers are off: only the rows matter here. */
const FILL = [
  "set session_replication_role = replica",
  `insert into carriers (name) values ('Bench')`,
  `insert into countries (iso2, name) values ('ES', 'Spain') on conflict do nothing`,
  `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
   select 'BENCH-' || n, 'Plan ' || n, 5, 30, (select min(id) from countries), (select max(id) from carriers)
   from generate_series(1, 500) n`,
  `insert into users (email, created_at) select 'person-' || n || '@example.com', now() - n * interval '60 seconds'
   from generate_series(1, ${ORDERS / 2}) n`,
  `insert into orders (reference, user_id, plan_id, status, currency, amount_minor, plan_snapshot, created_at, expires_at, paid_at)
   select 'B' || lpad(n::text, 9, '0'), 1 + n % ${ORDERS / 2}, 1 + n % 500,
     case when n % 33 = 0 then 'failed' else 'paid' end, 'USD', 500 + n % 4000, '{"name":"Plan"}',
     now() - (${ORDERS} - n) * interval '60 seconds', now(), now() - (${ORDERS} - n) * interval '60 seconds'
   from generate_series(1, ${ORDERS}) n`,
  `insert into payments (order_id, provider, intent_id, status, currency, amount_minor, captured_minor, is_counted, livemode,
     created_at, succeeded_at)
   select id, 'STRIPE', 'pi_' || id, 'succeeded', 'USD', amount_minor, amount_minor, true, false, created_at, created_at
   from orders`,
  `insert into esim_profiles (order_id, user_id, plan_id, status, supplier, supplier_reference, sealed, iccid, created_at,
     provisioned_at, code_fingerprint)
   select id, user_id, plan_id, 'ready', 'airalo', 'ref-' || id, '\\x00', '8900' || lpad(id::text, 15, '0'), created_at,
     created_at, sha256(id::text::bytea)
   from orders`,
  `insert into audit_log (actor, action, subject, request_id)
   select 'webhook:STRIPE', 'order.paid', 'order:' || id, 'r-' || id from orders`,
  "vacuum analyze",
];

async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[SAMPLES >> 1] ?? Number.NaN;
}

async function measure(db: Db): Promise<boolean> {
  for (const part of FILL) await run(db, part);
  const all = permissionsOf("owner");
  const middle = ORDERS / 2;
  const list =
    (screen: ListScreen, query: ScreenQuery, sortBy = "id") =>
    async () =>
      readScreen(db, screen, {
        where: await conditionsOf(db, screen, query),
        wanted: { page: 1, pageSize: 20, q: query.q ?? "", sortBy, sortOrder: "desc" },
        after: null,
      });
  const day = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
  const works: readonly [name: string, millisMax: number, work: () => Promise<unknown>][] = [
    ["search: a reference", 50, () => searchShop(db, `B${String(middle).padStart(9, "0")}`, all)],
    ["search: an e-mail", 50, () => searchShop(db, "person-77@example.com", all)],
    ["search: the beginning of one", 50, () => searchShop(db, "person-77", all)],
    ["search: a mistyped one", 50, () => searchShop(db, "persno-7777@example.com", all)],
    ["search: an ICCID", 50, () => searchShop(db, `8900${String(middle).padStart(15, "0")}`, all)],
    ["search: a payment", 50, () => searchShop(db, `pi_${middle}`, all)],
    ["search: nothing", 50, () => searchShop(db, "nothing-is-called-so", all)],
    ["orders", 200, list(ordersScreen, {})],
    ["orders: failed", 200, list(ordersScreen, { status: "failed" })],
    ["orders: refunded, of which there are none", 200, list(ordersScreen, { status: "refunded" })],
    ["orders: of a day last year", 200, list(ordersScreen, { from: day(400), to: day(399) })],
    ["orders: by time", 200, list(ordersScreen, {}, "created_at")],
    ["orders: by amount", 200, list(ordersScreen, {}, "amount")],
    ["orders: q", 200, list(ordersScreen, { q: "person-77@example.com" })],
    ["payments: of an order", 200, list(paymentsScreen, { order_id: middle })],
    ["eSIMs: of a customer", 200, list(esimsScreen, { user_id: 77 })],
    ["customers", 200, list(usersScreen, {})],
    ["audit log: of an order", 200, list(auditScreen, { subject: `order:${middle}` })],
    [
      "home page",
      300,
      async () => {
        await readWhatWaits(db);
        await readSummaryParts(db, { lowStock: 10, stockIsDefault: false });
        await readSales(db, day(1));
      },
    ],
  ];
  let isFast = true;
  for (const [name, millisMax, work] of works) {
    const millis = await timed(work);
    isFast &&= millis <= millisMax;
    say(
      `${name.padEnd(45)} ${millis.toFixed(1).padStart(8)} ms${millis > millisMax ? `  over ${millisMax}` : ""}`,
    );
  }
  return isFast;
}

const dataDir = mkdtempSync(path.join(tmpdir(), "tribi-bench-"));
const server = await startEmbeddedPostgres({ dataDir });
try {
  await migrateUp(server.url, { program: PROGRAM_VERSION, isDevelopment: true });
  const db = openDatabase({
    url: server.url,
    poolMax: 1,
    applicationName: "tribi bench",
    statementTimeoutMillis: 600_000,
  });
  say(`${ORDERS} orders, median of ${SAMPLES}`);
  process.exitCode = (await measure(db)) ? 0 : 1;
  await db.close();
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
