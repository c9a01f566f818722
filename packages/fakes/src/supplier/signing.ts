import { createHmac } from "node:crypto";

/** A fake signs for itself: what it sends must not agree with an adapter because both call the same code. */
export function signed(algorithm: "sha256" | "sha512", key: string, text: string | Buffer): Buffer {
  return createHmac(algorithm, key).update(text).digest();
}

/** The digit that makes `payload` pass the Luhn test (ISO/IEC 7812-1 annex B). */
export function checkDigit(payload: string): string {
  const digits = [...payload].reverse().map(Number);
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}
