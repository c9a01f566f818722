import { FAKE_ADYEN_ACCOUNT } from "@tribi/fakes/adyen/adyen-words";
import { ADYEN_FAULTS } from "@tribi/fakes/adyen/fake-faults";
import { firstShapes } from "@tribi/fakes/adyen/fake-shapes";
import type { FakeItem } from "@tribi/fakes/adyen/fake-types";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BOOK_RULES } from "../../src/modules/admin/books/audit-books.js";
import { type AdyenShop, adyenDisagreements, startAdyenShop } from "../support/adyen-shop.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";

let shop: AdyenShop;
beforeAll(async () => {
  shop = await startAdyenShop();
});
afterEach(async () => {
  const { control } = shop.adyen;
  control.clearFaults();
  control.shapes(firstShapes());
  control.refundsEnd("succeed");
  control.webhooks({ off: false, hold: false, copies: 1, delayMillis: 0, signature: "right" });
  await shop.settled();
  expect(await violations(shop.app.database)).toEqual({});
  await soon(async () =>
    expect(await adyenDisagreements(shop.app.database.query, shop.adyen.ledger())).toEqual([]),
  );
});
afterAll(() => shop.stop());

/** Asks until nothing is thrown any more. */
const soon = (check: () => Promise<unknown>): Promise<true> =>
  eventually(
    async () => {
      await check();
      return true as const;
    },
    { timeoutMillis: 10_000 },
  );
const query = <Row>(sql: string, values: unknown[] = []) => shop.app.database.query<Row>(sql, values);
const makeOlder = async (orderId: number, by: string): Promise<void> => {
  await query("update orders set created_at = created_at - $2::interval where id = $1", [orderId, by]);
  await query("update payments set created_at = created_at - $2::interval where order_id = $1", [
    orderId,
    by,
  ]);
};
const itemsOf = (eventCode: string) =>
  shop.adyen.ledger().items.filter((item) => item.eventCode === eventCode);
const lastItem = (eventCode: string): FakeItem => itemsOf(eventCode).at(-1)!;
const paymentOf = async (orderId: number) =>
  (
    await query<{
      id: number;
      status: string;
      intent_id: string;
      captured_minor: number;
      refunded_minor: number;
      disputed_minor: number;
      decline_code: string | null;
      surplus_reason: string | null;
    }>("select * from payments where order_id = $1 order by id", [orderId])
  )[0]!;
const refundsOf = (orderId: number) =>
  query<{ id: number; status: string; provider_refund_id: string | null; amount_minor: number }>(
    "select id, status, provider_refund_id, amount_minor from refunds where order_id = $1 order by id",
    [orderId],
  );

