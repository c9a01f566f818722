import type { Db } from "../../db/database.js";
import type { Events } from "../../telemetry/events.js";
import { failpoint } from "../../telemetry/failpoints.js";
import type { AccessTokens } from "./access-token.js";
import type { RefreshTokens } from "./refresh-token.js";
import type { SessionCache } from "./session-cache.js";
import { rotateRefreshToken } from "./session-store.js";
import type { GrantedSession } from "./verify-code.js";

export interface RefreshSessionDeps {
  readonly db: Db;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly sessionCache: SessionCache;
  readonly events: Events;
}

export type SessionRefreshed =
  | { readonly kind: "granted"; readonly session: GrantedSession }
  /** Was not made here. */
  | { readonly kind: "invalid" }
  /** Belongs to a session that has ended, possibly by this very use. */
  | { readonly kind: "revoked" };

/** Trades a refresh token for its child; the row in the database decides (session-store.ts). */
export function makeRefreshSession(deps: RefreshSessionDeps) {
  const { db, accessTokens, refreshTokens, sessionCache, events } = deps;

  return async (shownText: string): Promise<SessionRefreshed> => {
    const shown = refreshTokens.read(shownText);
    if (shown === undefined) return { kind: "invalid" };
    const child = refreshTokens.childOf(shown);
    const { sid, generation } = shown;
    const hash = refreshTokens.hash(shown);
    const verdict = await rotateRefreshToken(db, {
      sid,
      generation,
      hash,
      childHash: refreshTokens.hash(child),
    });
    if (verdict.kind === "reused") {
      sessionCache.forget([sid]);
      events.refreshReused({}, { user_id: verdict.userId, session_id: verdict.sessionId });
      events.sessionRevoked({ reason: "refresh_reused" }, { session_id: verdict.sessionId });
    }
    if (verdict.kind !== "granted") return { kind: "revoked" };
    await failpoint("s4.after_rotate");

    const { userId, email, name, expiresAtMillis: sessionExpiresAtMillis } = verdict.session;
    const { token, expiresAtMillis } = accessTokens.issue({ userId, sid }, sessionExpiresAtMillis);
    const session: GrantedSession = {
      sessionKind: verdict.sessionKind,
      user: { id: userId, email, name },
      token,
      tokenExpiresAtMillis: expiresAtMillis,
      refreshToken: child.text,
      sessionExpiresAtMillis,
    };
    return { kind: "granted", session };
  };
}
