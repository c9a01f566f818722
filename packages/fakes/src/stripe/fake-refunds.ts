import { addBalance, type FakeBooks, findChargeOf, getIntent, getRefund } from "./fake-books.js";
import { invalidRequest, missing } from "./fake-error.js";
import { integerParam, metadataParam, type Params, refuseUnknown, textParam } from "./fake-form.js";
import type { FakeCharge, FakeDispute, FakeRefund } from "./fake-types.js";

const CREATE_PARAMS = ["amount", "charge", "expand", "metadata", "payment_intent", "reason"];

/** How the next refunds turn out: at once, or first pending as with bank debits. */
export interface RefundMode {
  startsAs: "succeeded" | "pending";
}

export function createRefund(books: FakeBooks, params: Params, mode: RefundMode): FakeRefund {
  refuseUnknown(params, CREATE_PARAMS);
  const charge = chargeToRefund(books, params);
  const held = heldOf(books, charge);
  const left = Math.max(0, charge.amount_captured - charge.amount_refunded - held);
  const amount = integerParam(params, "amount") ?? left;
  if (held >= charge.amount_captured) {
    throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: "charge_disputed",
    });
  }
  if (left === 0) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, {
      code: "charge_already_refunded",
    });
  }
  if (amount < 1) throw invalidRequest("Invalid positive integer", { param: "amount" });
  if (amount > left) {
    throw invalidRequest(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, {
      param: "amount",
    });
  }
  const refund: FakeRefund = {
    id: books.newId("re"),
    object: "refund",
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: books.now(),
    currency: charge.currency,
    metadata: metadataParam(params),
    payment_intent: charge.payment_intent,
    reason: textParam(params, "reason"),
    status: mode.startsAs,
  };
  books.refunds.set(refund.id, refund);
  refund.balance_transaction = addBalance(books, "refund", refund, -amount);
  addRefunded(charge, amount);
  books.emit("refund.created", refund);
  books.emit("charge.refunded", charge);
  return refund;
}

/** What disputes hold or have taken of a charge; the rest of it can be refunded. */
function heldOf(books: FakeBooks, { id }: FakeCharge): number {
  const held = [...books.disputes.values()].filter(
    ({ charge, status }) => charge === id && /^(needs|under|appeal|lost)/.test(status),
  );
  return held.reduce((sum, { amount }) => sum + amount, 0);
}

function chargeToRefund(books: FakeBooks, params: Params): FakeCharge {
  const intentId = textParam(params, "payment_intent");
  const chargeId = textParam(params, "charge");
  if (intentId === null) {
    if (chargeId === null)
      throw invalidRequest("One of the following params should be provided: payment_intent or charge.");
    const charge = books.charges.get(chargeId);
    if (!charge) throw missing("charge", chargeId, "charge");
    return charge;
  }
  const charge = findChargeOf(books, getIntent(books, intentId, "payment_intent"));
  if (charge) return charge;
  throw invalidRequest(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
    code: "payment_intent_unexpected_state",
    param: "payment_intent",
  });
}

function addRefunded(charge: FakeCharge, amount: number): void {
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount_captured;
}

export function succeedRefund(books: FakeBooks, id: string): FakeRefund {
  const refund = getRefund(books, id);
  if (refund.status === "pending") {
    refund.status = "succeeded";
    emitUpdate(books, refund);
  }
  return refund;
}

/** The bank sends the money back, even days after the refund succeeded (docs.stripe.com/refunds#failed-refunds). */
export function failRefund(books: FakeBooks, id: string, reason: string): FakeRefund {
  const refund = getRefund(books, id);
  if (refund.status === "failed" || refund.status === "canceled") return refund;
  refund.status = "failed";
  refund.failure_reason = reason;
  const charge = books.charges.get(refund.charge);
  if (charge) addRefunded(charge, -refund.amount);
  addBalance(books, "refund_failure", refund, refund.amount);
  books.emit("refund.failed", refund);
  emitUpdate(books, refund);
  return refund;
}

function emitUpdate(books: FakeBooks, refund: FakeRefund): void {
  books.emit("refund.updated", refund);
  books.emit("charge.refund.updated", refund);
}

/** Card networks leave a shop between one and three weeks. */
const RESPONSE_SECONDS = 9 * 24 * 3_600;

