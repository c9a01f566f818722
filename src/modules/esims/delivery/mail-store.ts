import type { Act } from "../../../db/act.js";
import { type Queryable, statement } from "../../../db/database.js";
import type { Language } from "../../../kernel/language.js";

/** The right to send one mail, until its time is up. */
export interface MailClaim {
  readonly email: string;
  readonly language: string | null;
  /** Counts from 1 per eSIM; an operator's "send again" is the next one. */
  readonly number: number;
  readonly order_reference: string;
  readonly link_expires_at: string;
  /** Until when; nobody else's claim ends at this very moment. */
  readonly claimed_until: string;
}

/** Longer than the mail server may take. */
const CLAIM_SECONDS = 60;

const CLAIM = statement(
  "esim_mails.claim",
  `with claimed as (
     update esim_profiles p set mail_claimed_until = now() + $3 * interval '1 second'
     from orders o, users u
     where p.id = $1 and p.status in ('ready', 'active') and p.ended_at is null and p.mailed_at is null and p.mail_refused_at is null
       and (p.mail_claimed_until is null or p.mail_claimed_until < now())
       and o.id = p.order_id and o.status = 'paid' and u.id = p.user_id
       and u.deleted_at is null and u.disabled_at is null
     returning p.id, p.mail_number, p.language, u.email, o.reference, p.mail_claimed_until::text as claimed_until
   ), link as (
     insert into install_links (profile_id, secret_hash, expires_at)
     select id, $2, now() + interval '72 hours' from claimed
     returning expires_at
   )
   select c.email, c.language, c.mail_number as number, c.reference as order_reference,
     l.expires_at as link_expires_at, c.claimed_until
   from claimed c, link l`,
);

/**
 * One sender at a time, and only while the mail is wanted and not yet sent; makes the link that goes into it.
 * Undefined: there is nothing to send, or somebody else is sending it.
 */
export async function claimMail(
  db: Queryable,
  profileId: number,
  linkHash: Buffer,
): Promise<MailClaim | undefined> {
  return (await db.run<MailClaim>(CLAIM, [profileId, linkHash, CLAIM_SECONDS])).rows[0];
}

const CONFIRM = statement(
  "esim_mails.confirm",
  `update esim_profiles p set mail_claimed_until = now() + $3 * interval '1 second'
   from orders o, users u
   where p.id = $1 and p.mail_claimed_until = $2::timestamptz and p.mail_claimed_until > now()
     and p.status in ('ready', 'active') and p.ended_at is null and o.id = p.order_id and o.status = 'paid'
     and u.id = p.user_id and u.deleted_at is null and u.disabled_at is null`,
);

/**
 * The last look before a mail that opens an eSIM is handed over: its writing takes time, and a process may have slept
 * since the claim. False: the claim is over, the money went back, or the person is not to have it any more.
 */
export async function confirmMail(db: Queryable, profileId: number, claimedUntil: string): Promise<boolean> {
  return (await db.run(CONFIRM, [profileId, claimedUntil, CLAIM_SECONDS])).count === 1;
}

const NOTE_LANGUAGE = statement(
  "esim_mails.note_language",
  "update esim_profiles set language = $2 where id = $1 and language is null",
);

/** Where the order did not say what its buyer reads, the activation may. */
export async function noteLanguage(db: Queryable, profileId: number, language: Language): Promise<void> {
  await db.run(NOTE_LANGUAGE, [profileId, language]);
}

const MARK = statement(
  "esim_mails.mark",
  `update esim_profiles set mail_claimed_until = null,
     mailed_at = case when $3 = 'done' then now() end,
     mail_refused_at = case when $3 = 'refused' then now() end
   where id = $1 and mail_number = $2 and mailed_at is null`,
);

/** Unless an operator has asked for the next one meanwhile, which is somebody else's to send. */
export async function settleMail(
  db: Queryable,
  profileId: number,
  mailNumber: number,
  outcome: "done" | "refused" | "unknown",
): Promise<void> {
  await db.run(MARK, [profileId, mailNumber, outcome]);
}

/** A process that was killed leaves its job locked for hours; the claim has ended long before. */
const SWEEP = statement(
  "esim_mails.sweep",
  `select enqueue_job('send_esim_mail', json_build_object('profile_id', p.id), 'esim-mail:' || p.id)
   from esim_profiles p join orders o on o.id = p.order_id join users u on u.id = p.user_id
   where p.status in ('ready', 'active') and p.ended_at is null and p.mailed_at is null and p.mail_refused_at is null
     and p.provisioned_at < now() - interval '1 minute'
     and (p.mail_claimed_until is null or p.mail_claimed_until < now())
     and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null
     and not exists (
       select from graphile_worker.jobs j where j.key = 'esim-mail:' || p.id and j.locked_at is null
     )
   limit 1000`,
);

/** Enqueues again what nobody is sending. A job that has used up its tries stays with the operator. */
export async function sweepMails(db: Queryable): Promise<void> {
  await db.run(SWEEP);
}

const AGAIN = statement(
  "esim_mails.again",
  `with again as (
     update esim_profiles p set mailed_at = null, mail_refused_at = null, mail_claimed_until = null,
       mail_number = p.mail_number + 1
     from orders o, users u
     where p.id = $1 and p.status in ('ready', 'active') and p.ended_at is null and o.id = p.order_id
       and o.status = 'paid' and u.id = p.user_id and u.deleted_at is null and u.disabled_at is null
     returning p.id, p.mail_number
   ), audited as (
     insert into audit_log (actor, action, subject, request_id, after)
     select $2, 'esim.mail_resent', 'esim:' || id, $3, jsonb_build_object('mail_number', mail_number) from again
   )
   select enqueue_job('send_esim_mail', json_build_object('profile_id', id), 'esim-mail:' || id) from again`,
);

/** A new mail with a Message-ID of its own. False: nothing to install, the money went back, or nobody may have it. */
export async function scheduleMailAgain(db: Queryable, profileId: number, act: Act): Promise<boolean> {
  return (await db.run(AGAIN, [profileId, act.actor, act.requestId])).count === 1;
}

const OPERATOR_REVEAL = statement(
  "esim_mails.operator_reveal",
  `insert into audit_log (actor, action, subject, request_id) values ($1, 'esim.code_shown', $2, $3)`,
);

/** Who of the operators asked for whose code: beside esim_reveals, so that the audit log tells it too. */
export async function logOperatorReveal(db: Queryable, profileId: number, act: Act): Promise<void> {
  await db.run(OPERATOR_REVEAL, [act.actor, `esim:${profileId}`, act.requestId]);
}
