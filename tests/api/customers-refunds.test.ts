import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { ESIM_INVARIANTS, MONEY_INVARIANTS, violations } from "../support/invariants.js";
import { logIn } from "../support/login.js";
import { makeShopper, type Shopper } from "../support/shop.js";

let go: FakeEsimGo;
let app: TestApp;
let shopper: Shopper;
let goPlanId: number;
beforeAll(async () => {
  go = await startFakeEsimGo();
  app = await startTestApp({
    ADMIN_EMAILS: "admin@example.com",
    REFUND_UNUSED_WITHIN_DAYS: "14",
    PROVISIONING_PACE_MILLIS: "20",
    ESIM_GO_API_BASE: go.url,
    ESIM_GO_API_KEY: FAKE_ESIM_GO_KEY,
    ESIM_GO_REFUNDS_ENABLED: "true",
  });
  shopper = await makeShopper(app);
  const [plan] = await query<{ id: number }>(
    `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
     select 'given-back', 'given back', 1, 7, (select id from countries where iso2 = 'NL'), min(id) from carriers
     returning id`,
  );
  goPlanId = plan?.id ?? 0;
  await query("insert into plan_prices (plan_id, currency, amount_minor) values ($1, 'USD', 1200)", [
    goPlanId,
  ]);
  await query(
    `insert into plan_suppliers (plan_id, supplier, package_id, cost_minor, cost_text, cost_currency)
     values ($1, 'esim-go', 'esim_1GB_7D_NL_V2', 115, '1.15', 'USD')`,
    [goPlanId],
  );
});
afterEach(async () => {
  expect(await violations(app.database, { ...MONEY_INVARIANTS, ...ESIM_INVARIANTS })).toEqual({});
});
afterAll(async () => {
  await app.stop();
  await go.stop();
});

const query = <Row>(sql: string, values: unknown[] = []) => app.database.query<Row>(sql, values);

interface Bought {
  readonly orderId: number;
  readonly esimId: number;
}

async function buy(planId = shopper.planId): Promise<Bought> {
  const ask = (path: string, body: object) => app.request("POST", path, { bearer: shopper.token, body });
  const order = await ask("/orders", { plan_id: planId, currency: "USD" });
  const payment = await ask("/payments/create", { order_id: order.body.id, provider: "MOCK" });
  await ask("/payments/webhook/mock", { intent_id: payment.body.intent_id });
  const esimId = await eventually(async () => {
    const answer = await ask("/esims/activate", { order_id: order.body.id });
    return answer.status === 200 && answer.body.id;
  });
  return { orderId: order.body.id, esimId };
}

const giveBack = ({ orderId }: Pick<Bought, "orderId">, bearer = shopper.token, headers = {}) =>
  app.request("POST", `/orders/${orderId}/refund`, { bearer, headers });
const offerOf = async ({ orderId }: Bought) =>
  (await app.request("GET", `/orders/${orderId}/refund`, { bearer: shopper.token })).body;
const refundedAtProvider = async ({ orderId }: Bought) => {
  const rows = await query<{ refunded_minor: number }>(
    `select m.refunded_minor from mock_intents m join payments p on p.intent_id = m.intent_id where p.order_id = $1`,
    [orderId],
  );
  return rows[0]?.refunded_minor;
};
const orderOf = async ({ orderId }: Bought) =>
  (await app.request("GET", `/orders/${orderId}`, { bearer: shopper.token })).body;

