import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import type { Shopper } from "../support/shop.js";
import { isHeld } from "../support/stripe-books.js";
import { disagreements, type StripeShop, startStripeShop } from "../support/stripe-shop.js";
import { type EsimOwner, makeEsimOwner } from "../support/top-ups.js";

/** PROPERTY_RUNS=200 is the full proof; a plain run takes fewer. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 12);

let shop: StripeShop;
let owner: EsimOwner;
beforeAll(async () => {
  shop = await startStripeShop({ AUTO_REFUND_MAX_PER_HOUR: "100000" });
  owner = await makeEsimOwner(shop.app);
  // The test is the network: it delivers what it likes, when it likes, as often as it likes.
  shop.stripe.control.webhooks({ off: true });
});
afterAll(() => shop.stop());

const query = <Row>(sql: string, values: unknown[] = []) => shop.app.database.query<Row>(sql, values);

async function runJob(task: string): Promise<void> {
  await query("select enqueue_job($1, '{}')", [task]);
  await quiet();
}

/** Nothing that is due is left to the workers. */
async function quiet(): Promise<void> {
  await eventually(
    async () => {
      const [left] = await query<{ count: number }>(
        `select count(*)::int as count from graphile_worker._private_jobs
         where run_at <= now() and attempts < max_attempts and attempts < 3`,
      );
      return left?.count === 0;
    },
    { what: "Quiet workers" },
  );
}

type Action =
  | {
      readonly kind:
        | "approve"
        | "decline"
        | "process"
        | "cancel"
        | "expire"
        | "create"
        | "activate"
        | "reconcile";
    }
  | { readonly kind: "deliver"; readonly pick: number }
  | { readonly kind: "refund_at_provider" | "refund_by_admin"; readonly part: number }
  | { readonly kind: "end_refund"; readonly fails: boolean }
  | { readonly kind: "refunds_start"; readonly as: "pending" | "succeeded" }
  | { readonly kind: "open_dispute" }
  | { readonly kind: "close_dispute"; readonly as: "won" | "lost" }
  | { readonly kind: "appeal_dispute" }
  | { readonly kind: "prevent_dispute"; readonly how: "block" | "resolution" };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Action>({ kind: "approve" }) },
  { weight: 8, arbitrary: fc.nat(30).map((pick): Action => ({ kind: "deliver", pick })) },
  {
    weight: 6,
    arbitrary: fc.constantFrom<Action>(
      { kind: "decline" },
      { kind: "process" },
      { kind: "cancel" },
      { kind: "expire" },
      { kind: "create" },
      { kind: "activate" },
      { kind: "reconcile" },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: 4 }).map((part): Action => ({ kind: "refund_at_provider", part })),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: 4 }).map((part): Action => ({ kind: "refund_by_admin", part })),
  },
  { weight: 1, arbitrary: fc.boolean().map((fails): Action => ({ kind: "end_refund", fails })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Action>(
      { kind: "refunds_start", as: "pending" },
      { kind: "refunds_start", as: "succeeded" },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Action>(
      { kind: "open_dispute" },
      { kind: "close_dispute", as: "won" },
      { kind: "close_dispute", as: "lost" },
      { kind: "appeal_dispute" },
      { kind: "prevent_dispute", how: "block" },
      { kind: "prevent_dispute", how: "resolution" },
    ),
  },
);

const KINDS = ["eSIM", "top-up"] as const;
const kindOfOrder = fc.constantFrom(...KINDS);

interface History {
  readonly kind: (typeof KINDS)[number];
  readonly buyer: Pick<Shopper, "token" | "create">;
  readonly orderId: number;
  readonly intentId: string;
  readonly amount: number;
}

/** An order of this kind with a live intent. */
async function begun(kind: (typeof KINDS)[number]): Promise<History> {
  if (kind === "eSIM") return { kind, buyer: shop.shopper, ...(await shop.paying()) };
  const { body: order } = await owner.topUp(owner.planId);
  const { body } = await owner.create(order.id, "STRIPE");
  return {
    kind,
    buyer: owner,
    orderId: order.id,
    intentId: body.intent_id,
    amount: order.amount_minor_units,
  };
}

const eventsOf = (intentId: string) =>
  shop.stripe.ledger().events.filter((event) => JSON.stringify(event.data).includes(intentId));

/** What the other side refuses in its present state did not happen. */
function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // The fake says no, as Stripe would.
  }
}

