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
  await shop.settled();
  expect(await violations(shop.app.database)).toEqual({});
  expect(await disagreements(shop)).toEqual([]);
});
afterAll(() => shop.stop());

const query = <Row>(sql: string, values: unknown[] = []) => shop.app.database.query<Row>(sql, values);

interface Sold {
  readonly orderId: number;
  readonly intentId: string;
  readonly amount: number;
  /** Nothing is left of what was bought, and the order is still paid. */
  end(): Promise<void>;
  /** As the delivery's own statement does when nobody can deliver. */
  giveBack(): Promise<unknown>;
}

/** What was delivered, paid at Stripe. */
const KINDS: Readonly<Record<"eSIM" | "top-up", () => Promise<Sold>>> = {
  eSIM: async () => {
    const sold = await shop.paid();
    const id = async () =>
      (await query<{ id: number }>("select id from esim_profiles where order_id = $1", [sold.orderId]))[0]
        ?.id;
    await eventually(async () => {
      const [row] = await query<{ status: string }>("select status from esim_profiles where id = $1", [
        await id(),
      ]);
      return row?.status === "ready";
    });
    return {
      ...sold,
      end: async () => {
        await query("update esim_profiles set status = 'cancelled', ended_at = now() where id = $1", [
          await id(),
        ]);
      },
      giveBack: async () =>
        query("select enqueue_job('refund_undeliverable', json_build_object('profile_id', $1::bigint))", [
          await id(),
        ]),
    };
  },
  "top-up": async () => {
    const { body: order } = await owner.topUp(owner.planId);
    const { body } = await owner.create(order.id, "STRIPE");
    shop.stripe.control.approve(body.intent_id);
    await owner.reaches(order.id, "done");
    return {
      orderId: order.id,
      intentId: body.intent_id,
      amount: order.amount_minor_units,
      end: async () => {
        await query("update top_ups set status = 'cancelled', ended_at = now() where order_id = $1", [
          order.id,
        ]);
      },
      giveBack: () =>
        query(
          `select enqueue_job('refund_top_up', json_build_object('top_up_id', id)) from top_ups where order_id = $1`,
          [order.id],
        ),
    };
  },
};

const refundedThere = (intentId: string): number =>
  shop.stripe
    .ledger()
    .refunds.filter((one) => one.payment_intent === intentId && one.status === "succeeded")
    .reduce((sum, { amount }) => sum + amount, 0);

/** What waits for its time is due now. */
const hasten = () =>
  query("update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null");

const goesBackWhole = async ({ orderId, intentId, amount }: Omit<Sold, "end" | "giveBack">) => {
  await eventually(
    async () => {
      await hasten();
      return (await shop.orderStatus(orderId)) === "refunded";
    },
    { what: "refunded" },
  );
  expect(refundedThere(intentId)).toBe(amount);
};

describe.each(["eSIM", "top-up"] as const)(
  "of the money for an %s that is not to be had any more",
  (kind) => {
    it("what is left goes back when a part went back at the provider's pages and nobody heard of it", async () => {
      const { orderId, intentId, amount, end, giveBack } = await KINDS[kind]();
      shop.stripe.control.mute(intentId);
      shop.stripe.control.refund(intentId, Math.ceil(amount / 2));
      await end();
      await giveBack();
      await eventually(async () => (await shop.orderStatus(orderId)) === "refunded", { what: "refunded" });
      expect(refundedThere(intentId)).toBe(amount);
      const refunds = await query("select origin, status from refunds where order_id = $1 order by id", [
        orderId,
      ]);
      expect(refunds).toEqual([
        { origin: "provider", status: "succeeded" },
        { origin: "undeliverable", status: "succeeded" },
      ]);
    });

    it("what is left goes back when a refund of ours comes to nothing", async () => {
      const { orderId, intentId, amount, end } = await KINDS[kind]();
      shop.stripe.control.refundsStartAs("pending");
      const asked = await shop.refund(orderId, { reason: "asked by phone", accept_loss: true });
      shop.stripe.control.refundsStartAs("succeeded");
      expect(asked.body.refund.status).toBe("pending");
      const refund = shop.stripe.ledger().refunds.find((one) => one.payment_intent === intentId);
      await end().catch(() => undefined);
      shop.stripe.control.failRefund(refund?.id ?? "");
      await goesBackWhole({ orderId, intentId, amount });
    });

    it("what the payer's bank had and gives back is given back", async () => {
      const { orderId, intentId, amount, end } = await KINDS[kind]();
      const { id } = shop.stripe.control.openDispute(intentId);
      await shop.settled();
      await end();
      shop.stripe.control.closeDispute(id, "won");
      await goesBackWhole({ orderId, intentId, amount });
    });
  },
);
