import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { paymentKey } from "../../src/providers/payment/port.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { disagreements, type StripeShop, startStripeShop } from "../support/stripe-shop.js";

let shop: StripeShop;
beforeAll(async () => {
  shop = await startStripeShop();
});
afterEach(async () => {
  shop.stripe.control.clearFaults();
  shop.stripe.control.webhooks({ off: false, hold: false, copies: 1, delayMillis: 0, beforeResponse: false });
  await shop.settled();
  expect(await violations(shop.app.database)).toEqual({});
});
afterAll(() => shop.stop());

const query = <Row>(sql: string, values: unknown[] = []) => shop.app.database.query<Row>(sql, values);
const withheldOf = async (orderId: number) =>
  (
    await query(
      "select p.disputed_minor, d.status from payments p join disputes d on d.payment_id = p.id where p.order_id = $1",
      [orderId],
    )
  )[0];
const eventsOf = (intentId: string) =>
  query<{ type: string; outcome: string; reason: string }>(
    "select type, outcome, reason from webhook_events where intent_id = $1 order by id",
    [intentId],
  );
const CASES = JSON.parse(readFileSync("tests/cases/currencies.json", "utf8")) as {
  id: string;
  expect: unknown;
}[];
const lastEvent = (type: string) =>
  shop.stripe
    .ledger()
    .events.filter((event) => event.type === type)
    .at(-1)!;

