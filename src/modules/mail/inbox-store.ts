import { type Queryable, statement } from "../../db/database.js";
import type { KeptMail, NewMail } from "./inbox-mail.js";

/** The inbox is for looking at recent mail, not an archive. */
const MAILS_MAX = 500;

const KEEP = statement(
  "mail.keep",
  `insert into dev_inbox (message_id, recipient, subject, text_body, html_body)
   values ($1, $2, $3, $4, $5)
   on conflict on constraint dev_inbox_one_per_message do nothing`,
);
/** Ids rise without gaps worth mentioning, so the bound is a comparison and not a count. */
const TRIM = statement(
  "mail.trim",
  `delete from dev_inbox where id <= (select max(id) from dev_inbox) - ${MAILS_MAX}`,
);
const NEWEST = statement(
  "mail.newest",
  `select recipient as "to", subject, text_body as text, html_body as html, created_at
   from dev_inbox order by id desc limit ${MAILS_MAX}`,
);

export async function keepMail(
  db: Queryable,
  { messageId, to, subject, text, html }: NewMail,
): Promise<void> {
  const { count } = await db.run(KEEP, [messageId, to, subject, text, html]);
  if (count > 0) await db.run(TRIM);
}

/** Newest first. */
export async function listMails(db: Queryable): Promise<readonly KeptMail[]> {
  return (await db.run<KeptMail>(NEWEST)).rows;
}
