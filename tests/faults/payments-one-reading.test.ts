import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { ESIM_INVARIANTS, violations } from "../support/invariants.js";
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
  shop.stripe.control.refundsStartAs("succeeded");
  shop.stripe.control.webhooks({ off: false });
  await shop.settled();
  expect(await violations(shop.app.database)).toEqual({});
  expect(await violations(shop.app.database, ESIM_INVARIANTS)).toEqual({});
});
afterAll(() => shop.stop());

const query = <Row>(sql: string, values: unknown[] = []) => shop.app.database.query<Row>(sql, values);
const KINDS = ["eSIM", "top-up"] as const;
type Kind = (typeof KINDS)[number];

interface Unpaid {
  readonly kind: Kind;
  readonly orderId: number;
  readonly intentId: string;
  readonly amount: number;
}

/** An order with a live intent, of which no event arrives by itself; each answer of the provider takes its time. */
async function unheard(kind: Kind): Promise<Unpaid> {
  shop.stripe.control.webhooks({ off: true });
  const { body: order } = kind === "eSIM" ? { body: await owner.order() } : await owner.topUp(owner.planId);
  const { body } = await owner.create(order.id, "STRIPE");
  for (const operation of ["retrieve_intent", "list_refunds", "list_disputes", "list_intents"] as const) {
    shop.stripe.control.fault({ operation, fault: "delay", delayMillis: 150, times: 1_000 });
  }
  return { kind, orderId: order.id, intentId: body.intent_id, amount: order.amount_minor_units };
}

/** In the provider's own pages. */
async function refundThere(intentId: string, amount?: number): Promise<void> {
  const answer = await fetch(`${shop.stripe.url}/v1/refunds`, {
    method: "POST",
    headers: { authorization: "Bearer sk_test_x", "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      payment_intent: intentId,
      ...(amount === undefined ? {} : { amount: String(amount) }),
    }),
  });
  expect(answer.status).toBe(200);
}

const deliver = async (intentId: string, ...types: string[]): Promise<void> => {
  for (const type of types) {
    const event = shop.stripe
      .ledger()
      .events.filter((one) => one.type === type && JSON.stringify(one.data).includes(intentId))
      .at(-1);
    expect((await shop.post(event)).status).toBe(200);
  }
};

async function runJob(task: string): Promise<void> {
  await query("update reconciliation_runs set started_at = started_at - interval '1 hour'");
  await query("update webhook_events set next_try_at = now() where outcome = 'waiting'");
  await query("select enqueue_job($1, '{}')", [task]);
}

/** Every way in which a payment of which nothing has been heard comes to our ears. */
const WAYS: Readonly<Record<string, (unpaid: Unpaid) => Promise<void>>> = {
  "the sum of its refunds": ({ intentId }) => deliver(intentId, "charge.refunded"),
  "its refund and then its success": ({ intentId }) =>
    deliver(intentId, "refund.created", "payment_intent.succeeded"),
  "the sum of its refunds and then its success": ({ intentId }) =>
    deliver(intentId, "charge.refunded", "payment_intent.succeeded", "payment_intent.succeeded"),
  reconciliation: () => runJob("reconcile_payments"),
  "the customer who activates": async ({ orderId }) => {
    await shop.app.request("POST", "/esims/activate", { bearer: owner.token, body: { order_id: orderId } });
  },
  "the customer who begins to pay again": async ({ orderId }) => {
    await owner.create(orderId, "STRIPE");
  },
  "the end of its time": async ({ orderId }) => {
    await query("update orders set expires_at = now() - interval '1 second' where id = $1", [orderId]);
    await runJob("expire_unpaid_orders");
  },
};

/** What was asked of a supplier for this order, and what the customer got. */
async function boughtFor(orderId: number): Promise<unknown> {
  const [row] = await query(
    `select o.status, coalesce(e.status, t.status) as thing, coalesce(e.parked_reason, t.parked_reason) as parked,
       (select count(*)::int from provisioning_attempts a where a.profile_id = e.id or a.top_up_id = t.id) as attempts,
       exists (select from outgoing_mails m where m.order_id = o.id
         and m.kind in ('esim_ready', 'esim_failed', 'top_up_done', 'top_up_failed') and m.status = 'sent') as is_mailed
     from orders o left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id
     where o.id = $1`,
    [orderId],
  );
  return row;
}

async function isQuiet(): Promise<void> {
  await eventually(
    async () => {
      const [left] = await query<{ count: number }>(
        `select count(*)::int as count from graphile_worker._private_jobs
         where (run_at <= now() and attempts < max_attempts) or locked_at is not null`,
      );
      return left?.count === 0;
    },
    { what: "Quiet workers" },
  );
}

