import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import type { Sealer } from "../../kernel/sealing.js";

export type FactorSecrets = ReturnType<typeof makeFactorSecrets>;

/** What every authenticator app knows (RFC 6238 with its defaults). */
const DIGITS = 6;
export const STEP_SECONDS = 30;
/** RFC 4226 §4: at least 128 bits, better 160. */
const SECRET_BYTES = 20;
/** Steps before and after, for clocks that are a little off. */
const DRIFT_STEPS = 1;
const CODE = /^\d{6}$/;

const RECOVERY_CODES = 10;
/** Without letters that look like digits. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const RECOVERY = /^[a-z2-9]{5}-?[a-z2-9]{5}$/;

const totpOf = (base32: string, label: string, issuer: string): TOTP =>
  new TOTP({ secret: Secret.fromBase32(base32), label, issuer, digits: DIGITS, period: STEP_SECONDS });

const sealedFor = (userId: number): string => `second factor ${userId}`;

/** Second factors: how they are made, and what of them is stored. Nothing here decides whether a code still counts. */
export function makeFactorSecrets(options: { readonly sealer: Sealer; readonly pepper: string }) {
  const { sealer, pepper } = options;
  const recoveryKey = Buffer.from(hkdfSync("sha256", pepper, "", "tribi recovery code", 32));

  return {
    /** In base 32, as people type it into an app. */
    makeSecret: (): string => new Secret({ buffer: new Uint8Array(randomBytes(SECRET_BYTES)).buffer }).base32,
    seal: (userId: number, base32: string): Buffer => sealer.seal(sealedFor(userId), base32),
    open: (userId: number, sealed: Buffer): string => sealer.open(sealedFor(userId), sealed),
    /** What the QR code for the app says. */
    uriOf: (base32: string, { email, shop }: { readonly email: string; readonly shop: string }): string =>
      totpOf(base32, email, shop).toString(),

    isCode: (text: string): boolean => CODE.test(text),

    /** The step of time that the code is of, near the given moment; undefined when it is of none. */
    stepOf(base32: string, code: string, atSeconds: number): number | undefined {
      const delta = totpOf(base32, "", "").validate({
        token: code,
        timestamp: atSeconds * 1_000,
        window: DRIFT_STEPS,
      });
      return delta === null ? undefined : Math.floor(atSeconds / STEP_SECONDS) + delta;
    },

    /** Ten codes for the day when the phone is gone; 49 random bits each. */
    makeRecoveryCodes: (): string[] => Array.from({ length: RECOVERY_CODES }, makeRecoveryCode),

    /** Bound to the person; undefined for a text that cannot be one. */
    hashRecoveryCode(userId: number, text: string): Buffer | undefined {
      const code = text.toLowerCase();
      if (!RECOVERY.test(code)) return undefined;
      return createHmac("sha256", recoveryKey)
        .update(`${userId}\0${code.replace("-", "")}`)
        .digest();
    },
  };
}

function makeRecoveryCode(): string {
  let code = "";
  while (code.length < 10) {
    // What would make some letters likelier than others is thrown away.
    const [byte = 255] = randomBytes(1);
    if (byte < 256 - (256 % ALPHABET.length)) code += ALPHABET[byte % ALPHABET.length];
  }
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}