describe("a payment at Stripe", () => {
  it("200: gives the browser what it needs, the same again and again", async () => {
    const order = await shop.shopper.order();
    const first = await shop.shopper.create(order.id, "STRIPE");
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      intent_id: expect.stringMatching(/^pi_/),
      status: "requires_action",
      provider: "STRIPE",
      amount_minor_units: order.amount_minor_units,
      currency: "USD",
      client_secret: expect.any(String),
      publishable_key: "pk_test_of_the_fake",
    });
    const again = await shop.shopper.create(order.id);
    expect(again.body).toEqual(first.body);
    const intent = shop.stripe.ledger().intents.find((one) => one.id === first.body.intent_id);
    expect(intent?.metadata).toMatchObject({ order_id: String(order.id), shop_id: "tribi" });
  });

  it("200: without a choice the payment that was begun is given again, whatever the shop has switched to", async () => {
    const order = await shop.shopper.order();
    const begun = await shop.shopper.create(order.id, "MOCK");
    const again = await shop.shopper.create(order.id);
    expect(again.body).toMatchObject({ provider: "MOCK", intent_id: begun.body.intent_id });
  });

  it("409 payment_in_progress: another provider while one is live", async () => {
    const { orderId } = await shop.paying();
    expect((await shop.shopper.create(orderId, "MOCK")).body).toMatchObject({
      status: 409,
      code: "payment_in_progress",
    });
  });

  it("twenty creates at once make one intent", async () => {
    const order = await shop.shopper.order();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => shop.shopper.create(order.id, "STRIPE")),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.intent_id)).size).toBe(1);
  });

  it("JPY and KWD-like decimals: the intent has the order's minor units", async () => {
    const { orderId, intentId, amount } = await shop.paid("JPY");
    expect(shop.stripe.ledger().intents.find(({ id }) => id === intentId)).toMatchObject({
      amount,
      currency: "jpy",
    });
    expect(await shop.orderStatus(orderId)).toBe("paid");
  });

  it("a signed success pays the order and starts provisioning and the receipt", async () => {
    const { orderId } = await shop.paid();
    expect(await shop.orderStatus(orderId)).toBe("paid");
    await eventually(async () => {
      const [mail] = await query("select 1 from dev_inbox where subject like 'Your receipt%'");
      return mail;
    });
  });

  it.each(["USD", "JPY", "EUR"])("the receipt says what was paid in %s's own notation", async (currency) => {
    const { orderId, amount } = await shop.paid(currency);
    const [order] = await query<{ reference: string }>("select reference from orders where id = $1", [
      orderId,
    ]);
    const receipt = await eventually(async () => {
      const [mail] = await query<{ text_body: string }>(
        "select text_body from dev_inbox where subject = $1",
        [`Your receipt for order ${order?.reference}`],
      );
      return mail?.text_body;
    });
    const major = currency === "JPY" ? amount.toLocaleString("en") : (amount / 100).toFixed(2);
    const sign = { USD: "$", JPY: "¥", EUR: "€" }[currency];
    expect(receipt).toContain(`Paid:    ${sign}${major} (${currency})`);
  });

  it("the intent's webhook before the answer of its own create call", async () => {
    shop.stripe.control.webhooks({ beforeResponse: true });
    const { orderId, intentId } = await shop.paying();
    shop.stripe.control.approve(intentId);
    await shop.settled();
    expect(await shop.orderStatus(orderId)).toBe("paid");
    expect(await query("select id from payments where order_id = $1", [orderId])).toHaveLength(1);
  });

  it("an event whose payment has no intent yet is adopted by the signed metadata", async () => {
    const { orderId, intentId } = await shop.paying();
    await query("update payments set intent_id = null where order_id = $1", [orderId]);
    shop.stripe.control.approve(intentId);
    await shop.settled();
    expect(await shop.orderStatus(orderId)).toBe("paid");
  });

  it("a declined card ends nothing: the payment stays, the decline is recorded, another card pays", async () => {
    const { orderId, intentId } = await shop.paying();
    shop.stripe.control.decline(intentId, "insufficient_funds");
    await shop.settled();
    const [payment] = await query("select status, decline_code from payments where order_id = $1", [orderId]);
    expect(payment).toEqual({ status: "requires_action", decline_code: "insufficient_funds" });
    shop.stripe.control.approve(intentId);
    await shop.settled();
    expect(await shop.orderStatus(orderId)).toBe("paid");
  });

  it("cur-120: after a declined card the second try has one live payment; other parameters go under another key", async () => {
    const scenario = CASES.find(({ id }) => id === "cur-120");
    expect(scenario?.expect).toEqual({ stripe_idempotency_key_differs: true, order_has_live_payments: 1 });
    const keyOf = async (orderId: number): Promise<string> => {
      const [row] = await query<{ reference: string }>(
        "select reference from payments where order_id = $1 order by id desc limit 1",
        [orderId],
      );
      return paymentKey("tribi", row?.reference ?? "");
    };
    const live = (orderId: number) =>
      query("select from payments where order_id = $1 and status = 'requires_action'", [orderId]);
    const first = await shop.paying("USD");
    shop.stripe.control.decline(first.intentId, "card_declined");
    await shop.settled();
    // The same order again is the same intent, for another card: nothing is sent under the old key.
    expect((await shop.shopper.create(first.orderId, "STRIPE")).body.intent_id).toBe(first.intentId);
    expect(await live(first.orderId)).toHaveLength(1);
    // Other parameters (here another currency) are another order, another row, and so another key.
    const second = await shop.paying("EUR");
    expect(await keyOf(second.orderId)).not.toBe(await keyOf(first.orderId));
    expect(await live(second.orderId)).toHaveLength(1);
    shop.stripe.control.approve(second.intentId);
    await shop.settled();
    expect([await shop.orderStatus(first.orderId), await shop.orderStatus(second.orderId)]).toEqual([
      "created",
      "paid",
    ]);
  });

  it("an intent cancelled at Stripe fails payment and order", async () => {
    const { orderId, intentId } = await shop.paying();
    shop.stripe.control.cancel(intentId);
    await shop.settled();
    expect(await shop.orderStatus(orderId)).toBe("failed");
  });
});

