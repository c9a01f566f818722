import { book, type FakeBooks, need, tell } from "./fake-books.js";
import { FakeAdyenError, invalid } from "./fake-error.js";
import type { FakeCosts, FakeDispute, FakePayment, FakeRefund, FakeSession } from "./fake-types.js";

const PROCESSING = { processing: { value: 10, currency: "EUR" } };

/** For each try. */
const triesOf = ({ shapes }: FakeBooks): FakeCosts => (shapes.pricing === "blended" ? {} : PROCESSING);

/** Of what is settled. */
function costsOf({ shapes }: FakeBooks, value: number): FakeCosts {
  if (shapes.pricing === "blended") return { commission: Math.round(value * 0.019) + 11 };
  const part = (share: number): number => Math.round(value * share);
  return { interchange: part(0.012), scheme: part(0.0017), markup: part(0.005) };
}

/** The payer's card is taken. A session takes one payment, and none after its time; `isTwice` breaks that rule. */
export function authorise(books: FakeBooks, sessionId: string, isTwice = false): FakePayment {
  const session = openSession(books, sessionId, isTwice);
  session.status = "completed";
  const payment = addPayment(books, session, "authorised");
  const { pspReference, merchantReference, amount } = payment;
  book(books, { type: "Received", pspReference, merchantReference, amount, costs: triesOf(books) });
  book(books, { type: "Authorised", pspReference, merchantReference, amount });
  book(books, { type: "SentForSettle", pspReference, merchantReference, amount });
  book(books, {
    type: "Settled",
    pspReference,
    merchantReference,
    amount,
    costs: costsOf(books, amount.value),
  });
  tell(books, {
    eventCode: "AUTHORISATION",
    pspReference,
    merchantReference,
    amount,
    operations: ["CANCEL", "CAPTURE", "REFUND"],
    additionalData: unsignedOf(session),
  });
  if (books.shapes.announcesCaptures) {
    const capture = books.newReference();
    tell(books, {
      eventCode: "CAPTURE",
      pspReference: capture,
      originalReference: pspReference,
      merchantReference,
      amount,
    });
  }
  return payment;
}

/** One try fails; the payer may try again in the same session. */
export function refuse(books: FakeBooks, sessionId: string, reason: string): FakePayment {
  const session = openSession(books, sessionId, false);
  const payment = addPayment(books, session, "refused");
  const { pspReference, merchantReference, amount } = payment;
  book(books, { type: "Received", pspReference, merchantReference, amount, costs: triesOf(books) });
  book(books, { type: "Refused", pspReference, merchantReference, amount });
  const additionalData = unsignedOf(session);
  tell(books, {
    eventCode: "AUTHORISATION",
    success: "false",
    pspReference,
    merchantReference,
    amount,
    reason,
    additionalData,
  });
  return payment;
}

function openSession(books: FakeBooks, sessionId: string, isTwice: boolean): FakeSession {
  const session = books.sessions.get(sessionId);
  if (session === undefined) throw invalid("14_0316", "Session not found");
  if (session.status === "completed" && !isTwice) throw invalid("14_0317", "Session is completed");
  if (books.now() >= session.expiresAt) throw invalid("14_0318", "Session has expired");
  return session;
}

const unsignedOf = ({ id, metadata }: FakeSession): Record<string, string> => ({
  checkoutSessionId: id,
  ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`metadata.${name}`, value])),
});

function addPayment(books: FakeBooks, session: FakeSession, status: FakePayment["status"]): FakePayment {
  const payment: FakePayment = {
    pspReference: books.newReference(),
    sessionId: session.id,
    merchantReference: session.merchantReference,
    amount: session.amount,
    status,
    createdAt: books.now(),
    isCaptured: status === "authorised",
  };
  books.payments.set(payment.pspReference, payment);
  return payment;
}

/** Money that was authorised does not come after all. */
export function failCapture(books: FakeBooks, pspReference: string): void {
  const payment = need(books.payments, pspReference);
  payment.isCaptured = false;
  const { merchantReference, amount } = payment;
  book(books, { type: "CaptureFailed", pspReference, merchantReference, amount });
  tell(books, {
    eventCode: "CAPTURE_FAILED",
    pspReference: books.newReference(),
    originalReference: pspReference,
    merchantReference,
    amount,
    reason: "Capture Failed",
  });
}

/** Received is all that a caller hears. What becomes of it is told afterwards. */
export function receiveRefund(
  books: FakeBooks,
  paymentPspReference: string,
  value: number,
  reference: string,
): FakeRefund {
  const payment = need(books.payments, paymentPspReference);
  const refund: FakeRefund = {
    pspReference: books.newReference(),
    paymentPspReference,
    reference,
    amount: { value, currency: payment.amount.currency },
    createdAt: books.now(),
    status: "received",
  };
  books.refunds.set(refund.pspReference, refund);
  return refund;
}

