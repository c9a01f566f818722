import type {
  Decline,
  DisputeSnapshot,
  DisputeState,
  FeeSnapshot,
  IntentSnapshot,
  IntentState,
  RefundSnapshot,
  RefundState,
} from "../port.js";
import { decimalFromStripe } from "./stripe-amount.js";
import {
  asObject,
  findId,
  findInteger,
  findObject,
  findText,
  moneyOf,
  needBoolean,
  needInteger,
  needMoney,
  needText,
  needTime,
  readMetadata,
  type StripeObject,
  UnreadableStripeObject,
} from "./stripe-json.js";

/** docs.stripe.com/payments/paymentintents/lifecycle. We capture at once, so requires_capture is money on its way. */
const INTENT_STATE: ReadonlyMap<string, IntentState> = new Map([
  ["requires_payment_method", "requires_action"],
  ["requires_confirmation", "requires_action"],
  ["requires_action", "requires_action"],
  ["requires_capture", "processing"],
  ["processing", "processing"],
  ["succeeded", "succeeded"],
  ["canceled", "canceled"],
]);

const REFUND_STATE: ReadonlyMap<string, RefundState> = new Map([
  ["pending", "pending"],
  ["requires_action", "pending"],
  ["succeeded", "succeeded"],
  ["failed", "failed"],
  ["canceled", "canceled"],
]);

/**
 * An inquiry that was closed has cost nothing. A state that Stripe adds later counts as open until it is known, and so
 * does an appeal: what was lost stays so until the appeal is won.
 */
const DISPUTE_STATE: ReadonlyMap<string, DisputeState> = new Map([
  ["warning_needs_response", "warning"],
  ["warning_under_review", "warning"],
  ["warning_closed", "won"],
  ["won", "won"],
  ["lost", "lost"],
]);

/** The end of the year 9999: what is later is no moment that our books can hold. */
const LAST_SECOND = 253_402_300_799;

/** Each reader throws UnreadableStripeObject when a member that it needs is missing. */
export function readIntent(object: StripeObject): IntentSnapshot {
  const state = INTENT_STATE.get(needText(object, "status"));
  if (!state) throw new UnreadableStripeObject("unknown_status");
  const currency = needText(object, "currency");
  const clientSecret = findText(object, "client_secret");
  const lastDecline = readDecline(object);
  const latestChargeId = findId(object, "latest_charge");
  return {
    intentId: needText(object, "id"),
    state,
    amount: needMoney(object, "amount"),
    amountReceivedMinor: moneyOf(findInteger(object, "amount_received") ?? 0, currency).minor,
    amountRefundedMinor: readRefunded(object, state),
    livemode: needBoolean(object, "livemode"),
    metadata: readMetadata(object),
    createdAt: needTime(object, "created"),
    ...(clientSecret === null ? {} : { clientSecret }),
    ...(lastDecline === null ? {} : { lastDecline }),
    ...(latestChargeId === null ? {} : { latestChargeId }),
  };
}

/** Refunds are counted on the charge, which is at hand only when it was expanded. */
/** Whether the intent's charge has been disputed; false when it is not at hand. */
export function isDisputed(intent: StripeObject): boolean {
  return findObject(intent, "latest_charge")?.disputed === true;
}

function readRefunded(intent: StripeObject, state: IntentState): number | null {
  const charge = findObject(intent, "latest_charge");
  if (!charge) return state === "succeeded" ? null : 0;
  return needMoney(charge, "amount_refunded").minor;
}

export function readDecline(intent: StripeObject): Decline | null {
  const error = findObject(intent, "last_payment_error");
  if (!error) return null;
  return {
    code: findText(error, "decline_code") ?? findText(error, "code") ?? "declined",
    message: findText(error, "message") ?? "",
  };
}

export function readRefund(object: StripeObject): RefundSnapshot {
  const failureReason = findText(object, "failure_reason");
  return {
    providerRefundId: needText(object, "id"),
    intentId: findId(object, "payment_intent"),
    state: REFUND_STATE.get(findText(object, "status") ?? "pending") ?? "pending",
    amount: needMoney(object, "amount"),
    ...(failureReason === null ? {} : { failureReason }),
    metadata: readMetadata(object),
    createdAt: needTime(object, "created"),
  };
}

export function readDispute(object: StripeObject): DisputeSnapshot {
  const status = needText(object, "status");
  return {
    disputeId: needText(object, "id"),
    intentId: findId(object, "payment_intent"),
    state: status === "prevented" ? preventedState(object) : (DISPUTE_STATE.get(status) ?? "open"),
    amount: needMoney(object, "amount"),
    reason: findText(object, "reason") ?? "unknown",
    livemode: needBoolean(object, "livemode"),
    createdAt: needTime(object, "created"),
    respondBy: findDueBy(object),
    isAnswered: status.endsWith("under_review"),
    isWhole: true,
  };
}

/**
 * Prevented is what was blocked before it became a chargeback, and what was resolved by giving the money back
 * (`case_type`; "different case types may have varying fees and financial impact"). What moved tells which.
 */
function preventedState(dispute: StripeObject): DisputeState {
  const moves = Array.isArray(dispute.balance_transactions) ? dispute.balance_transactions : [];
  const sum = moves.reduce(
    (total: number, one) => total + (findInteger(asObject(one) ?? {}, "amount") ?? 0),
    0,
  );
  return sum < 0 ? "lost" : "won";
}

/**
 * A balance transaction with its source expanded (docs.stripe.com/api/balance_transactions/object). `fee` is in the
 * balance's currency, positive when Stripe kept it. Null where nothing was kept, and where it is of no payment: what the
 * account as a whole is charged belongs to no shop.
 */
export function readFee(object: StripeObject): FeeSnapshot | null {
  const fee = needInteger(object, "fee");
  const source = findObject(object, "source");
  const intentId = source === null ? null : findId(source, "payment_intent");
  if (fee === 0 || source === null || intentId === null) return null;
  const currency = needText(object, "currency").toUpperCase();
  const amount = decimalFromStripe(fee, currency);
  if (amount === null) throw new UnreadableStripeObject("currency_not_supported");
  return {
    feeId: needText(object, "id"),
    kind: needText(object, "reporting_category"),
    intentId,
    metadata: readMetadata(source),
    currency,
    amount,
    bookedAt: needTime(object, "created"),
  };
}

/** Stripe names it in seconds, and null for disputes that cannot be answered. */
function findDueBy(dispute: StripeObject): Date | null {
  const dueBy = findInteger(findObject(dispute, "evidence_details") ?? {}, "due_by");
  return dueBy === null || dueBy <= 0 || dueBy > LAST_SECOND ? null : new Date(dueBy * 1000);
}
