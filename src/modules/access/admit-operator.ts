import type { Db } from "../../db/database.js";
import type { OperatorState } from "../../http/caller.js";
import type { FactorNeed } from "../../http/factor-need.js";
import type { FoundSession } from "../../http/session-guard.js";
import { AppError } from "../../kernel/errors.js";
import { type OperatorTimes, openOperatorSession, touchOperatorSession } from "./operator-session-store.js";

export interface AdmitOperatorDeps {
  readonly db: Db;
  readonly operators: OperatorTimes & {
    /** A person without a second factor has to set one up before anything else. */
    readonly needsFactor: boolean;
  };
  /** As the database has it now. */
  readonly findSessionAnew: (sid: string) => Promise<{ readonly operator: OperatorState } | undefined>;
}

/**
 * Lets a member of the team in: opens the operator's part of the login at its first use, and refuses when it is over or
 * the second factor is missing. A refusal is never made by memory alone: another process may have seen the factor a
 * moment ago. What lets in is at most as old as the session cache.
 */
export function makeAdmitOperator({ db, operators, findSessionAnew }: AdmitOperatorDeps) {
  const problemOf = (state: OperatorState, need: FactorNeed): AppError | undefined => {
    if (state.session === "over") return sessionOver();
    if (need === "none") return undefined;
    if (!state.hasFactor) {
      return operators.needsFactor && need !== "fresh_if_any" ? factorMissing() : undefined;
    }
    if (!state.isShown) return factorNotShown();
    return need !== "shown" && !state.isFresh ? factorNotFresh() : undefined;
  };
  const readAnew = async (sid: string): Promise<OperatorState> => {
    const session = await findSessionAnew(sid);
    if (session === undefined) throw new AppError("invalid_credentials", "Invalid token");
    return session.operator;
  };

  return async ({ sessionId: sid, operator }: FoundSession, need: FactorNeed): Promise<OperatorState> => {
    let state = operator;
    if (state.session === "none") {
      await openOperatorSession(db, sid, operators);
      state = await readAnew(sid);
      // The login is too old.
      if (state.session === "none") throw sessionOver();
    } else if (state.session === "live" && state.isTouchDue) {
      await touchOperatorSession(db, sid, operators);
      state = await readAnew(sid);
    }
    if (problemOf(state, need) !== undefined) state = await readAnew(sid);
    const problem = problemOf(state, need);
    if (problem !== undefined) throw problem;
    return state;
  };
}

const sessionOver = (): AppError =>
  new AppError(
    "operator_session_over",
    "Your session for operators' work has ended. Sign in again; what you buy as a traveller stays signed in.",
  );

const factorMissing = (): AppError =>
  new AppError(
    "second_factor_required",
    "This shop asks its team for a second factor. Set yours up at /console, then repeat the request.",
  );

const factorNotShown = (): AppError =>
  new AppError(
    "second_factor_required",
    "Show your second factor at /console, or by POST /admin/second-factor/verify; then repeat the request.",
  );

const factorNotFresh = (): AppError =>
  new AppError(
    "step_up_required",
    "This moves money, gives rights or shows secrets. Show your second factor again by POST /admin/second-factor/verify, " +
      "then repeat the request; nothing was done.",
  );