/** What is left to go back: the capture, less what went and what the payer's bank took. */
export function leftOf(books: FakeBooks, { pspReference, amount, isCaptured }: FakePayment): number {
  if (!isCaptured) return 0;
  const gone = [...books.refunds.values()].filter(
    (refund) => refund.paymentPspReference === pspReference && refund.status === "succeeded",
  );
  return amount.value - gone.reduce((sum, refund) => sum + refund.amount.value, 0);
}

export function decideRefund(books: FakeBooks, pspReference: string, wanted: "succeed" | "fail"): FakeRefund {
  const refund = need(books.refunds, pspReference);
  if (refund.status !== "received") throw new FakeAdyenError(409, "600", "The refund is decided already.");
  const payment = need(books.payments, refund.paymentPspReference);
  const reason = !payment.isCaptured
    ? "Transaction hasn't been captured, refund not possible"
    : refund.amount.value > leftOf(books, payment)
      ? "Insufficient balance on payment"
      : wanted === "fail"
        ? "Refused by the card scheme"
        : "";
  refund.status = reason === "" ? "succeeded" : "failed";
  if (reason === "") {
    bookRefund(books, refund, "SentForRefund");
    bookRefund(books, refund, "Refunded");
  }
  tellRefund(books, refund, { eventCode: "REFUND", success: reason === "" ? "true" : "false", reason });
  return refund;
}

/** The money of a refund that had succeeded comes back. */
export function returnRefund(
  books: FakeBooks,
  pspReference: string,
  how: "REFUND_FAILED" | "REFUNDED_REVERSED",
): void {
  const refund = need(books.refunds, pspReference);
  refund.status = "reversed";
  bookRefund(books, refund, how === "REFUND_FAILED" ? "RefundFailed" : "RefundedReversed");
  tellRefund(books, refund, {
    eventCode: how,
    success: "true",
    reason: "Refund Failed",
    ...(books.shapes.reversalReference === "own" ? { pspReference: books.newReference() } : {}),
  });
}

function bookRefund(books: FakeBooks, refund: FakeRefund, type: string): void {
  const { merchantReference } = need(books.payments, refund.paymentPspReference);
  book(books, {
    type,
    pspReference: refund.paymentPspReference,
    merchantReference,
    amount: refund.amount,
    modification: refund.pspReference,
    modificationReference: refund.reference,
  });
}

function tellRefund(
  books: FakeBooks,
  refund: FakeRefund,
  said: { eventCode: string; success: "true" | "false"; reason: string; pspReference?: string },
): void {
  const payment = need(books.payments, refund.paymentPspReference);
  const isOwn = books.shapes.refundReference === "refund" && refund.reference !== "";
  tell(books, {
    pspReference: refund.pspReference,
    originalReference: refund.paymentPspReference,
    merchantReference: isOwn ? refund.reference : payment.merchantReference,
    amount: refund.amount,
    ...said,
  });
}

const BOOKED: Readonly<Record<string, string>> = {
  CHARGEBACK: "Chargeback",
  CHARGEBACK_REVERSED: "ChargebackReversed",
  SECOND_CHARGEBACK: "SecondChargeback",
};

const STATUS_OF: Readonly<Record<string, FakeDispute["status"]>> = {
  REQUEST_FOR_INFORMATION: "warned",
  NOTIFICATION_OF_CHARGEBACK: "warned",
  CHARGEBACK: "charged_back",
  CHARGEBACK_REVERSED: "reversed",
  SECOND_CHARGEBACK: "second_chargeback",
  PREARBITRATION_WON: "reversed",
  SCHEME_ARBITRATION_WON: "reversed",
};

/** A step of a dispute; all steps of one have the same pspReference. */
export function dispute(
  books: FakeBooks,
  paymentPspReference: string,
  eventCode: string,
  disputeReference?: string,
): FakeDispute {
  const payment = need(books.payments, paymentPspReference);
  const status = STATUS_OF[eventCode];
  if (status === undefined) throw invalid("0", `No step of a dispute: ${eventCode}.`);
  const pspReference = disputeReference ?? books.newReference();
  const made: FakeDispute = { pspReference, paymentPspReference, amount: payment.amount, status };
  books.disputes.set(pspReference, made);
  const { merchantReference, amount } = payment;
  const type = BOOKED[eventCode];
  if (type !== undefined) {
    const modification = pspReference;
    book(books, { type, pspReference: paymentPspReference, merchantReference, amount, modification });
  }
  const isNamed =
    !books.shapes.disputesNameNoPayment || !["CHARGEBACK_REVERSED", "SECOND_CHARGEBACK"].includes(eventCode);
  tell(books, {
    eventCode,
    pspReference,
    merchantReference,
    amount,
    reason: "Fraudulent Processing of Transactions",
    ...(isNamed ? { originalReference: paymentPspReference } : {}),
  });
  return made;
}