describe("signatures", () => {
  it("400: missing, wrong, old, re-serialised; nothing is stored", async () => {
    const { intentId, orderId } = await shop.paying();
    shop.stripe.control.webhooks({ off: true });
    shop.stripe.control.approve(intentId);
    const event = lastEvent("payment_intent.succeeded");
    const now = Math.floor(Date.now() / 1000);
    const missing = await shop.app.request("POST", "/payments/webhook/stripe", { body: event });
    expect(missing.body).toMatchObject({ status: 400, detail: "Missing Stripe-Signature header" });
    const attempts = [
      shop.post(event, { secret: "whsec_of_somebody_else" }),
      shop.post(event, { atSeconds: now - 302 }),
      shop.post(event, { atSeconds: now + 320 }),
      shop.post(event, { atSeconds: now * 1000 }),
    ];
    for (const answer of await Promise.all(attempts)) {
      expect(answer.body).toMatchObject({ status: 400, detail: "Invalid Stripe webhook signature" });
    }
    const stored = await eventsOf(intentId);
    expect(stored.filter(({ type }) => type === "payment_intent.succeeded")).toEqual([]);
    expect(await shop.orderStatus(orderId)).toBe("created");
    // Odd spacing passes when it is what was signed.
    const spaced = await shop.post(JSON.stringify(event, null, 3), {
      path: "/api/payments/webhook?provider=stripe",
    });
    expect(spaced.body).toEqual({ status: "processed", intent_status: "succeeded" });
  });

  it("413, 400: too large, not JSON though signed", async () => {
    expect((await shop.post("x".repeat(10 * 1024 * 1024))).status).toBe(413);
    expect((await shop.post("not json")).status).toBe(400);
  });
});

