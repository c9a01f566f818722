import type { Db } from "../../db/database.js";
import type { Events } from "../../telemetry/events.js";
import type { SessionCache } from "./session-cache.js";
import { type RevocationReason, revokeOwnSession, revokeSessions } from "./session-store.js";

export interface EndSessionsDeps {
  readonly db: Db;
  readonly sessionCache: SessionCache;
  readonly events: Events;
}

export type EndSessions = ReturnType<typeof makeEndSessions>;

/** Ends sessions: at once in this process, everywhere else when their cached state is too old (session-cache.ts). */
export function makeEndSessions({ db, sessionCache, events }: EndSessionsDeps) {
  const ended = (sids: readonly string[], reason: RevocationReason): number => {
    sessionCache.forget(sids);
    for (const _ of sids) events.sessionRevoked({ reason });
    return sids.length;
  };
  return {
    /** Ends the named sessions, or all of the people whose live sessions they are. */
    async logOut(sids: readonly string[], scope: { readonly everywhere: boolean }): Promise<void> {
      if (sids.length === 0) return;
      const gone = await revokeSessions(db, sids, scope);
      ended(
        gone.map(({ sid }) => sid),
        "logged_out",
      );
      sessionCache.forget(sids);
      if (scope.everywhere) for (const { user_id: userId } of gone) sessionCache.forgetUser(userId);
    },
    /** False when the session is not this user's or not alive. */
    async endOwn(sessionId: number, userId: number): Promise<boolean> {
      return ended(await revokeOwnSession(db, sessionId, userId), "ended_by_user") > 0;
    },
  };
}
