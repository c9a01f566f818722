import { type Db, statement } from "../../../db/database.js";
import type { ExactMoney } from "../../../providers/esim/package-port.js";
import { type Sending, sendingValues } from "../provisioning/attempt-store.js";
import type { Attempt } from "../provisioning/choose-supplier.js";
import { isWithheld, parkWithheldText } from "../withheld-money.js";

/** The lease on one paid top-up, and what the next step is decided by. */
export interface TopUpClaim {
  readonly top_up_id: number;
  readonly lease_token: number;
  readonly lease_seconds: number;
  readonly order_reference: string;
  readonly forgiven_attempts: number;
  readonly is_parked: boolean;
  readonly is_take_back_requested: boolean;
  /** False: it was cancelled, has failed or expired since the order was made. */
  readonly is_esim_alive: boolean;
  readonly supplier: string;
  readonly package_id: string;
  readonly cost_text: string | null;
  readonly cost_currency: string | null;
  readonly cost_minor: number | null;
  readonly supplier_reference: string | null;
  readonly supplier_order_id: string | null;
  readonly iccid: string | null;
  readonly attempts: readonly Attempt[];
}

/** Every write names the lease it is made under. A worker that slept past its lease changes nothing. */
export type TopUpLease = Pick<TopUpClaim, "top_up_id" | "lease_token" | "lease_seconds">;

const CLAIM = statement(
  "top_ups.claim",
  "select * from claim_top_up($1, $2 * interval '1 second', $3::boolean)",
);

/** Undefined when there is nothing to do: not paid, settled, parked, or somebody else is at it. */
export async function claimTopUp(
  db: Db,
  orderId: number,
  options: { includesParked: boolean; leaseSeconds: number },
): Promise<TopUpClaim | undefined> {
  const { leaseSeconds, includesParked } = options;
  const values = [orderId, leaseSeconds, includesParked];
  const { rows } = await db.run<Omit<TopUpClaim, "lease_seconds">>(CLAIM, values);
  return rows[0] && { ...rows[0], lease_seconds: leaseSeconds };
}

/** As an eSIM's attempt: only while the money is still the shop's. */
const BEGIN_ATTEMPT = statement(
  "top_ups.begin_attempt",
  `with held as (
     update top_ups t set lease_until = clock_timestamp() + $3 * interval '1 second'
     from orders o
     where t.id = $1 and t.lease_token = $2 and t.status = 'pending' and t.take_back_requested_at is null
       and o.id = t.order_id and o.status = 'paid'
       and ($4 - 1 <= t.forgiven_attempts or not ${isWithheld("t")})
     returning t.id, t.supplier, t.package_id
   )
   insert into provisioning_attempts (top_up_id, number, reference, supplier, package_id, is_exclusive, expected_cost)
   select id, $4, $5, supplier, package_id, $6, $7::jsonb from held
   on conflict (supplier, package_id)
     where is_exclusive and supplier_order_id is null and status in ('intended', 'unknown', 'parked', 'surplus') do nothing
   returning id, floor(extract(epoch from created_at) * 1000) as sent_after_millis`,
);

/**
 * Commits the intention to buy, before the call. Undefined: the lease is lost, the package is busy, or the order is not
 * to be delivered any more.
 */
export async function beginTopUpAttempt(
  db: Db,
  lease: TopUpLease,
  attempt: { number: number; reference: string; isExclusive: boolean; expectedCost: ExactMoney | null },
): Promise<{ id: number; sentAfterMillis: number } | undefined> {
  const { rows } = await db.run<{ id: number; sent_after_millis: string }>(BEGIN_ATTEMPT, [
    lease.top_up_id,
    lease.lease_token,
    lease.lease_seconds,
    attempt.number,
    attempt.reference,
    attempt.isExclusive,
    attempt.expectedCost === null ? null : JSON.stringify(attempt.expectedCost),
  ]);
  const row = rows[0];
  return row && { id: row.id, sentAfterMillis: Number(row.sent_after_millis) };
}

const PARK_WITHHELD = statement("top_ups.park_withheld", parkWithheldText("top_ups"));

/** As an eSIM's order: no attempt was begun because the money is withheld. False: that is not why. */
export async function parkWithheldTopUp(db: Db, lease: TopUpLease): Promise<boolean> {
  return (await db.run(PARK_WITHHELD, [lease.top_up_id, lease.lease_token])).count === 1;
}

const RESEND = statement(
  "top_ups.resend_attempt",
  `with held as (
     update top_ups set lease_until = clock_timestamp() + $3 * interval '1 second'
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   )
   update provisioning_attempts a set resent_at = clock_timestamp() from held where a.id = $4`,
);

