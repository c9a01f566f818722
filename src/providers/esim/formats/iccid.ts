import { trimEndOf } from "../../../kernel/trim-end.js";
import { isLuhnValid, luhnDigit } from "./luhn.js";

/**
 * ICCIDs (ITU-T E.118, ISO/IEC 7812): text everywhere, because 19 and 20 digits do not fit a JavaScript number.
 * The check digit is advice. Real suppliers deliver numbers that fail it, and a paid eSIM is never refused for one.
 */
export type IccidWarning =
  | "pad_removed"
  | "leading_pad_removed"
  | "non_decimal"
  | "not_89"
  | "unusual_length"
  | "luhn_failed";

export type IccidReading =
  | { readonly accepted: true; readonly iccid: string; readonly warnings: readonly IccidWarning[] }
  | { readonly accepted: false; readonly reason: "not_a_string" | "shape" };

const SHAPE = /^[0-9A-Fa-f]{17,22}$/;
const DECIMAL = /^[0-9]+$/;
/** Longer values are the local supplier's own form, whose last digit may be a real `f`. */
const PADDED_LENGTH_MAX = 20;

/** Cleans what a supplier sent. Only a shape that cannot be an ICCID is not accepted; all other oddities are warnings. */
export function readSupplierIccid(raw: unknown): IccidReading {
  if (typeof raw !== "string") return { accepted: false, reason: "not_a_string" };
  const warnings: IccidWarning[] = [];
  const iccid = withoutPadding(raw.trim(), warnings);
  if (!SHAPE.test(iccid)) return { accepted: false, reason: "shape" };
  const isDecimal = DECIMAL.test(iccid);
  if (!isDecimal) warnings.push("non_decimal");
  if (!iccid.startsWith("89")) warnings.push("not_89");
  if (iccid.length < 18 || iccid.length > 20) warnings.push("unusual_length");
  if (isDecimal && !isLuhnValid(iccid)) warnings.push("luhn_failed");
  return { accepted: true, iccid, warnings };
}

/** True for 19 or 20 decimal digits that begin with 89. */
export function isStandardIccid(iccid: string): boolean {
  return /^89[0-9]{17,18}$/.test(iccid);
}

/**
 * The stored forms that a person's query may stand for: as typed, without its last digit, with the check digit
 * appended. Lists exist without the check digit and with one too many. Empty when the query is no ICCID.
 */
export function iccidSearchCandidates(query: string): readonly string[] {
  const typed = withoutPadding(query.replace(/[\s.-]/g, ""), []);
  const candidates = [typed, typed.slice(0, -1)];
  if (DECIMAL.test(typed)) candidates.push(typed + luhnDigit(typed));
  return [...new Set(candidates)].filter((candidate) => SHAPE.test(candidate));
}

/** Whether a support search for `query` finds `stored`; neighbouring numbers do not match. */
export function isIccidMatch(query: string, stored: string): boolean {
  const wanted = stored.toLowerCase();
  return iccidSearchCandidates(query).some((candidate) => candidate.toLowerCase() === wanted);
}

/** The ten bytes of EF_ICCID (3GPP TS 31.102 4.2.2) as spaced hexadecimal text. Throws RangeError over 20 digits. */
export function encodeEfIccid(iccid: string): string {
  if (!/^[0-9A-Fa-f]{1,20}$/.test(iccid)) throw new RangeError("EF_ICCID holds at most 20 digits");
  const padded = iccid.toUpperCase().padEnd(20, "F");
  return (padded.match(/../g) ?? []).map((pair) => `${pair[1]}${pair[0]}`).join(" ");
}

/** Reads ten swapped bytes, padding removed. Throws RangeError unless there are exactly ten. */
export function decodeEfIccid(hex: string): string {
  const digits = hex.replace(/\s/g, "");
  if (!/^[0-9A-Fa-f]{20}$/.test(digits)) throw new RangeError("EF_ICCID is ten bytes");
  const swapped = (digits.match(/../g) ?? []).map((pair) => `${pair[1]}${pair[0]}`).join("");
  return trimEndOf(swapped.toUpperCase(), "F");
}

function withoutPadding(text: string, warnings: IccidWarning[]): string {
  if (text.length > PADDED_LENGTH_MAX) return text;
  const unpadded = trimEndOf(text, "Ff");
  if (unpadded !== text) warnings.push("pad_removed");
  const bare = unpadded.replace(/^[Ff]+(?=89)/, "");
  if (bare !== unpadded) warnings.push("leading_pad_removed");
  return bare;
}
