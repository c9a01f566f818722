import Stripe from "stripe";
import { NOT_SENT } from "../../../kernel/not-sent.js";
import { type Outcome, type Refused, refused, type Unknown, unknown } from "../../../kernel/outcome.js";
import type { ReadRefusal, RefundRefusal, WriteRefusal } from "../port.js";
import { UnreadableStripeObject } from "./stripe-json.js";

/**
 * What an exception of the SDK says about the effect of the call (docs.stripe.com/api/errors). A 4xx is Stripe's
 * own no; a 5xx, a broken or half-read connection or a time-out leaves it open. 409 means that a call with the same
 * key is under way: its result is not known yet either.
 */
export function outcomeOfError<Value, Refusal extends string>(
  error: unknown,
  refusalOf: (error: Stripe.errors.StripeError) => Refusal,
): Outcome<Value, Refusal | CommonRefusal> {
  if (error instanceof UnreadableStripeObject) return unknown(`answer not understood: ${error.problem}`);
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  if (error instanceof Stripe.errors.StripeConnectionError) return ofConnection(error);
  const status = error.statusCode ?? 0;
  if (status === 429) return refused("unavailable", describe(error));
  if (status === 401 || status === 403) return refused("credentials_refused", describe(error));
  if (status === 409 || status < 400 || status >= 500) return unknown(describe(error));
  return refused(refusalOf(error), describe(error));
}

type CommonRefusal = "credentials_refused" | "unavailable";

function ofConnection(error: Stripe.errors.StripeError): Refused<"unavailable"> | Unknown {
  const cause: unknown = error.detail;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  const text = `${error.message}${typeof code === "string" ? ` (${code})` : ""}`;
  return typeof code === "string" && NOT_SENT.has(code) ? refused("unavailable", text) : unknown(text);
}

/** One line for the operator and the log. Stripe's messages name amounts and ids, never card numbers or secrets. */
function describe(error: Stripe.errors.StripeError): string {
  const parts = [
    `HTTP ${error.statusCode ?? "?"}`,
    error.rawType,
    error.code,
    error.message,
    error.requestId,
  ];
  return parts.filter((part) => typeof part === "string" && part !== "").join(" · ");
}

const AMOUNT_CODES = new Set([
  "amount_too_small",
  "amount_too_large",
  "invalid_currency",
  "currency_not_supported",
  "invalid_charge_amount_no_decimal_compatible",
]);

export function writeRefusal(error: Stripe.errors.StripeError): WriteRefusal {
  if (error.rawType === "idempotency_error") return "key_reused";
  if (isMissing(error)) return "not_found";
  if (error.code !== undefined && AMOUNT_CODES.has(error.code)) return "amount_not_chargeable";
  return "not_allowed";
}

const REFUND_REFUSAL: ReadonlyMap<string, RefundRefusal> = new Map([
  ["charge_already_refunded", "exceeds_capture"],
  ["charge_disputed", "disputed"],
  ["payment_intent_unexpected_state", "not_captured"],
]);

export function refundRefusal(error: Stripe.errors.StripeError): RefundRefusal {
  const known = error.code === undefined ? undefined : REFUND_REFUSAL.get(error.code);
  if (known !== undefined) return known;
  // "greater than unrefunded amount on charge" comes without a code, told by the parameter alone.
  if (error.rawType === "invalid_request_error" && error.param === "amount") return "exceeds_capture";
  return writeRefusal(error);
}

export function readRefusal(error: Stripe.errors.StripeError): ReadRefusal {
  return isMissing(error) ? "not_found" : "unavailable";
}

function isMissing(error: Stripe.errors.StripeError): boolean {
  return error.code === "resource_missing" || error.statusCode === 404;
}
