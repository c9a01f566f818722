import { EXPONENT_BY_CURRENCY } from "./currencies.js";
import { trimEndOf } from "./trim-end.js";

/**
 * An amount in ISO 4217 minor units (cents, yen, fils), always a safe integer: nothing on the money path is a
 * fraction or a float. The currency is the ISO code in capitals.
 */
export interface Money {
  readonly currency: string;
  readonly minor: number;
}

export type AmountProblem = "unknown_currency" | "not_an_amount" | "too_many_decimals" | "too_large";

export type ParsedAmount =
  | { readonly ok: true; readonly minor: number }
  | { readonly ok: false; readonly error: AmountProblem };

/** True for an active ISO 4217 code in capitals; `usd` is false, callers at the edge change case themselves. */
export function isCurrencyCode(text: string): boolean {
  return EXPONENT_BY_CURRENCY.has(text);
}

/** Every code that isCurrencyCode accepts, in the order of the alphabet. */
export const currencyCodes: readonly string[] = [...EXPONENT_BY_CURRENCY.keys()].sort();

/** Decimals of a currency (0, 2, 3 or 4; ISO 4217). Throws RangeError for a code that is not active. */
export function exponentOf(currency: string): number {
  const exponent = EXPONENT_BY_CURRENCY.get(currency);
  if (exponent === undefined) throw new RangeError(`Not an active ISO 4217 currency: ${currency}`);
  return exponent;
}

export function isSameMoney(a: Money, b: Money): boolean {
  return a.currency === b.currency && a.minor === b.minor;
}

/**
 * Minor units as a decimal string with exactly the currency's decimals: 999 USD -> "9.99", 1500 JPY -> "1500".
 * Throws RangeError for an unknown currency or an unsafe integer.
 */
export function amountMajor(minor: number, currency: string): string {
  const exponent = exponentOf(currency);
  if (!Number.isSafeInteger(minor)) throw new RangeError(`Not a whole number of minor units: ${minor}`);
  const sign = minor < 0 ? "-" : "";
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

const DECIMAL = /^(0|[1-9]\d*)(?:\.(\d+))?$/;

/**
 * Reads a decimal string ("4.35") into minor units without going through a float. Missing decimals are filled,
 * surplus zeros are harmless, any other surplus decimal is an error and never rounded away. Signs, blanks,
 * thousands separators, exponents and leading zeros are refused: what is parsed here is a price or a cost.
 */
export function minorFromMajor(text: string, currency: string): ParsedAmount {
  const exponent = EXPONENT_BY_CURRENCY.get(currency);
  if (exponent === undefined) return { ok: false, error: "unknown_currency" };
  const match = DECIMAL.exec(text);
  if (!match) return { ok: false, error: "not_an_amount" };
  const whole = match[1] ?? "0";
  const decimals = trimEndOf(match[2] ?? "", "0");
  if (decimals.length > exponent) return { ok: false, error: "too_many_decimals" };
  const minor = Number(whole + decimals.padEnd(exponent, "0"));
  if (!Number.isSafeInteger(minor)) return { ok: false, error: "too_large" };
  return { ok: true, minor };
}

/**
 * An amount for people, in the currency's own notation ("$9.99", "¥1,500", "KWD 5.120"). Intl gives symbol and
 * separators only; the decimals are ours, and the digits go in as text so that no float is involved.
 */
export function formatMoney(amount: Money, locale = "en"): string {
  const exponent = exponentOf(amount.currency);
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency: amount.currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
  return format.format(amountMajor(amount.minor, amount.currency) as Intl.StringNumericLiteral);
}