async function play(
  action: Action,
  { buyer, orderId, intentId, amount }: History,
  step: number,
): Promise<void> {
  const { control } = shop.stripe;
  const { refunds, disputes } = shop.stripe.ledger();
  switch (action.kind) {
    case "approve":
      return attempt(() => control.approve(intentId));
    case "decline":
      return attempt(() => control.decline(intentId));
    case "process":
      return attempt(() => control.process(intentId));
    case "cancel":
      return attempt(() => control.cancel(intentId));
    case "expire":
      await query("update orders set expires_at = now() - interval '1 second' where id = $1", [orderId]);
      return runJob("expire_unpaid_orders");
    case "create":
      expect([200, 409]).toContain((await buyer.create(orderId, "STRIPE")).status);
      return;
    case "activate":
      await shop.app.request("POST", "/esims/activate", {
        bearer: buyer.token,
        body: { order_id: orderId },
      });
      return;
    case "reconcile":
      await query("update reconciliation_runs set started_at = started_at - interval '1 hour'");
      return runJob("reconcile_payments");
    case "deliver": {
      const events = eventsOf(intentId);
      const event = events[action.pick % Math.max(events.length, 1)];
      if (event !== undefined) expect((await shop.post(event)).status).toBe(200);
      return;
    }
    case "refund_at_provider":
      return refundAtProvider(intentId, Math.ceil(amount / action.part));
    case "refund_by_admin": {
      const body = {
        amount_minor_units: Math.ceil(amount / action.part),
        reason: "history",
        accept_loss: true,
      };
      const { status } = await shop.refund(orderId, body, {
        "idempotency-key": `history-${orderId}-${step}`,
      });
      expect(status).toBeLessThan(500);
      return;
    }
    case "end_refund": {
      const pending = refunds.find((one) => one.payment_intent === intentId && one.status === "pending");
      if (pending === undefined) return;
      return attempt(() =>
        action.fails ? control.failRefund(pending.id) : control.succeedRefund(pending.id),
      );
    }
    case "refunds_start":
      return control.refundsStartAs(action.as);
    case "open_dispute":
      return attempt(() => control.openDispute(intentId));
    case "close_dispute": {
      const open = disputes.find((one) => one.payment_intent === intentId);
      if (open !== undefined) attempt(() => control.closeDispute(open.id, action.as));
      return;
    }
    case "appeal_dispute":
      return attempt(() =>
        control.appealDispute(disputes.findLast((one) => one.payment_intent === intentId)?.id ?? ""),
      );
    case "prevent_dispute":
      return attempt(() => control.preventDispute(intentId, action.how));
  }
}

/** Everything is delivered at last, in any order and twice; what was pending ends; the jobs have run. */
async function settle({ intentId }: History, seed: number): Promise<void> {
  for (const refund of shop.stripe.ledger().refunds) {
    if (refund.payment_intent === intentId && refund.status === "pending") {
      attempt(() => shop.stripe.control.succeedRefund(refund.id));
    }
  }
  const events = eventsOf(intentId);
  const shuffled = events
    .map((event, index) => ({ event, rank: Math.imul(index + 1, seed | 1) >>> 0 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ event }) => event);
  for (const event of [...shuffled, ...shuffled.toReversed()])
    expect((await shop.post(event)).status).toBe(200);
  await query("update refunds set created_at = created_at - interval '1 minute' where status = 'requested'");
  await query("update reconciliation_runs set started_at = started_at - interval '1 hour'");
  await runJob("reconcile_payments");
  await runJob("carry_on_money");
  // A refund that the sweep made has an event of its own.
  for (const event of eventsOf(intentId)) await shop.post(event);
  await quiet();
}

/** What becomes of a payment at the provider before we hear a word of it. */
type Deed =
  | "refund_all"
  | "refund_part"
  | "refund_pending"
  | "fail_refund"
  | "dispute"
  | "inquire"
  | "win"
  | "lose";
/** How we hear of it. An event is picked by its number; everything else reads the payment as it is. */
type Word = { readonly event: number } | "reconcile" | "activate" | "create" | "carry_on";

const deed = fc.constantFrom<Deed>(
  ...(["refund_all", "refund_part", "refund_part", "refund_pending", "fail_refund"] as const),
  ...(["dispute", "inquire", "win", "lose"] as const),
);
const word: fc.Arbitrary<Word> = fc.oneof(
  { weight: 8, arbitrary: fc.nat(30).map((event): Word => ({ event })) },
  { weight: 3, arbitrary: fc.constantFrom<Word>("reconcile", "activate", "create", "carry_on") },
);