describe("a payment at Adyen", () => {
  it("200: gives Drop-in what it needs, the same again and again", async () => {
    const order = await shop.shopper.order();
    const first = await shop.shopper.create(order.id);
    expect(first.body).toEqual({
      intent_id: expect.stringMatching(/^CS/),
      status: "requires_action",
      provider: "ADYEN",
      amount_minor_units: order.amount_minor_units,
      currency: "USD",
      client_secret: expect.any(String),
      publishable_key: "test_of_the_fake",
    });
    expect((await shop.shopper.create(order.id)).body).toEqual(first.body);
    const [session] = shop.adyen.ledger().sessions.filter(({ id }) => id === first.body.intent_id);
    expect(session).toMatchObject({ captureDelayHours: 0, mode: "embedded" });
    expect(session?.merchantReference).toMatch(new RegExp(`^tribi\\.${order.id}\\.`));
    const [row] = await query<{ expires_at: string }>("select expires_at from orders where id = $1", [
      order.id,
    ]);
    expect(session?.expiresAt).toBe(new Date(row!.expires_at).getTime());
  });

  it("twenty creates at once make one session", async () => {
    const order = await shop.shopper.order();
    const made = await Promise.all(Array.from({ length: 20 }, () => shop.shopper.create(order.id)));
    const ids = made.filter(({ status }) => status === 200).map(({ body }) => body.intent_id);
    expect(new Set(ids).size).toBe(1);
    const sessions = shop.adyen
      .ledger()
      .sessions.filter(({ merchantReference }) => merchantReference.startsWith(`tribi.${order.id}.`));
    expect(sessions).toHaveLength(1);
  });

  it("a signed authorisation pays the order, and its id is the payment's from then on", async () => {
    const { orderId, psp, amount } = await shop.paid();
    expect(await shop.orderStatus(orderId)).toBe("paid");
    expect(await paymentOf(orderId)).toMatchObject({
      status: "succeeded",
      intent_id: psp,
      captured_minor: amount,
    });
    expect((await shop.shopper.create(orderId)).body.code).toBe("order_already_paid");
  });

  it.each(["ISK", "JPY", "KWD"])("%s goes in Adyen's decimals and comes back in ours", async (currency) => {
    await query(
      "insert into plan_prices (plan_id, currency, amount_minor) values ($1, $2, 1000) on conflict do nothing",
      [shop.shopper.planId, currency],
    );
    const { orderId, sessionId, amount } = await shop.paying(currency);
    const session = shop.adyen.ledger().sessions.find(({ id }) => id === sessionId);
    expect(session?.amount).toEqual({ currency, value: currency === "ISK" ? amount * 100 : amount });
    shop.adyen.control.approve(sessionId);
    await shop.settled();
    expect(await paymentOf(orderId)).toMatchObject({ status: "succeeded", captured_minor: amount });
  });

  it("a declined card ends nothing: the decline is recorded, another card pays", async () => {
    const { orderId, sessionId } = await shop.paying();
    shop.adyen.control.decline(sessionId, "Not enough balance");
    await shop.settled();
    expect(await paymentOf(orderId)).toMatchObject({
      status: "requires_action",
      decline_code: "not_enough_balance",
    });
    const { pspReference } = shop.adyen.control.approve(sessionId);
    await shop.settled();
    expect(await paymentOf(orderId)).toMatchObject({ status: "succeeded", intent_id: pspReference });
  });

  it("a decline that comes after the success changes nothing", async () => {
    const { orderId, sessionId } = await shop.paying();
    shop.adyen.control.webhooks({ hold: true });
    shop.adyen.control.decline(sessionId);
    shop.adyen.control.approve(sessionId);
    await shop.adyen.control.release("reverse");
    expect(await shop.orderStatus(orderId)).toBe("paid");
    expect(await paymentOf(orderId)).toMatchObject({ decline_code: null });
  });

  it("money that is taken twice in one session goes back once", async () => {
    const { orderId, sessionId, amount } = await shop.paying();
    const first = shop.adyen.control.approve(sessionId);
    const second = shop.adyen.control.approveAgain(sessionId);
    await shop.settled();
    await soon(async () => {
      const rows = await query<{ intent_id: string; refunded_minor: number; is_counted: boolean }>(
        "select intent_id, refunded_minor, is_counted from payments where order_id = $1",
        [orderId],
      );
      expect(rows.map(({ intent_id }) => intent_id).toSorted()).toEqual(
        [first.pspReference, second.pspReference].toSorted(),
      );
      expect(rows.find(({ is_counted }) => !is_counted)?.refunded_minor).toBe(amount);
      expect(rows.find(({ is_counted }) => is_counted)?.refunded_minor).toBe(0);
    });
    expect(shop.adyen.ledger().refunds.filter(({ status }) => status === "succeeded")).not.toHaveLength(0);
  });

  it("the audit finds the log of money that was taken twice whole", async () => {
    const { orderId, sessionId } = await shop.paying();
    shop.adyen.control.approve(sessionId);
    const { pspReference } = shop.adyen.control.approveAgain(sessionId);
    await shop.settled();
    await soon(async () => {
      const text =
        "select captured_minor > 0 as is_paid from payments where order_id = $1 and intent_id = $2";
      expect(await query(text, [orderId, pspReference])).toEqual([{ is_paid: true }]);
    });
    const [rule] = BOOK_RULES.filter(({ name }) => name === "audit_log_is_complete");
    expect(await query(rule?.finds ?? "")).toEqual([]);
  });

  it("money for an order that has ended goes back", async () => {
    const { orderId, sessionId, amount } = await shop.paying();
    shop.adyen.control.webhooks({ hold: true });
    shop.adyen.control.approve(sessionId);
    await query("update orders set expires_at = now() - interval '1 second' where id = $1", [orderId]);
    await soon(async () => {
      await query("select enqueue_job('expire_unpaid_orders', '{}')");
      expect(await shop.orderStatus(orderId)).toBe("failed");
    });
    shop.adyen.control.webhooks({ hold: false });
    await shop.adyen.control.release();
    await soon(async () => {
      expect(await paymentOf(orderId)).toMatchObject({ captured_minor: amount, refunded_minor: amount });
    });
  }, 120_000);
});

