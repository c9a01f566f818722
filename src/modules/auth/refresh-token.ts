import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { deriveKey, mac } from "./login-secrets.js";

/** What a refresh token says about itself, once its tag is found good. */
export interface RefreshToken {
  readonly text: string;
  /** The session, which is the family. */
  readonly sid: string;
  /** 0 for the family's first token; a child has one more than its parent. */
  readonly generation: number;
  readonly secret: Buffer;
}

export type RefreshTokens = ReturnType<typeof makeRefreshTokens>;

const PREFIX = "trr_";
const SID_BYTES = 16;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
const BODY_BYTES = SID_BYTES + 4 + SECRET_BYTES;
const SHAPE = /^trr_[A-Za-z0-9_-]{91}$/;

/**
 * Refresh tokens that rotate. A child is derived from its parent, so any process can give the same child again
 * inside the grace although only hashes are stored. The tag lets a forged token be told from a rotated one: the
 * second revokes its family, the first must not be able to.
 */
export function makeRefreshTokens(cookieSecret: string) {
  const childKey = deriveKey(cookieSecret, "refresh child");
  const tagKey = deriveKey(cookieSecret, "refresh tag");

  const build = (sid: string, generation: number, secret: Buffer): RefreshToken => {
    const body = Buffer.alloc(BODY_BYTES);
    body.write(sid.replaceAll("-", ""), "hex");
    body.writeUInt32BE(generation, SID_BYTES);
    secret.copy(body, SID_BYTES + 4);
    const tag = mac(tagKey, body).subarray(0, TAG_BYTES);
    return { text: PREFIX + Buffer.concat([body, tag]).toString("base64url"), sid, generation, secret };
  };

  return {
    first: (sid: string): RefreshToken => build(sid, 0, randomBytes(SECRET_BYTES)),

    /** HMAC of key, family, generation and parent. */
    childOf(parent: RefreshToken): RefreshToken {
      const generation = parent.generation + 1;
      const secret = mac(
        childKey,
        Buffer.concat([Buffer.from(`${parent.sid} ${generation} `), parent.secret]),
      );
      return build(parent.sid, generation, secret);
    },

    /** Undefined for what was not made here, access tokens among it. */
    read(text: string): RefreshToken | undefined {
      if (!SHAPE.test(text)) return undefined;
      const bytes = Buffer.from(text.slice(PREFIX.length), "base64url");
      const body = bytes.subarray(0, BODY_BYTES);
      const tag = mac(tagKey, body).subarray(0, TAG_BYTES);
      if (!timingSafeEqual(bytes.subarray(BODY_BYTES), tag)) return undefined;
      const hex = body.subarray(0, SID_BYTES).toString("hex");
      const sid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
      const generation = body.readUInt32BE(SID_BYTES);
      return { text, sid, generation, secret: Buffer.from(body.subarray(SID_BYTES + 4)) };
    },

    /** Plain SHA-256 is enough: the token holds 256 random bits, so there is nothing to guess. */
    hash: (token: RefreshToken): Buffer => createHash("sha256").update(token.text).digest(),
  };
}
