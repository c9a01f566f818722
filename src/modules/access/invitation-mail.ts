import { statement, type Tx } from "../../db/database.js";
import { DEFAULT_LANGUAGE, type Language } from "../../kernel/language.js";
import type { Sealer } from "../../kernel/sealing.js";
import { mailText } from "../../providers/mail/formats/mail-text.js";
import {
  defineMail,
  type Letter,
  type MailComposer,
  mailComposer,
  SAMPLE,
  signatureOf,
  type TextsIn,
} from "../mail/mail.module.js";
import { sealedFor } from "./manage-team.js";

/** The token lies sealed with its invitation until the mail is sent, or the invitation ends. */
const TEAM_INVITATION = defineMail({
  kind: "team_invitation",
  priority: 0,
  from: "left join team_invitations t on t.id = c.subject_id",
  obstacle: `case when t.id is null then 'invitation_gone' when t.accepted_at is not null then 'invitation_used'
       when t.revoked_at is not null then 'invitation_revoked' when t.expires_at <= now() then 'invitation_expired'
       when t.sealed_token is null then 'invitation_not_kept' end`,
  columns: "t.email, t.role, t.sealed_token, t.expires_at",
  follow: {
    name: "token_erased",
    sql: `update team_invitations set sealed_token = null
     from settled where team_invitations.id = settled.subject_id and settled.status <> 'delayed'`,
  },
});

const QUEUE = statement(
  "access.queue_invitation",
  `select ${TEAM_INVITATION.queue({ subject: "$1::bigint", order: "null" })}`,
);

export async function queueInvitation(tx: Tx, invitationId: number): Promise<void> {
  await tx.run(QUEUE, [invitationId]);
}

interface InvitationRow {
  readonly email: string;
  readonly role: string;
  readonly sealed_token: Buffer;
  readonly expires_at: string;
}

/** The token stands behind a # in the link, which browsers send to nobody. What an invited person reads is not known. */
export function makeInvitationMail(deps: {
  readonly sealer: Sealer;
  readonly publicUrl: string;
  readonly textsIn: TextsIn;
}): MailComposer {
  const letterOf = (row: Omit<InvitationRow, "sealed_token">, token: string, language: Language): Letter => {
    const texts = deps.textsIn(language);
    const { text, shop, moment } = texts;
    const link = `${deps.publicUrl}/console/join#${token}`;
    const paragraphs = [
      text("invitation.what", { shop: shop.name, role: row.role }),
      text("invitation.link", { link }),
      text("invitation.until", { until: moment(row.expires_at) }),
    ];
    return {
      to: row.email,
      language: texts.language,
      subject: text("invitation.subject", { shop: shop.name }),
      text: mailText(paragraphs, signatureOf(texts)),
    };
  };
  return mailComposer<InvitationRow>(
    TEAM_INVITATION,
    (row) => letterOf(row, deps.sealer.open(sealedFor(row.email), row.sealed_token), DEFAULT_LANGUAGE),
    (language) => {
      const row = { email: SAMPLE.email, role: "support", expires_at: SAMPLE.until };
      return [{ variant: "invitation", letter: letterOf(row, SAMPLE.secret, language) }];
    },
  );
}
