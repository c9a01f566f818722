import { isCurrencyCode, minorFromMajor } from "../../../kernel/money.js";
import { trimEndOf } from "../../../kernel/trim-end.js";
import type { ExactMoney } from "../package-port.js";

/**
 * Suppliers' amounts into exact money, from the number's text: 4.35 * 100 is 434.99999999999994 in floating point.
 * An amount that is no whole number of minor units keeps its exact text and has no `amountMinor`; nothing is rounded.
 */

const NUMBER = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,2}))?$/;

/** Decimal major units, as Airalo and eSIM Go send them. null when the text or the currency is not one. */
export function moneyFromDecimal(text: string, currency: string): ExactMoney | null {
  return shiftedMoney(text, currency, 0);
}

/** Integer ten-thousandths, as eSIM Access sends them: 10000 is 1.00. */
export function moneyFromTenThousandths(text: string, currency: string): ExactMoney | null {
  return shiftedMoney(text, currency, -4);
}

/** Integer hundredths whatever the currency, as Celitech's `priceInCents`. */
export function moneyFromCents(text: string, currency: string): ExactMoney | null {
  return shiftedMoney(text, currency, -2);
}

/** The inverse of moneyFromTenThousandths: integer text, or null when the amount is finer than that. */
export function tenThousandthsOf(money: ExactMoney): string | null {
  const text = shifted(money.amountText, 4);
  return text === null || text.includes(".") ? null : text;
}

/** Same currency and same amount, compared as numbers: "3.50" is "3.5". */
export function isSameAmount(a: ExactMoney, b: ExactMoney): boolean {
  return a.currency === b.currency && shifted(a.amountText, 0) === shifted(b.amountText, 0);
}

function shiftedMoney(text: string, currency: string, exponent: number): ExactMoney | null {
  const code = currency.toUpperCase();
  const amountText = shifted(text, exponent);
  if (amountText === null || !isCurrencyCode(code)) return null;
  const isNegative = amountText.startsWith("-");
  const parsed = minorFromMajor(isNegative ? amountText.slice(1) : amountText, code);
  const amountMinor = parsed.ok ? (isNegative ? -parsed.minor : parsed.minor) : null;
  return { amountText, currency: code, amountMinor };
}

/** Moves the decimal point by `exponent` places and writes the plain shortest form. */
function shifted(text: string, exponent: number): string | null {
  const match = NUMBER.exec(text.trim());
  if (!match) return null;
  const [, sign = "", whole = "", decimals = "", ownExponent = "0"] = match;
  const point = whole.length + exponent + Number(ownExponent);
  const digits = whole + decimals;
  const padded = point < 0 ? "0".repeat(-point) + digits : digits.padEnd(point, "0");
  const at = Math.max(point, 0);
  const head = padded.slice(0, at).replace(/^0+(?=.)/, "") || "0";
  const tail = trimEndOf(padded.slice(at), "0");
  const plain = tail === "" ? head : `${head}.${tail}`;
  return plain === "0" ? plain : sign + plain;
}
