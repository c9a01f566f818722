import type { PaymentEvent, PaymentEventKind, WebhookVerdict } from "../port.js";
import {
  asObject,
  findId,
  findInteger,
  findObject,
  findText,
  moneyOf,
  needMoney,
  needText,
  readMetadata,
  type StripeObject,
  UnreadableStripeObject,
} from "./stripe-json.js";
import { readDecline, readDispute, readRefund } from "./stripe-objects.js";

/**
 * The event types that we act on (docs.stripe.com/api/events/types), so what an endpoint at Stripe subscribes to; every
 * other one is recorded and ignored.
 */
const KIND_BY_TYPE: ReadonlyMap<string, PaymentEventKind> = new Map([
  ["payment_intent.created", "intent_open"],
  ["payment_intent.requires_action", "intent_open"],
  ["payment_intent.processing", "intent_processing"],
  ["payment_intent.payment_failed", "intent_failed_attempt"],
  ["payment_intent.succeeded", "intent_succeeded"],
  ["payment_intent.canceled", "intent_canceled"],
  // Nobody can pay on the page any more. That somebody has is told by the intent's own success.
  ["checkout.session.expired", "intent_canceled"],
  ["refund.created", "refund_updated"],
  ["refund.updated", "refund_updated"],
  ["refund.failed", "refund_updated"],
  ["charge.refund.updated", "refund_updated"],
  ["charge.refunded", "refunds_total"],
  ["charge.dispute.created", "dispute_opened"],
  ["charge.dispute.updated", "dispute_updated"],
  ["charge.dispute.funds_withdrawn", "dispute_updated"],
  ["charge.dispute.funds_reinstated", "dispute_updated"],
  ["charge.dispute.closed", "dispute_closed"],
]);

/** What an endpoint at Stripe has to be told of. */
export const STRIPE_EVENT_TYPES: readonly string[] = [...KIND_BY_TYPE.keys()];

type Facts = Pick<PaymentEvent, "intentId" | "amount" | "decline" | "refund" | "dispute">;

const NO_FACTS: Facts = { intentId: null, amount: null, decline: null, refund: null, dispute: null };

/** Parses the verified bytes. Not JSON, or not an event at all, is malformed; anything else becomes an event. */
export function parseStripeEvent(rawBody: Uint8Array): WebhookVerdict {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(rawBody));
  } catch {
    return { ok: false, reason: "malformed", detail: "The body is not valid JSON." };
  }
  const event = asObject(parsed);
  const translated = event && translateStripeEvent(event);
  return translated
    ? { ok: true, events: [translated] }
    : { ok: false, reason: "malformed", detail: "The body is not an event: it has no id or no type." };
}

/** Null when it has no id or type. A fact that is missing is said in `problem`, it does not lose the event. */
export function translateStripeEvent(event: StripeObject): PaymentEvent | null {
  const eventId = findText(event, "id");
  const type = findText(event, "type");
  if (eventId === null || type === null) return null;
  const kind = KIND_BY_TYPE.get(type) ?? "ignored";
  const data = findObject(event, "data");
  const object = data && findObject(data, "object");
  const created = findInteger(event, "created");
  const { livemode } = event;
  const read = object ? readFacts(kind, object) : { facts: NO_FACTS, problem: "missing_object" };
  const missing =
    typeof livemode !== "boolean" ? "missing_livemode" : created === null ? "missing_created" : null;
  return {
    provider: "STRIPE",
    eventId,
    type,
    kind,
    problem: kind === "ignored" ? null : (read.problem ?? missing),
    ...read.facts,
    livemode: livemode === true,
    account: findText(event, "account"),
    metadata: object ? readMetadata(object) : {},
    createdAt: new Date((created ?? 0) * 1000),
  };
}

function readFacts(kind: PaymentEventKind, object: StripeObject): { facts: Facts; problem: string | null } {
  try {
    return { facts: factsOf(kind, object), problem: null };
  } catch (error) {
    if (!(error instanceof UnreadableStripeObject)) throw error;
    const intentId = kind.startsWith("intent_") ? findText(object, "id") : intentOf(object);
    return { facts: { ...NO_FACTS, intentId }, problem: error.problem };
  }
}

/** Where the intent's id stands: on the intent itself, or as the reference that charges, refunds and disputes carry. */
function intentOf(object: StripeObject): string | null {
  return findText(object, "object") === "payment_intent"
    ? findText(object, "id")
    : findId(object, "payment_intent");
}

function factsOf(kind: PaymentEventKind, object: StripeObject): Facts {
  switch (kind) {
    case "intent_canceled":
      if (findText(object, "object") === "checkout.session") return expiredPage(object);
      return { ...NO_FACTS, intentId: needText(object, "id"), amount: needMoney(object, "amount") };
    case "intent_open":
    case "intent_processing":
      return { ...NO_FACTS, intentId: needText(object, "id"), amount: needMoney(object, "amount") };
    case "intent_failed_attempt":
      return {
        ...NO_FACTS,
        intentId: needText(object, "id"),
        amount: needMoney(object, "amount"),
        decline: readDecline(object),
      };
    case "intent_succeeded":
      return { ...NO_FACTS, intentId: needText(object, "id"), amount: capturedBy(object) };
    case "refund_updated": {
      const refund = readRefund(object);
      return { ...NO_FACTS, intentId: refund.intentId, amount: refund.amount, refund };
    }
    case "refunds_total":
      return { ...NO_FACTS, intentId: intentOf(object), amount: needMoney(object, "amount_refunded") };
    case "dispute_opened":
    case "dispute_updated":
    case "dispute_closed": {
      const dispute = readDispute(object);
      return { ...NO_FACTS, intentId: dispute.intentId, amount: dispute.amount, dispute };
    }
    case "ignored":
      return { ...NO_FACTS, intentId: intentOf(object) };
  }
}

/** The session's intent when somebody tried to pay; else the session itself stands for it. */
function expiredPage(session: StripeObject): Facts {
  const intentId = findId(session, "payment_intent") ?? needText(session, "id");
  return { ...NO_FACTS, intentId, amount: needMoney(session, "amount_total") };
}

/** What was captured, not what was asked for. */
function capturedBy(intent: StripeObject) {
  const asked = needMoney(intent, "amount");
  const received = findInteger(intent, "amount_received");
  return received === null ? asked : moneyOf(received, needText(intent, "currency"));
}
