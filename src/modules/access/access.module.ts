/**
 * Owns: who works in the shop's administration and what they may do (team_members, team_invitations), their second
 *   factors and sessions (operator_factors, operator_sessions and what belongs to them), and the keys of programs
 *   (api_keys).
 * Promises: an invitation is used once, in time, by the address that it was sent to; the shop keeps an owner; a change
 *   or removal counts everywhere within five seconds, and is audited with who, why and from which request.
 *   A key may never do more than the person who made it may do now. Who has a second factor does nothing without it;
 *   one code counts once over all processes, and wrong ones are bounded however many ask at once.
 * Never: a token, key, code or secret in clear in the database, in a job or in the log.
 */
import type { Db, Tx } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import { type Permission, rolesWith } from "../../kernel/permissions.js";
import type { Sealer } from "../../kernel/sealing.js";
import type { Events } from "../../telemetry/events.js";
import { defineScheduledJob } from "../jobs/jobs.module.js";
import { type LiveShop, makeTextsIn } from "../mail/mail.module.js";
import { type AdmitOperatorDeps, makeAdmitOperator } from "./admit-operator.js";
import { forgetOldNotices, makeFactorMail } from "./factor-mail.js";
import { makeFactorSecrets } from "./factor-secrets.js";
import { forgetOldOffers, resealFactors } from "./factor-store.js";
import { makeInvitationMail, queueInvitation } from "./invitation-mail.js";
import { forgetOldInvitations } from "./invitation-store.js";
import { makeManageKeys } from "./manage-keys.js";
import { makeManageOperatorSessions } from "./manage-operator-sessions.js";
import { type ManageTeamDeps, makeLeaveTeam, makeManageTeam } from "./manage-team.js";
import { findUserByAddress, makeResetFactor, type ResetFactor } from "./reset-factor.js";
import { registerAcceptInvitation } from "./routes/accept-invitation.js";
import { registerApiKeys } from "./routes/api-keys.js";
import { registerOperatorSessions } from "./routes/operator-sessions.js";
import { registerSecondFactor } from "./routes/second-factor.js";
import { registerInvitations, registerTeam } from "./routes/team.js";
import { makeSetUpFactor } from "./set-up-factor.js";
import { hasOtherOfRoles } from "./team-store.js";
import { makeUseFactor } from "./use-factor.js";
import { makeUseKey, type UseKeyDeps } from "./use-key.js";

const FORGET_TEAM_INVITATIONS = defineScheduledJob("forget_team_invitations", "17 3 * * *");

export interface AccessDeps
  extends Omit<ManageTeamDeps, "mailInvitation" | "endSessionsOf">,
    UseKeyDeps,
    Omit<AdmitOperatorDeps, "db"> {
  readonly events: Events;
  readonly isProduction: boolean;
  /** For the hashes of recovery codes. */
  readonly pepper: string;
  readonly endSessionsOf: (tx: Tx, userId: number, reason: "left_team" | "factor_reset") => Promise<void>;
  /** For jobs. */
  readonly reservedDb: Db;
  readonly publicUrl: string;
  readonly shop: LiveShop;
}

export function makeAccessModule(deps: AccessDeps) {
  const keys = makeManageKeys(deps);
  const team = makeManageTeam({
    ...deps,
    mailInvitation: queueInvitation,
    endSessionsOf: (tx, userId) => deps.endSessionsOf(tx, userId, "left_team"),
  });
  const factorDeps = { ...deps, factorSecrets: makeFactorSecrets(deps) };
  const factor = {
    isRequired: deps.operators.needsFactor,
    setUp: makeSetUpFactor(factorDeps),
    show: makeUseFactor(factorDeps),
    reset: makeResetFactorHere(deps),
  };
  const sessions = makeManageOperatorSessions(deps);
  const textsIn = makeTextsIn(() => ({ ...deps.shop, url: deps.publicUrl }));
  return {
    jobs: FORGET_TEAM_INVITATIONS.handledBy(async () => {
      await forgetOldInvitations(deps.reservedDb);
      await forgetOldNotices(deps.reservedDb);
      await forgetOldOffers(deps.reservedDb);
    }),
    mails: [makeInvitationMail({ ...deps, textsIn }), makeFactorMail({ ...deps, textsIn })],
    admitOperator: makeAdmitOperator(deps),
    useKey: makeUseKey(deps),
    leaveTeam: makeLeaveTeam(deps),
    /** Whether anybody but this person may do it now. */
    hasOtherWith: (permission: Permission, userId: number) =>
      hasOtherOfRoles(deps.db, rolesWith(permission), { userId, ownerEmails: deps.ownerEmails }),
    registerRoutes(app: Server): void {
      registerTeam(app, team);
      registerInvitations(app, team, deps);
      registerAcceptInvitation(app, team);
      registerApiKeys(app, keys);
      registerSecondFactor(app, factor);
      registerOperatorSessions(app, sessions);
    },
  };
}

/** This process forgets the sessions at once, others within 5 s. */
function makeResetFactorHere(deps: AccessDeps) {
  const reset = makeResetFactor(deps);
  return async (command: ResetFactor): Promise<void> => {
    await reset(command);
    deps.events.secondFactor({ outcome: "reset" }, { user_id: command.userId });
    deps.forgetPerson(command.userId);
    deps.wakeWorkers();
  };
}

/** After a key was put first in DATA_ENCRYPTION_KEYS. */
export async function resealSecondFactors(db: Db, sealer: Sealer): Promise<number> {
  const { open, seal } = makeFactorSecrets({ sealer, pepper: "" });
  return resealFactors(db, (userId, sealed) => seal(userId, open(userId, sealed)));
}

export { findUserByAddress, makeResetFactor };