describe("POST /orders/:id/refund", () => {
  it("200: an unused eSIM is taken back and all of its price goes back, once however often it is asked", async () => {
    const bought = await buy();
    expect(await offerOf(bought)).toMatchObject({
      is_possible: true,
      refund: null,
      amount_minor_units: expect.any(Number),
    });
    const answers = await Promise.all(Array.from({ length: 5 }, () => giveBack(bought)));
    expect(answers.map(({ status }) => status).filter((status) => status >= 400)).toEqual([]);
    await eventually(async () => (await orderOf(bought)).status === "refunded");
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const order = await orderOf(bought);
    expect(order.esim_profile.status).toBe("cancelled");
    expect(await refundedAtProvider(bought)).toBe(order.amount_minor_units);
    const again = await giveBack(bought);
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
    expect(again.body).toEqual({ ...answers[0]?.body, status: "succeeded" });
    expect(await offerOf(bought)).toMatchObject({ is_possible: false, until: null, refund: again.body });
    const [audit] = await query(
      "select actor from audit_log where subject = $1 and action = 'refund.requested'",
      [`refund:${again.body.id}`],
    );
    expect(audit).toEqual({ actor: `user:${shopper.userId}` });
  });

  it("what an operator gave back before is not offered again", async () => {
    const bought = await buy();
    const { token: bearer } = await logIn(app, "admin@example.com");
    const price = (await offerOf(bought)).amount_minor_units;
    const headers = { "idempotency-key": "a-part" };
    const body = { amount_minor_units: 100, reason: "slow" };
    await app.request("POST", `/admin/orders/${bought.orderId}/refund`, { bearer, body, headers });
    expect(await offerOf(bought)).toMatchObject({
      is_possible: true,
      amount_minor_units: price - 100,
      amount_major: ((price - 100) / 100).toFixed(2),
    });
    await giveBack(bought);
    await eventually(async () => (await orderOf(bought)).status === "refunded");
    expect(await refundedAtProvider(bought)).toBe(price);
  });

  it("202: no money goes while the supplier has not confirmed; it goes as soon as it has", async () => {
    const bought = await buy(goPlanId);
    go.http.script({ on: "^DELETE ", times: 3, act: { kind: "status_before", status: 503 } });
    const first = await giveBack(bought);
    expect([first.status, first.body.status]).toEqual([202, "running"]);
    expect([await refundedAtProvider(bought), (await orderOf(bought)).status]).toEqual([0, "paid"]);
    expect(await offerOf(bought)).toMatchObject({ is_possible: false, refund: { status: "running" } });
    const done = await eventually(async () => {
      const answer = await giveBack(bought);
      return answer.status === 200 && answer;
    });
    expect(done.body.id).toBe(first.body.id);
    expect(await refundedAtProvider(bought)).toBe(1200);
    expect(go.ledger.orders.at(-1)?.state).toBe("cancelled");
  });

  it("409: what the supplier does not take back is not refunded, and three tries are enough", async () => {
    const bought = await buy();
    // It takes nothing back, or is not configured any more.
    await query("update esim_profiles set supplier = 'airalo' where id = $1", [bought.esimId]);
    for (let tries = 0; tries < 3; tries += 1) {
      const answer = await giveBack(bought);
      expect([answer.status, answer.body.code]).toEqual([409, "esim_not_revocable"]);
    }
    const last = await giveBack(bought);
    expect([last.status, last.body.code]).toEqual([409, "refund_not_possible"]);
    expect([await refundedAtProvider(bought), (await orderOf(bought)).status]).toEqual([0, "paid"]);
  });

  it.each<[string, (bought: Bought) => Promise<unknown>]>([
    [
      "is installed",
      ({ esimId }) => app.request("POST", `/esims/${esimId}/installed`, { bearer: shopper.token }),
    ],
    [
      "was downloaded to a phone",
      ({ esimId }) => query("update esim_profiles set profile_state = 'downloaded' where id = $1", [esimId]),
    ],
    [
      "has used data",
      ({ esimId }) =>
        query("update esim_profiles set usage_total_bytes = 10, usage_remaining_bytes = 9 where id = $1", [
          esimId,
        ]),
    ],
    [
      "was paid 15 days ago",
      ({ orderId }) =>
        query(
          `update orders set created_at = created_at - interval '15 days', paid_at = paid_at - interval '15 days'
           where id = $1`,
          [orderId],
        ),
    ],
    [
      "has run out",
      ({ esimId }) => query("update esim_profiles set status = 'expired' where id = $1", [esimId]),
    ],
  ])("409: an eSIM that %s", async (_what, happens) => {
    const bought = await buy();
    await happens(bought);
    expect((await offerOf(bought)).is_possible).toBe(false);
    const answer = await giveBack(bought);
    expect([answer.status, answer.body.code]).toEqual([409, "refund_not_possible"]);
    expect([await refundedAtProvider(bought), (await orderOf(bought)).status]).toEqual([0, "paid"]);
    // Back to its time, for the rule that money comes after its order.
    await query("update orders set created_at = created_at - interval '1 day' where id = $1", [
      bought.orderId,
    ]);
  });

  it("404: somebody else's order, and one that does not exist; 409: one that is not paid", async () => {
    const stranger = await logIn(app, "stranger@example.com");
    const bought = await buy();
    for (const order of [bought, { orderId: 999_999 }]) {
      const answer = await giveBack(order, stranger.token);
      expect([answer.status, answer.body.detail]).toEqual([404, "Order not found"]);
    }
    const unpaid = await shopper.order();
    const refused = await giveBack({ orderId: unpaid.id });
    expect([refused.status, refused.body.code]).toEqual([409, "refund_not_possible"]);
  });

  it("422: an Idempotency-Key belongs to the order that it was first used for", async () => {
    const [first, second] = [await buy(), await buy()];
    const headers = { "idempotency-key": "give-back-1" };
    expect((await giveBack(first, shopper.token, headers)).status).toBeLessThan(300);
    const reused = await giveBack(second, shopper.token, headers);
    expect([reused.status, reused.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect((await orderOf(second)).status).toBe("paid");
  });
});

describe("a shop that takes nothing back by itself", () => {
  it("409: says so, and offers nothing", async () => {
    const strict = await startTestApp({ DATA_DIR: app.dataDir }, { database: app.database, worker: false });
    try {
      const bought = await buy();
      const path = `/orders/${bought.orderId}/refund`;
      const offer = await strict.request("GET", path, { bearer: shopper.token });
      expect(offer.body).toMatchObject({ is_possible: false, until: null });
      const answer = await strict.request("POST", path, { bearer: shopper.token });
      expect([answer.status, answer.body.detail]).toEqual([
        409,
        "This shop takes no eSIM back by itself. Write to the shop.",
      ]);
    } finally {
      await strict.stop();
    }
  });
});