/** Before the same request is sent again: its settling time and the lease begin anew. False: the lease is lost. */
export async function resendTopUpAttempt(db: Db, lease: TopUpLease, attemptId: number): Promise<boolean> {
  const values = [lease.top_up_id, lease.lease_token, lease.lease_seconds, attemptId];
  return (await db.run(RESEND, values)).count === 1;
}

export interface TopUpAttemptChange {
  readonly status: "unknown" | "refused";
  readonly reason?: string | null;
  readonly detail: string | null;
  readonly wasLookup?: boolean;
  readonly sent?: Sending | null;
  readonly callMillis?: number | null;
  /** When the chain goes on: 0 keeps the lease and goes on at once; otherwise the job is enqueued again. */
  readonly againMillis: number;
}

const RECORD = statement(
  "top_ups.record_attempt",
  `with held as (
     update top_ups
     set parked_at = null, parked_reason = null,
       lease_until = case when $3::float8 > 0 then null else clock_timestamp() + $10 * interval '1 second' end
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id, order_id
   ), attempt as (
     update provisioning_attempts a set
       status = $5, reason = $6, detail = $7, lookups = a.lookups + $8, call_millis = coalesce($9, a.call_millis),
       ask_at = clock_timestamp() + $3::float8 * interval '1 millisecond',
       called_at = case when $11 = 'first_unanswered' then clock_timestamp() else a.called_at end,
       resent_at = case when $11 = 'again_answered' then clock_timestamp() - $12::float8 * interval '1 millisecond'
         else a.resent_at end,
       decided_at = case when $5 = 'refused' then clock_timestamp() end
     from held where a.id = $4
     returning a.id
   )
   select held.id, (select count(*) from attempt) as changed,
     case when $3::float8 > 0 then enqueue_job('top_up_esim', json_build_object('order_id', held.order_id),
       'top-up:' || held.order_id, clock_timestamp() + $3::float8 * interval '1 millisecond') end as is_enqueued
   from held`,
);

/** Stores what is known of an attempt. False: the lease is lost and nothing was stored. */
export async function recordTopUpAttempt(
  db: Db,
  lease: TopUpLease,
  attemptId: number,
  change: TopUpAttemptChange,
): Promise<boolean> {
  const { count } = await db.run(RECORD, [
    lease.top_up_id,
    lease.lease_token,
    change.againMillis,
    attemptId,
    change.status,
    change.reason ?? null,
    change.detail,
    change.wasLookup === true ? 1 : 0,
    change.callMillis ?? null,
    lease.lease_seconds,
    ...sendingValues(change.sent),
  ]);
  return count === 1;
}

export interface DeliveredTopUp {
  readonly attemptId: number;
  readonly supplierTopUpId: string;
  readonly expiresAt: string | null;
  readonly callMillis: number | null;
  readonly cost: { readonly amountText: string; readonly currency: string } | null;
  /** A supplier without a meter: the shop keeps the account of its bytes and days itself. */
  readonly isMeteredHere: boolean;
}

/**
 * What a top-up does to the eSIM (`p`) that it is for. A supplier's own figures are asked for at once; where there are
 * none, the sold plans are the figures: those of the eSIM's own order and of this one. A plan that has not begun keeps
 * its days to itself, since nobody knows yet when it will.
 */
const ESIM_FOLLOWS = `update esim_profiles p set
    plan_expires_at = case when not $9 then greatest(p.plan_expires_at, $6::timestamptz)
      when p.installed_at is not null then
        coalesce(p.plan_expires_at, p.installed_at + (b.plan_snapshot->>'duration_days')::int * interval '1 day')
        + (o.plan_snapshot->>'duration_days')::int * interval '1 day'
      else p.plan_expires_at end,
    usage_total_bytes = case when m.is_metered then coalesce(p.usage_total_bytes, m.own) + m.added else p.usage_total_bytes end,
    usage_remaining_bytes = case when m.is_metered then coalesce(p.usage_remaining_bytes, m.own) + m.added
      else p.usage_remaining_bytes end,
    usage_base = case when m.is_metered then coalesce(p.usage_base, 1000) else p.usage_base end,
    usage_as_of = case when m.is_metered then clock_timestamp() else p.usage_as_of end,
    poll_at = case when $9 then p.poll_at else clock_timestamp() end
  from done d join orders o on o.id = d.order_id join esim_profiles e on e.id = d.profile_id
    join orders b on b.id = e.order_id
    cross join lateral (select
      $9 and not coalesce((b.plan_snapshot->>'is_unlimited')::boolean, false)
         and not coalesce((o.plan_snapshot->>'is_unlimited')::boolean, false) as is_metered,
      ((b.plan_snapshot->>'data_gb')::numeric * 1000000000)::bigint as own,
      ((o.plan_snapshot->>'data_gb')::numeric * 1000000000)::bigint as added) m
  where p.id = d.profile_id and p.status in ('ready', 'active') and p.ended_at is null
  returning p.id`;

