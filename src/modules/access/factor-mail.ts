import { type Queryable, statement, type Tx } from "../../db/database.js";
import { languageOr } from "../../kernel/language.js";
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

const NOTICES = ["set_up", "recovery_used", "was_reset", "reset_by_you"] as const;
export type NoticeKind = (typeof NOTICES)[number];

/** Whose second factor changed learns of it, and so does who changed it. */
const FACTOR_NOTICE = defineMail({
  kind: "factor_notice",
  priority: -10,
  from: `left join factor_notices n on n.id = c.subject_id left join users u on u.id = n.user_id
     left join users about on about.id = n.about_user_id`,
  obstacle: `case when n.id is null or u.id is null then 'notice_gone' when u.deleted_at is not null then 'person_deleted' end`,
  columns: "u.email, about.email as about, n.kind as notice, n.language, n.created_at as noticed_at",
});

/** The language is the reader's: who acts says their own, everybody else's is that of their set-up. */
const NOTE = statement(
  "access.note_factor_change",
  `with noted as (
     insert into factor_notices (user_id, about_user_id, kind, language) values ($1, $2, $3, $4) returning id
   )
   select ${FACTOR_NOTICE.queue({ subject: "id", order: "null" })} from noted`,
);

export async function noteFactorChange(
  tx: Tx,
  notice: {
    readonly userId: number;
    readonly aboutUserId: number;
    readonly kind: NoticeKind;
    readonly language: string | null;
  },
): Promise<void> {
  await tx.run(NOTE, [notice.userId, notice.aboutUserId, notice.kind, notice.language]);
}

const FORGET = statement(
  "access.forget_factor_notices",
  "delete from factor_notices where created_at < now() - interval '30 days'",
);

export async function forgetOldNotices(db: Queryable): Promise<void> {
  await db.run(FORGET);
}

interface NoticeRow {
  readonly email: string;
  readonly about: string;
  readonly notice: NoticeKind;
  readonly language: string | null;
  readonly noticed_at: string;
}

export function makeFactorMail({
  textsIn,
  publicUrl,
}: {
  readonly textsIn: TextsIn;
  readonly publicUrl: string;
}): MailComposer {
  const letterOf = (row: NoticeRow): Letter => {
    const texts = textsIn(languageOr(row.language));
    const { text, shop, moment } = texts;
    const values = { shop: shop.name, about: row.about, at: moment(row.noticed_at) };
    const paragraphs = [
      text(`factor.${row.notice}`, values),
      text(row.notice === "was_reset" ? "factor.again" : "factor.not_you", {
        link: `${publicUrl}/console`,
      }),
    ];
    return {
      to: row.email,
      language: texts.language,
      subject: text("factor.subject", values),
      text: mailText(paragraphs, signatureOf(texts)),
    };
  };
  return mailComposer<NoticeRow>(FACTOR_NOTICE, letterOf, (language) =>
    NOTICES.map((notice) => ({
      variant: notice,
      letter: letterOf({ email: SAMPLE.email, about: SAMPLE.email, notice, language, noticed_at: SAMPLE.at }),
    })),
  );
}
