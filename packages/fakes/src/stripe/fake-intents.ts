import { randomBytes } from "node:crypto";
import { addBalance, type FakeBooks, getIntent } from "./fake-books.js";
import { FakeStripeError, invalidRequest } from "./fake-error.js";
import {
  integerParam,
  metadataParam,
  objectParam,
  type Params,
  refuseUnknown,
  textParam,
} from "./fake-form.js";
import type { FakeCharge, FakeIntent } from "./fake-types.js";

const CREATE_PARAMS = [
  "amount",
  "automatic_payment_methods",
  "capture_method",
  "confirm",
  "currency",
  "customer",
  "description",
  "expand",
  "metadata",
  "payment_method",
  "payment_method_types",
  "receipt_email",
  "return_url",
  "statement_descriptor_suffix",
];

const ZERO_DECIMAL = /^(bif|clp|djf|gnf|jpy|kmf|krw|mga|pyg|rwf|ugx|vnd|vuv|xaf|xof|xpf)$/;
const THREE_DECIMAL = /^(bhd|jod|kwd|omr|tnd)$/;

/** docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, those that a shop like ours meets. */
const MINIMUM: Readonly<Record<string, number>> = { usd: 50, eur: 50, gbp: 30, jpy: 50, chf: 50, aud: 50 };

