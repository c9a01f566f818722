import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db, Tx } from "../../db/database.js";
import { limitedError } from "../../http/rate-limit.js";
import { AppError } from "../../kernel/errors.js";
import type { Events } from "../../telemetry/events.js";
import { noteFactorChange } from "./factor-mail.js";
import type { FactorSecrets } from "./factor-secrets.js";
import {
  type SpentTry,
  secondsUntilTry,
  spendTry,
  TRIES,
  takeCodeIfNewer,
  takeRecoveryCodeIfUnused,
} from "./factor-store.js";
import { noteShownFactor, type OperatorTimes } from "./operator-session-store.js";

export interface UseFactorDeps {
  readonly db: Db;
  readonly events: Events;
  readonly factorSecrets: FactorSecrets;
  readonly operators: OperatorTimes;
  /** This process looks the person's sessions up anew. */
  readonly forgetPerson: (userId: number) => void;
  readonly wakeWorkers: () => void;
}

export interface ShowFactor {
  readonly userId: number;
  /** The login in which it is shown. */
  readonly sid: string;
  readonly code: string;
  readonly language: string | null;
  readonly act: Act;
}

type Shown =
  | { readonly kind: "shown" | "stepped_up" | "recovered" }
  | { readonly kind: "refused"; readonly reason: "wrong" | "replayed" };

/**
 * Shows a second factor: at sign-in, and again before what is dangerous. A try is spent first; the write that takes the
 * code decides, and notes it on the session, so that one code counts once over all processes.
 */
export function makeUseFactor(deps: UseFactorDeps) {
  const { db, events, factorSecrets } = deps;

  const take = async (command: ShowFactor, tried: SpentTry): Promise<Shown> => {
    const { userId, code, act } = command;
    const hash = factorSecrets.hashRecoveryCode(userId, code);
    const step = factorSecrets.isCode(code)
      ? factorSecrets.stepOf(factorSecrets.open(userId, tried.sealed_secret), code, tried.now_seconds)
      : undefined;
    return db.transactionAs(act, async (tx): Promise<Shown> => {
      const subject = `user:${userId}`;
      const refused = async (reason: "wrong" | "replayed"): Promise<Shown> => {
        await writeAudit(tx, act, { action: "second_factor.refused", subject, after: { reason } });
        return { kind: "refused", reason };
      };
      if (hash !== undefined) {
        const taken = await takeRecoveryCodeIfUnused(tx, userId, { hash, triedAt: tried.tried_at });
        if (taken === undefined) return refused("wrong");
        await note(tx, command);
        await writeAudit(tx, act, { action: "second_factor.recovery_code_used", subject, after: taken });
        const { language } = command;
        await noteFactorChange(tx, { userId, aboutUserId: userId, kind: "recovery_used", language });
        return { kind: "recovered" };
      }
      if (step === undefined) return refused("wrong");
      if (!(await takeCodeIfNewer(tx, userId, { step, triedAt: tried.tried_at }))) return refused("replayed");
      const { is_first: isFirst } = await note(tx, command);
      const action = isFirst ? "second_factor.shown" : "second_factor.shown_again";
      await writeAudit(tx, act, { action, subject });
      return { kind: isFirst ? "shown" : "stepped_up" };
    });
  };

  /** A session that ended meanwhile takes no code: what was taken is rolled back. */
  const note = async (tx: Tx, { sid, userId }: ShowFactor): Promise<{ readonly is_first: boolean }> => {
    const noted = await noteShownFactor(tx, { sid, userId }, deps.operators);
    if (noted === undefined) {
      throw new AppError(
        "operator_session_over",
        "Your session for operators' work has ended. Sign in again.",
      );
    }
    return noted;
  };

  return async (command: ShowFactor): Promise<void> => {
    const { userId, code } = command;
    // Neither a code nor a recovery code: there is nothing to compare, and no try to spend.
    if (!factorSecrets.isCode(code) && factorSecrets.hashRecoveryCode(userId, code) === undefined) {
      events.secondFactor({ outcome: "malformed" }, { user_id: userId });
      throw wrongCode();
    }
    const tried = await spendTry(db, userId);
    if (tried === undefined) throw await withoutTry(deps, userId);
    const outcome = await take(command, tried);
    const label = outcome.kind === "refused" ? outcome.reason : outcome.kind;
    events.secondFactor({ outcome: label }, { user_id: userId });
    if (outcome.kind === "refused") throw wrongCode();
    deps.forgetPerson(userId);
    if (outcome.kind === "recovered") deps.wakeWorkers();
  };
}

export const wrongCode = (): AppError =>
  new AppError(
    "invalid_code",
    "This code is wrong or was used before. Wait for the next one in your app, or use a recovery code.",
  );

async function withoutTry({ db, events }: UseFactorDeps, userId: number): Promise<AppError> {
  const seconds = await secondsUntilTry(db, userId);
  if (seconds === undefined) {
    return new AppError("conflict", "You have no second factor. Set one up first.");
  }
  events.secondFactor({ outcome: "budget_used_up" }, { user_id: userId });
  return limitedError("too_many_attempts", {
    name: "second_factor_tries",
    quota: TRIES.perQuarter,
    windowSeconds: 15 * 60,
    retrySeconds: Math.max(1, Math.ceil(seconds)),
  });
}
