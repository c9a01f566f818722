import { type BookRule, hasLiveJob } from "./book-rule.js";

/** The sweeps look every minute. What they have left alone for this long is forgotten. */
const FORGOTTEN = "interval '10 minutes'";

/** A second try's money is a payment that nobody waited for, so it begins as failed. */
const FIRST_OF_PAYMENT = "case failure_reason when 'paid_again' then 'failed' else 'requires_action' end";

/** The tables whose moves are logged, with their first status. Refunds and disputes begin in more than one. */
const MOVING = [
  ["order", "orders", "'created'"],
  ["payment", "payments", FIRST_OF_PAYMENT],
  ["esim", "esim_profiles", "'pending'"],
  ["top_up", "top_ups", "'pending'"],
  ["refund", "refunds", null],
  ["dispute", "disputes", null],
] as const;

const KINDS = MOVING.map(([kind]) => `'${kind}'`).join(", ");
const WITHOUT_FIRST = MOVING.flatMap(([kind, , first]) => (first === null ? `'${kind}'` : [])).join(", ");
const kindOf = (subject: string): string => `split_part(${subject}, ':', 1)`;
/** A status as a number: small enough that its product with a hash is no overflow. */
const numberOf = (status: string): string => `(hashtext(${status})::bigint >> 8)`;

const MOVES = `
  select subject, case when ${kindOf("subject")} in (${WITHOUT_FIRST}) then 0
      else ${numberOf("after->>'status'")} - ${numberOf("before->>'status'")} end as way
  from audit_log
  where before ? 'status' and after ? 'status' and ${kindOf("subject")} in (${KINDS})`;

const THINGS = MOVING.map(
  ([kind, table, first]) =>
    `select '${kind}:' || id as subject, version - 1 as times,
       ${first === null ? "0" : `${numberOf("status")} - ${numberOf(first)}`} as way from ${table}`,
).join(" union all ");

const BUCKET = "hashtext(subject) & 4095";

/**
 * Each move leaves one row, and the statuses of a thing, as numbers, add up from the first to the present one when its
 * rows are a path. Both are summed for some hundred things at a time, each weighted by a hash of its name so that two
 * faults do not balance: that is one pass without a sort. Only where the sums differ is each thing looked at.
 */
const LOG_IS_A_PATH = `
  with sums as (
    select ${BUCKET} as bucket, sum(hashtext(subject)::bigint) as weights, sum(hashtext(subject)::bigint * way) as ways
    from (${MOVES}) m group by 1
  ), expected as (
    select ${BUCKET} as bucket, sum(hashtext(subject)::bigint * times) as weights,
      sum(hashtext(subject)::bigint * way) as ways
    from (${THINGS}) t group by 1
  ), differing as materialized (
    select coalesce(s.bucket, e.bucket) as bucket
    from sums s full join expected e on e.bucket = s.bucket
    where coalesce(s.weights, 0) <> coalesce(e.weights, 0) or coalesce(s.ways, 0) <> coalesce(e.ways, 0)
  )
  select coalesce(t.subject, m.subject) as id
  from (select t.* from (${THINGS}) t join differing d on d.bucket = ${BUCKET}) t
    full join (
      select subject, count(*) as times, sum(way) as way
      from (${MOVES}) m join differing d on d.bucket = ${BUCKET} group by 1
    ) m on m.subject = t.subject
  where t.subject is null or coalesce(m.times, 0) <> t.times or coalesce(m.way, 0) <> t.way`;

export const LOG_RULES: readonly BookRule[] = [
  {
    name: "audit_log_is_complete",
    promise:
      "Every move of an order, payment, refund, dispute, eSIM and top-up has one row, and the rows are a path to the present state.",
    counts: "select count(*) from audit_log",
    finds: LOG_IS_A_PATH,
  },
  {
    name: "new_refunds_are_in_the_audit_log",
    promise: "Every refund has a row that says how it began.",
    counts: "select count(*) from refunds",
    finds: `
      select 'refund:' || r.id as id from refunds r
      where not exists (
        select from audit_log a where a.subject = 'refund:' || r.id and a.before is null and a.after ? 'amount_minor'
          and (a.after->>'amount_minor')::bigint = r.amount_minor)`,
  },
];

export const WAITING_RULES: readonly BookRule[] = [
  {
    name: "what_waits_has_a_job",
    promise: "Whatever is paid and not delivered, bought too much, or to be mailed has a job or is parked.",
    counts: `select (select count(*) from esim_profiles where status = 'pending')
      + (select count(*) from top_ups where status = 'pending')
      + (select count(*) from provisioning_attempts where status = 'surplus')`,
    finds: `
      select 'order:' || o.id as id from esim_profiles e join orders o on o.id = e.order_id
      where e.status = 'pending' and e.parked_at is null and o.status = 'paid' and o.paid_at < now() - ${FORGOTTEN}
        and coalesce(e.lease_until, o.paid_at) < now() - ${FORGOTTEN} and not ${hasLiveJob("'provision:' || o.id")}
      union all
      select 'order:' || o.id from top_ups t join orders o on o.id = t.order_id
      where t.status = 'pending' and t.parked_at is null and o.status = 'paid' and o.paid_at < now() - ${FORGOTTEN}
        and coalesce(t.lease_until, o.paid_at) < now() - ${FORGOTTEN} and not ${hasLiveJob("'top-up:' || o.id")}
      union all
      select 'attempt:' || a.id from provisioning_attempts a
      where a.status = 'surplus' and coalesce(a.decided_at, a.created_at) < now() - ${FORGOTTEN}
        and not ${hasLiveJob("'surplus:' || a.id")}
      union all
      select 'esim:' || e.id from esim_profiles e join orders o on o.id = e.order_id
      where e.status in ('ready', 'active') and e.ended_at is null and e.provisioned_at < now() - ${FORGOTTEN}
        and o.status = 'paid'
        and not exists (select from outgoing_mails m where m.kind = 'esim_ready' and m.subject_id = e.id)
      union all
      select 'mail:' || m.id from outgoing_mails m
      where m.status in ('queued', 'delayed') and m.next_try_at < now() - ${FORGOTTEN}
        and coalesce(m.claimed_until, m.created_at) < now() - ${FORGOTTEN}`,
  },
  {
    name: "waiting_events_are_tried_again",
    promise: "A provider's event that waits for its payment is tried again when its time comes.",
    counts: "select count(*) from webhook_events where outcome = 'waiting'",
    finds: `
      select 'webhook_event:' || id as id from webhook_events
      where outcome = 'waiting' and (next_try_at is null or next_try_at < now() - interval '1 hour')`,
  },
  {
    name: "unpaid_orders_end",
    promise: "An order that nobody paid ends when its time is over, unless a payment of it is undecided.",
    counts: "select count(*) from orders where status = 'created'",
    finds: `
      select 'order:' || o.id as id from orders o
      where o.status = 'created' and o.expires_at < now() - interval '1 hour'
        and not exists (select from payments p where p.order_id = o.id and p.status = 'requires_action')`,
  },
  {
    name: "who_is_gone_has_no_access",
    promise: "Nobody who was deleted or disabled has a session, and who was deleted has no address or name.",
    counts: "select count(*) from users where deleted_at is not null or disabled_at is not null",
    finds: `
      select distinct 'user:' || u.id as id from users u join sessions s on s.user_id = u.id
      where s.revoked_at is null and s.expires_at > now() and (u.deleted_at is not null or u.disabled_at is not null)
      union
      select 'user:' || id from users
      where deleted_at is not null and (name is not null or email not like 'deleted-%@deleted.invalid')`,
  },
];