async function refundAtProvider(intentId: string, amount: number): Promise<void> {
  await fetch(`${shop.stripe.url}/v1/refunds`, {
    method: "POST",
    headers: { authorization: "Bearer sk_test_x", "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ payment_intent: intentId, amount: String(amount) }),
  });
}

async function happen(what: Deed, { intentId, amount }: History): Promise<void> {
  const { control } = shop.stripe;
  const { refunds, disputes } = shop.stripe.ledger();
  const refund = refunds.findLast((one) => one.payment_intent === intentId);
  const dispute = disputes.findLast((one) => one.payment_intent === intentId);
  switch (what) {
    case "refund_all":
    case "refund_pending":
      control.refundsStartAs(what === "refund_all" ? "succeeded" : "pending");
      return refundAtProvider(intentId, amount);
    case "refund_part":
      return refundAtProvider(intentId, Math.ceil(amount / 2));
    case "fail_refund":
      return attempt(() => control.failRefund(refund?.id ?? ""));
    case "dispute":
    case "inquire":
      if (dispute === undefined) attempt(() => control.openDispute(intentId, what === "inquire"));
      return;
    case "win":
    case "lose":
      return attempt(() => control.closeDispute(dispute?.id ?? "", what === "win" ? "won" : "lost"));
  }
}

/** How much of the price is not with us: refunds that stand or are under way, and what is withheld. */
function goneAtProvider({ intentId }: History): number {
  const { refunds, disputes } = shop.stripe.ledger();
  const back = refunds.filter(
    (one) => one.payment_intent === intentId && /^(pending|succeeded)$/.test(one.status),
  );
  const held = disputes.filter((one) => one.payment_intent === intentId && isHeld(one));
  return [...back, ...held].reduce((sum, { amount }) => sum + amount, 0);
}

/** Tells whether it was a word about more than the success alone. */
async function hear(what: Word, history: History): Promise<"all" | "success" | "nothing"> {
  if (typeof what === "object") {
    const events = eventsOf(history.intentId);
    const event = events[what.event % Math.max(events.length, 1)];
    if (event === undefined) return "nothing";
    expect((await shop.post(event)).status).toBe(200);
    if (event.type === "payment_intent.succeeded") return "success";
    return /refund|dispute/.test(event.type) ? "all" : "nothing";
  }
  if (what === "carry_on") {
    await runJob("carry_on_money");
    return "nothing";
  }
  await play({ kind: what }, history, 0);
  // A top-up is nothing to activate, and the provider is not asked.
  return what === "activate" && history.kind === "top-up" ? "nothing" : "all";
}

describe("a payment of which we hear afterwards", () => {
  it("ends with books that agree, and nothing was bought for money that was known to be back", {
    timeout: 900_000,
  }, async () => {
    const deeds = fc.array(deed, { maxLength: 4 });
    const words = fc.array(word, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(kindOfOrder, deeds, words, fc.integer(), async (kind, happened, heard, seed) => {
        shop.stripe.control.refundsStartAs("succeeded");
        const history = await begun(kind);
        shop.stripe.control.approve(history.intentId);
        for (const one of happened) await happen(one, history);
        const isGone = goneAtProvider(history) >= history.amount;
        let first: "all" | "success" | "nothing" = "nothing";
        for (const one of heard) {
          const told = await hear(one, history);
          if (first === "nothing") first = told;
        }
        await quiet();
        const [bought] = await query<{ count: number }>(
          `select count(*)::int as count from provisioning_attempts a
             left join esim_profiles e on e.id = a.profile_id left join top_ups t on t.id = a.top_up_id
           where $1 in (e.order_id, t.order_id)`,
          [history.orderId],
        );
        if (isGone && first !== "success") expect(bought?.count).toBe(0);
        await settle(history, seed);
        expect(await violations(shop.app.database)).toEqual({});
        expect((await disagreements(shop)).filter((line) => line.startsWith(history.intentId))).toEqual([]);
      }),
      { numRuns: RUNS, endOnFailure: false, interruptAfterTimeLimit: 600_000 },
    );
  });
});

/** Histories that once ended with books that did not agree. */
const REMEMBERED: readonly (readonly Action[])[] = [
  [
    { kind: "approve" },
    { kind: "refund_at_provider", part: 1 },
    { kind: "approve" },
    { kind: "open_dispute" },
    { kind: "refunds_start", as: "pending" },
  ],
];
/** Each for either kind, and delivered in several orders at the end. */
const EXAMPLES = KINDS.flatMap((kind) =>
  REMEMBERED.flatMap((actions) =>
    [613_566_756, 1].map((seed): [(typeof KINDS)[number], Action[], number] => [kind, [...actions], seed]),
  ),
);

describe("random histories of both sides", () => {
  it("end with books that agree and no invariant broken", { timeout: 900_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        kindOfOrder,
        fc.array(action, { minLength: 3, maxLength: 14 }),
        fc.integer(),
        async (kind, actions, seed) => {
          shop.stripe.control.refundsStartAs("succeeded");
          const history = await begun(kind);
          for (const [step, one] of actions.entries()) await play(one, history, step);
          await settle(history, seed);
          expect(await violations(shop.app.database)).toEqual({});
          expect((await disagreements(shop)).filter((line) => line.startsWith(history.intentId))).toEqual([]);
        },
      ),
      {
        numRuns: RUNS + EXAMPLES.length,
        endOnFailure: false,
        interruptAfterTimeLimit: 600_000,
        examples: EXAMPLES,
      },
    );
  });
});
