/**
 * Owns: who works in the shop's administration and what they may do (team_members, team_invitations),
 *   and the keys of programs (api_keys).
 * Promises: an invitation is used once, in time, by the address that it was sent to; the shop keeps an owner; a change
 *   or removal counts everywhere within five seconds, and is audited with who, why and from which request.
 *   A key may never do more than the person who made it may do now.
 * Never: a token or key in clear in the database, in a job or in the log.
 */
import type { Db } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import { type Permission, rolesWith } from "../../kernel/permissions.js";
import { defineScheduledJob } from "../jobs/jobs.module.js";
import { makeTextsIn } from "../mail/mail.module.js";
import { makeInvitationMail, queueInvitation } from "./invitation-mail.js";
import { forgetOldInvitations } from "./invitation-store.js";
import { makeManageKeys } from "./manage-keys.js";
import { type ManageTeamDeps, makeManageTeam } from "./manage-team.js";
import { registerAcceptInvitation } from "./routes/accept-invitation.js";
import { registerApiKeys } from "./routes/api-keys.js";
import { registerInvitations, registerTeam } from "./routes/team.js";
import { hasOtherOfRoles } from "./team-store.js";
import { makeUseKey, type UseKeyDeps } from "./use-key.js";

const FORGET_TEAM_INVITATIONS = defineScheduledJob("forget_team_invitations", "17 3 * * *");

export interface AccessDeps extends Omit<ManageTeamDeps, "mailInvitation">, UseKeyDeps {
  /** For jobs. */
  readonly reservedDb: Db;
  readonly publicUrl: string;
  readonly shop: { readonly name: string; readonly supportEmail: string | null };
}

export function makeAccessModule(deps: AccessDeps) {
  const keys = makeManageKeys(deps);
  const team = makeManageTeam({ ...deps, mailInvitation: queueInvitation });
  const textsIn = makeTextsIn({ ...deps.shop, url: deps.publicUrl });
  return {
    jobs: FORGET_TEAM_INVITATIONS.handledBy(() => forgetOldInvitations(deps.reservedDb)),
    mails: [makeInvitationMail({ ...deps, textsIn })],
    useKey: makeUseKey(deps),
    /** Whether anybody but this person may do it now. */
    hasOtherWith: (permission: Permission, userId: number) =>
      hasOtherOfRoles(deps.db, rolesWith(permission), { userId, ownerEmails: deps.ownerEmails }),
    registerRoutes(app: Server): void {
      registerTeam(app, team);
      registerInvitations(app, team);
      registerAcceptInvitation(app, team);
      registerApiKeys(app, keys);
    },
  };
}
