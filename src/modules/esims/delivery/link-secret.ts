import { createHash, randomBytes } from "node:crypto";
import { trimEndOf } from "../../../kernel/trim-end.js";

/** Whoever has it may install the eSIM, so it is as long as such a secret has to be. */
const SECRET_BYTES = 16;
const SECRET = /^[A-Za-z0-9_-]{22}$/;

export interface LinkSecret {
  /** 128 random bits as 22 letters of base64url. Leaves the house once and is kept nowhere. */
  readonly secret: string;
  /** What the database keeps. Plain SHA-256: 128 random bits cannot be guessed through it. */
  readonly hash: Buffer;
}

export function makeLinkSecret(): LinkSecret {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  return { secret, hash: sha256(secret) };
}

/** Null for what cannot be one of ours. */
export function hashOfLinkSecret(secret: string): Buffer | null {
  return SECRET.test(secret) ? sha256(secret) : null;
}

export const installUrl = (publicUrl: string, secret: string): string =>
  `${trimEndOf(publicUrl, "/")}/install/${secret}`;

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
