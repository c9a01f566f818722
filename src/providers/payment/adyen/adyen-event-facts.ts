import type { NotificationRequestItem } from "@adyen/api-library/lib/src/typings/notification/notificationRequestItem.js";
import type { Money } from "../../../kernel/money.js";
import type { DisputeSnapshot, DisputeState, PaymentEvent, RefundState } from "../port.js";
import { readReference } from "./adyen-reference.js";

type Facts = Pick<PaymentEvent, "kind" | "intentId" | "decline" | "refund" | "dispute">;

const NO_FACTS = { intentId: null, decline: null, refund: null, dispute: null } as const;
const IGNORED: Facts = { ...NO_FACTS, kind: "ignored" };

interface Item extends Omit<NotificationRequestItem, "eventCode"> {
  readonly eventCode: string;
}

/** They move no money, or what they move is told by an event of its own. */
const QUIET: ReadonlySet<string> = new Set([
  "AUTHORISATION_ADJUSTMENT",
  "AUTORESCUE",
  "CANCEL_AUTORESCUE",
  "INFORMATION_SUPPLIED",
  "ISSUER_COMMENTS",
  "ISSUER_RESPONSE_TIMEFRAME_EXPIRED",
  "MANUAL_REVIEW_ACCEPT",
  "MANUAL_REVIEW_REJECT",
  "NOTIFICATION_OF_FRAUD",
  "OFFER_CLOSED",
  "ORDER_CLOSED",
  "ORDER_OPENED",
  "PREARBITRATION_DECLINED",
  "PREARBITRATION_OPEN",
  "RECURRING_CONTRACT",
  "REPORT_AVAILABLE",
  "SCHEME_ARBITRATION",
]);
const READ: ReadonlySet<string> = new Set([
  "AUTHORISATION",
  "CANCELLATION",
  "CANCEL_OR_REFUND",
  "CAPTURE",
  "CAPTURE_FAILED",
  "CHARGEBACK",
  "CHARGEBACK_REVERSED",
  "DISPUTE_DEFENSE_PERIOD_ENDED",
  "DISPUTE_OPENED_WITH_CHARGEBACK",
  "NOTIFICATION_OF_CHARGEBACK",
  "POSTPONED_REFUND",
  "PREARBITRATION_LOST",
  "PREARBITRATION_WON",
  "REFUND",
  "REFUNDED_REVERSED",
  "REFUND_FAILED",
  "REQUEST_FOR_INFORMATION",
  "SCHEME_ARBITRATION_LOST",
  "SCHEME_ARBITRATION_WON",
  "SECOND_CHARGEBACK",
  "TECHNICAL_CANCEL",
  "VOID_PENDING_REFUND",
]);

/** What it means for our money nobody here knows: a person looks, and it is not passed over. */
export const isUnknownCode = (eventCode: string): boolean => !QUIET.has(eventCode) && !READ.has(eventCode);

/** The second chargeback of a dispute is a dispute of its own. */
const secondOf = (pspReference: string): string => `${pspReference}:second`;

/**
 * A dispute that is won for good gives back what its second chargeback took, too: said of the second one. Null for other
 * items. Without a second chargeback there is nothing to give back, and none can be told afterwards.
 */
export function secondIsWon(item: Item, facts: Facts): Facts | null {
  const isForGood = ["PREARBITRATION_WON", "SCHEME_ARBITRATION_WON"].includes(item.eventCode);
  if (!isForGood || facts.dispute === null) return null;
  return { ...facts, dispute: { ...facts.dispute, disputeId: secondOf(item.pspReference) } };
}

/** What an item says in our terms; an amount that cannot be read is the caller's to report. */
export function factsOf(item: Item, money: Money | null, createdAt: Date, livemode: boolean): Facts {
  const hasHappened = item.success === "true";
  if (isUnknownCode(item.eventCode))
    return { ...NO_FACTS, kind: "dispute_updated", intentId: item.originalReference || item.pspReference };
  if (item.eventCode === "AUTHORISATION") {
    // Each try has a pspReference of its own, and only one that succeeds becomes the payment's.
    return hasHappened
      ? { ...NO_FACTS, kind: "intent_succeeded", intentId: item.pspReference }
      : { ...NO_FACTS, kind: "intent_failed_attempt", decline: declineOf(item) };
  }
  const refund = refundStateOf(item.eventCode, hasHappened);
  if (refund !== null) return refundFacts(item, refund, money, createdAt);
  const dispute = disputeOf(item, hasHappened);
  if (dispute === null) return IGNORED;
  return {
    ...NO_FACTS,
    kind: "dispute_updated",
    intentId: item.originalReference || null,
    dispute: money && disputeSnapshot(item, dispute, money, createdAt, livemode),
  };
}

