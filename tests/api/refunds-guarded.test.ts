import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { disagreements, type StripeShop, startStripeShop } from "../support/stripe-shop.js";
import { type EsimOwner, makeEsimOwner } from "../support/top-ups.js";

let shop: StripeShop;
let owner: EsimOwner;
beforeAll(async () => {
  shop = await startStripeShop();
  owner = await makeEsimOwner(shop.app);
});
afterEach(async () => {
  shop.stripe.control.clearFaults();
  shop.stripe.control.webhooks({ off: false });
  await shop.settled();
  expect(await violations(shop.app.database)).toEqual({});
  expect(await disagreements(shop)).toEqual([]);
});
afterAll(() => shop.stop());

const query = <Row>(sql: string, values: unknown[] = []) => shop.app.database.query<Row>(sql, values);
const sentFor = (intentId: string) =>
  shop.stripe.ledger().refunds.filter((one) => one.payment_intent === intentId);

interface Ordered {
  readonly orderId: number;
  readonly intentId: string;
  readonly amount: number;
}

const KINDS = ["eSIM", "top-up"] as const;
type Kind = (typeof KINDS)[number];

async function ordered(kind: Kind): Promise<{ readonly id: number; readonly amount_minor_units: number }> {
  if (kind === "eSIM") return shop.shopper.order();
  const { status, text, body } = await owner.topUp(owner.planId);
  if (status !== 200) throw new Error(`top-ups: ${status} ${text}`);
  return body;
}

async function paying(kind: Kind): Promise<Ordered> {
  const order = await ordered(kind);
  const { body } = await (kind === "eSIM" ? shop.shopper : owner).create(order.id, "STRIPE");
  return { orderId: order.id, intentId: body.intent_id, amount: order.amount_minor_units };
}

async function paid(kind: Kind): Promise<Ordered> {
  const made = await paying(kind);
  shop.stripe.control.approve(made.intentId);
  await shop.settled();
  expect(await shop.orderStatus(made.orderId)).toBe("paid");
  return made;
}

/** Delivered, a part disputed and the rest refunded. */
async function refundedBesideDispute(kind: Kind): Promise<Ordered & { readonly disputeId: string }> {
  const made = await paid(kind);
  await eventually(async () => (await deliveredAs(made.orderId)) === DELIVERED[kind]);
  const { id } = shop.stripe.control.openDispute(made.intentId, false, 100);
  await shop.settled();
  const { status, body } = await shop.refund(made.orderId, { reason: "all of it", accept_loss: true });
  expect([status, body.refund?.amount_minor_units]).toEqual([200, made.amount - 100]);
  await shop.settled();
  return { ...made, disputeId: id };
}

const DELIVERED: Readonly<Record<Kind, string>> = { eSIM: "ready", "top-up": "done" };

async function deliveredAs(orderId: number): Promise<string | undefined> {
  const [row] = await query<{ status: string }>(
    `select coalesce(e.status, t.status) as status from orders o left join top_ups t on t.order_id = o.id
       left join esim_profiles e on e.order_id = o.id and o.kind = 'esim' where o.id = $1`,
    [orderId],
  );
  return row?.status;
}

const runSoon = () =>
  query(
    "update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null and attempts = 0",
  );

const isRefunded = async ({ orderId, intentId, amount }: Ordered): Promise<boolean> => {
  const sent = sentFor(intentId).reduce((sum, one) => sum + one.amount, 0);
  return sent === amount && (await shop.orderStatus(orderId)) === "refunded";
};

describe.each(KINDS)("the rest of an order of %s refunded beside a dispute of a part", (kind) => {
  it("ends the sale: what was delivered is taken back, and the order is refunded when the dispute is lost", async () => {
    const made = await refundedBesideDispute(kind);
    expect(await deliveredAs(made.orderId)).toBe("cancelled");
    expect(await shop.orderStatus(made.orderId)).toBe("paid");
    shop.stripe.control.closeDispute(made.disputeId, "lost");
    await shop.settled();
    expect(await shop.orderStatus(made.orderId)).toBe("refunded");
    // On appeal it is the customer's.
    shop.stripe.control.appealDispute(made.disputeId);
    shop.stripe.control.closeDispute(made.disputeId, "won");
    await shop.settled();
    await runSoon();
    await eventually(() => isRefunded(made));
  });

  it("what the bank gives back goes to the customer, and the order is refunded", async () => {
    const made = await refundedBesideDispute(kind);
    shop.stripe.control.closeDispute(made.disputeId, "won");
    await shop.settled();
    await runSoon();
    await eventually(() => isRefunded(made));
  });
});

