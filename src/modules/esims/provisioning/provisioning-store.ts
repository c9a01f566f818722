import { type Db, type Queryable, statement } from "../../../db/database.js";
import type { ValidityStarts } from "../../../providers/esim/package-port.js";
import type { Attempt, Candidate } from "./choose-supplier.js";

/** The lease on one paid order's eSIM, and what the next step is decided by. */
export interface Claim {
  readonly profile_id: number;
  readonly plan_id: number;
  readonly lease_token: number;
  readonly lease_seconds: number;
  readonly order_reference: string;
  readonly forgiven_attempts: number;
  readonly is_parked: boolean;
  readonly is_take_back_requested: boolean;
  readonly attempts: readonly Attempt[];
  readonly suppliers: readonly Candidate[];
}

/** Every write names the lease it is made under. A worker that slept past its lease changes nothing. */
export type Lease = Pick<Claim, "profile_id" | "lease_token" | "lease_seconds">;

/** How long a worker that holds a lease may have slept and still call. */
export const LEASE_GRACE_MILLIS = 2_000;

/** A supplier's answer may take several calls (a token, the order, once more after a renewed token). */
export const leaseSecondsFor = (supplierTimeoutMillis: number): number =>
  Math.ceil((4 * supplierTimeoutMillis + LEASE_GRACE_MILLIS) / 1000) + 1;

const CLAIM = statement(
  "esims.claim",
  "select * from claim_provisioning($1, $2 * interval '1 second', $3::boolean)",
);

/** Undefined when there is nothing to do: not paid, settled, parked, or somebody else is at it. */
export async function claimProvisioning(
  db: Db,
  orderId: number,
  options: { includesParked: boolean; leaseSeconds: number },
): Promise<Claim | undefined> {
  const { leaseSeconds, includesParked } = options;
  const { rows } = await db.run<Omit<Claim, "lease_seconds">>(CLAIM, [orderId, leaseSeconds, includesParked]);
  return rows[0] && { ...rows[0], lease_seconds: leaseSeconds };
}

export interface Delivery {
  readonly attemptId: number;
  readonly supplier: string;
  readonly supplierOrderId: string;
  readonly supplierReference: string;
  readonly sealed: Buffer;
  readonly codeFingerprint: Buffer | null;
  readonly activationCodeFingerprint: Buffer;
  readonly iccid: string | null;
  readonly ttlDays: number;
  /** What the supplier says of this very eSIM; what it does not, its catalogue's entry of the package may. */
  readonly useBy: string | null;
  readonly validityStarts: ValidityStarts;
  readonly packageId: string;
  readonly callMillis: number | null;
  readonly cost: { readonly amountText: string; readonly currency: string } | null;
  /** Real suppliers are asked how the eSIM is; null: nobody to ask. */
  readonly pollSeconds: number | null;
}

const DELIVER = statement(
  "esims.deliver",
  `with terms as (
     select min(use_within_days) as days, min(validity_starts) as starts from plan_suppliers s
     where s.plan_id = (select plan_id from esim_profiles where id = $1) and s.supplier = $4 and s.package_id = $16
   ), delivered as (
     update esim_profiles set
       status = 'ready', supplier = $4, supplier_order_id = $5, supplier_reference = $6, sealed = $7,
       code_fingerprint = $8, activation_code_fingerprint = $9, iccid = $10, provisioned_at = clock_timestamp(),
       use_by = least(clock_timestamp() + least($11, terms.days) * interval '1 day', $17::timestamptz),
       validity_starts = coalesce($18, terms.starts), poll_at = clock_timestamp() + $12 * interval '1 second',
       lease_until = null, parked_at = null, parked_reason = null
     from terms
     where id = $1 and lease_token = $2 and status = 'pending' and take_back_requested_at is null
     returning id
   ), attempt as (
     update provisioning_attempts a set
       status = 'delivered', supplier_order_id = $5, decided_at = clock_timestamp(), reason = null, detail = null,
       call_millis = coalesce($13, a.call_millis), cost_text = coalesce($14, a.cost_text),
       cost_currency = coalesce($15, a.cost_currency)
     from delivered where a.id = $3
     returning a.id
   )
   select delivered.id, (select count(*) from attempt) as changed,
     enqueue_job('send_esim_mail', json_build_object('profile_id', delivered.id), 'esim-mail:' || delivered.id) as mail
   from delivered`,
);

/**
 * The eSIM is in the profile, the attempt is settled and the mail is enqueued, all or nothing. False: the lease is
 * lost or a refund wants the order back. Throws a violation of a named unique constraint for a code or ICCID that
 * somebody else has.
 */
