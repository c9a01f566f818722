import { type Db, statement } from "../../../db/database.js";
import { languageOr } from "../../../kernel/language.js";
import { mailText } from "../../../providers/mail/formats/mail-text.js";
import {
  defineMail,
  type Letter,
  type MailComposer,
  mailComposer,
  SAMPLE,
  signatureOf,
  type TextsIn,
} from "../../mail/mail.module.js";

/**
 * The chain's last hash, once a day to each owner: who changes rows later cannot change what was mailed. It is about a
 * person, and says what is the last block when it is sent; kept shorter than a day, so that the next one is queued.
 */
const AUDIT_ROOT = defineMail({
  kind: "audit_root",
  priority: 5,
  from: `left join users u on u.id = c.subject_id left join alarm_choices h on h.user_id = u.id
     left join lateral (select number, made_at, hash from audit_blocks order by number desc limit 1) b on true`,
  obstacle: `case when u.id is null or u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out' when b.number is null then 'no_block' end`,
  columns: `u.email, h.language, b.number as block, b.made_at, encode(b.hash, 'hex') as hash`,
  keptHours: 20,
});

const QUEUE = statement(
  "chain.queue_root_mails",
  `select ${AUDIT_ROOT.queue({ subject: "u.id", order: "null" })} from users u
   where u.email = any ($1::text[]) and u.disabled_at is null and u.deleted_at is null
     and exists (select from audit_blocks)`,
);

export const makeMailRoot = (db: Db, ownerEmails: readonly string[]) => async (): Promise<void> => {
  await db.run(QUEUE, [ownerEmails]);
};

interface RootRow {
  readonly email: string;
  readonly language: string | null;
  readonly block: number;
  readonly made_at: string;
  readonly hash: string;
}

export function makeRootMail(textsIn: TextsIn): MailComposer {
  const letterOf = ({ email, language, block, made_at: madeAt, hash }: RootRow): Letter => {
    const texts = textsIn(languageOr(language));
    const { text, shop, moment } = texts;
    return {
      to: email,
      language: texts.language,
      edition: String(block),
      subject: text("root.subject", { shop: shop.name, block }),
      text: mailText(
        [`${text("root.block", { block, at: moment(madeAt) })}\n${hash}`, text("root.keep")],
        signatureOf(texts),
      ),
    };
  };
  return mailComposer<RootRow>(AUDIT_ROOT, letterOf, (language) => {
    const row = { email: SAMPLE.email, language, block: 42, made_at: SAMPLE.at, hash: "0".repeat(64) };
    return [{ variant: "block", letter: letterOf(row) }];
  });
}
