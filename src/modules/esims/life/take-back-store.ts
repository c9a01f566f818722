import { type Db, type Queryable, statement } from "../../../db/database.js";
import type { EsimState } from "../esim-state.js";
import { TAKE_BACK_SURPLUS } from "../purchase/purchase-jobs.js";

export interface TakeBackRow {
  readonly id: number;
  readonly order_id: number;
  readonly status: EsimState;
  readonly supplier: string | null;
  readonly supplier_order_id: string | null;
  readonly supplier_reference: string | null;
  readonly iccid: string | null;
  /** Used up or gone: there is nothing left to take back, and its ICCID may be somebody else's. */
  readonly has_ended: boolean;
  /** The money has gone already. */
  readonly is_refunded: boolean;
}

const REQUEST = statement(
  "esims.request_take_back",
  `update esim_profiles p set take_back_requested_at = coalesce(p.take_back_requested_at, now())
   from orders o where p.order_id = $1 and o.id = p.order_id
   returning p.id, p.order_id, p.status, p.supplier, p.supplier_order_id, p.supplier_reference, p.iccid,
     p.ended_at is not null as has_ended, o.status = 'refunded' as is_refunded`,
);

/** From here on no further purchase is begun for the order, and none that ends is delivered. */
export async function requestTakeBack(db: Queryable, orderId: number): Promise<TakeBackRow | undefined> {
  return (await db.run<TakeBackRow>(REQUEST, [orderId])).rows[0];
}

const LINKS_REVOKED = `links as (
  update install_links l set revoked_at = now() from cancelled where l.profile_id = cancelled.id and l.revoked_at is null
)`;

const CANCEL = statement(
  "esims.cancel_delivered",
  `with cancelled as (
     update esim_profiles set status = 'cancelled', ended_at = now(), poll_at = null, parked_at = null,
       parked_reason = null, failure_reason = $2
     where id = $1 and status in ('ready', 'active')
     returning id
   ), ${LINKS_REVOKED}, attempt as (
     update provisioning_attempts a set status = 'taken_back' from cancelled
     where $2::text is null and a.profile_id = cancelled.id and a.status = 'delivered'
   )
   select id from cancelled`,
);

/** The supplier has taken it back; or, with a reason, it is given up as a loss that somebody decided. */
export async function cancelDelivered(db: Db, profileId: number, lossReason: string | null): Promise<void> {
  await db.run(CANCEL, [profileId, lossReason]);
}

/**
 * What is ours alone needs no supplier: the guard decides in the same statement. A local eSIM comes back until it is
 * installed; a stock code until somebody has seen it. The code is for sale again then, so this profile forgets it.
 */
const CANCEL_OWN = statement(
  "esims.cancel_own",
  `with cancelled as (
     update esim_profiles set status = 'cancelled', ended_at = now(),
       sealed = case when supplier = 'local' then sealed end,
       code_fingerprint = case when supplier = 'local' then code_fingerprint end,
       supplier_reference = case when supplier = 'local' then supplier_reference end
     where id = $1 and status = 'ready'
       and (supplier = 'local' or (supplier = 'stock' and revealed_at is null))
     returning id, supplier, supplier_order_id
   ), ${LINKS_REVOKED}, item as (
     update stock_items s set status = 'available', reference = null, order_id = null
     from cancelled
     where cancelled.supplier = 'stock' and s.reference = cancelled.supplier_order_id and s.status = 'assigned'
       and s.revealed_at is null
   ), attempt as (
     update provisioning_attempts a set status = 'taken_back' from cancelled
     where a.profile_id = cancelled.id and a.status = 'delivered'
   )
   select id from cancelled`,
);

export async function cancelOwnIfUnused(db: Db, profileId: number): Promise<boolean> {
  return (await db.run(CANCEL_OWN, [profileId])).count === 1;
}

const GIVE_UP_PENDING = statement(
  "esims.give_up_pending",
  `with cancelled as (
     update esim_profiles set status = 'cancelled', ended_at = now(), parked_at = null, parked_reason = null,
       failure_reason = 'refunded_with_loss'
     where order_id = $1 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a set status = 'surplus' from cancelled
     where a.profile_id = cancelled.id and a.status in ('intended', 'unknown', 'accepted', 'parked')
     returning a.id
   )
   select ${TAKE_BACK_SURPLUS.enqueue({ attempt_id: "id" })} from attempt`,
);

/** The operator refunds although a purchase may have happened: what turns up later is taken back or stays a loss. */
export async function giveUpPending(db: Db, orderId: number): Promise<void> {
  await db.run(GIVE_UP_PENDING, [orderId]);
}

const PARK_REFUNDED = statement(
  "esims.park_refunded",
  `update esim_profiles set parked_at = coalesce(parked_at, now()), parked_reason = $2
   where order_id = $1 and status in ('pending', 'ready', 'active')`,
);

/** The money is gone and the eSIM still works: a loss that an operator has to see. */
export async function parkRefunded(db: Db, orderId: number, reason: string): Promise<void> {
  await db.run(PARK_REFUNDED, [orderId, reason]);
}

const READ = statement(
  "esims.read_take_back",
  `select p.id, p.order_id, p.status, p.supplier, p.supplier_order_id, p.supplier_reference, p.iccid,
     p.ended_at is not null as has_ended, o.status = 'refunded' as is_refunded
   from esim_profiles p join orders o on o.id = p.order_id where p.order_id = $1`,
);

export async function findTakeBackRow(db: Db, orderId: number): Promise<TakeBackRow | undefined> {
  return (await db.run<TakeBackRow>(READ, [orderId])).rows[0];
}
