import { done, type Outcome, refused } from "../../src/kernel/outcome.js";
import { eventOfIntent, eventOfRefund, reviveEvent } from "../../src/modules/payments/events/event-facts.js";
import type {
  CreateIntent,
  DisputeSnapshot,
  DisputeState,
  IntentSnapshot,
  IntentState,
  PaymentEvent,
  PaymentProvider,
  ReadRefusal,
  RefundCommand,
  RefundRefusal,
  RefundSnapshot,
  RefundState,
} from "../../src/providers/payment/port.js";
import type { Choices } from "./choices.js";

interface Intent {
  readonly command: CreateIntent;
  readonly id: string;
  state: IntentState;
  readonly createdAt: Date;
  readonly refunds: Refund[];
  readonly disputes: Dispute[];
}
type Refund = { -readonly [Key in keyof RefundSnapshot]: RefundSnapshot[Key] };
type Dispute = { -readonly [Key in keyof DisputeSnapshot]: DisputeSnapshot[Key] };

const STANDS: ReadonlySet<RefundState> = new Set(["pending", "succeeded"]);
export type SimProvider = ReturnType<typeof makeSimProvider>;

/**
 * A payment provider with books of its own, in memory: intents by idempotency key, refunds that may be pending and fail
 * later, disputes that withhold money, and people at its own pages. Whatever moves tells of it by `onEvent`.
 */