export async function deliver(db: Db, lease: Lease, delivery: Delivery): Promise<boolean> {
  const { count } = await db.run(DELIVER, [
    lease.profile_id,
    lease.lease_token,
    delivery.attemptId,
    delivery.supplier,
    delivery.supplierOrderId,
    delivery.supplierReference,
    delivery.sealed,
    delivery.codeFingerprint,
    delivery.activationCodeFingerprint,
    delivery.iccid,
    delivery.ttlDays,
    delivery.pollSeconds,
    delivery.callMillis,
    delivery.cost?.amountText ?? null,
    delivery.cost?.currency ?? null,
    delivery.packageId,
    delivery.useBy,
    delivery.validityStarts === "unknown" ? null : delivery.validityStarts,
  ]);
  return count === 1;
}

const FREE_ICCID = statement(
  "esims.free_iccid",
  `update esim_profiles set ended_at = now(), poll_at = null,
     status = case when status = 'ready' and plan_state not in ('active', 'depleted') then 'expired'
       when status = 'ready' then 'active' else status end
   where iccid = $1 and status in ('ready', 'active') and ended_at is null
     and (plan_expires_at < now() or (status = 'ready' and use_by < now()))`,
);

/** The supplier has handed it out again, and by what is known here the one that had it has ended. False: it has not. */
export async function freeIccidOfEnded(db: Db, iccid: string): Promise<boolean> {
  return (await db.run(FREE_ICCID, [iccid])).count === 1;
}

const FAIL = statement(
  "esims.fail",
  `with failed as (
     update esim_profiles set status = 'failed', failure_reason = $3, ended_at = clock_timestamp(), lease_until = null,
       parked_at = null, parked_reason = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id, order_id
   )
   select failed.id,
     enqueue_job('refund_undeliverable', json_build_object('profile_id', failed.id), 'refund-undeliverable:' || failed.id)
   from failed`,
);

/** No supplier can deliver: the eSIM is failed and the job that gives the money back is enqueued. */
export async function failProfile(db: Db, lease: Lease, reason: string): Promise<boolean> {
  return (await db.run(FAIL, [lease.profile_id, lease.lease_token, reason])).count === 1;
}

const CANCEL_PENDING = statement(
  "esims.cancel_pending",
  `update esim_profiles set status = 'cancelled', ended_at = clock_timestamp(), lease_until = null,
     parked_at = null, parked_reason = null
   where id = $1 and lease_token = $2 and status = 'pending'`,
);

/** A refund took it back before anything was bought, or what was bought is surplus now. */
export async function cancelPending(db: Db, lease: Lease): Promise<boolean> {
  return (await db.run(CANCEL_PENDING, [lease.profile_id, lease.lease_token])).count === 1;
}

const PARK = statement(
  "esims.park",
  `with parked as (
     update esim_profiles set parked_at = coalesce(parked_at, clock_timestamp()), parked_reason = $3, lease_until = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a
     set status = 'parked', reason = $3, detail = coalesce($5, a.detail), supplier_order_id = coalesce($6, a.supplier_order_id)
     from parked where a.id = $4
     returning a.id
   )
   select parked.id, (select count(*) from attempt) as changed from parked`,
);

const RELEASE = statement(
  "esims.release",
  `with released as (
     update esim_profiles set lease_until = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning order_id
   )
   select case when $3::float8 is not null then enqueue_job('provision_esim',
     json_build_object('order_id', order_id), 'provision:' || order_id,
     clock_timestamp() + $3::float8 * interval '1 millisecond') end as is_enqueued
   from released`,
);

export interface Parking {
  readonly reason: string;
  readonly attemptId: number | null;
  readonly detail?: string | null;
  readonly supplierOrderId?: string | null;
}

/** What no program can decide waits for an operator, with its evidence. False: the lease is lost. */
export async function park(db: Db, lease: Lease, parking: Parking): Promise<boolean> {
  const { count } = await db.run(PARK, [
    lease.profile_id,
    lease.lease_token,
    parking.reason,
    parking.attemptId,
    parking.detail ?? null,
    parking.supplierOrderId ?? null,
  ]);
  return count === 1;
}

/** Gives the lease up; `againMillis` enqueues the next run, null leaves it to whoever has enqueued one. */
export async function releaseLease(db: Queryable, lease: Lease, againMillis: number | null): Promise<void> {
  await db.run(RELEASE, [lease.profile_id, lease.lease_token, againMillis]);
}
