import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PAGE_ROWS } from "../../src/db/read-pages.js";
import { makeExportCatalog } from "../../src/modules/catalog/export-catalog.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { logIn } from "../support/login.js";
import { makeShopper } from "../support/shop.js";

const EVIL = '=HYPERLINK("http://evil.test")';

let app: TestApp;
let bearer = "";
beforeAll(async () => {
  app = await startTestApp({ ADMIN_EMAILS: "admin@example.com" });
  await seedCatalog(app.database);
  bearer = (await logIn(app, "admin@example.com")).token;
  const shopper = await makeShopper(app);
  await shopper.create((await shopper.order()).id, "MOCK");
  const { query } = app.database;
  await query(
    `insert into refund_approvals
       (order_id, payment_id, currency, amount_minor, reason, accepts_loss, requested_by, expires_at)
     select p.order_id, p.id, p.currency, 1, $1, false, o.user_id, now() + interval '1 day'
     from payments p join orders o on o.id = p.order_id`,
    [EVIL],
  );
  await query("update plans set name = $1 where sku = 'ES-5GB-30D'", [EVIL]);
  await query("update users set name = $1", [EVIL]);
  await query("update countries set name = $1 where iso2 = 'ES'", [EVIL]);
  await query("update carriers set name = $1 where id = (select min(id) from carriers)", [EVIL]);
  await query(
    `with run as (
       insert into reconciliation_runs (provider, since, applies) values ('MOCK', now(), false) returning id
     )
     insert into reconciliation_findings (provider, class, subject, action, detail, last_run_id)
     select 'MOCK', 'orphan_intent', $1, 'reported', '{}', id from run`,
    [EVIL],
  );
});
afterAll(() => app.stop());

interface Operation {
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** Every route that answers with CSV, from the document: a new one is tested here without anybody thinking of it. */
function csvRoutes(): string[] {
  const { paths = {} } = app.app.server.swagger() as { paths?: Record<string, { get?: Operation }> };
  return Object.entries(paths)
    .filter(([, { get }]) => get?.responses?.["200"]?.content?.["text/csv"] !== undefined)
    .map(([route]) => route);
}

const NUMBER = /^-?\d+(\.\d+)?$/;

/** Lists in which nobody can enter such a text, or that are empty here; what they share is shown by the others. */
const EMPTY = new Set([
  // tests/api/money-exports.test.ts has such a text in them.
  "/admin/exports/journal",
  "/admin/exports/summary",
  ...[
    "orders",
    "payments",
    "refunds",
    "disputes",
    "webhook-events",
    "esims",
    "top-ups",
    "inventory",
    "jobs",
    "audit-log",
    "mails",
  ].map((list) => `/admin/${list}/export`),
]);

it("every CSV route sends an attachment with a byte-order mark, and no cell that a spreadsheet could run", async () => {
  const routes = csvRoutes();
  expect(routes.length).toBeGreaterThanOrEqual(4);
  for (const route of routes) {
    const { status, headers } = await app.request("GET", route, { bearer });
    expect([route, status, headers.get("content-type")]).toEqual([route, 200, "text/csv; charset=utf-8"]);
    expect(headers.get("content-disposition")).toMatch(/^attachment; filename="[a-z-]+\.csv"$/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    const answer = await fetch(`${app.url}${route}`, { headers: { authorization: `Bearer ${bearer}` } });
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect([route, bytes.subarray(0, 3).toString("hex")]).toEqual([route, "efbbbf"]);
    const cells = (parse(bytes, { bom: true }) as string[][]).flat();
    if (!EMPTY.has(route)) expect([route, cells.includes(`'${EVIL}`)]).toEqual([route, true]);
    expect(cells.filter((cell) => /^\s*[=+\-@\t\r]/.test(cell) && !NUMBER.test(cell))).toEqual([]);
  }
});

describe("a long export", () => {
  const PLANS = 4 * PAGE_ROWS + 1;
  beforeAll(async () => {
    await app.database.query(
      `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
       select 'X-' || n, 'Plan ' || n, 1, 7, (select min(id) from countries), (select min(id) from carriers)
       from generate_series(1, $1::integer) n`,
      [PLANS],
    );
    await app.database.query(
      "insert into plan_prices (plan_id, currency, amount_minor) select id, 'USD', 500 from plans where sku like 'X-%'",
    );
  });

  it("has every plan once", async () => {
    const { text } = await app.request("GET", "/admin/plans/export", { bearer });
    const skus = (parse(text, { bom: true }) as string[][]).slice(1).map(([sku]) => sku);
    const rows = await app.database.query<{ sku: string }>("select sku from plans order by sku");
    expect(skus).toEqual(rows.map(({ sku }) => sku));
  });

  it("reads a page when the one before it is sent, and none ahead", async () => {
    const ran: string[] = [];
    const { db } = app.database;
    const run: typeof db.run = (statement, values) => {
      ran.push(statement.name);
      return db.run(statement, values);
    };
    const pieces = makeExportCatalog({ db: { ...db, run } })();
    const pagesRead = () => ran.filter((name) => name === "catalog.page_of_plans").length;
    for (const pages of [1, 2, 3]) {
      expect((await pieces.next()).value?.split("\r\n").length).toBeGreaterThan(PAGE_ROWS);
      expect(pagesRead()).toBe(pages);
    }
    await pieces.return();
    expect(pagesRead()).toBe(3);
  });

  it("that fails before its first page is a problem document", async () => {
    await app.database.query("alter table plan_countries rename to gone");
    const answer = await app.request("GET", "/admin/plans/export", { bearer });
    expect([answer.status, answer.body.code]).toEqual([500, "internal_error"]);
    await app.database.query("alter table gone rename to plan_countries");
    expect((await app.request("GET", "/admin/plans/export", { bearer })).status).toBe(200);
  });
});
