import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** HMAC over bytes as they came over the wire; never over a re-serialised object. */
export function hmac(algorithm: "sha256" | "sha512", key: string, bytes: Uint8Array | string): Buffer {
  return createHmac(algorithm, key).update(bytes).digest();
}

/** Compares a presented signature with the computed one in constant time; false for anything of another length. */
export function isSameSignature(presented: string, expected: string): boolean {
  const left = Buffer.from(presented);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** De-duplication key of a webhook whose supplier sends no event id: the same bytes are the same event. */
export function bodyFingerprint(rawBody: Uint8Array): string {
  return createHash("sha256").update(rawBody).digest("hex");
}
