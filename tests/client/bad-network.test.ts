import { createTribi, type SessionStore, type Tribi } from "@tribi/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BadProxy, NETWORK_FAULTS, type NetworkFault, startBadProxy } from "../support/bad-proxy.js";
import { violations } from "../support/invariants.js";
import { disagreements, type StripeShop, startStripeShop } from "../support/stripe-shop.js";

const fixed = (token: string): SessionStore => ({
  load: () => ({ token, refreshToken: "" }),
  save: () => undefined,
});

/**
 * The client and the store with a bad network between them: every answer of every call of a purchase and a refund is
 * dropped, delayed, cut and doubled in turn.
 */
describe("over a bad network one order is one order, one payment, one eSIM and one refund", () => {
  let shop: StripeShop;
  let proxy: BadProxy;
  let customer: Tribi;
  let operator: Tribi;
  beforeAll(async () => {
    shop = await startStripeShop({ ORDERS_OPEN_MAX: "999999", ORDERS_PER_HOUR_MAX: "999999" });
    proxy = await startBadProxy(shop.app.url);
    const clientOf = (token: string): Tribi =>
      createTribi({
        baseUrl: proxy.url,
        session: fixed(token),
        timeoutMillis: 2_000,
        sleep: async () => undefined,
      });
    customer = clientOf(shop.shopper.token);
    operator = clientOf(shop.adminToken);
  });
  afterAll(async () => {
    await proxy.stop();
    await shop.stop();
  });

  async function buyAndReturn(): Promise<{ orderId: number; esimId: number }> {
    const order = await customer.orders.create({ plan_id: shop.shopper.planId });
    const payment = await customer.payments.create({ order_id: order.id });
    if (shop.stripe.ledger().intents.find(({ id }) => id === payment.intent_id)?.status !== "succeeded")
      shop.stripe.control.approve(payment.intent_id);
    expect(await customer.payments.settled(order.id)).toMatchObject({ status: "paid" });
    const activated = await customer.esims.activate(order.id);
    const esim = await customer.esims.ready(activated.id);
    expect(esim.status).toBe("ready");
    await operator.admin.refund(order.id, { reason: "asked for", accept_loss: true });
    return { orderId: order.id, esimId: esim.id };
  }

  it("without a fault, to know the calls", async () => {
    proxy.script(-1, "doubled");
    await buyAndReturn();
    expect(new Set(proxy.requests)).toEqual(
      new Set([
        "POST /orders",
        "POST /payments/create",
        "GET /orders/N",
        "POST /esims/activate",
        "GET /esims/N",
        "POST /admin/orders/N/refund",
      ]),
    );
  });

  it.each(NETWORK_FAULTS.flatMap((fault) => [0, 1, 2, 3, 4, 5].map((number) => [fault, number] as const)))(
    "%s at call %i",
    async (fault: NetworkFault, number: number) => {
      const before = await countsOf(shop);
      proxy.script(number, fault);
      const { orderId } = await buyAndReturn();
      await shop.settled();
      const after = await countsOf(shop);
      expect({
        orders: after.orders - before.orders,
        payments: after.payments - before.payments,
        refunds: after.refunds - before.refunds,
        intents: after.intents - before.intents,
        refundsThere: after.refundsThere - before.refundsThere,
      }).toEqual({ orders: 1, payments: 1, refunds: 1, intents: 1, refundsThere: 1 });
      expect(await shop.orderStatus(orderId)).toBe("refunded");
    },
  );

  it("and all books agree afterwards", async () => {
    expect(await disagreements(shop)).toEqual([]);
    expect(await violations(shop.app.database)).toEqual({});
  });
});

async function countsOf({ app, stripe }: StripeShop) {
  const [row] = await app.database.query<{ orders: number; payments: number; refunds: number }>(
    `select (select count(*)::int from orders) as orders, (select count(*)::int from payments) as payments,
       (select count(*)::int from refunds) as refunds`,
  );
  const { intents, refunds } = stripe.ledger();
  return { ...row!, intents: intents.length, refundsThere: refunds.length };
}
