import { amountMajor, exponentOf, isCurrencyCode, type Money } from "../../../kernel/money.js";

/**
 * The two directions between ISO 4217 minor units and the integers of Stripe's API (docs.stripe.com/currencies).
 * For most currencies they are the same number; the exceptions are below. Webhooks, refunds and reconciliation
 * need the way back as much as charges need the way out.
 */

/** Zero decimals in ISO 4217, yet sent times 100 with both decimals zero (since 14 April 2023). */
const TIMES_100 = new Set(["ISK"]);

/** Two decimals in ISO 4217, yet whole units at Stripe. */
const WHOLE_UNITS_ONLY = new Set(["MGA"]);

/** Three decimals, of which Stripe takes the last only as zero. */
const LAST_DIGIT_ZERO = new Set(["BHD", "JOD", "KWD", "OMR", "TND"]);

/** Listed both as zero-decimal and as "times 100": refused until an operator has seen the truth in test mode. */
const UNCONFIRMED = new Set(["UGX"]);

/** No rule of Stripe's is known for these; a guess could be wrong by a factor of a thousand. */
const NOT_OFFERED = new Set(["CLF", "IQD", "LYD", "UYI", "UYW"]);

export type StripeAmountProblem =
  | { readonly error: "unknown_currency" | "not_an_amount" | "not_representable" }
  | { readonly error: "stripe_rule_unconfirmed" | "currency_not_supported" | "not_divisible_by_100" }
  | { readonly error: "last_digit_must_be_zero"; readonly nearest: readonly [number, number] };

export interface StripeAmount {
  /** As Stripe's `amount`. */
  readonly amount: number;
  /** As Stripe's `currency`, lower case. */
  readonly currency: string;
}

export type ToStripe =
  | ({ readonly ok: true } & StripeAmount)
  | ({ readonly ok: false } & StripeAmountProblem);

export type FromStripe = ({ readonly ok: true } & Money) | ({ readonly ok: false } & StripeAmountProblem);

function ruleProblem(currency: string): StripeAmountProblem | null {
  if (!isCurrencyCode(currency)) return { error: "unknown_currency" };
  if (UNCONFIRMED.has(currency)) return { error: "stripe_rule_unconfirmed" };
  if (NOT_OFFERED.has(currency)) return { error: "currency_not_supported" };
  return null;
}

/**
 * ISO minor units -> Stripe. Never rounds: an amount that Stripe cannot carry is an error, so that a store refuses
 * the price when it is entered (stripePriceProblem). Stripe's minimum charge is another rule and not judged here.
 */
export function toStripe(amount: Money): ToStripe {
  const { currency, minor } = amount;
  const problem = ruleProblem(currency);
  if (problem) return { ok: false, ...problem };
  if (!Number.isSafeInteger(minor)) return { ok: false, error: "not_an_amount" };
  const code = currency.toLowerCase();
  if (TIMES_100.has(currency)) {
    if (!Number.isSafeInteger(minor * 100)) return { ok: false, error: "not_representable" };
    return { ok: true, amount: minor * 100, currency: code };
  }
  if (WHOLE_UNITS_ONLY.has(currency)) {
    if (minor % 100 !== 0) return { ok: false, error: "not_representable" };
    return { ok: true, amount: minor / 100, currency: code };
  }
  if (LAST_DIGIT_ZERO.has(currency) && minor % 10 !== 0) {
    const below = Math.floor(minor / 10) * 10;
    return { ok: false, error: "last_digit_must_be_zero", nearest: [below, below + 10] };
  }
  return { ok: true, amount: minor, currency: code };
}

/**
 * Stripe -> ISO minor units. A fraction of a króna is an error that parks the event; rounding it would make the
 * books disagree by that fraction.
 */
export function fromStripe(amount: number, stripeCurrency: string): FromStripe {
  const currency = stripeCurrency.toUpperCase();
  const problem = ruleProblem(currency);
  if (problem) return { ok: false, ...problem };
  if (!Number.isSafeInteger(amount)) return { ok: false, error: "not_an_amount" };
  if (TIMES_100.has(currency)) {
    if (amount % 100 !== 0) return { ok: false, error: "not_divisible_by_100" };
    return { ok: true, minor: amount / 100, currency };
  }
  if (WHOLE_UNITS_ONLY.has(currency)) {
    if (!Number.isSafeInteger(amount * 100)) return { ok: false, error: "not_representable" };
    return { ok: true, minor: amount * 100, currency };
  }
  return { ok: true, minor: amount, currency };
}

/**
 * What Stripe counts, as a decimal: of its fees, which are no prices. A fee in krónur may have the two decimals that a
 * price may not.
 */
export function decimalFromStripe(amount: number, stripeCurrency: string): string | null {
  const currency = stripeCurrency.toUpperCase();
  if (ruleProblem(currency) !== null || !Number.isSafeInteger(amount)) return null;
  const decimals = TIMES_100.has(currency) ? 2 : WHOLE_UNITS_ONLY.has(currency) ? 0 : exponentOf(currency);
  const digits = String(Math.abs(amount)).padStart(decimals + 1, "0");
  const sign = amount < 0 ? "-" : "";
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Why Stripe could never charge this price, with what to enter instead; undefined when it can. */
export function stripePriceProblem(price: Money): string | undefined {
  const sent = toStripe(price);
  if (sent.ok) return undefined;
  const { currency } = price;
  switch (sent.error) {
    case "last_digit_must_be_zero": {
      const nearest = sent.nearest.filter((minor) => minor > 0).map((minor) => amountMajor(minor, currency));
      return `cannot be charged: card payments in ${currency} have a zero as their third decimal; enter ${nearest.join(" or ")}`;
    }
    case "not_representable":
      return `cannot be charged: card payments in ${currency} have no decimals; enter a whole amount`;
    case "stripe_rule_unconfirmed":
    case "currency_not_supported":
      return `cannot be charged: the payment provider does not take ${currency}; enter a price in another currency`;
    case "unknown_currency":
    case "not_an_amount":
    case "not_divisible_by_100":
      return "cannot be charged: it is no amount of a currency";
  }
}