const DELIVER = statement(
  "top_ups.deliver",
  `with done as (
     update top_ups set status = 'done', supplier_top_up_id = $4, done_at = clock_timestamp(), lease_until = null,
       parked_at = null, parked_reason = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id, order_id, profile_id
   ), attempt as (
     update provisioning_attempts a set
       status = 'delivered', supplier_order_id = $4, decided_at = clock_timestamp(), reason = null, detail = null,
       call_millis = coalesce($5, a.call_millis), cost_text = coalesce($7, a.cost_text),
       cost_currency = coalesce($8, a.cost_currency)
     from done where a.id = $3
     returning a.id
   ), esim as (
     ${ESIM_FOLLOWS}
   )
   select done.id, (select count(*) from attempt) as changed, (select count(*) from esim) as followed,
     enqueue_job('send_top_up_mail', json_build_object('top_up_id', done.id), 'top-up-mail:' || done.id) as mail
   from done`,
);

/** Top-up, attempt, the eSIM's figures and the mail, all or nothing. False: the lease is lost. */
export async function deliverTopUp(db: Db, lease: TopUpLease, delivered: DeliveredTopUp): Promise<boolean> {
  const { count } = await db.run(DELIVER, [
    lease.top_up_id,
    lease.lease_token,
    delivered.attemptId,
    delivered.supplierTopUpId,
    delivered.callMillis,
    delivered.expiresAt,
    delivered.cost?.amountText ?? null,
    delivered.cost?.currency ?? null,
    delivered.isMeteredHere,
  ]);
  return count === 1;
}

const FAIL = statement(
  "top_ups.fail",
  `with failed as (
     update top_ups set status = 'failed', failure_reason = $3, ended_at = clock_timestamp(), lease_until = null,
       parked_at = null, parked_reason = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   )
   select id,
     enqueue_job('refund_top_up', json_build_object('top_up_id', id), 'refund-top-up:' || id),
     enqueue_job('send_top_up_mail', json_build_object('top_up_id', id), 'top-up-mail:' || id)
   from failed`,
);

/** A definite no: nothing was added, and the jobs that give the money back and tell the customer are enqueued. */
export async function failTopUp(db: Db, lease: TopUpLease, reason: string): Promise<boolean> {
  return (await db.run(FAIL, [lease.top_up_id, lease.lease_token, reason])).count === 1;
}

const CANCEL = statement(
  "top_ups.cancel_pending",
  `update top_ups set status = 'cancelled', ended_at = clock_timestamp(), lease_until = null,
     parked_at = null, parked_reason = null
   where id = $1 and lease_token = $2 and status = 'pending'`,
);

/** A refund was faster: nothing was bought and nothing will be. */
export async function cancelTopUp(db: Db, lease: TopUpLease): Promise<void> {
  await db.run(CANCEL, [lease.top_up_id, lease.lease_token]);
}

const PARK = statement(
  "top_ups.park",
  `with parked as (
     update top_ups set parked_at = coalesce(parked_at, clock_timestamp()), parked_reason = $3, lease_until = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a set status = 'parked', reason = $3, detail = coalesce($5, a.detail)
     from parked where a.id = $4
     returning a.id
   )
   select parked.id, (select count(*) from attempt) as changed from parked`,
);

/** What no program can decide waits for an operator, with its evidence. False: the lease is lost. */
export async function parkTopUp(
  db: Db,
  lease: TopUpLease,
  parking: { reason: string; attemptId: number | null; detail: string | null },
): Promise<boolean> {
  const { reason, attemptId, detail } = parking;
  return (await db.run(PARK, [lease.top_up_id, lease.lease_token, reason, attemptId, detail])).count === 1;
}

const RELEASE = statement(
  "top_ups.release",
  `with released as (
     update top_ups set lease_until = null where id = $1 and lease_token = $2 and status = 'pending'
     returning order_id
   )
   select case when $3::float8 is not null then enqueue_job('top_up_esim', json_build_object('order_id', order_id),
     'top-up:' || order_id, clock_timestamp() + $3::float8 * interval '1 millisecond') end as is_enqueued
   from released`,
);

/** Gives the lease up; `againMillis` enqueues the next run, null leaves it to whoever has enqueued one. */
export async function releaseTopUp(db: Db, lease: TopUpLease, againMillis: number | null): Promise<void> {
  await db.run(RELEASE, [lease.top_up_id, lease.lease_token, againMillis]);
}
