import { type Db, type Queryable, statement } from "../../../db/database.js";
import type { ExactMoney } from "../../../providers/esim/package-port.js";
import type { AttemptState } from "../esim-state.js";
import { isWithheld, parkWithheldText } from "../withheld-money.js";
import type { Lease } from "./provisioning-store.js";

/** Locks the profile's row, so a new claim waits until this write is in. */
const HOLDS_LEASE = `held as (
  update esim_profiles set lease_until = clock_timestamp() + $3 * interval '1 second'
  where id = $1 and lease_token = $2 and status = 'pending'
  returning id, order_id
)`;

export interface NewAttempt {
  readonly number: number;
  readonly reference: string;
  readonly supplier: string;
  readonly packageId: string;
  readonly isExclusive: boolean;
  readonly expectedCost: ExactMoney | null;
}

/**
 * The supplier was chosen a moment ago, and meanwhile the money may have gone back or a refund may have asked for it.
 * What is withheld parks an order of which nothing has been asked yet (withheld-money.ts); after a refusal it is looked at
 * here, unless an operator has said that it is to go on.
 */
const BEGIN_ATTEMPT = statement(
  "esims.begin_attempt",
  `with held as (
     update esim_profiles p set lease_until = clock_timestamp() + $3 * interval '1 second'
     from orders o
     where p.id = $1 and p.lease_token = $2 and p.status = 'pending' and p.take_back_requested_at is null
       and o.id = p.order_id and o.status = 'paid'
       and ($4 - 1 <= p.forgiven_attempts or not ${isWithheld("p")})
     returning p.id, p.order_id
   )
   insert into provisioning_attempts (profile_id, number, reference, supplier, package_id, is_exclusive, expected_cost)
   select id, $4, $5, $6, $7, $8, $9::jsonb from held
   on conflict (supplier, package_id)
     where is_exclusive and supplier_order_id is null and status in ('intended', 'unknown', 'parked', 'surplus') do nothing
   returning id, floor(extract(epoch from created_at) * 1000) as sent_after_millis`,
);

/**
 * Commits the intention to buy, before the call. Undefined: the lease is lost, the package is busy, or the order is not
 * to be delivered any more.
 */
export async function beginAttempt(
  db: Db,
  lease: Lease,
  attempt: NewAttempt,
): Promise<{ id: number; sentAfterMillis: number } | undefined> {
  const { number, reference, supplier, packageId, isExclusive, expectedCost } = attempt;
  const { rows } = await db.run<{ id: number; sent_after_millis: string }>(BEGIN_ATTEMPT, [
    lease.profile_id,
    lease.lease_token,
    lease.lease_seconds,
    number,
    reference,
    supplier,
    packageId,
    isExclusive,
    expectedCost === null ? null : JSON.stringify(expectedCost),
  ]);
  const row = rows[0];
  return row && { id: row.id, sentAfterMillis: Number(row.sent_after_millis) };
}

const PARK_WITHHELD = statement("esims.park_withheld", parkWithheldText("esim_profiles"));

/** Why no attempt was begun may be that the money is withheld: then the order waits for it. False: it is not. */
export async function parkWithheld(db: Db, lease: Lease): Promise<boolean> {
  return (await db.run(PARK_WITHHELD, [lease.profile_id, lease.lease_token])).count === 1;
}

const RESEND = statement(
  "esims.resend_attempt",
  `with ${HOLDS_LEASE}
   update provisioning_attempts a set resent_at = clock_timestamp() from held where a.id = $4`,
);

/** Before the same request is sent again: its settling time and the lease begin anew. False: the lease is lost. */
export async function resendAttempt(db: Db, lease: Lease, attemptId: number): Promise<boolean> {
  const values = [lease.profile_id, lease.lease_token, lease.lease_seconds, attemptId];
  return (await db.run(RESEND, values)).count === 1;
}

/**
 * A purchase has just been sent: its first sending had no answer, or a repetition of it had one or none. Where an
 * earlier repetition had none, an answer to a later one leaves that one's time as it was.
 */
export type Sending =
  | "first_unanswered"
  | "again_unanswered"
  | { readonly kind: "again_answered"; readonly earlierUnansweredMillis: number | null };

