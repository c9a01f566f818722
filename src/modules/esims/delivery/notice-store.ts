import { type Queryable, type Statement, statement } from "../../../db/database.js";

/** Mails without a code: that nothing could be delivered, and that an unused eSIM will expire. */
export const NOTICES = ["failed", "reminder"] as const;
export type Notice = (typeof NOTICES)[number];

export interface NoticeClaim {
  readonly email: string;
  readonly language: string | null;
  readonly plan_name: string;
  readonly order_reference: string;
  readonly use_by: string | null;
  readonly link_expires_at: string | null;
  readonly claimed_until: string;
}

/**
 * When a notice is due and not yet sent, of a profile `p`, its order `o` and owner `u`. An order that was never paid
 * ends as failed too and is nobody's disappointment. The reminder comes two weeks before the end, or in the last
 * quarter of a shorter life. It has a link to the code, so nobody who was locked out gets it.
 */
const DUE: Readonly<Record<Notice, string>> = {
  failed: `p.status = 'failed' and p.failure_reason is distinct from 'order_not_paid' and p.mailed_at is null
    and p.mail_refused_at is null and p.ended_at > now() - interval '7 days' and u.deleted_at is null`,
  reminder: `p.status = 'ready' and p.reminded_at is null and o.status = 'paid' and u.deleted_at is null
    and u.disabled_at is null and p.use_by > now() and p.use_by < now() + interval '14 days'
    and p.use_by < now() + least(interval '14 days', (p.use_by - p.provisioned_at) / 4)`,
};
const SENT: Readonly<Record<Notice, string>> = { failed: "mailed_at", reminder: "reminded_at" };
const FROM = `orders o, users u
     where o.id = p.order_id and u.id = p.user_id
       and (p.mail_claimed_until is null or p.mail_claimed_until < now())`;

const CLAIM_SECONDS = 60;

const perNotice = (make: (notice: Notice) => Statement): Readonly<Record<Notice, Statement>> => ({
  failed: make("failed"),
  reminder: make("reminder"),
});

const CLAIM = perNotice((notice) =>
  statement(
    `esim_notices.claim_${notice}`,
    `with claimed as (
     update esim_profiles p set mail_claimed_until = now() + $3 * interval '1 second'
     from ${FROM} and p.id = $1 and ${DUE[notice]}
     returning p.id, p.language, p.use_by, u.email, o.reference, o.plan_snapshot,
       p.mail_claimed_until::text as claimed_until
   ), link as (
     insert into install_links (profile_id, secret_hash, expires_at)
     select id, $2, now() + interval '72 hours' from claimed where $2::bytea is not null
     returning expires_at
   )
   select email, language, plan_snapshot->>'name' as plan_name, reference as order_reference, use_by,
     (select expires_at from link) as link_expires_at, claimed_until
   from claimed`,
  ),
);

/** One sender at a time, and only while the notice is due; makes the link that goes into it, if there is a hash. */
export async function claimNotice(
  db: Queryable,
  notice: Notice,
  profileId: number,
  linkHash: Buffer | null,
): Promise<NoticeClaim | undefined> {
  return (await db.run<NoticeClaim>(CLAIM[notice], [profileId, linkHash, CLAIM_SECONDS])).rows[0];
}

const SETTLE = perNotice((notice) =>
  statement(
    `esim_notices.settle_${notice}`,
    `update esim_profiles set mail_claimed_until = null, ${SENT[notice]} = case when $2 then now() end
   where id = $1 and ${SENT[notice]} is null`,
  ),
);

/** A notice that the mail server refuses for good counts as sent: it has no second address to go to. */
export async function settleNotice(
  db: Queryable,
  notice: Notice,
  profileId: number,
  isSettled: boolean,
): Promise<void> {
  await db.run(SETTLE[notice], [profileId, isSettled]);
}

const SWEEP = perNotice((notice) =>
  statement(
    `esim_notices.sweep_${notice}`,
    `select enqueue_job('send_esim_notice', json_build_object('profile_id', p.id, 'notice', '${notice}'),
     'esim-${notice}:' || p.id)
   from esim_profiles p, ${FROM} and ${DUE[notice]}
     and not exists (
       select from graphile_worker.jobs j where j.key = 'esim-${notice}:' || p.id and j.locked_at is null
     )
   limit 1000`,
  ),
);

/** Enqueues what is due and nobody is sending. */
export async function sweepNotices(db: Queryable): Promise<void> {
  for (const notice of NOTICES) await db.run(SWEEP[notice]);
}
