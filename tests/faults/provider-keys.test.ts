import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { beginRefundCall, beginTelling } from "../../src/modules/payments/refund-store.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { disagreements, type StripeShop, startStripeShop } from "../support/stripe-shop.js";

let shop: StripeShop;
beforeAll(async () => {
  shop = await startStripeShop();
});
afterEach(async () => {
  shop.stripe.control.clearFaults();
  await shop.settled();
  expect(await violations(shop.app.database)).toEqual({});
  expect(await disagreements(shop)).toEqual([]);
});
afterAll(() => shop.stop());

const query = <Row>(sql: string, values: unknown[] = []) => shop.app.database.query<Row>(sql, values);
const sentFor = (intentId: string) =>
  shop.stripe.ledger().refunds.filter((one) => one.payment_intent === intentId);
const keysOf = (operation: "create_refund" | "create_intent", from: number) =>
  shop.stripe
    .ledger()
    .calls.slice(from)
    .filter((one) => one.operation === operation)
    .map(({ idempotencyKey }) => idempotencyKey ?? "");
const callsSoFar = () => shop.stripe.ledger().calls.length;
const statusOf = async (orderId: number) =>
  (await query<{ status: string }>("select status from refunds where order_id = $1", [orderId]))[0]?.status;
const carryOn = () => query("select enqueue_job('carry_on_money', '{}')");

/** What a provider answered once the work had begun, it answers for a day under the same key. */
describe("an answer that the provider keeps under the key", () => {
  it("a refund that was refused goes through when an operator has it tried again", async () => {
    const { orderId, intentId } = await shop.paying();
    await query("update orders set status = 'failed', failed_at = now() where id = $1", [orderId]);
    const from = callsSoFar();
    shop.stripe.control.fault({ operation: "create_refund", fault: "refused_and_kept" });
    shop.stripe.control.approve(intentId);
    await shop.settled();
    await eventually(async () => (await statusOf(orderId)) === "parked");
    const [parked] = await query<{ id: number; failure_reason: string }>(
      "select id, failure_reason from refunds where order_id = $1",
      [orderId],
    );
    expect(parked?.failure_reason).toBe("refused_not_allowed");
    const retried = await shop.app.request("POST", `/admin/refunds/${parked?.id}/retry`, {
      bearer: shop.adminToken,
    });
    expect([retried.status, retried.body.status]).toEqual([200, "succeeded"]);
    expect(sentFor(intentId)).toHaveLength(1);
    expect(new Set(keysOf("create_refund", from)).size).toBe(2);
  });

  it("a refund at which the provider failed is made under the next key, once its call has long ended", async () => {
    const { orderId, intentId } = await shop.paid();
    const from = callsSoFar();
    shop.stripe.control.fault({ operation: "create_refund", fault: "error_500_kept" });
    const { status, body } = await shop.refund(orderId, { reason: "asked for", accept_loss: true });
    expect([status, body.refund.status]).toEqual([202, "requested"]);
    // It may still be at work: for now the same key is the only safe one.
    const again = await shop.refund(orderId, { reason: "asked for", accept_loss: true });
    expect([again.status, again.body.refund.status]).toEqual([202, "requested"]);
    expect(new Set(keysOf("create_refund", from)).size).toBe(1);
    await query(
      `update refunds set created_at = created_at - interval '5 minutes', called_at = called_at - interval '5 minutes',
         told_at = told_at - interval '5 minutes' where order_id = $1`,
      [orderId],
    );
    await carryOn();
    await eventually(async () => (await statusOf(orderId)) === "succeeded");
    expect(sentFor(intentId)).toHaveLength(1);
    expect(new Set(keysOf("create_refund", from)).size).toBe(2);
  });

  it("a payment at which the provider failed gets its intent under the next key, once its call has long ended", async () => {
    const order = await shop.shopper.order();
    const from = callsSoFar();
    shop.stripe.control.fault({ operation: "create_intent", fault: "error_500_kept" });
    for (const _ of [1, 2]) expect((await shop.shopper.create(order.id, "STRIPE")).status).toBe(503);
    expect(new Set(keysOf("create_intent", from)).size).toBe(1);
    await query("update payments set created_at = created_at - interval '5 minutes' where order_id = $1", [
      order.id,
    ]);
    await query("update orders set created_at = created_at - interval '6 minutes' where id = $1", [order.id]);
    const made = await shop.shopper.create(order.id, "STRIPE");
    expect(made.status).toBe(200);
    expect((await shop.shopper.create(order.id, "STRIPE")).body.intent_id).toBe(made.body.intent_id);
    const intents = shop.stripe.ledger().intents.filter((one) => one.metadata.order_id === String(order.id));
    expect(intents.map(({ id }) => id)).toEqual([made.body.intent_id]);
    expect(new Set(keysOf("create_intent", from)).size).toBe(2);
    shop.stripe.control.approve(made.body.intent_id);
    await shop.settled();
    expect(await shop.orderStatus(order.id)).toBe("paid");
  });
});

it("of two who found the provider without a refund one tells it; the other's look says nothing any more", async () => {
  const { orderId, intentId } = await shop.paid();
  shop.stripe.control.fault({ operation: "create_refund", fault: "error_500_kept" });
  const { body } = await shop.refund(orderId, { reason: "asked for", accept_loss: true });
  const { db } = shop.app.database;
  await query("update refunds set told_at = told_at - interval '5 minutes' where order_id = $1", [orderId]);
  const [one, other] = [await beginRefundCall(db, body.refund.id), await beginRefundCall(db, body.refund.id)];
  expect([one?.was_told_long_ago, other?.was_told_long_ago]).toEqual([true, true]);
  expect(await beginTelling(db, one!, true)).toBe(2);
  expect(await beginTelling(db, other!, true)).toBeUndefined();
  // Nor may one tell it under the key that is given up by now.
  expect(await beginTelling(db, other!, false)).toBeUndefined();
  await query("update refunds set created_at = created_at - interval '5 minutes' where order_id = $1", [
    orderId,
  ]);
  await carryOn();
  await eventually(async () => (await statusOf(orderId)) === "succeeded");
  expect(sentFor(intentId)).toHaveLength(1);
});
