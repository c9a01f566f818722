import { isLuhnValid, luhnDigit } from "./luhn.js";

/** The two ICCID forms of the local supplier. Neither belongs to an issuer, neither fits a real card. */
export type LocalIccidFormat = "seed" | "e118";

const SEED = /^89001[0-9a-f]{17}$/;
/** Country code 999 is unassigned (ITU-T E.164), so no operator's number can collide. */
const E118 = /^8999999[0-9]{12}$/;

/** Number of different ICCIDs that the e118 form can write. */
export const E118_ICCID_COUNT = 100_000_000_000n;

export function isLocalIccid(iccid: string, format: LocalIccidFormat): boolean {
  return format === "seed" ? SEED.test(iccid) : E118.test(iccid) && isLuhnValid(iccid);
}

/** `89001` and 17 lower-case hexadecimal digits: 22 characters, no check digit. Throws RangeError for other input. */
export function seedIccid(hexDigits: string): string {
  if (!/^[0-9a-f]{17}$/.test(hexDigits)) throw new RangeError("17 lower-case hexadecimal digits are needed");
  return `89001${hexDigits}`;
}

/** 19 digits with a check digit. Throws RangeError unless 0 <= serial < E118_ICCID_COUNT. */
export function e118Iccid(serial: bigint): string {
  if (serial < 0n || serial >= E118_ICCID_COUNT) throw new RangeError("The serial has at most 11 digits");
  const payload = `8999999${serial.toString().padStart(11, "0")}`;
  return payload + luhnDigit(payload);
}
