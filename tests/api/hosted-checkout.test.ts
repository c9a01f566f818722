import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { disagreements, type StripeShop, startStripeShop } from "../support/stripe-shop.js";

const DECLINED = "4000000000000002";

/** Payers pay on Stripe's page. After each test Stripe's ledger and our tables are compared. */
describe("PAYMENT_UI=hosted", () => {
  let shop: StripeShop;
  beforeAll(async () => {
    shop = await startStripeShop({ PAYMENT_UI: "hosted", PUBLIC_URL: "https://shop.example" });
  }, 120_000);
  afterEach(async () => {
    shop.stripe.control.clearFaults();
    shop.stripe.control.webhooks({ off: false });
    await eventually(async () => {
      await shop.settled();
      return (await disagreements(shop)).length === 0;
    }).catch(async () => expect(await disagreements(shop)).toEqual([]));
    expect(await violations(shop.app.database)).toEqual({});
  });
  afterAll(() => shop.stop());

  const begin = async (headers: Record<string, string> = {}) => {
    const order = await shop.shopper.order();
    const create = () =>
      shop.app.request("POST", "/payments/create", {
        bearer: shop.shopper.token,
        body: { order_id: order.id },
        headers,
      });
    return { orderId: order.id, create };
  };
  const sessionsOf = (orderId: number) =>
    shop.stripe.ledger().sessions.filter(({ metadata }) => metadata.order_id === String(orderId));
  const intentsOf = (orderId: number) =>
    shop.stripe.ledger().intents.filter(({ metadata }) => metadata.order_id === String(orderId));
  const rowOf = async (orderId: number) => {
    const rows = await shop.app.database.query<{
      status: string;
      intent_id: string;
      page_id: string;
      captured: number;
    }>(
      "select status, intent_id, page_id, captured_minor::int as captured from payments where order_id = $1",
      [orderId],
    );
    expect(rows).toHaveLength(1);
    return rows[0];
  };
  const reread = async (orderId: number): Promise<void> => {
    await shop.app.database.query(
      "select enqueue_job('reread_payment', json_build_object('payment_id', (select id from payments where order_id = $1)))",
      [orderId],
    );
  };
  const endOrder = async (orderId: number): Promise<void> => {
    await shop.app.database.query(
      "update orders set expires_at = now() - interval '1 minute' where id = $1",
      [orderId],
    );
    await shop.app.database.query("select enqueue_job('expire_unpaid_orders', '{}')");
  };

  it("the answer names the page and no secret; the page knows amount, order, way back and language", async () => {
    const { orderId, create } = await begin({ "accept-language": "es" });
    const { status, body } = await create();
    expect(status).toBe(200);
    const [session] = sessionsOf(orderId);
    expect(body).toEqual({
      intent_id: session?.id,
      status: "requires_action",
      provider: "STRIPE",
      amount_minor_units: session?.amount_total,
      currency: "USD",
      redirect_url: session?.url,
    });
    expect(session).toMatchObject({
      locale: "es",
      title: expect.stringMatching(/^España .* días$/),
      success_url: `https://shop.example/es/checkout/${orderId}/return`,
      cancel_url: `https://shop.example/es/checkout/${orderId}/return`,
      intent_metadata: session?.metadata,
    });
  });

  it("paid: the intent's own success pays the order, once, and the refund reaches that intent", async () => {
    const { orderId, create } = await begin();
    const { body } = await create();
    shop.stripe.control.payOnPage(body.intent_id);
    await shop.settled();
    expect(await shop.orderStatus(orderId)).toBe("paid");
    const [intent] = intentsOf(orderId);
    expect(await rowOf(orderId)).toMatchObject({
      status: "succeeded",
      intent_id: intent?.id,
      page_id: body.intent_id,
      captured: intent?.amount,
    });
    expect((await create()).body.code).toBe("order_already_paid");
    await eventually(
      async () => (await shop.refund(orderId, { reason: "test", accept_loss: true })).status === 200,
    );
    expect(await shop.orderStatus(orderId)).toBe("refunded");
  });

  it.each(["drop_after_success", "timeout_before", "error_500_after_success"] as const)(
    "the answer of the call that makes the page is lost (%s): the next one finds it, and there is one page",
    async (fault) => {
      const { orderId, create } = await begin();
      shop.stripe.control.fault({ operation: "create_session", fault });
      const first = await create();
      const again = first.status === 200 ? first : await create();
      expect(again.status).toBe(200);
      expect(sessionsOf(orderId)).toHaveLength(1);
      expect(again.body.intent_id).toBe(sessionsOf(orderId)[0]?.id);
      expect((await create()).body).toEqual(again.body);
    },
    60_000,
  );

  it("twenty simultaneous calls in two languages make one page", async () => {
    const { orderId, create } = await begin();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        shop.app.request("POST", "/payments/create", {
          bearer: shop.shopper.token,
          body: { order_id: orderId },
          headers: { "accept-language": index % 2 === 0 ? "es" : "en" },
        }),
      ),
    );
    expect(
      new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.intent_id)).size,
    ).toBe(1);
    expect(sessionsOf(orderId)).toHaveLength(1);
    expect((await create()).status).toBe(200);
  });

  it("declined on the page, then another card: the same page, one charge", async () => {
    const { orderId, create } = await begin();
    const { body } = await create();
    shop.stripe.control.payOnPage(body.intent_id, DECLINED);
    await shop.settled();
    expect((await create()).body).toMatchObject({
      intent_id: body.intent_id,
      redirect_url: body.redirect_url,
    });
    shop.stripe.control.payOnPage(body.intent_id);
    await shop.settled();
    expect(await shop.orderStatus(orderId)).toBe("paid");
    expect(intentsOf(orderId)).toHaveLength(1);
  });

  it("no webhook comes: the next look at the page finds the money", async () => {
    shop.stripe.control.webhooks({ off: true });
    const { orderId, create } = await begin();
    const { body } = await create();
    shop.stripe.control.payOnPage(body.intent_id);
    expect((await create()).body.code).toBe("order_already_paid");
    expect(await shop.orderStatus(orderId)).toBe("paid");
    expect((await rowOf(orderId))?.intent_id).toBe(intentsOf(orderId)[0]?.id);
  });

  it.each([null, DECLINED])("the order ends (tried card: %s): its page is ended first", async (card) => {
    const { orderId, create } = await begin();
    const { body } = await create();
    if (card !== null) {
      shop.stripe.control.payOnPage(body.intent_id, card);
      await shop.settled();
    }
    await endOrder(orderId);
    await eventually(async () => (await shop.orderStatus(orderId)) === "failed");
    expect(sessionsOf(orderId)[0]?.status).toBe("expired");
    shop.stripe.control.payOnPage(body.intent_id);
    expect(intentsOf(orderId).filter(({ amount_received: received }) => received > 0)).toEqual([]);
  });

  it("the payer was faster than the order's end: it is paid, whatever came first", async () => {
    shop.stripe.control.webhooks({ off: true });
    const { orderId, create } = await begin();
    const { body } = await create();
    shop.stripe.control.payOnPage(body.intent_id);
    await endOrder(orderId);
    await eventually(async () => (await shop.orderStatus(orderId)) === "paid");
  });

  it.each([null, DECLINED])(
    "the page's time is over (tried card: %s): the order is released",
    async (card) => {
      const { orderId, create } = await begin();
      const { body } = await create();
      if (card !== null) shop.stripe.control.payOnPage(body.intent_id, card);
      shop.stripe.control.expirePage(body.intent_id);
      await shop.settled();
      expect(await shop.orderStatus(orderId)).toBe("failed");
      expect((await create()).body.code).toBe("order_not_payable");
    },
  );

  it("a look that finds nothing new changes nothing", async () => {
    const { orderId, create } = await begin();
    const { body } = await create();
    await reread(orderId);
    await eventually(async () => {
      const [job] = await shop.app.database.query<{ count: number }>(
        "select count(*)::int as count from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'reread_payment'",
      );
      return job?.count === 0;
    });
    expect(await rowOf(orderId)).toMatchObject({ status: "requires_action", intent_id: body.intent_id });
  });
});