/** The shop sends its evidence in Stripe's own pages; nothing is decided by it yet. */
export function answerDispute(books: FakeBooks, id: string): FakeDispute {
  const dispute = books.disputes.get(id);
  if (!dispute) throw missing("dispute", id);
  if (!dispute.status.endsWith("needs_response")) throw invalidRequest(`${id} takes no evidence now.`);
  dispute.status = dispute.status === "needs_response" ? "under_review" : "warning_under_review";
  dispute.evidence_details = { ...dispute.evidence_details, has_evidence: true, submission_count: 1 };
  books.emit("charge.dispute.updated", dispute);
  return dispute;
}

/** What was lost is looked at once more; then it is closed again, for good. */
export function appealDispute(books: FakeBooks, id: string): FakeDispute {
  const dispute = books.disputes.get(id);
  if (!dispute) throw missing("dispute", id);
  if (dispute.status !== "lost") throw invalidRequest(`${id} is not lost.`);
  dispute.status = "appeal_under_review";
  books.emit("charge.dispute.updated", dispute);
  return dispute;
}

/** The payer's bank takes up again what was won: the money is withheld once more. */
export function reopenDispute(books: FakeBooks, id: string): FakeDispute {
  const dispute = books.disputes.get(id);
  if (!dispute) throw missing("dispute", id);
  if (dispute.status !== "won") throw invalidRequest(`${id} is not won.`);
  dispute.status = "under_review";
  withdraw(books, dispute);
  books.emit("charge.dispute.updated", dispute);
  return dispute;
}

/** Ended before it became a chargeback: blocked, or resolved by taking the money from the shop. */
export function preventDispute(books: FakeBooks, intentId: string, how: "block" | "resolution"): FakeDispute {
  const dispute = newDispute(books, intentId, "prevented");
  if (how === "resolution") move(books, dispute, -dispute.amount);
  books.emit("charge.dispute.created", dispute);
  books.emit("charge.dispute.closed", dispute);
  return dispute;
}

/** The payer's bank takes the money back; an inquiry only asks. */
export function openDispute(
  books: FakeBooks,
  intentId: string,
  isInquiry: boolean,
  amount?: number,
): FakeDispute {
  const status = isInquiry ? "warning_needs_response" : "needs_response";
  const dispute = newDispute(books, intentId, status, amount);
  books.emit("charge.dispute.created", dispute);
  if (!isInquiry) withdraw(books, dispute);
  return dispute;
}

function newDispute(
  books: FakeBooks,
  intentId: string,
  status: FakeDispute["status"],
  amount?: number,
): FakeDispute {
  const charge = findChargeOf(books, getIntent(books, intentId));
  if (!charge) throw invalidRequest(`${intentId} has no successful charge to dispute.`);
  const dispute: FakeDispute = {
    id: books.newId("dp"),
    object: "dispute",
    amount: amount ?? charge.amount,
    balance_transactions: [],
    charge: charge.id,
    created: books.now(),
    currency: charge.currency,
    evidence_details: {
      due_by: books.now() + RESPONSE_SECONDS,
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    livemode: books.livemode,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: "fraudulent",
    status,
  };
  books.disputes.set(dispute.id, dispute);
  return dispute;
}

function withdraw(books: FakeBooks, dispute: FakeDispute): void {
  const charge = books.charges.get(dispute.charge);
  if (charge) charge.disputed = true;
  move(books, dispute, -dispute.amount);
  books.emit("charge.dispute.funds_withdrawn", dispute);
}

function move(books: FakeBooks, dispute: FakeDispute, amount: number): void {
  const moved = books.balance.get(addBalance(books, "adjustment", dispute, amount));
  if (moved !== undefined) dispute.balance_transactions = [...dispute.balance_transactions, moved];
}

export function closeDispute(books: FakeBooks, id: string, status: "won" | "lost"): FakeDispute {
  const dispute = books.disputes.get(id);
  if (!dispute) throw missing("dispute", id);
  if (/^(won|lost|warning_closed|prevented)$/.test(dispute.status))
    throw invalidRequest(`${id} is closed already.`);
  const isInquiry = dispute.status.startsWith("warning_");
  if (isInquiry && status === "won") {
    // Nothing was withdrawn, so nothing comes back.
    dispute.status = "warning_closed";
    books.emit("charge.dispute.closed", dispute);
    return dispute;
  }
  // An inquiry that is lost has become a dispute before.
  if (isInquiry) withdraw(books, dispute);
  dispute.status = status;
  if (status === "won") {
    move(books, dispute, dispute.amount);
    books.emit("charge.dispute.funds_reinstated", dispute);
  }
  books.emit("charge.dispute.closed", dispute);
  return dispute;
}
