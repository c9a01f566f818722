import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { ESIM_INVARIANTS, MOCK_LEDGER_AGREES, MONEY_INVARIANTS, violations } from "../support/invariants.js";
import { type Login, logIn } from "../support/login.js";

const BUNDLE = "esim_1GB_7D_NL_V2";

/** The supplier says no to whoever asks second; that no must not undo what the first is doing. */
describe("refunds of one order at the same moment", () => {
  let go: FakeEsimGo;
  let app: TestApp;
  let admin: Login;
  let planId: number;
  beforeAll(async () => {
    go = await startFakeEsimGo();
    app = await startTestApp({
      ADMIN_EMAILS: "admin@example.com",
      AUTO_REFUND_MAX_PER_HOUR: "100000",
      PROVISIONING_PACE_MILLIS: "20",
      ESIM_GO_API_BASE: go.url,
      ESIM_GO_API_KEY: FAKE_ESIM_GO_KEY,
      ESIM_GO_REFUNDS_ENABLED: "true",
    });
    admin = await logIn(app, "admin@example.com");
    const { query } = app.database;
    await query("insert into countries (iso2, name) values ('NL', 'Netherlands')");
    await query("insert into carriers (name) values ('Carrier')");
    const [plan] = await query<{ id: number }>(
      `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
       select 'refunded', 'refunded', 1, 7, (select min(id) from countries), (select min(id) from carriers)
       returning id`,
    );
    planId = plan?.id ?? 0;
    await query("insert into plan_prices (plan_id, currency, amount_minor) values ($1, 'USD', 1200)", [
      planId,
    ]);
    await query(
      `insert into plan_suppliers (plan_id, supplier, package_id, cost_minor, cost_text, cost_currency)
       values ($1, 'esim-go', $2, 115, '1.15', 'USD')`,
      [planId, BUNDLE],
    );
  }, 240_000);
  afterAll(async () => {
    await app?.stop();
    await go?.stop();
  });

  const request = (path: string, body: object) =>
    app.request("POST", path, { bearer: admin.token, body, headers: {} });

  async function delivered(): Promise<number> {
    const order = await request("/orders", { plan_id: planId, currency: "USD" });
    const orderId: number = order.body.id;
    const payment = await request("/payments/create", { order_id: orderId, provider: "MOCK" });
    await request("/payments/webhook/mock", { intent_id: payment.body.intent_id, status: "succeeded" });
    await eventually(async () => (await request("/esims/activate", { order_id: orderId })).status === 200, {
      what: "an eSIM",
    });
    return orderId;
  }

  it("take the eSIM back once and give the money back once, whoever is faster", async () => {
    for (let round = 0; round < 12; round += 1) {
      const orderId = await delivered();
      // The slower ones have looked before the fastest one revokes.
      go.http.script({ on: "^DELETE ", times: 2, act: { kind: "work_late", millis: 20 * (round % 4) } });
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => request(`/admin/orders/${orderId}/refund`, { reason: "race" })),
      );
      expect(answers.filter(({ status }) => status >= 400).map(({ text }) => text)).toEqual([]);
      await eventually(
        async () => {
          const [order] = await app.database.query<{ status: string }>(
            "select status from orders where id = $1",
            [orderId],
          );
          return order?.status === "refunded";
        },
        { what: "the refund" },
      );
    }
    expect(go.ledger.orders.map(({ state }) => state)).toEqual(Array(12).fill("cancelled"));
    const laws = { ...MONEY_INVARIANTS, ...MOCK_LEDGER_AGREES, ...ESIM_INVARIANTS };
    expect(await violations(app.database, laws)).toEqual({});
  }, 240_000);
});
