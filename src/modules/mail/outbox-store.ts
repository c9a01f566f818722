import type { Act } from "../../db/act.js";
import { type Queryable, type Statement, statement } from "../../db/database.js";
import { groupRuns } from "../../db/grouped-runs.js";
import type { Language } from "../../kernel/language.js";
import type { MailDefinition } from "./mail-definition.js";
import type { MailState } from "./mail-state.js";
import { SEND_MAIL } from "./send-mail.js";

/** Longer than the mail server may take. */
const CLAIM_SECONDS = 60;
/** A recipient whose mail server takes nothing for so long has no mailbox. */
const GIVE_UP = "interval '5 days'";
const WAITING = "status in ('queued', 'delayed')";
const STATUS = `case when t.last_error = 'temporary' and m.created_at < now() - ${GIVE_UP} then 'refused' else t.status end`;
/** From five seconds, doubled by each try, to half an hour. */
const BACK_OFF = "least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'";

/** A mail that this process may send until its claim ends, and what its kind's composer reads. */
export interface ClaimedMail {
  readonly mail_id: number;
  readonly subject_id: number;
  readonly mail_number: number;
  /** Nobody else's claim ends at this very moment. */
  readonly claimed_until: string;
  /** Why it is not to be sent; null: it is. */
  readonly obstacle: string | null;
}

/** The statements of one kind of mail. */
export function outboxStatements(mail: MailDefinition) {
  const { kind, from, obstacle, columns, follow, priority } = mail;
  const tryAgain = SEND_MAIL.enqueue(
    { mail_id: "settled.id", kind: `'${kind}'` },
    { runAt: "settled.next_try_at", priority },
  );
  return {
    claim: statement(
      `mail.claim_${kind}`,
      `with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + ${CLAIM_SECONDS} * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = '${kind}' and m.${WAITING}
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         ${obstacle} as obstacle, ${columns}
       from c ${from}`,
    ),
    lookAgain: statement(
      `mail.look_again_${kind}`,
      `update outgoing_mails m set claimed_until = clock_timestamp() + ${CLAIM_SECONDS} * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select ${obstacle} from (select m.subject_id, m.order_id) c ${from}) is null
       returning m.claimed_until::text as claimed_until`,
    ),
    settle: statement(
      `mail.settle_${kind}`,
      `with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = ${STATUS},
           ended_at = case when ${STATUS} <> 'delayed' then now() end, next_try_at = now() + ${BACK_OFF}
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.${WAITING}
         returning m.id, m.subject_id, m.status, m.next_try_at
       )${follow === undefined ? "" : `, ${follow.name} as (${follow.sql})`}
       select settled.status, case when settled.status = 'delayed' then ${tryAgain} end from settled`,
    ),
    resend: statement(
      `mail.resend_${kind}`,
      `with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (${WAITING} and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = '${kind}' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c ${from}
         where m.id = latest.id and m.${WAITING} and latest.is_replaced and (${obstacle}) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select '${kind}', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c ${from} where (${obstacle}) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', '${kind}', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, ${obstacle} as obstacle,
         (select ${SEND_MAIL.enqueue({ mail_id: "again.id", kind: `'${kind}'` }, { priority })} from again)
       from c ${from}`,
    ),
  };
}

type Statements = ReturnType<typeof outboxStatements>;

/** One sender at a time, and only while it is neither sent nor ended. Undefined: nothing to do for this process. */
export const makeClaimMail = (
  db: Queryable,
  { claim }: Statements,
): ((mailId: number) => Promise<ClaimedMail | undefined>) =>
  groupRuns(async (ids) => {
    const { rows } = await db.run<ClaimedMail>(claim, [ids]);
    const claims = new Map(rows.map((row) => [row.mail_id, row]));
    // Where two callers ask for the same one, it is the first's.
    return ids.map((id) => {
      const claimed = claims.get(id);
      claims.delete(id);
      return claimed;
    });
  });

/** A claim of the same mail that lasts on; undefined: it is another's, or the mail is not to be sent any more. */
export async function lookAgain<Claim extends ClaimedMail>(
  db: Queryable,
  { lookAgain: look }: Statements,
  claim: Claim,
): Promise<Claim | undefined> {
  const values = [claim.mail_id, claim.claimed_until];
  const row = (await db.run<{ claimed_until: string }>(look, values)).rows[0];
  return row && { ...claim, claimed_until: row.claimed_until };
}

export interface Settlement {
  readonly status: Exclude<MailState, "queued">;
  /** A word for operators; null when it was sent. */
  readonly lastError: string | null;
  readonly language: Language | null;
}

/** What came of it, unless the claim is over and another's. A delayed one has its next job in the same statement. */
export const makeSettleMail = (
  db: Queryable,
  { settle }: Statements,
): ((settled: ClaimedMail & Settlement) => Promise<void>) =>
  groupRuns(async (all) => {
    const column = <Name extends keyof (ClaimedMail & Settlement)>(name: Name) => all.map((one) => one[name]);
    await db.run(settle, [
      column("mail_id"),
      column("claimed_until"),
      column("status"),
      column("lastError"),
      column("language"),
    ]);
    return [];
  });

/** A new mail about the same, with its audit row and its job; or the word why there is none to send. */
export async function resendMail(
  db: Queryable,
  { resend }: Statements,
  of: { readonly subjectId: number; readonly orderId: number | null },
  { actor, requestId }: Act,
): Promise<{ readonly mailId: number | null; readonly obstacle: string | null }> {
  type Row = { mail_id: number | null; obstacle: string | null };
  const row = (await db.run<Row>(resend, [of.subjectId, of.orderId, actor, requestId])).rows[0];
  return { mailId: row?.mail_id ?? null, obstacle: row?.obstacle ?? null };
}

const COME_AGAIN = statement(
  "mail.come_again",
  `select ${SEND_MAIL.enqueue({ mail_id: "id", kind: "kind" }, { runAt: "claimed_until" })}
   from outgoing_mails where id = $1 and ${WAITING} and claimed_until > now()`,
);

/** Somebody else is sending it, or died at it: its job comes again when that claim is over. */
export async function comeAgain(db: Queryable, mailId: number): Promise<void> {
  await db.run(COME_AGAIN, [mailId]);
}

const FIND = statement("mail.find", "select kind, subject_id, order_id from outgoing_mails where id = $1");

export interface FoundMail {
  readonly kind: string;
  readonly subject_id: number;
  readonly order_id: number | null;
}

export async function findMail(db: Queryable, mailId: number): Promise<FoundMail | undefined> {
  return (await db.run<FoundMail>(FIND, [mailId])).rows[0];
}

/** A job that was lost with its process, or has used up its tries: the row is what counts. */
const SWEEP = statement(
  "mail.sweep",
  `select ${SEND_MAIL.enqueue({ mail_id: "id", kind: "kind" })}
   from (
     select id, kind from outgoing_mails
     where ${WAITING} and next_try_at < now() - interval '1 minute'
       and (claimed_until is null or claimed_until < now())
     order by next_try_at limit 1000
   ) overdue`,
);

export async function sweepOutbox(db: Queryable): Promise<void> {
  await db.run(SWEEP);
}

const FORGET: Statement = statement(
  "mail.forget",
  `delete from outgoing_mails where id in (
     select id from (
       select id, created_at from outgoing_mails where kind = $1 order by subject_id limit 5000
     ) oldest where created_at < now() - $2 * interval '1 hour')`,
);

/** At most 5,000 of the oldest; returns how many. */
export async function forgetMails(db: Queryable, kind: string, keptHours: number): Promise<number> {
  return (await db.run(FORGET, [kind, keptHours])).count;
}