const declineOf = ({ reason }: Item) => {
  const message = typeof reason === "string" ? reason.slice(0, 300) : "";
  const code = message
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .slice(0, 60);
  return { code: code === "" ? "refused" : code, message };
};

/** docs.adyen.com/online-payments/refund. The eSIM is taken back before, so `true` is the end that we wait for. */
function refundStateOf(eventCode: string, hasHappened: boolean): RefundState | null {
  switch (eventCode) {
    case "REFUND":
    case "CANCEL_OR_REFUND":
      return hasHappened ? "succeeded" : "failed";
    case "POSTPONED_REFUND":
      return hasHappened ? "pending" : "failed";
    case "REFUND_FAILED":
    case "REFUNDED_REVERSED":
    case "VOID_PENDING_REFUND":
      return hasHappened ? "failed" : null;
    default:
      return null;
  }
}

function refundFacts(item: Item, state: RefundState, money: Money | null, createdAt: Date): Facts {
  const { shop_id, refund_reference } = readReference(item.merchantReference);
  const isNamed = refund_reference !== undefined && shop_id !== undefined;
  const intentId = item.originalReference || null;
  const reason = typeof item.reason === "string" ? item.reason.slice(0, 300) : "";
  const refund = money && {
    providerRefundId: item.pspReference,
    intentId,
    state,
    amount: money,
    ...(state === "failed" ? { failureReason: reason === "" ? item.eventCode.toLowerCase() : reason } : {}),
    ...(isNamed ? {} : { mayBeOurs: true as const }),
    metadata: isNamed ? { shop_id, refund_reference } : {},
    createdAt,
  };
  return { ...NO_FACTS, kind: "refund_updated", intentId, refund };
}

interface DisputeNews {
  readonly id: string;
  readonly state: DisputeState;
  readonly mayBeOf?: string;
}

/**
 * Money moves with CHARGEBACK (from us), CHARGEBACK_REVERSED (back) and SECOND_CHARGEBACK (from us again, for good); the
 * second is a dispute of its own, since one that was won stays won (docs.adyen.com/risk-management/disputes-api/dispute-notifications).
 * What is lost in (pre-)arbitration takes no more than these have taken: the chargeback is final.
 * A capture that fails and an authorisation that is cancelled take money that was counted as ours with the
 * authorisation: to our books that is a dispute which is lost at once.
 */
function disputeOf(item: Item, hasHappened: boolean): DisputeNews | null {
  const { eventCode, pspReference, additionalData, originalReference } = item;
  const never = { id: `uncaptured:${originalReference}`, state: "lost" } as const;
  if (eventCode === "CAPTURE") return hasHappened ? null : never;
  if (!hasHappened) return null;
  switch (eventCode) {
    case "REQUEST_FOR_INFORMATION":
    case "NOTIFICATION_OF_CHARGEBACK":
      return { id: pspReference, state: "warning" };
    case "CHARGEBACK":
    case "DISPUTE_OPENED_WITH_CHARGEBACK":
      return { id: pspReference, state: "open" };
    case "CHARGEBACK_REVERSED":
      return { id: pspReference, state: "won", mayBeOf: secondOf(pspReference) };
    case "PREARBITRATION_WON":
    case "SCHEME_ARBITRATION_WON":
      return { id: pspReference, state: "won" };
    case "SECOND_CHARGEBACK":
      return { id: secondOf(pspReference), state: "lost" };
    case "PREARBITRATION_LOST":
    case "SCHEME_ARBITRATION_LOST":
      return { id: pspReference, state: "lost" };
    case "DISPUTE_DEFENSE_PERIOD_ENDED":
      return additionalData?.disputeStatus === "Lost" ? { id: pspReference, state: "lost" } : null;
    case "CAPTURE_FAILED":
    case "CANCELLATION":
    case "TECHNICAL_CANCEL":
      return never;
    default:
      return null;
  }
}

function disputeSnapshot(
  item: Item,
  { id, state, mayBeOf }: DisputeNews,
  amount: Money,
  createdAt: Date,
  livemode: boolean,
): DisputeSnapshot {
  const reason = typeof item.reason === "string" && item.reason !== "" ? item.reason : item.eventCode;
  return {
    disputeId: id,
    intentId: item.originalReference || null,
    state,
    amount,
    reason: reason.slice(0, 200),
    livemode,
    createdAt,
    // Advice to an operator, so it need not be signed.
    respondBy: dateOf(item.additionalData?.defensePeriodEndsAt),
    isAnswered: false,
    ...(mayBeOf === undefined ? {} : { mayBeOf }),
  };
}

export function dateOf(text: unknown): Date | null {
  const date = new Date(typeof text === "string" ? text : Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}