it("a lost dispute beside a part that was given back before is no refund of the order", async () => {
  const made = await paid("eSIM");
  await shop.refund(
    made.orderId,
    { reason: "a part", amount_minor_units: 100 },
    { "idempotency-key": "a-part" },
  );
  const { id } = shop.stripe.control.openDispute(made.intentId, false, made.amount - 100);
  await shop.settled();
  shop.stripe.control.closeDispute(id, "lost");
  await shop.settled();
  expect(await shop.orderStatus(made.orderId)).toBe("paid");
});

describe.each(KINDS)("the money of an order of %s", (kind) => {
  it("422: a refund's Idempotency-Key belongs to the order that it was first used for", async () => {
    const [first, second] = [await paid(kind), await paid(kind)];
    const body = { amount_minor_units: 100, reason: "slow" };
    const key = { "idempotency-key": `goodwill-${randomUUID()}` };
    const made = await shop.refund(first.orderId, body, key);
    expect([200, 202]).toContain(made.status);
    const reused = await shop.refund(second.orderId, body, key);
    expect([reused.status, reused.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect((await shop.refund(first.orderId, body, key)).body.refund.id).toBe(made.body.refund.id);
    expect([sentFor(first.intentId).length, sentFor(second.intentId).length]).toEqual([1, 0]);
  });

  it("the price of the order is charged, whatever the plan costs by the time of the payment", async () => {
    const order = await ordered(kind);
    const planId = kind === "eSIM" ? shop.shopper.planId : owner.planId;
    const [before] = await query<{ amount_minor: number }>(
      "select amount_minor from plan_prices where plan_id = $1 and currency = 'USD'",
      [planId],
    );
    const price = (minor: number) =>
      query("update plan_prices set amount_minor = $2 where plan_id = $1 and currency = 'USD'", [
        planId,
        minor,
      ]);
    await price(order.amount_minor_units + 777);
    const { body } = await (kind === "eSIM" ? shop.shopper : owner).create(order.id, "STRIPE");
    await price(before?.amount_minor ?? 0);
    const intent = shop.stripe.ledger().intents.find(({ id }) => id === body.intent_id);
    expect(intent?.amount).toBe(order.amount_minor_units);
    shop.stripe.control.approve(body.intent_id);
    await shop.settled();
    expect(await shop.orderStatus(order.id)).toBe("paid");
  });
});

describe("the money of an order", () => {
  it("409: what a lost dispute took is not refunded besides; a won one gives it back", async () => {
    const whole = { reason: "asked for", accept_loss: true };
    const lost = await paid("eSIM");
    const { id } = shop.stripe.control.openDispute(lost.intentId);
    await shop.settled();
    shop.stripe.control.closeDispute(id, "lost");
    await shop.settled();
    const refused = await shop.refund(lost.orderId, whole);
    expect([refused.status, refused.body.code]).toEqual([409, "refund_exceeds_payment"]);
    expect(sentFor(lost.intentId)).toEqual([]);

    const won = await paid("eSIM");
    const opened = shop.stripe.control.openDispute(won.intentId);
    await shop.settled();
    const withheld = async () =>
      (await query("select disputed_minor from payments where order_id = $1", [won.orderId]))[0];
    expect(await withheld()).toEqual({ disputed_minor: won.amount });
    shop.stripe.control.closeDispute(opened.id, "won");
    await shop.settled();
    expect(await withheld()).toEqual({ disputed_minor: 0 });
  });

  const BESIDES: Readonly<Record<string, (ordered: Ordered) => Record<string, unknown>>> = {
    "refund.created": ({ intentId }) => ({
      object: "refund",
      id: `re_${randomUUID()}`,
      payment_intent: intentId,
      amount: 100,
      currency: "usd",
      status: "succeeded",
      created: 1,
    }),
    "charge.refunded": ({ intentId }) => ({
      object: "charge",
      id: `ch_${randomUUID()}`,
      payment_intent: intentId,
      amount_refunded: 100,
      currency: "usd",
    }),
    "charge.dispute.created": ({ intentId, amount }) => ({
      object: "dispute",
      id: `dp_${randomUUID()}`,
      payment_intent: intentId,
      amount,
      currency: "usd",
      status: "needs_response",
      reason: "fraudulent",
      livemode: false,
      created: 1,
    }),
  };
  const WRONG: Readonly<Record<string, { event: object; object: object; reason: string }>> = {
    "of the other mode": { event: { livemode: true }, object: {}, reason: "livemode_differs" },
    "in another currency": { event: {}, object: { currency: "eur" }, reason: "currency_differs" },
  };
  const cases = Object.keys(BESIDES).flatMap((type) => Object.keys(WRONG).map((odd) => [type, odd] as const));
  it.each(cases)("200 parked: %s %s is not believed", async (type, odd) => {
    const made = await paid("eSIM");
    const wrong = WRONG[odd]!;
    const event = {
      id: `evt_${randomUUID()}`,
      object: "event",
      type,
      created: Math.floor(Date.now() / 1000),
      livemode: false,
      ...wrong.event,
      data: { object: { ...BESIDES[type]?.(made), ...wrong.object } },
    };
    expect((await shop.post(event)).body.status).toBe("parked");
    const [row] = await query("select outcome, reason from webhook_events where event_id = $1", [event.id]);
    expect(row).toEqual({ outcome: "parked", reason: wrong.reason });
    const [books] = await query(
      `select p.refund_reserved_minor, p.disputed_minor, (select count(*)::int from refunds r where r.payment_id = p.id) as refunds,
         (select count(*)::int from disputes d where d.payment_id = p.id) as disputes
       from payments p where p.order_id = $1`,
      [made.orderId],
    );
    expect(books).toEqual({ refund_reserved_minor: 0, disputed_minor: 0, refunds: 0, disputes: 0 });
  });

  it("a refund whose answer is lost is not sent again while nobody can say whether it was made", async () => {
    const { control } = shop.stripe;
    const { orderId, intentId } = await paid("eSIM");
    const told = () =>
      shop.stripe.ledger().calls.filter(({ operation }) => operation === "create_refund").length;
    control.fault({ operation: "create_refund", fault: "error_500_after_success" });
    control.fault({ operation: "list_refunds", fault: "error_500_before", times: 1_000 });
    control.webhooks({ off: true });
    const before = told();
    const body = { amount_minor_units: 100, reason: "slow" };
    const answer = await shop.refund(orderId, body, { "idempotency-key": `lost-${orderId}` });
    expect([answer.status, answer.body.refund.status]).toEqual([202, "requested"]);
    const once = told();
    expect(once).toBeGreaterThan(before);
    // Everybody who comes back asks first, and gets no answer: the operator, the sweep, the job.
    const again = await shop.refund(orderId, body, { "idempotency-key": `lost-${orderId}` });
    expect(again.body.refund).toMatchObject({ id: answer.body.refund.id, status: "requested" });
    const listed = () =>
      shop.stripe.ledger().calls.filter(({ operation }) => operation === "list_refunds").length;
    const asked = listed();
    await query("update refunds set created_at = created_at - interval '1 minute' where order_id = $1", [
      orderId,
    ]);
    await query("select enqueue_job('carry_on_money', '{}')");
    await eventually(() => listed() > asked, { what: "the sweep has asked" });
    expect(told()).toBe(once);
    control.clearFaults();
    await query("select enqueue_job('carry_on_money', '{}')");
    await eventually(async () => {
      const [row] = await query<{ status: string }>("select status from refunds where order_id = $1", [
        orderId,
      ]);
      return row?.status === "succeeded";
    });
    control.webhooks({ off: false });
    expect([told(), sentFor(intentId).length]).toEqual([once, 1]);
  });

  it("an order that ends while the provider is still making its intent leaves none that can be paid", async () => {
    const order = await ordered("eSIM");
    shop.stripe.control.fault({ operation: "create_intent", fault: "delay", delayMillis: 2_500 });
    const creating = shop.shopper.create(order.id, "STRIPE");
    await eventually(async () => {
      const aged = await query(
        "update payments set created_at = created_at - interval '5 minutes' where order_id = $1 returning id",
        [order.id],
      );
      return aged.length === 1;
    });
    await query(
      `update orders set expires_at = now() - interval '1 second', created_at = created_at - interval '6 minutes'
       where id = $1`,
      [order.id],
    );
    await query("select enqueue_job('expire_unpaid_orders', '{}')");
    await eventually(async () => (await shop.orderStatus(order.id)) === "failed");
    const answer = await creating;
    expect([answer.status, answer.body.code]).toEqual([409, "order_not_payable"]);
    const made = shop.stripe.ledger().intents.filter((one) => one.metadata.order_id === String(order.id));
    expect(made.map(({ status }) => status)).toEqual(["canceled"]);
  });
});
