import { isLuhnValid } from "./luhn.js";

/** EID (GSMA SGP.29) and IMEI (3GPP TS 23.003). Both are personal data: log lines show `maskedForLog` only. */
export type EidReading =
  | { readonly valid: true; readonly eid: string }
  | { readonly valid: false; readonly reason: "not_a_string" | "length" | "non_decimal" | "check_digits" };

export type ImeiReading =
  | { readonly valid: true; readonly imei: string }
  | { readonly valid: false; readonly reason: "not_a_string" | "length" | "non_decimal" | "check_digit" };

const EID_LENGTH = 32;
const IMEI_LENGTH = 15;

/** 32 decimal digits, the whole number leaving 1 when divided by 97. Spaces between groups are allowed. */
export function readEid(value: unknown): EidReading {
  if (typeof value !== "string") return { valid: false, reason: "not_a_string" };
  const eid = value.replace(/\s/g, "");
  if (eid.length !== EID_LENGTH) return { valid: false, reason: "length" };
  if (!/^[0-9]+$/.test(eid)) return { valid: false, reason: "non_decimal" };
  if (BigInt(eid) % 97n !== 1n) return { valid: false, reason: "check_digits" };
  return { valid: true, eid };
}

/** Completes 30 digits, or replaces the last two of 32. Throws RangeError for anything else. */
export function withEidCheckDigits(digits: string): string {
  if (!/^[0-9]{30}([0-9]{2})?$/.test(digits))
    throw new RangeError("An EID has 30 digits and two check digits");
  const payload = digits.slice(0, 30);
  const check = 98n - (BigInt(`${payload}00`) % 97n);
  return payload + check.toString().padStart(2, "0");
}

/** 15 digits with Luhn. 16 digits are an IMEISV and 8 a TAC: other things. */
export function readImei(value: unknown): ImeiReading {
  if (typeof value !== "string") return { valid: false, reason: "not_a_string" };
  const imei = value.replace(/[\s-]/g, "");
  if (imei.length !== IMEI_LENGTH) return { valid: false, reason: "length" };
  if (!/^[0-9]+$/.test(imei)) return { valid: false, reason: "non_decimal" };
  return isLuhnValid(imei) ? { valid: true, imei } : { valid: false, reason: "check_digit" };
}

/** First two and last four characters: enough to compare two log lines, not enough to name a phone. */
export function maskedForLog(value: string): string {
  return value.length < 15 ? "…" : `${value.slice(0, 2)}…${value.slice(-4)}`;
}
