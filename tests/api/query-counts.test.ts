import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { routesOf } from "../../src/http/server.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { jobsSettled } from "../support/checksums.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { listenToStatements, type SentStatements } from "../support/sent-statements.js";
import { makeShopper, type Shopper } from "../support/shop.js";

const ORDERS = 8;
/** Not a request's own: who saw codes is written now and then for all, who calls is asked every 4 s, settings every 3. */
const SHARED: ReadonlySet<string> = new Set(["esims.log_reveals", "sessions.find_live", "settings.list"]);
const ownOf = (sent: readonly string[]): string[] => sent.filter((name) => !SHARED.has(name));

/**
 * How often a request goes to the database. Who is calling is asked once per session and 4 s in each process
 * (session-cache.ts); these requests follow another one of the same session, so the check is not counted with them.
 */
describe("a request makes a constant number of queries", () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "tribi-counts-"));
  let database: TestDatabase;
  let app: TestApp;
  let shopper: Shopper;
  let heard: SentStatements;
  let admin: string;

  beforeAll(async () => {
    database = await makeTestDatabase();
    const environment = { DATA_DIR: dataDir, ADMIN_EMAILS: "admin@example.com" };
    const shop = await startTestApp(environment, { database });
    shopper = await makeShopper(shop);
    ({ token: admin } = await makeShopper(shop, "admin@example.com"));
    for (let number = 0; number < ORDERS; number += 1) {
      const { body } = await shopper.create((await shopper.order()).id, "MOCK");
      const status = number % 4 === 0 ? "failed" : "succeeded";
      await shop.request("POST", "/payments/webhook/mock", { body: { intent_id: body.intent_id, status } });
    }
    await jobsSettled(database);
    await shop.stop();
    // The same shop again, without the jobs, which have statements of their own.
    app = await startTestApp(environment, { database, worker: false });
    heard = listenToStatements();
  });
  afterAll(async () => {
    heard.stop();
    await app.stop();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  /** Both sessions are known to the process. */
  beforeEach(async () => {
    for (const bearer of [shopper.token, admin]) await app.request("GET", "/auth/me", { bearer });
    heard.clear();
  });

  const sentBy = async (url: string, bearer: string) => {
    heard.clear();
    const answer = await app.request("GET", url, { bearer });
    expect([url, answer.status]).toEqual([url, 200]);
    return { answer, sent: ownOf(heard.sent) };
  };

  it.each([
    ["/plans", 200],
    ["/plans?country=ES", 2],
    ["/countries", 60],
    ["/orders/mine", ORDERS],
    ["/esims/mine", ORDERS],
  ])("GET %s with %i rows and more: one statement", async (url, rowsMin) => {
    // A filter that nobody used yet is not in the cache of lists.
    const fresh = url.startsWith("/plans") ? `${url}${url.includes("?") ? "&" : "?"}min_gb=0` : url;
    const { answer, sent } = await sentBy(fresh, shopper.token);
    expect(answer.body.length).toBeGreaterThanOrEqual(rowsMin);
    expect(sent).toHaveLength(1);
  });

  it("GET /trips: two statements, whatever is asked", async () => {
    for (const trip of ["country=ES&days=1", "country=ES&country=MA&country=FR&country=IT&days=7&gb=1"]) {
      expect((await sentBy(`/trips?${trip}`, shopper.token)).sent).toHaveLength(2);
    }
  });

  it("GET of every list for operators: as many statements for one row as for a full page, at most three beside those of a transaction", async () => {
    const lists = routesOf(app.app.server)
      .filter(({ method, url, access }) => method === "GET" && access === "admin" && !/:|export/.test(url))
      .map(({ url }) => url);
    expect(lists.length).toBeGreaterThan(15);
    const long: string[] = [];
    for (const url of lists) {
      const isPaged = (await app.request("GET", `${url}?page_size=1`, { bearer: admin })).status === 200;
      const one = await sentBy(`${url}${isPaged ? "?page_size=1" : ""}`, admin);
      const many = await sentBy(`${url}${isPaged ? "?page_size=100" : ""}`, admin);
      expect([url, many.sent]).toEqual([url, one.sent]);
      const reads = many.sent.filter((text) => !/^(begin|commit)\b|enable_seqscan/i.test(text));
      expect([url, reads.length <= 3]).toEqual([url, true]);
      if ((many.answer.body.items?.length ?? 0) > 5) long.push(url);
    }
    expect(long).toEqual(
      expect.arrayContaining([
        "/admin/countries",
        "/admin/plans",
        "/admin/orders",
        "/admin/payments",
        "/admin/esims",
      ]),
    );
  });

  it("POST /orders: a new order is one statement, with and without a key, and so is a repeated one", async () => {
    const place = (headers: Record<string, string>) =>
      app.request("POST", "/orders", { bearer: shopper.token, headers, body: { plan_id: shopper.planId } });
    for (const [headers, isReplay] of [
      [{}, null],
      [{ "idempotency-key": "one" }, null],
      [{ "idempotency-key": "one" }, "true"],
    ] as const) {
      heard.clear();
      const answer = await place(headers);
      expect([answer.status, answer.headers.get("idempotent-replayed")]).toEqual([200, isReplay]);
      expect(ownOf(heard.sent)).toHaveLength(1);
    }
  });

  it("POST /orders: of a plan from own stock the first order is two statements, and each further one is one", async () => {
    const [{ id: planId } = { id: 0 }] = await database.query<{ id: number }>(
      `with other as (select max(plan_id) as id from plan_offers where currency = 'USD' and is_active),
         source as (insert into plan_suppliers (plan_id, supplier, package_id) select id, 'stock', id::text from other)
       insert into stock_items (plan_id, batch, sealed, code_fingerprint)
       select id, 'b', '\\x00', sha256(n::text::bytea) from other, generate_series(1, 3) n returning plan_id as id`,
    );
    for (const sent of [["orders.place", "orders.place_or_find"], ["orders.place_or_find"]]) {
      heard.clear();
      const body = { plan_id: planId };
      expect((await app.request("POST", "/orders", { bearer: shopper.token, body })).status).toBe(200);
      expect(ownOf(heard.sent)).toEqual(sent);
    }
  });

  it("POST /auth/request-code: one statement, and a wake-up of the workers that requests of 15 ms share", async () => {
    const answer = await app.request("POST", "/auth/request-code", { body: { email: "new@example.com" } });
    expect(answer.status).toBe(200);
    await eventually(() => heard.sent.includes("jobs.wake"));
    expect(ownOf(heard.sent)).toEqual(["login.request_code", "jobs.wake"]);
  });

  it("GET /auth/me: a known session costs no query, however many requests ask", async () => {
    const startedAt = performance.now();
    for (let time = 0; time < 20; time += 1) await app.request("GET", "/auth/me", { bearer: shopper.token });
    const agesOfTheCache = (performance.now() - startedAt) / 4_000;
    expect(ownOf(heard.sent)).toEqual([]);
    expect(heard.sent.length).toBeLessThanOrEqual(Math.ceil(agesOfTheCache));
  });
});
