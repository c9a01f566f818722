import { type Db, statement, type Tx } from "../../db/database.js";
import type { Sealer } from "../../kernel/sealing.js";
import type { Mail, MailOutcome } from "../../providers/mail/port.js";
import type { JobHandler } from "../jobs/jobs.module.js";
import { sealedFor } from "./manage-team.js";

const QUEUE = statement(
  "access.queue_invitation",
  "select enqueue_job('send_team_invitation', json_build_object('invitation_id', $1::bigint))",
);
const UNSENT = statement(
  "access.find_unsent_invitation",
  `select email, role, sealed_token, expires_at from team_invitations
   where id = $1 and sealed_token is not null and expires_at > now()`,
);
const SENT = statement(
  "access.erase_sealed_invitation",
  "update team_invitations set sealed_token = null where id = $1",
);

export async function queueInvitation(tx: Tx, invitationId: number): Promise<void> {
  await tx.run(QUEUE, [invitationId]);
}

export interface SendInvitationDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly mailer: { send(mail: Mail): Promise<MailOutcome> };
  readonly publicUrl: string;
  readonly shopName: string;
}

/** The token stands behind a # in the link, which browsers send to nobody. */
export function makeSendInvitationJob(deps: SendInvitationDeps): JobHandler {
  const { db, sealer, shopName } = deps;
  return async ({ invitation_id: id }) => {
    if (typeof id !== "number") throw new Error("send_team_invitation needs an invitation_id");
    const { rows } = await db.run<{ email: string; role: string; sealed_token: Buffer; expires_at: string }>(
      UNSENT,
      [id],
    );
    const [row] = rows;
    if (row === undefined) return;
    const link = `${deps.publicUrl}/console/join#${sealer.open(sealedFor(row.email), row.sealed_token)}`;
    const outcome = await deps.mailer.send({
      template: "team_invitation",
      reference: `team-invitation-${id}`,
      to: { address: row.email },
      subject: `You are invited to work in ${shopName}`,
      text: [
        `You are invited to work in the administration of ${shopName}, with the role ${row.role}.`,
        `Open this link and sign in with this address: ${link}`,
        `It works once, until ${row.expires_at}. If you did not expect it, ignore this mail.`,
      ].join("\n\n"),
    });
    if (outcome.kind === "unknown")
      throw new Error(`The mail server did not take the invitation: ${outcome.cause}`);
    await db.run(SENT, [id]);
  };
}