describe("a notification", () => {
  it("400: unsigned, wrongly signed, changed, cut or empty; nothing is stored", async () => {
    const { orderId } = await shop.paid();
    const item = lastItem("AUTHORISATION");
    const before = await query("select id from webhook_events");
    const unsigned = { live: "false", notificationItems: [{ NotificationRequestItem: item }] };
    expect((await shop.post(unsigned)).body).toMatchObject({
      status: 400,
      code: "invalid_webhook_signature",
    });
    const wrong = await shop.post(shop.signed([item], "00".repeat(32)));
    expect(wrong.body).toMatchObject({ status: 400, detail: "Invalid Adyen webhook signature" });
    for (const change of [
      { amount: { value: 1, currency: "USD" } },
      { amount: { ...item.amount, currency: "EUR" } },
      { pspReference: "OTHER" },
      { originalReference: "OTHER" },
      { merchantReference: `tribi.${orderId}.0` },
      { merchantAccountCode: "Other" },
      { eventCode: "REFUND" },
      { success: "false" },
    ]) {
      const { notificationItems } = shop.signed([item]) as { notificationItems: object[] };
      const [{ NotificationRequestItem: signed }] = notificationItems as [
        { NotificationRequestItem: object },
      ];
      const body = {
        live: "false",
        notificationItems: [{ NotificationRequestItem: { ...signed, ...change } }],
      };
      expect((await shop.post(body)).status, JSON.stringify(change)).toBe(400);
    }
    for (const body of [
      "",
      "{",
      "[]",
      "{}",
      '{"notificationItems":[]}',
      '{"notificationItems":[{}]}',
      '"x"',
    ]) {
      expect((await shop.post(body)).status, body).toBe(400);
    }
    const { amount, ...without } = item;
    expect((await shop.post(shop.signed([{ ...without, amount: { ...amount, value: 1.5 } }]))).status).toBe(
      400,
    );
    const many = shop.signed(Array.from({ length: 101 }, () => item));
    expect((await shop.post(many)).status).toBe(400);
    expect(await query("select id from webhook_events")).toEqual(before);
  });

  it("a batch with one item that is not signed is refused as a whole", async () => {
    const first = await shop.paying();
    const second = await shop.paying();
    shop.adyen.control.webhooks({ off: true });
    shop.adyen.control.approve(first.sessionId);
    const good = lastItem("AUTHORISATION");
    shop.adyen.control.approve(second.sessionId);
    const other = lastItem("AUTHORISATION");
    const whole = shop.signed([good, other]) as { notificationItems: object[] };
    const { notificationItems: forged } = shop.signed([other], "00".repeat(32)) as {
      notificationItems: object[];
    };
    const mixed = { live: "false", notificationItems: [whole.notificationItems[0], forged[0]] };
    expect((await shop.post(mixed)).status).toBe(400);
    expect(await shop.orderStatus(first.orderId)).toBe("created");
    expect((await shop.post(whole)).body).toEqual({ status: "processed", intent_status: null });
    expect(await shop.orderStatus(first.orderId)).toBe("paid");
    expect(await shop.orderStatus(second.orderId)).toBe("paid");
  });

  it("200 duplicate: the same event with another date", async () => {
    await shop.paid();
    const item = { ...lastItem("AUTHORISATION"), eventDate: "2031-05-05T05:05:05+02:00" };
    expect((await shop.post(shop.signed([item]))).body).toEqual({
      status: "duplicate",
      intent_status: "succeeded",
    });
  });

  it("200 ignored: another shop's payment, another merchant account, reports and what is not used", async () => {
    const { orderId } = await shop.paid();
    const item = lastItem("AUTHORISATION");
    const others: Partial<FakeItem>[] = [
      { pspReference: "OTHERSHOP1", merchantReference: "theirs.1.4b9f" },
      { pspReference: "OTHERSHOP2", merchantReference: "order 7: two" },
      { pspReference: "OTHERACC01", merchantAccountCode: "AnotherMerchant" },
      { pspReference: "REPORT0001", eventCode: "REPORT_AVAILABLE", merchantReference: "" },
      { pspReference: "OFFERCLOS1", eventCode: "OFFER_CLOSED" },
      { pspReference: "ORDEROPEN1", eventCode: "ORDER_OPENED" },
      { pspReference: "UNKNOWN002", eventCode: "SOMETHING_NEW", merchantReference: "theirs.1.4b9f" },
    ];
    for (const change of others) {
      const answer = await shop.post(shop.signed([{ ...item, ...change }]));
      expect(answer.body, JSON.stringify(change)).toMatchObject({ status: "ignored" });
    }
    expect(await shop.orderStatus(orderId)).toBe("paid");
  });

  it("200 parked: an event of ours whose meaning nobody knows here", async () => {
    const { psp } = await shop.paid();
    const item = { ...lastItem("AUTHORISATION"), eventCode: "RDR_SOMETHING_NEW", originalReference: psp };
    const answer = await shop.post(shop.signed([{ ...item, pspReference: `UNREAD${psp}` }]));
    expect(answer.body).toMatchObject({ status: "parked" });
    expect(
      await query("select outcome, reason from webhook_events where type = 'RDR_SOMETHING_NEW'"),
    ).toEqual([{ outcome: "parked", reason: "event_not_known" }]);
  });

  it("200 parked: a part of the price, as a gift card pays it, is never the payment; the whole price is", async () => {
    const { orderId, sessionId, amount } = await shop.paying();
    shop.adyen.control.webhooks({ off: true });
    shop.adyen.control.approve(sessionId);
    const whole = lastItem("AUTHORISATION");
    for (const value of [amount - 100, 100]) {
      const part = { ...whole, pspReference: `PART${value}`, amount: { ...whole.amount, value } };
      expect((await shop.post(shop.signed([part]))).body).toMatchObject({ status: "parked" });
    }
    expect(await paymentOf(orderId)).toMatchObject({ intent_id: sessionId, captured_minor: 0 });
    expect(
      await query("select reason from webhook_events where intent_id like 'PART%' and outcome = 'parked'"),
    ).toEqual([{ reason: "amount_differs" }, { reason: "amount_differs" }]);
    expect((await shop.post(shop.signed([whole]))).body).toMatchObject({ status: "processed" });
    expect(await paymentOf(orderId)).toMatchObject({ intent_id: whole.pspReference, surplus_reason: null });
  });

  it("200 parked: another amount or currency, or of the live environment", async () => {
    const { orderId, sessionId } = await shop.paying();
    shop.adyen.control.webhooks({ off: true });
    shop.adyen.control.approve(sessionId);
    const item = lastItem("AUTHORISATION");
    const live = { ...(shop.signed([item]) as object), live: "true" };
    for (const body of [
      shop.signed([{ ...item, amount: { ...item.amount, value: item.amount.value - 1 } }]),
      shop.signed([{ ...item, amount: { ...item.amount, currency: "EUR" } }]),
      shop.signed([{ ...item, amount: { value: 1, currency: "MGA" } }]),
    ]) {
      expect((await shop.post(body)).body).toMatchObject({ status: "parked" });
    }
    expect((await shop.post(live)).body).toMatchObject({ status: "parked" });
    expect(await shop.orderStatus(orderId)).toBe("created");
    const events = await query<{ reason: string }>(
      "select reason from webhook_events where outcome = 'parked' and intent_id = $1 order by id",
      [item.pspReference],
    );
    expect(events.map(({ reason }) => reason)).toEqual([
      "amount_differs",
      "currency_differs",
      "currency_not_supported",
      "livemode_differs",
    ]);
    // None of them stands in the way of the true one.
    expect((await shop.post(shop.signed([item]))).body).toMatchObject({ status: "processed" });
    expect(await shop.orderStatus(orderId)).toBe("paid");
  });
});