describe("events that are not for us, or cannot be believed", () => {
  const eventOf = (changes: Record<string, unknown>, object: Record<string, unknown> = {}) => ({
    id: `evt_${randomUUID()}`,
    object: "event",
    type: "payment_intent.succeeded",
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object: { id: "pi_unknown", object: "payment_intent", status: "succeeded", ...object } },
    ...changes,
  });

  it("200 ignored: an unknown type, an intent without our shop id", async () => {
    expect((await shop.post(eventOf({ type: "customer.created" }))).body).toEqual({
      status: "ignored",
      intent_status: null,
    });
    const foreign = eventOf(
      {},
      { amount: 1, amount_received: 1, currency: "usd", metadata: { shop_id: "other" } },
    );
    expect((await shop.post(foreign)).body).toEqual({ status: "ignored", intent_status: null });
  });

  describe("200 ignored: what another product on the same account does, however odd", () => {
    const OBJECTS: Readonly<Record<string, Record<string, unknown>>> = {
      "payment_intent.succeeded": {
        id: "pi_foreign",
        amount: 5_000,
        amount_received: 5_000,
        currency: "usd",
      },
      "payment_intent.canceled": { id: "pi_foreign", amount: 5_000, currency: "usd" },
      "charge.refunded": {
        object: "charge",
        id: "ch_1",
        payment_intent: "pi_foreign",
        amount_refunded: 5_000,
        currency: "usd",
      },
      "refund.created": {
        object: "refund",
        id: "re_1",
        payment_intent: "pi_foreign",
        amount: 5_000,
        currency: "usd",
        status: "succeeded",
        created: 1,
      },
      "charge.dispute.created": {
        object: "dispute",
        id: "dp_1",
        payment_intent: "pi_foreign",
        amount: 5_000,
        currency: "usd",
        status: "needs_response",
        livemode: false,
        created: 1,
      },
    };
    const ODD: Readonly<
      Record<string, (event: ReturnType<typeof eventOf>, object: Record<string, unknown>) => unknown>
    > = {
      "in UGX": (event, object) => ({ ...event, data: { object: { ...object, currency: "ugx" } } }),
      "in a currency that nobody knows": (event, object) => ({
        ...event,
        data: { object: { ...object, currency: "zzz" } },
      }),
      "in fractions of a krona": (event, object) => ({
        ...event,
        data: {
          object: {
            ...object,
            currency: "isk",
            amount: 5_001,
            amount_received: 5_001,
            amount_refunded: 5_001,
          },
        },
      }),
      "without created": (event) => ({ ...event, created: undefined }),
      "without livemode": (event) => ({ ...event, livemode: undefined }),
      "of a connected account": (event) => ({ ...event, account: "acct_of_somebody" }),
      "of a connected account in our name": (event, object) => ({
        ...event,
        account: "acct_of_somebody",
        data: {
          object: { ...object, metadata: { shop_id: "tribi", order_id: "1", payment_reference: "x" } },
        },
      }),
      "with no money at all": (event, { id, object }) => ({
        ...event,
        data: { object: { id, object, payment_intent: "pi_foreign" } },
      }),
      "as it should be": (event) => event,
    };
    const cases = Object.keys(OBJECTS).flatMap((type) => Object.keys(ODD).map((odd) => [type, odd] as const));
    it.each(cases)("%s %s", async (type, odd) => {
      const event = eventOf({ type }, OBJECTS[type]);
      const sent = ODD[odd]?.(event, event.data.object) as { id: string };
      expect((await shop.post(sent)).body).toEqual({ status: "ignored", intent_status: null });
      const [row] = await query("select outcome, reason from webhook_events where event_id = $1", [sent.id]);
      expect(row).toEqual({ outcome: "ignored", reason: "not_of_this_shop" });
    });
  });

  it("200 parked: an event of ours with missing fields", async () => {
    const { intentId, amount } = await shop.paying();
    const ours = [
      eventOf({}, { id: "pi_of_ours", metadata: { shop_id: "tribi" } }),
      eventOf({}, { id: intentId }),
      eventOf({ created: undefined }, { id: intentId, amount, currency: "usd" }),
      eventOf({ livemode: undefined }, { id: intentId, amount, currency: "usd" }),
      eventOf({}, { id: intentId, amount, currency: "ugx" }),
      eventOf({}, { id: intentId, amount, currency: "zzz" }),
    ];
    for (const event of ours) expect((await shop.post(event)).body.status).toBe("parked");
  });

  it("200 parked: amount, currency, mode and account must be the payment's", async () => {
    const { orderId, intentId, amount } = await shop.paying();
    const said = {
      id: intentId,
      amount,
      amount_received: amount,
      currency: "usd",
      metadata: { shop_id: "tribi" },
    };
    const wrong = [
      eventOf({}, { ...said, amount_received: amount - 1 }),
      eventOf({}, { ...said, currency: "eur" }),
      eventOf({ livemode: true }, said),
      eventOf({ account: "acct_of_somebody" }, said),
    ];
    for (const event of wrong) {
      expect((await shop.post(event)).body).toEqual({ status: "parked", intent_status: expect.anything() });
    }
    expect(
      (await eventsOf(intentId)).filter(({ outcome }) => outcome === "parked").map(({ reason }) => reason),
    ).toEqual(["amount_differs", "currency_differs", "livemode_differs", "account_differs"]);
    expect(await shop.orderStatus(orderId)).toBe("created");
  });

  it("NUL and lone surrogates in a provider's text are stored without them", async () => {
    const { intentId, amount } = await shop.paying();
    const event = eventOf(
      { type: "payment_intent.payment_failed" },
      {
        id: intentId,
        amount,
        currency: "usd",
        last_payment_error: { code: "card_declined", message: "no\u0000 \ud800money" },
        metadata: { shop_id: "tribi" },
      },
    );
    expect((await shop.post(event)).status).toBe(200);
  });
});

