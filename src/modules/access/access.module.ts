/**
 * Owns: who works in the shop's administration and what they may do (team_members, team_invitations).
 * Promises: an invitation is used once, in time, by the address that it was sent to; the shop keeps an owner; a change
 *   or removal counts everywhere within five seconds, and is audited with who, why and from which request.
 * Never: a token in clear in the database, in a job or in the log.
 */
import type { Db } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import type { Mail, MailOutcome } from "../../providers/mail/port.js";
import type { Jobs } from "../jobs/jobs.module.js";
import { forgetOldInvitations } from "./invitation-store.js";
import { type ManageTeamDeps, makeManageTeam } from "./manage-team.js";
import { registerAcceptInvitation } from "./routes/accept-invitation.js";
import { registerInvitations, registerTeam } from "./routes/team.js";
import { makeSendInvitationJob, queueInvitation } from "./send-invitation.job.js";

export interface AccessDeps extends Omit<ManageTeamDeps, "mailInvitation"> {
  /** For jobs. */
  readonly reservedDb: Db;
  readonly mailer: { send(mail: Mail): Promise<MailOutcome> };
  readonly publicUrl: string;
  readonly shopName: string;
}

export function makeAccessModule(deps: AccessDeps) {
  const team = makeManageTeam({ ...deps, mailInvitation: queueInvitation });
  const jobs: Jobs = {
    handlers: {
      send_team_invitation: makeSendInvitationJob({ ...deps, db: deps.reservedDb }),
      forget_team_invitations: () => forgetOldInvitations(deps.reservedDb),
    },
    scheduled: [{ task: "forget_team_invitations", cron: "17 3 * * *" }],
  };
  return {
    jobs,
    registerRoutes(app: Server): void {
      registerTeam(app, team);
      registerInvitations(app, team);
      registerAcceptInvitation(app, team);
    },
  };
}