describe("a refund at Adyen", () => {
  it("202 until the notification says that it went; then the order is refunded", async () => {
    shop.adyen.control.refundsEnd("hold");
    const { orderId } = await shop.paid();
    expect((await shop.refund(orderId, { reason: "changed their mind", accept_loss: true })).status).toBe(
      202,
    );
    const [refund] = await refundsOf(orderId);
    expect(refund).toMatchObject({ status: "pending" });
    shop.adyen.control.decideRefund(refund!.provider_refund_id!, "succeed");
    await shop.settled();
    expect(await refundsOf(orderId)).toMatchObject([{ status: "succeeded" }]);
    expect(await shop.orderStatus(orderId)).toBe("refunded");
  });

  it("a refund that fails lets go of what it reserved, and can be made again", async () => {
    shop.adyen.control.refundsEnd("hold");
    const { orderId } = await shop.paid();
    await shop.refund(orderId, { reason: "changed their mind", accept_loss: true });
    const [refund] = await refundsOf(orderId);
    shop.adyen.control.decideRefund(refund!.provider_refund_id!, "fail");
    await shop.settled();
    shop.adyen.control.refundsEnd("succeed");
    await soon(async () => {
      const all = await refundsOf(orderId);
      expect(all[0]).toMatchObject({ status: "failed" });
    });
    await shop.refund(orderId, { reason: "changed their mind", accept_loss: true });
    await shop.settled();
    await soon(async () => expect(await shop.orderStatus(orderId)).toBe("refunded"));
  });

  it.each(["REFUND_FAILED", "REFUNDED_REVERSED"] as const)(
    "money that comes back by %s waits for an operator",
    async (how) => {
      const { orderId } = await shop.paid();
      await shop.refund(orderId, { reason: "changed their mind", accept_loss: true });
      await shop.settled();
      const [refund] = await refundsOf(orderId);
      expect(refund).toMatchObject({ status: "succeeded" });
      shop.adyen.control.returnRefund(refund!.provider_refund_id!, how);
      await shop.settled();
      const [event] = await query<{ reason: string }>(
        "select reason from webhook_events where type = $1 order by id desc limit 1",
        [how],
      );
      expect(event?.reason).toBe("refund_failed_after_success");
    },
  );

  it("a refund that is heard of before the failure of the one whose money it takes counts afterwards", async () => {
    const { orderId, psp, amount } = await shop.paid();
    await shop.refund(orderId, { reason: "changed their mind", accept_loss: true });
    await shop.settled();
    const [first] = await refundsOf(orderId);
    expect(first).toMatchObject({ status: "succeeded" });
    shop.adyen.control.webhooks({ hold: true });
    shop.adyen.control.returnRefund(first!.provider_refund_id!, "REFUND_FAILED");
    shop.adyen.control.refund(psp);
    await shop.adyen.control.release("reverse");
    shop.adyen.control.webhooks({ hold: false });
    await shop.settled();
    await soon(async () => {
      await query("select enqueue_job('carry_on_money', '{}')");
      expect(await refundsOf(orderId)).toMatchObject([{ status: "failed" }, { status: "succeeded" }]);
    });
    expect(await paymentOf(orderId)).toMatchObject({ refunded_minor: amount });
  });

  it("a refund's notification that overtakes its answer is that refund, under the payment's reference too", async () => {
    for (const refundReference of ["refund", "payment"] as const) {
      shop.adyen.control.shapes({ refundReference });
      const { orderId, amount } = await shop.paid();
      shop.adyen.control.fault({ operation: "create_refund", fault: "timeout_after_success" });
      const part = Math.floor(amount / 2);
      const made = shop.app.request("POST", `/admin/orders/${orderId}/refund`, {
        bearer: shop.adminToken,
        body: { amount_minor_units: part, reason: "half of it" },
        headers: { "idempotency-key": `overtaken-${orderId}` },
      });
      await made;
      await soon(async () => {
        await query(
          "update refunds set called_at = now() - interval '2 minutes', created_at = created_at - interval '30 seconds' where order_id = $1",
          [orderId],
        );
        await query("select enqueue_job('carry_on_money', '{}')");
        await query(
          "update webhook_events set next_try_at = now() where outcome = 'waiting' and next_try_at > now()",
        );
        expect(await refundsOf(orderId)).toMatchObject([{ status: "succeeded", amount_minor: part }]);
      });
      expect(await paymentOf(orderId)).toMatchObject({ refunded_minor: part });
    }
  }, 120_000);

  it("a refund in the Customer Area is recorded", async () => {
    const { orderId, psp } = await shop.paid();
    shop.adyen.control.refund(psp);
    await shop.settled();
    await soon(async () => expect(await shop.orderStatus(orderId)).toBe("refunded"));
  });
});

