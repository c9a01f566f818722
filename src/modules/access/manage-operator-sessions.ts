import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db } from "../../db/database.js";
import { listOperatorSessions } from "./operator-read-model.js";
import { endOperatorSession } from "./operator-session-store.js";

export interface ManageOperatorSessionsDeps {
  readonly db: Db;
  /** This process looks the person up anew; others do within the age of what they remember. */
  readonly forgetPerson: (userId: number) => void;
}

export type ManageOperatorSessions = ReturnType<typeof makeManageOperatorSessions>;

/** Where the team is signed in for operators' work. What somebody buys as a traveller stays signed in. */
export function makeManageOperatorSessions({ db, forgetPerson }: ManageOperatorSessionsDeps) {
  return {
    /** Of everybody when no person is named. */
    list: (userId: number | null) => listOperatorSessions(db, userId),

    /** False when there is no live one, or it is not the named person's. */
    async end(sessionId: number, ofUserId: number | null, act: Act): Promise<boolean> {
      const userId = await db.transactionAs(act, async (tx) => {
        const ended = await endOperatorSession(tx, sessionId, ofUserId);
        if (ended !== undefined) {
          const subject = `user:${ended}`;
          await writeAudit(tx, act, {
            action: "operator_session.ended",
            subject,
            after: { session_id: sessionId },
          });
        }
        return ended;
      });
      if (userId !== undefined) forgetPerson(userId);
      return userId !== undefined;
    },
  };
}