describe.each(KINDS)(
  "a payment for an order of %s, paid and refunded in full at the provider's pages",
  (kind) => {
    // Only an eSIM can be activated.
    const ways = Object.keys(WAYS).filter((way) => kind === "eSIM" || way !== "the customer who activates");
    it.each(ways)("is one state when it is heard of by %s: nothing is bought", async (way) => {
      const unpaid = await unheard(kind);
      shop.stripe.control.approve(unpaid.intentId);
      await refundThere(unpaid.intentId);
      await WAYS[way]?.(unpaid);
      await eventually(async () => (await shop.orderStatus(unpaid.orderId)) === "refunded", {
        what: "refunded",
      });
      await isQuiet();
      expect(await boughtFor(unpaid.orderId)).toEqual({
        status: "refunded",
        thing: "cancelled",
        parked: null,
        attempts: 0,
        is_mailed: false,
      });
      expect((await disagreements(shop)).filter((line) => line.startsWith(unpaid.intentId))).toEqual([]);
    });
  },
);

describe.each(KINDS)(
  "a payment for an order of %s that the payer's bank has withheld before we heard of it",
  (kind) => {
    const heardOf = async (unpaid: Unpaid): Promise<string> => {
      shop.stripe.control.approve(unpaid.intentId);
      const dispute = shop.stripe.control.openDispute(unpaid.intentId);
      await runJob("reconcile_payments");
      await eventually(async () => (await shop.orderStatus(unpaid.orderId)) === "paid", { what: "paid" });
      await isQuiet();
      expect(await boughtFor(unpaid.orderId)).toEqual({
        status: "paid",
        thing: "pending",
        parked: "money_withheld",
        attempts: 0,
        is_mailed: false,
      });
      return dispute.id;
    };
    const disputeOf = async (orderId: number) =>
      (
        await query<{ status: string; disputed_minor: number }>(
          "select d.status, p.disputed_minor from disputes d join payments p on p.id = d.payment_id where p.order_id = $1",
          [orderId],
        )
      )[0];

    it("buys nothing while it is withheld, and delivers when the dispute is won", async () => {
      const unpaid = await unheard(kind);
      const disputeId = await heardOf(unpaid);
      shop.stripe.control.closeDispute(disputeId, "won");
      await deliver(disputeId, "charge.dispute.closed");
      await eventually(async () => {
        const { thing } = (await boughtFor(unpaid.orderId)) as { thing: string };
        return thing === "ready" || thing === "done";
      });
      expect(await disputeOf(unpaid.orderId)).toEqual({ status: "won", disputed_minor: 0 });
    });

    it("buys nothing when the dispute is lost", async () => {
      const unpaid = await unheard(kind);
      const disputeId = await heardOf(unpaid);
      shop.stripe.control.closeDispute(disputeId, "lost");
      await runJob("reconcile_payments");
      await eventually(async () => (await disputeOf(unpaid.orderId))?.status === "lost");
      await isQuiet();
      expect(await boughtFor(unpaid.orderId)).toMatchObject({ parked: "money_withheld", attempts: 0 });
    });

    it("buys nothing while a full refund is under way there, and delivers when it comes to nothing", async () => {
      const unpaid = await unheard(kind);
      shop.stripe.control.approve(unpaid.intentId);
      shop.stripe.control.refundsStartAs("pending");
      await refundThere(unpaid.intentId);
      await runJob("reconcile_payments");
      await eventually(async () => (await shop.orderStatus(unpaid.orderId)) === "paid", { what: "paid" });
      await isQuiet();
      expect(await boughtFor(unpaid.orderId)).toMatchObject({ parked: "money_withheld", attempts: 0 });
      const refund = shop.stripe.ledger().refunds.at(-1);
      shop.stripe.control.failRefund(refund?.id ?? "");
      await deliver(refund?.id ?? "", "refund.failed");
      await eventually(async () => {
        const { thing } = (await boughtFor(unpaid.orderId)) as { thing: string };
        return thing === "ready" || thing === "done";
      });
    });

    it("delivers what a part of the price was given back for", async () => {
      const unpaid = await unheard(kind);
      shop.stripe.control.approve(unpaid.intentId);
      await refundThere(unpaid.intentId, 100);
      await runJob("reconcile_payments");
      await eventually(async () => {
        const { thing } = (await boughtFor(unpaid.orderId)) as { thing: string };
        return thing === "ready" || thing === "done";
      });
      expect((await disagreements(shop)).filter((line) => line.startsWith(unpaid.intentId))).toEqual([]);
    });
  },
);

