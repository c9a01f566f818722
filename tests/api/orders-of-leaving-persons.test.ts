import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { makeShopper } from "../support/shop.js";
import { disagreements, type StripeShop, startStripeShop } from "../support/stripe-shop.js";
import { type EsimOwner, makeEsimOwner } from "../support/top-ups.js";

let shop: StripeShop;
beforeAll(async () => {
  shop = await startStripeShop({ RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999" });
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

/** What the statements of a deletion and of a disabling leave of a person. */
const LEAVE = {
  deleted:
    "update users set deleted_at = now(), name = null, email = 'deleted-' || id || '@deleted.invalid' where id = $1",
  disabled: "update users set disabled_at = now() where id = $1",
} as const;
type Leaving = keyof typeof LEAVE;
const leave = (how: Leaving, userId: number) => query(LEAVE[how], [userId]);

const runRelease = (userId: number) =>
  query("select enqueue_job('release_orders_of_person', json_build_object('user_id', $1::bigint))", [userId]);

interface Unpaid {
  readonly userId: number;
  readonly orderId: number;
  readonly intentId: string;
  readonly amount: number;
}

/** An unpaid order of each kind, with a live intent at Stripe, of a person who owns nothing else that is unpaid. */
const KINDS: Readonly<Record<"eSIM" | "top-up", () => Promise<Unpaid>>> = {
  eSIM: async () => {
    const shopper = await makeShopper(shop.app);
    const order = await shopper.order();
    const { body } = await shopper.create(order.id, "STRIPE");
    return {
      userId: shopper.userId,
      orderId: order.id,
      intentId: body.intent_id,
      amount: order.amount_minor_units,
    };
  },
  "top-up": async () => {
    const owner: EsimOwner = await makeEsimOwner(shop.app);
    const { body: order } = await owner.topUp(owner.planId);
    const { body } = await owner.create(order.id, "STRIPE");
    return {
      userId: owner.userId,
      orderId: order.id,
      intentId: body.intent_id,
      amount: order.amount_minor_units,
    };
  },
};

const stateOf = async (orderId: number) => {
  const [row] = await query(
    `select o.status, o.failure_reason, p.status as payment, p.is_counted, p.surplus_reason,
       coalesce(e.status, t.status) as bought
     from orders o join payments p on p.order_id = o.id
       left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id where o.id = $1`,
    [orderId],
  );
  return row;
};
const refundsOf = (orderId: number) =>
  query<{ id: number; status: string; origin: string; failure_reason: string | null }>(
    "select id, status, origin, failure_reason from refunds where order_id = $1",
    [orderId],
  );
const intentOf = (intentId: string) => shop.stripe.ledger().intents.find(({ id }) => id === intentId);

describe.each(["eSIM", "top-up"] as const)("an unpaid order of %s of a person who leaves", (kind) => {
  describe.each(["deleted", "disabled"] as const)("is %s", (how) => {
    it("ends with its intent cancelled at the provider, and cannot be paid any more", async () => {
      const { userId, orderId, intentId } = await KINDS[kind]();
      await leave(how, userId);
      await runRelease(userId);
      await eventually(async () => (await shop.orderStatus(orderId)) === "failed");
      expect(intentOf(intentId)?.status).toBe("canceled");
      expect(await stateOf(orderId)).toMatchObject({ payment: "failed", bought: "failed" });
    });

    it("does not become paid by money that comes although nobody has ended it yet", async () => {
      const { orderId, intentId, userId, amount } = await KINDS[kind]();
      await leave(how, userId);
      shop.stripe.control.approve(intentId);
      await shop.settled();
      expect(await stateOf(orderId)).toEqual({
        status: "failed",
        failure_reason: "person_gone",
        payment: "succeeded",
        is_counted: false,
        surplus_reason: "person_gone",
        bought: "failed",
      });
      const [refund] = await eventually(async () => {
        const refunds = await refundsOf(orderId);
        return (
          refunds.some(({ status }) => status === (how === "deleted" ? "succeeded" : "parked")) && refunds
        );
      });
      const expected = how === "deleted" ? [null, amount] : ["person_disabled", 0];
      const sent = shop.stripe.ledger().refunds.filter((one) => one.payment_intent === intentId);
      expect([refund?.failure_reason, sent.reduce((sum, one) => sum + one.amount, 0)]).toEqual(expected);
    });

    it("money that comes after it has ended is surplus too", async () => {
      const { orderId, intentId, userId, amount } = await KINDS[kind]();
      // The provider has taken the money, and neither told us nor let us cancel.
      shop.stripe.control.webhooks({ off: true });
      await query(
        "update payments set status = 'failed', failed_at = now(), failure_reason = 'x' where order_id = $1",
        [orderId],
      );
      await query(
        "update orders set status = 'failed', failed_at = now(), failure_reason = 'x' where id = $1",
        [orderId],
      );
      await leave(how, userId);
      shop.stripe.control.approve(intentId);
      const success = shop.stripe
        .ledger()
        .events.filter(({ type }) => type === "payment_intent.succeeded")
        .at(-1);
      shop.stripe.control.webhooks({ off: false });
      expect((await shop.post(success)).body.status).toBe("processed");
      await eventually(async () => {
        const [refund] = await refundsOf(orderId);
        return refund?.status === (how === "deleted" ? "succeeded" : "parked");
      });
      const sent = shop.stripe.ledger().refunds.filter((one) => one.payment_intent === intentId);
      expect(sent.reduce((sum, one) => sum + one.amount, 0)).toBe(how === "deleted" ? amount : 0);
    });
  });

  it("is paid when the payer was faster than the person's end", async () => {
    const { orderId, intentId, userId } = await KINDS[kind]();
    shop.stripe.control.webhooks({ off: true });
    shop.stripe.control.approve(intentId);
    await runRelease(userId);
    await eventually(async () => (await shop.orderStatus(orderId)) === "paid");
    expect(await stateOf(orderId)).toMatchObject({ is_counted: true, surplus_reason: null });
  });

  it("waits while the provider does not answer: no new payment begins, and the sweep ends it later", async () => {
    const { orderId, intentId, userId } = await KINDS[kind]();
    shop.stripe.control.fault({ operation: "cancel_intent", fault: "error_500_before", times: 2 });
    await leave("disabled", userId);
    await runRelease(userId);
    await eventually(async () => {
      const [job] = await query<{ attempts: number }>(
        `select j.attempts from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
         where t.identifier = 'release_orders_of_person' and (j.payload->>'user_id')::bigint = $1 and j.locked_at is null`,
        [userId],
      );
      return job !== undefined && job.attempts > 0;
    });
    expect(await shop.orderStatus(orderId)).toBe("created");
    shop.stripe.control.clearFaults();
    // The job is lost; the order's time is over all the same.
    await query("delete from graphile_worker._private_jobs where (payload->>'user_id')::bigint = $1", [
      userId,
    ]);
    await query("select enqueue_job('expire_unpaid_orders', '{}')");
    await eventually(async () => (await shop.orderStatus(orderId)) === "failed");
    expect(intentOf(intentId)?.status).toBe("canceled");
  });
});

describe("a person who is gone", () => {
  it.each(["deleted", "disabled"] as const)(
    "begins no payment (%s), whatever a session says",
    async (how) => {
      const shopper = await makeShopper(shop.app);
      const order = await shopper.order();
      await leave(how, shopper.userId);
      const answer = await shopper.create(order.id, "STRIPE");
      expect([401, 404]).toContain(answer.status);
      expect(await query("select id from payments where order_id = $1", [order.id])).toEqual([]);
      await runRelease(shopper.userId);
      await eventually(async () => (await shop.orderStatus(order.id)) === "failed");
    },
  );

  it("an operator lets the parked money of a disabled person go back", async () => {
    const { orderId, intentId, userId, amount } = await KINDS.eSIM();
    await leave("disabled", userId);
    shop.stripe.control.approve(intentId);
    const parked = await eventually(async () =>
      (await refundsOf(orderId)).find(({ status }) => status === "parked"),
    );
    const answer = await shop.app.request("POST", `/admin/refunds/${parked.id}/retry`, {
      bearer: shop.adminToken,
    });
    expect([answer.status, answer.body.status]).toEqual([200, "succeeded"]);
    expect(shop.stripe.ledger().refunds.find((one) => one.payment_intent === intentId)?.amount).toBe(amount);
  });
});

describe("a payment and the person's end at the same moment", () => {
  it("leave either a paid order of somebody who was there, or money that goes back", {
    timeout: 120_000,
  }, async () => {
    shop.stripe.control.webhooks({ off: true });
    for (let round = 0; round < 15; round += 1) {
      const { orderId, intentId, userId } = await KINDS.eSIM();
      shop.stripe.control.approve(intentId);
      const success = shop.stripe
        .ledger()
        .events.filter(({ type }) => type === "payment_intent.succeeded")
        .at(-1);
      // What a deletion does: it takes the person's row, looks at the orders, and writes only when none is paid.
      const deletion = shop.app.database.db.transaction(async (tx) => {
        const lock = { name: "", text: "select from users where id = $1 for update" };
        await tx.run(lock, [userId]);
        const paid = { name: "", text: "select from orders where user_id = $1 and status = 'paid'" };
        if ((await tx.run(paid, [userId])).count > 0) return "stays";
        await tx.run({ name: "", text: LEAVE.deleted }, [userId]);
        return "gone";
      });
      const [outcome, told] = await Promise.all([deletion, shop.post(success)]);
      expect(told.body.status).toBe("processed");
      expect([outcome, await shop.orderStatus(orderId)]).toEqual(
        outcome === "stays" ? ["stays", "paid"] : ["gone", "failed"],
      );
    }
    await eventually(async () => (await disagreements(shop)).length === 0);
  });
});
