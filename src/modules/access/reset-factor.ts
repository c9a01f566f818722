import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import { type Db, type Queryable, statement, type Tx } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import { noteFactorChange } from "./factor-mail.js";
import { resetFactor } from "./factor-store.js";

export interface ResetFactorDeps {
  readonly db: Db;
  readonly endSessionsOf: (tx: Tx, userId: number, reason: "factor_reset") => Promise<void>;
}

export interface ResetFactor {
  readonly userId: number;
  readonly reason: string;
  /** Who does it and what they read; null on the command line. */
  readonly by: { readonly userId: number; readonly language: string | null } | null;
  readonly act: Act;
}

/**
 * Takes a member's second factor away, as when the phone is lost: every session of theirs ends, the next sign-in sets a
 * new one up, and both people are told by mail.
 */
export function makeResetFactor({ db, endSessionsOf }: ResetFactorDeps) {
  return async ({ userId, reason, by, act }: ResetFactor): Promise<void> => {
    if (by?.userId === userId) {
      throw new AppError("conflict", "This is your own second factor. Set up a new one in its place.");
    }
    await db.transactionAs(act, async (tx) => {
      const former = await resetFactor(tx, userId);
      if (former === undefined) {
        throw new AppError(
          "not_found",
          "There is nobody of this id with a second factor. Load the team again.",
        );
      }
      await endSessionsOf(tx, userId, "factor_reset");
      const subject = `user:${userId}`;
      await writeAudit(tx, act, { action: "second_factor.reset", subject, after: { reason } });
      const about = { aboutUserId: userId };
      await noteFactorChange(tx, { ...about, userId, kind: "was_reset", language: former.language });
      if (by === null) return;
      await noteFactorChange(tx, { ...about, ...by, kind: "reset_by_you" });
    });
  };
}

const FIND = statement(
  "access.find_user_by_address",
  "select id from users where email = $1 and deleted_at is null",
);

export const findUserByAddress = async (db: Queryable, email: string): Promise<number | undefined> =>
  (await db.run<{ id: number }>(FIND, [email])).rows[0]?.id;