/** How a sending is stored: what it was, and how long ago the repetition was sent of which nobody knows yet. */
export const sendingValues = (sent: Sending | null | undefined): [string | null, number | null] =>
  typeof sent === "object" && sent !== null
    ? [sent.kind, sent.earlierUnansweredMillis]
    : [sent ?? null, null];

export interface AttemptChange {
  readonly status: AttemptState;
  readonly supplierOrderId?: string | null;
  readonly cost?: { readonly amountText: string; readonly currency: string } | null;
  readonly reason?: string | null;
  readonly detail?: string | null;
  readonly wasLookup?: boolean;
  readonly sent?: Sending | null;
  readonly callMillis?: number | null;
  /** When the chain goes on: 0 keeps the lease and goes on at once; otherwise the job is enqueued again. */
  readonly againMillis: number;
}

const RECORD = statement(
  "esims.record_attempt",
  `with held as (
     update esim_profiles
     set parked_at = null, parked_reason = null,
       lease_until = case when $3::float8 > 0 then null else clock_timestamp() + $13 * interval '1 second' end
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id, order_id
   ), attempt as (
     update provisioning_attempts a set
       status = $5, supplier_order_id = coalesce($6, a.supplier_order_id), reason = $7, detail = $8,
       lookups = a.lookups + $9, call_millis = coalesce($10, a.call_millis),
       cost_text = coalesce($11, a.cost_text), cost_currency = coalesce($12, a.cost_currency),
       ask_at = clock_timestamp() + $3::float8 * interval '1 millisecond',
       called_at = case when $14 = 'first_unanswered' then clock_timestamp() else a.called_at end,
       resent_at = case when $14 = 'again_answered' then clock_timestamp() - $15::float8 * interval '1 millisecond'
         else a.resent_at end,
       decided_at = case when $5 in ('refused', 'surplus') then clock_timestamp() end
     from held where a.id = $4
     returning a.id
   )
   select held.id, (select count(*) from attempt) as changed,
     case when $3::float8 > 0 then enqueue_job('provision_esim', json_build_object('order_id', held.order_id),
       'provision:' || held.order_id, clock_timestamp() + $3::float8 * interval '1 millisecond') end as is_enqueued
   from held`,
);

/** Stores what is known of an attempt. False: the lease is lost and nothing was stored. */
export async function recordAttempt(
  db: Db,
  lease: Lease,
  attemptId: number,
  change: AttemptChange,
): Promise<boolean> {
  const { count } = await db.run(RECORD, [
    lease.profile_id,
    lease.lease_token,
    change.againMillis,
    attemptId,
    change.status,
    change.supplierOrderId ?? null,
    change.reason ?? null,
    change.detail ?? null,
    change.wasLookup === true ? 1 : 0,
    change.callMillis ?? null,
    change.cost?.amountText ?? null,
    change.cost?.currency ?? null,
    lease.lease_seconds,
    ...sendingValues(change.sent),
  ]);
  return count === 1;
}

const SURPLUS = statement(
  "esims.record_surplus",
  `with cancelled as (
     update esim_profiles set status = 'cancelled', ended_at = clock_timestamp(), lease_until = null,
       parked_at = null, parked_reason = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a set status = 'surplus', supplier_order_id = $4, decided_at = clock_timestamp()
     from cancelled where a.id = $3
     returning a.id
   )
   select enqueue_job('take_back_surplus', json_build_object('attempt_id', id), 'surplus:' || id) from attempt`,
);

/** The eSIM came after a refund had asked for the order: nobody gets it, and the supplier is asked to take it back. */
export async function recordSurplus(
  db: Db,
  lease: Lease,
  attemptId: number,
  supplierOrderId: string,
): Promise<void> {
  await db.run(SURPLUS, [lease.profile_id, lease.lease_token, attemptId, supplierOrderId]);
}

const KNOWN_ORDERS = statement(
  "esims.known_supplier_orders",
  `select supplier_order_id from provisioning_attempts
   where supplier = $1 and package_id = $2 and supplier_order_id is not null order by id desc limit 1000`,
);

/** Supplier orders that are accounted for: what a by-match search must leave out. */
export async function listKnownSupplierOrders(
  db: Queryable,
  supplier: string,
  packageId: string,
): Promise<readonly string[]> {
  const { rows } = await db.run<{ supplier_order_id: string }>(KNOWN_ORDERS, [supplier, packageId]);
  return rows.map((row) => row.supplier_order_id);
}
