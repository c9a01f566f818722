import { randomUUID } from "node:crypto";
import { createSigner, createVerifier } from "fast-jwt";
import type { Clock } from "../../kernel/clock.js";

export interface AccessClaims {
  readonly userId: number;
  readonly sid: string;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAtMillis: number;
}

export type AccessTokens = ReturnType<typeof makeAccessTokens>;

export interface AccessTokenOptions {
  /** The first signs, all verify. */
  readonly secrets: readonly string[];
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
}

const ISSUER = "tribi";
const AUDIENCE = "tribi-api";
/** Longer than any token made here; saves hashing what cannot be one. */
const LENGTH_MAX = 1024;
/** How far the clocks of two processes may be apart. */
const CLOCK_SKEW_SECONDS = 60;
const USER_ID = /^[1-9]\d{0,15}$/;
const SID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HEADER_MEMBERS = new Set(["alg", "typ"]);
const OUR_HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url");

/**
 * JWTs for sessions (RFC 8725): HS256 and nothing else, every claim checked. A token alone opens nothing; the
 * session row that it names must be alive (session-cache.ts).
 */
export function makeAccessTokens({ secrets, lifetimeSeconds, clock }: AccessTokenOptions) {
  const [signingSecret = ""] = secrets;
  if (signingSecret === "") throw new Error("There is no JWT_SECRET to sign with");
  const sign = createSigner({ algorithm: "HS256", key: signingSecret });
  const verifiers = secrets.map((key) =>
    // The cache of verified tokens stays off: it would skip the check of a signature (CVE-2026-35039).
    // Times are checked below, by the clock that issues.
    createVerifier({
      algorithms: ["HS256"],
      key,
      cache: false,
      ignoreExpiration: true,
      ignoreNotBefore: true,
    }),
  );

  const verified = (token: string): Record<string, unknown> | undefined => {
    for (const verify of verifiers) {
      try {
        return verify(token) as Record<string, unknown>;
      } catch {
        // The next secret of a rotation may fit.
      }
    }
    return undefined;
  };

  const claimsOf = (token: string): { readonly claims: AccessClaims; readonly exp: number } | undefined => {
    if (token.length > LENGTH_MAX || !hasPlainHeader(token)) return undefined;
    const claims = verified(token);
    if (claims === undefined) return undefined;
    const { sub, sid, iat, exp, iss, aud, jti, nbf } = claims;
    const nowSeconds = clock.nowMillis() / 1000;
    const isOurs =
      iss === ISSUER &&
      aud === AUDIENCE &&
      typeof jti === "string" &&
      jti !== "" &&
      Number.isSafeInteger(iat) &&
      (iat as number) <= nowSeconds + CLOCK_SKEW_SECONDS &&
      Number.isSafeInteger(exp) &&
      (exp as number) > 0 &&
      // Ours have none.
      nbf === undefined &&
      typeof sub === "string" &&
      USER_ID.test(sub) &&
      typeof sid === "string" &&
      SID.test(sid);
    return isOurs ? { claims: { userId: Number(sub), sid }, exp: exp as number } : undefined;
  };

  return {
    /** Never outlives the session that it belongs to. */
    issue({ userId, sid }: AccessClaims, sessionExpiresAtMillis: number): IssuedToken {
      const iat = Math.floor(clock.nowMillis() / 1000);
      const exp = Math.min(iat + lifetimeSeconds, Math.floor(sessionExpiresAtMillis / 1000));
      const claims = { sub: String(userId), sid, iat, exp, iss: ISSUER, aud: AUDIENCE, jti: randomUUID() };
      return { token: sign(claims), expiresAtMillis: exp * 1000 };
    },

    /** Undefined for anything but a token of ours that is valid now. */
    read(token: string): AccessClaims | undefined {
      const found = claimsOf(token);
      return found !== undefined && found.exp * 1000 > clock.nowMillis() ? found.claims : undefined;
    },

    /** The same for one that may have expired: it opens nothing, but names the session that a log-out ends. */
    readExpired: (token: string): AccessClaims | undefined => claimsOf(token)?.claims,
  };
}

/** A header with `kid`, `jku`, `jwk`, `x5u` or anything else of the token's own choosing is not one of ours. */
function hasPlainHeader(token: string): boolean {
  const header = token.slice(0, token.indexOf("."));
  if (header === OUR_HEADER) return true;
  try {
    const members: unknown = JSON.parse(Buffer.from(header, "base64url").toString());
    return (
      typeof members === "object" &&
      members !== null &&
      (members as { alg?: unknown }).alg === "HS256" &&
      Object.keys(members).every((name) => HEADER_MEMBERS.has(name))
    );
  } catch {
    return false;
  }
}