describe("orders of arrival", () => {
  it("every permutation of decline, processing and success, twice over, ends paid", async () => {
    const kinds = [
      "payment_intent.payment_failed",
      "payment_intent.processing",
      "payment_intent.succeeded",
      "payment_intent.created",
    ];
    const permutations = permute(kinds);
    shop.stripe.control.webhooks({ hold: true });
    for (const order of permutations) {
      const { orderId, intentId } = await shop.paying();
      shop.stripe.control.decline(intentId);
      shop.stripe.control.process(intentId);
      shop.stripe.control.approve(intentId);
      const events = shop.stripe
        .ledger()
        .events.filter((event) => JSON.stringify(event.data).includes(intentId));
      for (const kind of [...order, ...order.toReversed()]) {
        const event = events.find(({ type }) => type === kind);
        if (event !== undefined) expect((await shop.post(event)).status).toBe(200);
      }
      expect([order.join(), await shop.orderStatus(orderId)]).toEqual([order.join(), "paid"]);
    }
    shop.stripe.control.webhooks({ hold: false });
  });

  it("refund and dispute events that overtake the success end alike", async () => {
    shop.stripe.control.webhooks({ off: true });
    const { orderId, intentId, amount } = await shop.paying();
    shop.stripe.control.approve(intentId);
    const { app, stripe } = shop;
    const [payment] = await query<{ id: number }>("select id from payments where order_id = $1", [orderId]);
    const refundEvents = async () => {
      await fetch(`${stripe.url}/v1/refunds`, {
        method: "POST",
        headers: {
          authorization: "Bearer sk_test_of_the_fake",
          "content-type": "application/x-www-form-urlencoded",
        },
        body: new URLSearchParams({ payment_intent: intentId, amount: String(amount) }),
      });
      return stripe
        .ledger()
        .events.filter((event) => /refund/.test(event.type) && JSON.stringify(event.data).includes(intentId));
    };
    for (const event of (await refundEvents()).toReversed()) {
      expect((await shop.post(event)).status).toBe(200);
    }
    expect((await eventsOf(intentId)).length).toBeGreaterThan(0);
    await eventually(async () => (await shop.orderStatus(orderId)) === "refunded", {
      what: "the refund is applied",
    });
    expect((await shop.post(lastEvent("payment_intent.succeeded"))).body.status).toBe("ignored");
    expect(await shop.orderStatus(orderId)).toBe("refunded");
    const [row] = await app.database.query(
      "select refunded_minor, captured_minor from payments where id = $1",
      [payment?.id],
    );
    expect(row).toEqual({ refunded_minor: amount, captured_minor: amount });
  });
});