describe("a reading of a payment", () => {
  it("of a refund in full and a dispute besides: both are recorded, whichever is heard of first", async () => {
    for (const order of [
      ["charge.dispute.created", "charge.refunded", "refund.created"],
      ["charge.refunded", "refund.created", "charge.dispute.created"],
    ]) {
      const { orderId, intentId, amount } = await shop.paid();
      shop.stripe.control.webhooks({ off: true });
      await refundThere(intentId);
      const { id } = shop.stripe.control.openDispute(intentId);
      for (const type of order) await deliver(type.includes("dispute") ? id : intentId, type);
      await eventually(async () => (await shop.orderStatus(orderId)) === "refunded");
      const [payment] = await query<{ status: string; disputed_minor: number }>(
        "select refunded_minor, disputed_minor from payments where order_id = $1",
        [orderId],
      );
      expect(payment).toEqual({ refunded_minor: amount, disputed_minor: amount });
      shop.stripe.control.webhooks({ off: false });
    }
  });

  it("is not applied at all while a part of it cannot be read", async () => {
    const { orderId, intentId } = await unheard("eSIM");
    shop.stripe.control.clearFaults();
    shop.stripe.control.approve(intentId);
    await refundThere(intentId);
    shop.stripe.control.fault({ operation: "list_refunds", fault: "error_500_before", times: 1_000 });
    await deliver(intentId, "charge.refunded", "payment_intent.succeeded");
    const outcomes = await query(
      "select kind, outcome, reason from webhook_events where intent_id = $1 order by id",
      [intentId],
    );
    expect(outcomes).toEqual([
      { kind: "refunds_total", outcome: "waiting", reason: "capture_unknown" },
      { kind: "intent_succeeded", outcome: "waiting", reason: "refunds_first" },
    ]);
    expect(await shop.orderStatus(orderId)).toBe("created");
    await isQuiet();
    expect(await shop.orderStatus(orderId)).toBe("created");
    shop.stripe.control.clearFaults();
    await runJob("carry_on_money");
    await eventually(async () => (await shop.orderStatus(orderId)) === "refunded");
    await isQuiet();
    expect(await boughtFor(orderId)).toMatchObject({ thing: "cancelled", attempts: 0 });
    expect(
      await query("select id from webhook_events where intent_id = $1 and outcome = 'waiting'", [intentId]),
    ).toEqual([]);
  });

  it("that waits for money which never counts is asked for again at its pace, not in a circle", async () => {
    const { orderId, intentId } = await unheard("eSIM");
    shop.stripe.control.clearFaults();
    // Another amount than the order's is parked; then somebody gives it back at the provider's own pages.
    await query("update payments set amount_minor = amount_minor + 1 where intent_id = $1", [intentId]);
    shop.stripe.control.approve(intentId);
    await deliver(intentId, "payment_intent.succeeded");
    await refundThere(intentId);
    await deliver(intentId, "charge.refunded");
    const waiting = () =>
      query<{ reason: string; attempts: number }>(
        "select reason, attempts from webhook_events where intent_id = $1 and outcome = 'waiting' order by id",
        [intentId],
      );
    await eventually(async () => (await waiting()).some(({ attempts }) => attempts > 0));
    let most = 0;
    await eventually(async () => {
      most = Math.max(...(await waiting()).map(({ attempts }) => attempts));
      const [{ due } = { due: 0 }] = await query<{ due: number }>(
        "select count(*)::int as due from graphile_worker.jobs where task_identifier = 'reread_payment'",
      );
      return due === 0 || most > 20;
    });
    expect(new Set((await waiting()).map(({ reason }) => reason))).toEqual(new Set(["capture_unknown"]));
    expect(most).toBeLessThan(5);
    expect(await shop.orderStatus(orderId)).toBe("created");
    // An operator puts it right, and looks at the parked event again: both parts are applied.
    await query("update payments set amount_minor = amount_minor - 1 where intent_id = $1", [intentId]);
    const [parked] = await query<{ id: number }>(
      "select id from webhook_events where intent_id = $1 and outcome = 'parked'",
      [intentId],
    );
    const replayed = await shop.app.request("POST", `/admin/webhook-events/${parked?.id}/replay`, {
      bearer: shop.adminToken,
      body: {},
    });
    expect(replayed.status).toBe(200);
    await eventually(async () => (await shop.orderStatus(orderId)) === "refunded");
  });

  it("is parked as a whole when a part of it cannot be true", async () => {
    const other = await shop.paid();
    expect((await shop.refund(other.orderId, { reason: "test", accept_loss: true })).body.refund.status).toBe(
      "succeeded",
    );
    const { orderId, intentId } = await unheard("eSIM");
    shop.stripe.control.clearFaults();
    shop.stripe.control.approve(intentId);
    await refundThere(intentId);
    // The refund that the provider names is another payment's in our books.
    const theirs = shop.stripe.ledger().refunds.find((one) => one.payment_intent === intentId);
    await query("update refunds set provider_refund_id = $1 where order_id = $2", [
      theirs?.id,
      other.orderId,
    ]);
    await runJob("reconcile_payments");
    await eventually(async () => {
      const parked = await query(
        "select id from webhook_events where intent_id = $1 and outcome = 'parked'",
        [intentId],
      );
      return parked.length === 2;
    });
    await isQuiet();
    expect(await shop.orderStatus(orderId)).toBe("created");
    expect(await boughtFor(orderId)).toMatchObject({ thing: "pending", attempts: 0 });
    await query("update refunds set provider_refund_id = 're_of_the_other' where order_id = $1", [
      other.orderId,
    ]);
  });
});