export function createIntent(books: FakeBooks, params: Params): FakeIntent {
  refuseUnknown(params, CREATE_PARAMS);
  const amount = integerParam(params, "amount");
  const currency = textParam(params, "currency")?.toLowerCase() ?? null;
  if (amount === null) throw missingParam("amount");
  if (currency === null) throw missingParam("currency");
  checkAmount(amount, currency);
  const id = books.newId("pi");
  const automatic = objectParam(params, "automatic_payment_methods").enabled === "true";
  const intent: FakeIntent = {
    id,
    object: "payment_intent",
    amount,
    amount_received: 0,
    automatic_payment_methods: automatic ? { enabled: true } : null,
    canceled_at: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomBytes(12).toString("hex")}`,
    created: books.now(),
    currency,
    description: textParam(params, "description"),
    last_payment_error: null,
    latest_charge: null,
    livemode: books.livemode,
    metadata: metadataParam(params),
    payment_method: null,
    status: "requires_payment_method",
  };
  books.intents.set(id, intent);
  books.emit("payment_intent.created", intent);
  if (textParam(params, "confirm") === "true") {
    confirmIntent(books, id, textParam(params, "payment_method") ?? "pm_card_visa");
  }
  return intent;
}

function missingParam(param: string): FakeStripeError {
  return invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
}

function checkAmount(amount: number, currency: string): void {
  if (!/^[a-z]{3}$/.test(currency) || currency === "xxx") {
    throw invalidRequest(`Invalid currency: ${currency}.`, { code: "invalid_currency", param: "currency" });
  }
  if (amount < 1 || amount < (MINIMUM[currency] ?? 1)) {
    throw invalidRequest("Amount is below the minimum charge amount.", {
      code: "amount_too_small",
      param: "amount",
    });
  }
  if (amount > 99_999_999 && !ZERO_DECIMAL.test(currency)) {
    throw invalidRequest("Amount must be no more than 999,999.99.", {
      code: "amount_too_large",
      param: "amount",
    });
  }
  const isFraction =
    (currency === "isk" && amount % 100 !== 0) || (THREE_DECIMAL.test(currency) && amount % 10 !== 0);
  if (!isFraction) return;
  throw invalidRequest("The amount has decimals that this currency cannot have.", {
    code: "invalid_charge_amount_no_decimal_compatible",
    param: "amount",
  });
}

const OPEN: readonly FakeIntent["status"][] = [
  "requires_payment_method",
  "requires_confirmation",
  "requires_action",
];

function unexpectedState(intent: FakeIntent, verb: string): FakeStripeError {
  return invalidRequest(
    `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`,
    { code: "payment_intent_unexpected_state", payment_intent: structuredClone(intent) },
  );
}

/** What Stripe's test payment methods do (docs.stripe.com/testing). */
const DECLINE_BY_METHOD: Readonly<Record<string, string>> = {
  pm_card_chargeDeclined: "generic_decline",
  pm_card_visa_chargeDeclined: "generic_decline",
  pm_card_chargeDeclinedInsufficientFunds: "insufficient_funds",
  pm_card_chargeDeclinedExpiredCard: "expired_card",
};

/** The payer confirms. A decline is recorded, sent as an event and answered 402; the intent stays open. */
export function confirmIntent(books: FakeBooks, id: string, method: string): FakeIntent {
  const intent = getIntent(books, id);
  if (!OPEN.includes(intent.status)) throw unexpectedState(intent, "confirm");
  const decline = DECLINE_BY_METHOD[method];
  if (decline !== undefined) {
    declineIntent(books, id, decline);
    throw new FakeStripeError(402, {
      type: "card_error",
      code: "card_declined",
      decline_code: decline,
      message: "Your card was declined.",
      payment_intent: structuredClone(intent),
    });
  }
  intent.payment_method = method;
  if (method === "pm_card_authenticationRequired") {
    intent.status = "requires_action";
    books.emit("payment_intent.requires_action", intent);
    return intent;
  }
  if (method === "pm_usBankAccount" || method === "pm_sepaDebit") return processIntent(books, id);
  return succeedIntent(books, id);
}

/** The payer has done everything; the money takes its time. */
export function processIntent(books: FakeBooks, id: string): FakeIntent {
  const intent = getIntent(books, id);
  if (!OPEN.includes(intent.status)) throw unexpectedState(intent, "process");
  intent.status = "processing";
  books.emit("payment_intent.processing", intent);
  return intent;
}

export function succeedIntent(books: FakeBooks, id: string): FakeIntent {
  const intent = getIntent(books, id);
  if (!OPEN.includes(intent.status) && intent.status !== "processing")
    throw unexpectedState(intent, "confirm");
  const charge = addCharge(books, intent, "succeeded", null);
  charge.balance_transaction = addBalance(books, "charge", charge, charge.amount);
  intent.status = "succeeded";
  intent.amount_received = intent.amount;
  intent.latest_charge = charge.id;
  intent.last_payment_error = null;
  books.emit("charge.succeeded", charge);
  books.emit("payment_intent.succeeded", intent);
  return intent;
}

export function declineIntent(books: FakeBooks, id: string, code: string): FakeIntent {
  const intent = getIntent(books, id);
  if (!OPEN.includes(intent.status) && intent.status !== "processing")
    throw unexpectedState(intent, "decline");
  const charge = addCharge(books, intent, "failed", code);
  intent.status = "requires_payment_method";
  intent.payment_method = null;
  intent.latest_charge = charge.id;
  intent.last_payment_error = {
    type: "card_error",
    code: "card_declined",
    decline_code: code,
    message: "Your card was declined.",
  };
  books.emit("charge.failed", charge);
  books.emit("payment_intent.payment_failed", intent);
  return intent;
}

export function cancelIntent(books: FakeBooks, id: string, reason: string | null): FakeIntent {
  const intent = getIntent(books, id);
  if ([...books.sessions.values()].some((session) => session.payment_intent === id)) {
    throw invalidRequest(
      "You cannot cancel the PaymentIntent for a Checkout Session. Expire the Checkout Session instead.",
    );
  }
  if (!OPEN.includes(intent.status)) throw unexpectedState(intent, "cancel");
  intent.status = "canceled";
  intent.canceled_at = books.now();
  intent.cancellation_reason = reason;
  books.emit("payment_intent.canceled", intent);
  return intent;
}

function addCharge(
  books: FakeBooks,
  intent: FakeIntent,
  status: "succeeded" | "failed",
  failureCode: string | null,
): FakeCharge {
  const isPaid = status === "succeeded";
  const charge: FakeCharge = {
    id: books.newId("ch"),
    object: "charge",
    amount: intent.amount,
    amount_captured: isPaid ? intent.amount : 0,
    amount_refunded: 0,
    balance_transaction: null,
    captured: isPaid,
    created: books.now(),
    currency: intent.currency,
    disputed: false,
    failure_code: failureCode,
    livemode: books.livemode,
    metadata: { ...intent.metadata },
    paid: isPaid,
    payment_intent: intent.id,
    refunded: false,
    status,
  };
  books.charges.set(charge.id, charge);
  return charge;
}