describe("a dispute at Adyen", () => {
  it.each([false, true])(
    "withholds, comes back and is lost for good (without the payment's id: %s)",
    async (without) => {
      shop.adyen.control.shapes({ disputesNameNoPayment: without });
      const { orderId, psp, amount } = await shop.paid();
      const { pspReference } = shop.adyen.control.dispute(psp, "NOTIFICATION_OF_CHARGEBACK");
      await shop.settled();
      expect(await paymentOf(orderId)).toMatchObject({ disputed_minor: 0 });
      shop.adyen.control.dispute(psp, "CHARGEBACK", pspReference);
      await shop.settled();
      expect(await paymentOf(orderId)).toMatchObject({ disputed_minor: amount });
      shop.adyen.control.dispute(psp, "CHARGEBACK_REVERSED", pspReference);
      await shop.settled();
      expect(await paymentOf(orderId)).toMatchObject({ disputed_minor: 0 });
      shop.adyen.control.dispute(psp, "SECOND_CHARGEBACK", pspReference);
      await shop.settled();
      expect(await paymentOf(orderId)).toMatchObject({ disputed_minor: amount });
    },
  );

  /** Charged back, reversed and charged back again. */
  async function chargedBackTwice() {
    const { orderId, psp, amount } = await shop.paid();
    const { pspReference } = shop.adyen.control.dispute(psp, "CHARGEBACK");
    shop.adyen.control.dispute(psp, "CHARGEBACK_REVERSED", pspReference);
    shop.adyen.control.dispute(psp, "SECOND_CHARGEBACK", pspReference);
    await shop.settled();
    expect(await paymentOf(orderId)).toMatchObject({ disputed_minor: amount });
    return { orderId, psp, pspReference };
  }
  const later = new Date(Date.now() + 60_000).toISOString();

  it.each(["PREARBITRATION_WON", "SCHEME_ARBITRATION_WON"])(
    "what %s after a second chargeback is money of ours again",
    async (eventCode) => {
      const { orderId, psp, pspReference } = await chargedBackTwice();
      shop.adyen.control.dispute(psp, eventCode, pspReference);
      await shop.settled();
      expect(await paymentOf(orderId)).toMatchObject({ disputed_minor: 0 });
    },
  );

  it("a second reversal of the same amount waits for an operator: it may be a repetition of the first", async () => {
    const { orderId } = await chargedBackTwice();
    const reversed = lastItem("CHARGEBACK_REVERSED");
    expect((await shop.post(shop.signed([reversed]))).body).toMatchObject({ status: "duplicate" });
    const again = { ...reversed, eventDate: later };
    expect((await shop.post(shop.signed([again]))).body).toMatchObject({ status: "parked" });
    const parked = await query(
      "select reason from webhook_events e join payments p on p.id = e.payment_id where p.order_id = $1 and e.outcome = 'parked'",
      [orderId],
    );
    expect(parked).toEqual([{ reason: "dispute_won_again" }]);
  });

  it("what is lost in pre-arbitration is one chargeback, and no second one", async () => {
    const { orderId, psp, amount } = await shop.paid();
    shop.adyen.control.dispute(psp, "CHARGEBACK");
    await shop.settled();
    const chargeback = lastItem("CHARGEBACK");
    const lost = { ...chargeback, eventCode: "PREARBITRATION_LOST" };
    const ended = {
      ...chargeback,
      eventCode: "DISPUTE_DEFENSE_PERIOD_ENDED",
      additionalData: { ...chargeback.additionalData, disputeStatus: "Lost" },
    };
    await shop.post(shop.signed([lost]));
    await shop.post(shop.signed([ended]));
    expect(
      await query(
        "select d.status, d.amount_minor from disputes d join payments p on p.id = d.payment_id where p.order_id = $1",
        [orderId],
      ),
    ).toEqual([{ status: "lost", amount_minor: amount }]);
  });

  it("a capture that fails is money that never came", async () => {
    const { orderId, psp, amount } = await shop.paid();
    shop.adyen.control.failCapture(psp);
    await shop.settled();
    expect(await paymentOf(orderId)).toMatchObject({ captured_minor: amount, disputed_minor: amount });
    const [dispute] = await query<{ status: string; dispute_id: string }>(
      "select d.status, d.dispute_id from disputes d join payments p on p.id = d.payment_id where p.order_id = $1",
      [orderId],
    );
    expect(dispute).toEqual({ status: "lost", dispute_id: `uncaptured:${psp}` });
  });

  it("chargeback and refund that overtake the success end alike, and nothing is bought for money that is back", async () => {
    const { orderId, sessionId, amount } = await shop.paying();
    shop.adyen.control.webhooks({ hold: true });
    const { pspReference } = shop.adyen.control.approve(sessionId);
    shop.adyen.control.refund(pspReference);
    shop.adyen.control.webhooks({ hold: false });
    await shop.adyen.control.release("reverse");
    await soon(async () => {
      await query("select enqueue_job('carry_on_money', '{}')");
      expect(await paymentOf(orderId)).toMatchObject({ captured_minor: amount, refunded_minor: amount });
    });
    await soon(async () => expect(await shop.orderStatus(orderId)).toBe("refunded"));
  }, 90_000);
});