export function makeSimProvider(choices: () => Choices, onEvent: (event: PaymentEvent, of: string) => void) {
  const intents = new Map<string, Intent>();
  const byKey = new Map<string, Intent>();
  const refundsByKey = new Map<string, Outcome<Refund, RefundRefusal>>();
  let events = 0;

  const tell = (event: PaymentEvent, intent: Intent): void => {
    events += 1;
    onEvent(
      { ...event, eventId: `evt_${events}`, type: `sim.${event.kind}`, createdAt: new Date() },
      intent.id,
    );
  };
  const held = ({ refunds }: Intent): number =>
    refunds.filter(({ state }) => STANDS.has(state)).reduce((sum, { amount }) => sum + amount.minor, 0);
  const isDisputed = ({ disputes }: Intent): boolean => disputes.some(({ state }) => state === "open");
  const snapshotOf = (intent: Intent): IntentSnapshot => ({
    intentId: intent.id,
    state: intent.state,
    amount: intent.command.amount,
    amountReceivedMinor: intent.state === "succeeded" ? intent.command.amount.minor : 0,
    amountRefundedMinor: held(intent),
    livemode: false,
    metadata: {
      order_id: String(intent.command.orderId),
      shop_id: intent.command.shopId,
      payment_reference: intent.command.paymentReference,
    },
    createdAt: intent.createdAt,
    clientSecret: `${intent.id}_secret`,
  });
  const refundOf = (refund: Refund): RefundSnapshot => ({ ...refund });

  function newRefund(
    intent: Intent,
    amountMinor: number,
    metadata: RefundSnapshot["metadata"],
    state: RefundState,
  ) {
    const refund: Refund = {
      providerRefundId: `re_${intent.id}_${intent.refunds.length + 1}`,
      intentId: intent.id,
      state,
      amount: { currency: intent.command.amount.currency, minor: amountMinor },
      metadata,
      createdAt: new Date(),
    };
    intent.refunds.push(refund);
    tellRefund(intent, refund);
    return refund;
  }
  const tellRefund = (intent: Intent, refund: Refund): void =>
    tell(eventOfRefund(provider, refundOf(refund), intent.id), intent);

  function refund(command: RefundCommand): Outcome<Refund, RefundRefusal> {
    const earlier = refundsByKey.get(command.idempotencyKey);
    if (earlier !== undefined) return earlier;
    const intent = intents.get(command.intentId);
    if (intent === undefined) return refused("not_found", "no such intent");
    const chance = choices().of(
      "refund",
      intent.command.orderId,
      intent.refunds.length,
      command.idempotencyKey.length,
    );
    if (chance < 0.04) return refused("unavailable", "try later");
    const answer = ((): Outcome<Refund, RefundRefusal> => {
      if (intent.state !== "succeeded") return refused("not_captured", "nothing captured");
      if (isDisputed(intent)) return refused("disputed", "withheld");
      if (chance > 0.9) return refused("not_allowed", "not by this account");
      if (held(intent) + command.amount.minor > intent.command.amount.minor)
        return refused("exceeds_capture", "more than is left");
      const state = chance < 0.3 ? "pending" : chance < 0.34 ? "failed" : "succeeded";
      const metadata = { refund_reference: command.refundReference, shop_id: command.shopId };
      return done(newRefund(intent, command.amount.minor, metadata, state));
    })();
    refundsByKey.set(command.idempotencyKey, answer);
    return answer;
  }

  const found = (intent: Intent | undefined): Outcome<IntentSnapshot, ReadRefusal> =>
    intent === undefined ? refused("not_found", "no such intent") : done(snapshotOf(intent));
  async function* since<Value>(values: Iterable<Value>, from: Date, at: (value: Value) => Date) {
    for (const value of [...values].reverse()) if (at(value) >= from) yield value;
  }

  const provider: PaymentProvider = {
    name: "STRIPE",
    books: "live",
    livemode: false,
    account: null,
    publishableKey: "pk_sim",
    async createIntent(command) {
      let intent = byKey.get(command.idempotencyKey);
      if (intent === undefined) {
        const id = `pi_${intents.size + 1}`;
        intent = { command, id, state: "requires_action", createdAt: new Date(), refunds: [], disputes: [] };
        byKey.set(command.idempotencyKey, intent);
        intents.set(intent.id, intent);
      }
      return done(snapshotOf(intent));
    },
    fetchIntent: async (id) => found(intents.get(id)),
    async readPayment(id) {
      const intent = intents.get(id);
      if (intent === undefined) return refused("not_found", "no such intent");
      return done({
        intent: snapshotOf(intent),
        refunds: intent.refunds.map(refundOf),
        disputes: intent.disputes.map((one) => ({ ...one })),
      });
    },
    findIntentFor: async ({ paymentReference }) =>
      found([...intents.values()].findLast(({ command }) => command.paymentReference === paymentReference)),
    async cancelIntent(id) {
      const intent = intents.get(id);
      if (intent === undefined) return refused("not_found", "no such intent");
      if (intent.state === "requires_action") {
        intent.state = "canceled";
        tell(eventOfIntent(provider, snapshotOf(intent)), intent);
      }
      return done(snapshotOf(intent));
    },
    async refund(command) {
      const answer = refund(command);
      return answer.kind === "done" ? done(refundOf(answer.value)) : answer;
    },
    async findRefund({ intentId, refundReference }) {
      const one = intents
        .get(intentId)
        ?.refunds.findLast(({ metadata }) => metadata.refund_reference === refundReference);
      return one === undefined ? refused("not_found", "no such refund") : done(refundOf(one));
    },
    listIntents: (from) => since([...intents.values()].map(snapshotOf), from, ({ createdAt }) => createdAt),
    listRefunds: (from) =>
      since(
        [...intents.values()].flatMap((one) => one.refunds.map(refundOf)),
        from,
        ({ createdAt }) => createdAt,
      ),
    listDisputes: (from) =>
      since(
        [...intents.values()].flatMap((one) => one.disputes.map((each) => ({ ...each }))),
        from,
        ({ createdAt }) => createdAt,
      ),
    async verifyWebhook(rawBody) {
      try {
        return { ok: true, events: [reviveEvent(JSON.parse(Buffer.from(rawBody).toString("utf8")))] };
      } catch {
        return { ok: false, reason: "malformed", detail: "not JSON" };
      }
    },
  };

  return {
    provider,
    intents: () => [...intents.values()],
    ids: () => [...intents.keys()],
    forget(): void {
      intents.clear();
      byKey.clear();
      refundsByKey.clear();
      events = 0;
    },
    /** What the payer does on the page. */
    act(id: string, what: "pays" | "is_declined" | "starts"): void {
      const intent = intents.get(id);
      if (intent === undefined || intent.state === "canceled" || intent.state === "succeeded") return;
      if (what === "is_declined") {
        // Also of money that was on its way: the payer may try again.
        intent.state = "requires_action";
        const decline = { code: "insufficient_funds", message: "no" };
        tell(
          { ...eventOfIntent(provider, snapshotOf(intent)), kind: "intent_failed_attempt", decline },
          intent,
        );
        return;
      }
      intent.state = what === "pays" ? "succeeded" : "processing";
      tell(eventOfIntent(provider, snapshotOf(intent)), intent);
    },
    /** A person refunds at the provider's own pages. */
    refundByHand(id: string, share: number): void {
      const intent = intents.get(id);
      if (intent === undefined || intent.state !== "succeeded" || isDisputed(intent)) return;
      const left = intent.command.amount.minor - held(intent);
      const amount = Math.floor(left * share);
      if (amount > 0) newRefund(intent, amount, {}, "succeeded");
    },
    /** A person makes a refund of ours by hand, under our name for it. */
    refundAs(id: string, reference: string, amountMinor: number, state: RefundState): void {
      const intent = intents.get(id);
      if (intent?.state !== "succeeded" || isDisputed(intent)) return;
      if (held(intent) + amountMinor > intent.command.amount.minor) return;
      newRefund(intent, amountMinor, { refund_reference: reference, shop_id: intent.command.shopId }, state);
    },
    /** What the bank says of refunds that were on their way, or had arrived. */
    settleRefunds(
      id: string,
      to: (refund: Pick<RefundSnapshot, "state">, at: number) => RefundState | undefined,
    ): void {
      const intent = intents.get(id);
      for (const [at, one] of (intent?.refunds ?? []).entries()) {
        const state = to(one, at);
        if (intent === undefined || state === undefined || state === one.state) continue;
        one.state = state;
        tellRefund(intent, one);
      }
    },
    dispute(id: string, state: DisputeState): void {
      const intent = intents.get(id);
      if (intent?.state !== "succeeded") return;
      const known = intent.disputes[0];
      if (known === undefined && (state === "won" || state === "lost" || held(intent) > 0)) return;
      const dispute: Dispute = known ?? {
        disputeId: `dp_${intent.id}`,
        intentId: intent.id,
        state,
        amount: intent.command.amount,
        reason: "fraudulent",
        livemode: false,
        createdAt: new Date(),
        respondBy: null,
        isAnswered: false,
      };
      if (known === undefined) intent.disputes.push(dispute);
      dispute.state = state;
      const kind =
        known === undefined ? "dispute_opened" : state === "open" ? "dispute_updated" : "dispute_closed";
      const event = eventOfIntent(provider, snapshotOf(intent));
      tell({ ...event, kind, metadata: {}, dispute: { ...dispute }, amount: dispute.amount }, intent);
    },
  };
}
