import type {
  DisputeSnapshot,
  IntentSnapshot,
  PaymentEvent,
  PaymentEventKind,
  PaymentProvider,
  PaymentReading,
  RefundSnapshot,
} from "../../../providers/payment/port.js";

/** Refunds and disputes stand beside the intent's own course. */
export const isAside = (kind: PaymentEventKind): boolean => !kind.startsWith("intent_") && kind !== "ignored";

/** PostgreSQL's text holds neither NUL nor half a surrogate pair; a provider's free text may. */
export function storableEvent(event: PaymentEvent): PaymentEvent {
  const text = JSON.stringify(event, (_name, value: unknown) =>
    typeof value === "string" ? value.replaceAll("\0", "").toWellFormed().slice(0, 2_000) : value,
  );
  return reviveEvent(JSON.parse(text) as JsonOf<PaymentEvent>);
}

type JsonOf<Value> = Value extends Date
  ? string
  : Value extends object
    ? { readonly [Key in keyof Value]: JsonOf<Value[Key]> }
    : Value;

/** The event as it stands in `webhook_events.facts`. */
export function reviveEvent(facts: JsonOf<PaymentEvent>): PaymentEvent {
  const { refund, dispute } = facts;
  return {
    ...facts,
    createdAt: new Date(facts.createdAt),
    refund: refund === null ? null : ({ ...refund, createdAt: new Date(refund.createdAt) } as RefundSnapshot),
    dispute: dispute === null ? null : reviveDispute(dispute),
  } as PaymentEvent;
}

/** Facts that were written before deadlines were read have neither member. */
const reviveDispute = (dispute: JsonOf<DisputeSnapshot>): DisputeSnapshot => ({
  ...(dispute as unknown as DisputeSnapshot),
  createdAt: new Date(dispute.createdAt),
  respondBy: dispute.respondBy == null ? null : new Date(dispute.respondBy),
  isAnswered: dispute.isAnswered ?? false,
});

export type EventFacts = JsonOf<PaymentEvent>;

const KIND_OF_STATE: Readonly<Record<IntentSnapshot["state"], PaymentEventKind>> = {
  requires_action: "intent_open",
  processing: "intent_processing",
  succeeded: "intent_succeeded",
  canceled: "intent_canceled",
};

type Provider = Pick<PaymentProvider, "name" | "livemode">;

const NO_FACTS = { problem: null, account: null, decline: null, refund: null, dispute: null } as const;

/**
 * What we read at the provider, in the form of an event, so that the webhook and our own look take the same step
 * and only one of them has an effect. The id is the state: reading it again is a duplicate.
 */
export function eventOfIntent(provider: Provider, intent: IntentSnapshot): PaymentEvent {
  const kind = KIND_OF_STATE[intent.state];
  const amount =
    intent.state === "succeeded"
      ? { currency: intent.amount.currency, minor: intent.amountReceivedMinor }
      : intent.amount;
  return {
    ...NO_FACTS,
    provider: provider.name,
    eventId: `read:${intent.intentId}:${intent.state}:${amount.minor}`,
    type: `read.intent.${intent.state}`,
    kind,
    intentId: intent.intentId,
    amount,
    livemode: intent.livemode,
    metadata: intent.metadata,
    createdAt: intent.createdAt,
  };
}

/**
 * All that we read of one payment, in the order in which it can have happened.
 *
 * @param askedAt What a live provider says of a dispute holds at this time; null: each says its own.
 */
export function eventsOfReading(
  provider: Provider,
  reading: PaymentReading,
  askedAt: Date | null,
): readonly PaymentEvent[] {
  return [
    ...(reading.intent.state === "requires_action" ? [] : [eventOfIntent(provider, reading.intent)]),
    ...reading.refunds.map((refund) => eventOfRefund(provider, refund, reading.intent.intentId)),
    ...reading.disputes.map((dispute) => eventOfDispute(provider, dispute, reading.intent.intentId, askedAt)),
  ];
}

export function eventOfRefund(
  provider: Provider,
  refund: RefundSnapshot,
  intentId: string | null,
): PaymentEvent {
  return {
    ...NO_FACTS,
    provider: provider.name,
    eventId: `read:${refund.providerRefundId}:${refund.state}`,
    type: `read.refund.${refund.state}`,
    kind: "refund_updated",
    intentId,
    amount: refund.amount,
    livemode: provider.livemode,
    metadata: refund.metadata,
    refund,
    createdAt: refund.createdAt,
  };
}

function eventOfDispute(
  provider: Provider,
  dispute: DisputeSnapshot,
  intentId: string,
  askedAt: Date | null,
): PaymentEvent {
  return {
    ...NO_FACTS,
    provider: provider.name,
    eventId: `read:${dispute.disputeId}:${dispute.state}`,
    type: `read.dispute.${dispute.state}`,
    kind: "dispute_updated",
    intentId,
    amount: dispute.amount,
    livemode: dispute.livemode,
    metadata: {},
    dispute,
    createdAt: askedAt ?? dispute.createdAt,
  };
}