describe("every fault and shape of the fake", () => {
  it.each(ADYEN_FAULTS)(
    "%s when the session is made: one session, one payment",
    async (fault) => {
      const order = await shop.shopper.order();
      shop.adyen.control.fault({ operation: "create_session", fault, delayMillis: 100 });
      const first = await shop.shopper.create(order.id);
      expect([200, 503]).toContain(first.status);
      if (fault === "error_500_kept") {
        await makeOlder(order.id, "10 minutes");
      }
      const again = await shop.shopper.create(order.id);
      expect(again.status).toBe(200);
      shop.adyen.control.approve(again.body.intent_id);
      await shop.settled();
      expect(await shop.orderStatus(order.id)).toBe("paid");
      const { payments } = shop.adyen.ledger();
      const taken = payments.filter(
        ({ merchantReference, status }) =>
          status === "authorised" && merchantReference.startsWith(`tribi.${order.id}.`),
      );
      expect(taken).toHaveLength(1);
    },
    60_000,
  );

  it.each([
    { batch: 3 },
    { reasonNull: true },
    { bare: true },
    { announcesCaptures: true },
    { reversalReference: "own" as const },
  ])("%o", async (shape) => {
    shop.adyen.control.shapes(shape);
    const { orderId } = await shop.paid();
    expect(await shop.orderStatus(orderId)).toBe("paid");
    await shop.refund(orderId, { reason: "changed their mind", accept_loss: true });
    await shop.settled();
    await soon(async () => expect(await shop.orderStatus(orderId)).toBe("refunded"));
  });

  it("copies of every notification, each with another date, change nothing", async () => {
    shop.adyen.control.webhooks({ copies: 3 });
    const { orderId, amount } = await shop.paid();
    await shop.refund(orderId, { reason: "changed their mind", accept_loss: true });
    await shop.settled();
    await shop.adyen.control.redeliverAll();
    expect(await refundsOf(orderId)).toMatchObject([{ status: "succeeded", amount_minor: amount }]);
    expect(FAKE_ADYEN_ACCOUNT).toBe(shop.adyen.merchantAccount);
  });
});