function permute<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => permute(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

describe("refunds", () => {
  it("200: all of it, and the order is refunded", async () => {
    const { orderId, amount } = await shop.paid();
    const { status, body } = await shop.refund(orderId, { reason: "changed their mind", accept_loss: true });
    expect([status, body.refund]).toEqual([
      200,
      expect.objectContaining({ status: "succeeded", amount_minor_units: amount, id: expect.any(Number) }),
    ]);
    expect(body.order).toMatchObject({ id: orderId, status: "refunded", refunded_minor_units: amount });
    const again = await shop.refund(orderId, { reason: "changed their mind", accept_loss: true });
    expect(again.body.refund.id).toBe(body.refund.id);
    await shop.settled();
    expect(await disagreements(shop)).toEqual([]);
  });

  it("422: a part of it needs an Idempotency-Key; with one it is made once", async () => {
    const { orderId } = await shop.paid();
    expect((await shop.refund(orderId, { amount_minor_units: 100, reason: "slow" })).body.code).toBe(
      "idempotency_key_required",
    );
    const key = { "idempotency-key": `part-${orderId}` };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        shop.refund(orderId, { amount_minor_units: 100, reason: "slow" }, key),
      ),
    );
    expect(answers.filter(({ status }) => status !== 200 && status !== 202)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body.refund.id)).size).toBe(1);
    expect((await shop.refund(orderId, { amount_minor_units: 101, reason: "slow" }, key)).body.code).toBe(
      "idempotency_key_reused",
    );
    expect(await shop.orderStatus(orderId)).toBe("paid");
    await shop.settled();
    expect(await disagreements(shop)).toEqual([]);
  });

  it("409: never above the capture, ten at once", async () => {
    const { orderId, amount, intentId } = await shop.paid();
    const part = Math.floor(amount / 3);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        shop.refund(
          orderId,
          { amount_minor_units: part, reason: "race" },
          { "idempotency-key": `race-${orderId}-${index}` },
        ),
      ),
    );
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 409).map(({ body }) => body.code)).toEqual(
      Array.from({ length: 7 }, () => "refund_exceeds_payment"),
    );
    await shop.settled();
    const refunded = shop.stripe.ledger().refunds.filter((one) => one.payment_intent === intentId);
    expect(refunded).toHaveLength(3);
    expect(await disagreements(shop)).toEqual([]);
  });

  it.each([
    "timeout_after_success",
    "error_500_after_success",
    "drop_after_success",
    "half_answer",
    "drop_before",
  ] as const)("one refund although the call ended in %s", { timeout: 90_000 }, async (fault) => {
    const { orderId, intentId } = await shop.paid();
    shop.stripe.control.fault({ operation: "create_refund", fault });
    const { status } = await shop.refund(orderId, { reason: "fault", accept_loss: true });
    expect([200, 202]).toContain(status);
    await shop.settled();
    if (status === 202) {
      await query("update refunds set created_at = created_at - interval '1 minute' where order_id = $1", [
        orderId,
      ]);
      await query("select enqueue_job('carry_on_money', '{}')");
    }
    await eventually(async () => (await shop.orderStatus(orderId)) === "refunded");
    expect(shop.stripe.ledger().refunds.filter((one) => one.payment_intent === intentId)).toHaveLength(1);
    expect(await disagreements(shop)).toEqual([]);
  });

  it("202: a refund that the provider works on; its event ends it", async () => {
    shop.stripe.control.refundsStartAs("pending");
    const { orderId } = await shop.paid();
    const { status, body } = await shop.refund(orderId, { reason: "bank transfer", accept_loss: true });
    expect([status, body.refund.status]).toEqual([202, "pending"]);
    expect(await shop.orderStatus(orderId)).toBe("paid");
    const refund = shop.stripe.ledger().refunds.at(-1)!;
    shop.stripe.control.succeedRefund(refund.id);
    await shop.settled();
    expect(await shop.orderStatus(orderId)).toBe("refunded");
    shop.stripe.control.refundsStartAs("succeeded");
  });

  it("a dispute is recorded and shown, and its money is not refunded a second time", async () => {
    const { orderId, intentId } = await shop.paid();
    const dispute = shop.stripe.control.openDispute(intentId);
    await shop.settled();
    expect(await query("select status from disputes where dispute_id = $1", [dispute.id])).toEqual([
      { status: "open" },
    ]);
    const refused = await shop.refund(orderId, { reason: "again", accept_loss: true });
    expect(refused.body.code).toBe("refund_exceeds_payment");
    shop.stripe.control.closeDispute(dispute.id, "lost");
    await shop.settled();
    expect(await query("select status from disputes where dispute_id = $1", [dispute.id])).toEqual([
      { status: "lost" },
    ]);
  });

  it.each(["as_is", "reverse"] as const)(
    "a dispute that was lost and is won on appeal is money of ours again (events %s)",
    async (order) => {
      const { orderId, intentId, amount } = await shop.paid();
      const { control } = shop.stripe;
      const { id } = control.openDispute(intentId);
      control.closeDispute(id, "lost");
      await shop.settled();
      control.webhooks({ hold: true });
      control.appealDispute(id);
      await shop.settled();
      expect(await withheldOf(orderId)).toEqual({ disputed_minor: amount, status: "lost" });
      control.closeDispute(id, "won");
      control.webhooks({ hold: false });
      await control.release(order);
      await shop.settled();
      expect(await withheldOf(orderId)).toEqual({ disputed_minor: 0, status: "won" });
    },
  );

  it.each(["as_is", "reverse"] as const)(
    "a dispute that was won and is taken up again withholds its money, and is lost in the end (events %s)",
    async (order) => {
      const { orderId, intentId, amount } = await shop.paid();
      const { control } = shop.stripe;
      control.clockOffset(-7_200);
      const { id } = control.openDispute(intentId);
      control.closeDispute(id, "won");
      control.clockOffset(0);
      await shop.settled();
      expect(await withheldOf(orderId)).toEqual({ disputed_minor: 0, status: "won" });
      control.webhooks({ hold: true });
      control.reopenDispute(id);
      control.closeDispute(id, "lost");
      control.webhooks({ hold: false });
      await control.release(order);
      await shop.settled();
      expect(await withheldOf(orderId)).toEqual({ disputed_minor: amount, status: "lost" });
      // What was said of the win comes once more.
      const won = shop.stripe.ledger().events.find(({ type }) => type === "charge.dispute.funds_reinstated");
      await shop.post({
        ...won,
        id: `evt_again_${id}`,
        created: (won?.created ?? 0) - 7_200,
        data: { object: { ...won?.data.object, id } },
      });
      expect(await withheldOf(orderId)).toMatchObject({ status: "lost" });
    },
  );

  it("what a prevented dispute took is gone, and what was blocked is not", async () => {
    const blocked = await shop.paid();
    shop.stripe.control.preventDispute(blocked.intentId, "block");
    const resolved = await shop.paid();
    shop.stripe.control.preventDispute(resolved.intentId, "resolution");
    await shop.settled();
    expect(await withheldOf(blocked.orderId)).toEqual({ disputed_minor: 0, status: "won" });
    expect(await withheldOf(resolved.orderId)).toEqual({ disputed_minor: resolved.amount, status: "lost" });
    const again = await shop.refund(resolved.orderId, { reason: "again", accept_loss: true });
    expect(again.body.code).toBe("refund_exceeds_payment");
  });

  it("a dispute's deadline is told while it has no answer, in whatever order the events come", async () => {
    const { intentId } = await shop.paid();
    const { id, evidence_details: details } = shop.stripe.control.openDispute(intentId);
    await shop.settled();
    const respondBy = new Date((details.due_by ?? 0) * 1_000).toISOString();
    const told = async (): Promise<unknown> => {
      const { body } = await shop.app.request("GET", "/admin/summary", { bearer: shop.adminToken });
      return body.disputes.find((one: { dispute_id: string }) => one.dispute_id === id)?.respond_by;
    };
    expect(await told()).toBe(respondBy);
    const overtaken = shop.stripe.ledger().events.find(({ data }) => data.object.id === id);
    shop.stripe.control.answerDispute(id);
    await shop.settled();
    expect(await told()).toBeNull();
    // The event of its opening, once more and under another id, as one that was overtaken.
    await shop.post({
      ...structuredClone(overtaken),
      id: "evt_overtaken",
      data: { object: { ...overtaken?.data.object, status: "needs_response" } },
    });
    await shop.settled();
    expect(await told()).toBeNull();
    const [row] = await query<{ status: string; answered: boolean }>(
      "select status, answered_at is not null as answered from disputes where dispute_id = $1",
      [id],
    );
    expect(row).toEqual({ status: "open", answered: true });
  });

  it("404, 422, 403: what is refused before anything happens", async () => {
    expect((await shop.refund(999_999_999, { reason: "x" })).status).toBe(404);
    const { orderId } = await shop.paying();
    expect((await shop.refund(orderId, {})).status).toBe(422);
    expect((await shop.refund(orderId, { reason: "x" })).body.code).toBe("order_not_paid");
    const asCustomer = await shop.app.request("POST", `/admin/orders/${orderId}/refund`, {
      bearer: shop.shopper.token,
      body: { reason: "x" },
    });
    expect(asCustomer.status).toBe(403);
  });
});

describe("create calls that end without an answer", () => {
  it.each([
    "timeout_after_success",
    "error_500_after_success",
    "drop_after_success",
    "half_answer",
    "timeout_before",
    "error_500_before",
    "rate_limit",
  ] as const)("one intent although the call ended in %s", { timeout: 120_000 }, async (fault) => {
    const order = await shop.shopper.order();
    shop.stripe.control.fault({ operation: "create_intent", fault });
    const first = await shop.shopper.create(order.id, "STRIPE");
    expect([200, 503]).toContain(first.status);
    if (first.status === 503) expect(first.headers.get("retry-after")).not.toBeNull();
    const again = await shop.shopper.create(order.id, "STRIPE");
    expect(again.status).toBe(200);
    const intents = shop.stripe.ledger().intents.filter((one) => one.metadata.order_id === String(order.id));
    expect(intents.map(({ id }) => id)).toEqual([again.body.intent_id]);
  });
});
