import { createHmac, hkdfSync, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { type EmailAddress, mailboxOf } from "../../kernel/email-address.js";
import type { Sealer } from "../../kernel/sealing.js";

export interface LoginSecretsOptions {
  readonly otpPepper: string;
  readonly cookieSecret: string;
  /** Does not rotate: aliases must be made again for as long as an address stays disabled. */
  readonly indexKey: string;
  readonly sealer: Sealer;
  /** Digits of a code. */
  readonly codeLength: number;
}

export type LoginSecrets = ReturnType<typeof makeLoginSecrets>;

const SEALED_FOR = "login code";
const CHALLENGE = /^[A-Za-z0-9_-]{22}$/;
const DEVICE = /^[A-Za-z0-9_-]{43}$/;

/**
 * Codes, challenges and device tokens: how they are made and what of them is stored. The database sees keyed
 * hashes only; each purpose has its own key, so that no hash of one can stand for another.
 */
export function makeLoginSecrets(options: LoginSecretsOptions) {
  const { otpPepper, cookieSecret, indexKey, sealer, codeLength } = options;
  const codeKey = deriveKey(otpPepper, "login code");
  const challengeKey = deriveKey(cookieSecret, "challenge");
  const deviceKey = deriveKey(cookieSecret, "device");
  const refusalKey = deriveKey(cookieSecret, "early refusal");
  const deviceTagKey = deriveKey(cookieSecret, "device tag");
  const aliasKey = deriveKey(indexKey, "alias of an address");
  const aliasPart = (text: string): string => mac(aliasKey, text).toString("hex").slice(0, 24);
  const codeShape = new RegExp(`^[0-9]{${codeLength}}$`);

  return {
    /** A uniform code with leading zeros, from the system's cryptographic generator. */
    makeCode: (): string => String(randomInt(10 ** codeLength)).padStart(codeLength, "0"),

    isCode: (text: string): boolean => codeShape.test(text),

    /** Bound to the address: a code of one person is no code of another. */
    hashCode: (email: EmailAddress, code: string): Buffer => mac(codeKey, `${email}\0${code}`),

    sealCode: (email: EmailAddress, code: string): Buffer => sealer.seal(`${SEALED_FOR} ${email}`, code),

    openCode: (email: string, sealed: Buffer): string => sealer.open(`${SEALED_FOR} ${email}`, sealed),

    /** 128 random bits that only the one who asked for the code has. */
    makeChallenge: (): string => randomBytes(16).toString("base64url"),

    /** Undefined when the text cannot be a challenge. */
    hashChallenge: (challenge: string): Buffer | undefined =>
      CHALLENGE.test(challenge) ? mac(challengeKey, challenge) : undefined,

    /** Names a key of the early "no" without saying whose it is. */
    hashForRefusal: (text: string): string => mac(refusalKey, text).subarray(0, 16).toString("base64url"),

    /**
     * What stands for an address that may not be kept: nobody without the key can tell whose it is. It has the form of
     * a sub-address, so that `mailbox_of` gives the alias of the mailbox.
     */
    aliasOf: (email: EmailAddress): string =>
      `${aliasPart(`mailbox ${mailboxOf(email)}`)}+${aliasPart(`address ${email}`)}@deleted.invalid`,

    /** A signed token that marks this browser; it proves nothing but that it is the same one again. */
    makeDevice(): string {
      const id = randomBytes(16);
      return Buffer.concat([id, deviceTag(deviceTagKey, id)]).toString("base64url");
    },

    /** What is stored of a device; undefined when the token was not made here. */
    hashDevice(token: string | undefined): Buffer | undefined {
      if (token === undefined || !DEVICE.test(token)) return undefined;
      const bytes = Buffer.from(token, "base64url");
      const id = bytes.subarray(0, 16);
      return timingSafeEqual(bytes.subarray(16), deviceTag(deviceTagKey, id))
        ? mac(deviceKey, id)
        : undefined;
    },
  };
}

const deviceTag = (key: Buffer, id: Buffer): Buffer => mac(key, id).subarray(0, 16);

export const mac = (key: Buffer, data: string | Buffer): Buffer =>
  createHmac("sha256", key).update(data).digest();

/** RFC 5869: one key per purpose from one configured secret. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", `tribi ${purpose}`, 32));
}
