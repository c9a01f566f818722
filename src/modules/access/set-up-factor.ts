import { create } from "qrcode";
import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import { AppError } from "../../kernel/errors.js";
import type { Language } from "../../kernel/language.js";
import { noteFactorChange } from "./factor-mail.js";
import { findFactor, lockOffer, offerFactor, setFactor } from "./factor-store.js";
import { endOtherOperatorSessions, noteShownFactor } from "./operator-session-store.js";
import { type UseFactorDeps, wrongCode } from "./use-factor.js";

export interface SetUpFactorDeps extends UseFactorDeps {
  readonly shop: { readonly name: string };
}

interface Login {
  readonly userId: number;
  readonly sid: string;
}

export interface OfferedFactor {
  /** In base 32. Shown this once. */
  readonly secret: string;
  readonly uri: string;
  readonly qr: { readonly size: number; readonly path: string };
  readonly expiresAt: string;
}

/** A person's own second factor: it is offered, and counts when a code of it was shown. */
export function makeSetUpFactor(deps: SetUpFactorDeps) {
  const { db, events, factorSecrets, operators } = deps;
  return {
    find: (userId: number) => findFactor(db, userId),

    async offer(login: Login, email: string): Promise<OfferedFactor> {
      const secret = factorSecrets.makeSecret();
      const sealed = factorSecrets.seal(login.userId, secret);
      const offered = await offerFactor(db, login, sealed, operators.stepUpMinutes);
      if (offered === undefined) {
        throw new AppError(
          "step_up_required",
          "Sign in again with a mailed code, then set the second factor up: it takes a sign-in of a moment ago.",
        );
      }
      const uri = factorSecrets.uriOf(secret, { email, shop: deps.shop.name });
      return { secret, uri, qr: qrOf(uri), expiresAt: offered.expires_at };
    },

    /** Answers the recovery codes, which are shown this once. Every other session of the person begins anew. */
    async confirm(
      login: Login,
      {
        code,
        language,
        act,
      }: { readonly code: string; readonly language: Language | null; readonly act: Act },
    ): Promise<readonly string[]> {
      const { userId, sid } = login;
      const recoveryCodes = factorSecrets.makeRecoveryCodes();
      const recoveryHashes = recoveryCodes
        .map((one) => factorSecrets.hashRecoveryCode(userId, one))
        .filter((hash) => hash !== undefined);
      await db.transactionAs(act, async (tx) => {
        const offer = await lockOffer(tx, login);
        if (offer === undefined) {
          throw new AppError("conflict", "This set-up is over or was begun elsewhere. Begin it again.");
        }
        const secret = factorSecrets.open(userId, offer.sealed_secret);
        const step = factorSecrets.isCode(code)
          ? factorSecrets.stepOf(secret, code, offer.now_seconds)
          : undefined;
        if (step === undefined) throw wrongCode();
        const sealedSecret = factorSecrets.seal(userId, secret);
        await setFactor(tx, userId, { sealedSecret, step, language, recoveryHashes });
        await endOtherOperatorSessions(tx, userId, sid);
        if ((await noteShownFactor(tx, login, operators)) === undefined) {
          throw new AppError("operator_session_over", "Your session has ended. Sign in again.");
        }
        await writeAudit(tx, act, { action: "second_factor.set_up", subject: `user:${userId}` });
        await noteFactorChange(tx, { userId, aboutUserId: userId, kind: "set_up", language });
      });
      events.secondFactor({ outcome: "set_up" }, { user_id: userId });
      deps.forgetPerson(userId);
      deps.wakeWorkers();
      return recoveryCodes;
    },
  };
}

export type SetUpFactor = ReturnType<typeof makeSetUpFactor>;

/** The modules as one path of squares, which a page draws without an image of its own. */
function qrOf(uri: string): OfferedFactor["qr"] {
  const { modules } = create(uri, { errorCorrectionLevel: "M" });
  const { size } = modules;
  let path = "";
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (modules.get(row, column) === 1) path += `M${column} ${row}h1v1h-1z`;
    }
  }
  return { size, path };
}
