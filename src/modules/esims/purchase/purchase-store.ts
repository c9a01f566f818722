import { type Db, type Queryable, type Statement, statement } from "../../../db/database.js";
import type { ExactMoney } from "../../../providers/esim/package-port.js";
import type { AttemptState } from "../esim-state.js";
import { IS_GONE, IS_HEARD_OF_BACK, parkWithheldText } from "../withheld-money.js";
import type { Sending } from "./chain-timing.js";
import type { Claim, Lease } from "./claim.js";
import type { PurchaseTable } from "./purchase-table.js";

export interface NewAttempt {
  readonly number: number;
  readonly reference: string;
  readonly supplier: string;
  readonly packageId: string;
  readonly isExclusive: boolean;
  /** Of a purchase whose row was lost with a backup: when the backup was made. Null: it is not sent yet. */
  readonly lostSinceMillis: number | null;
  readonly expectedCost: ExactMoney | null;
}

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

export interface Parking {
  readonly reason: string;
  readonly attemptId: number | null;
  readonly detail: string | null;
  readonly supplierOrderId: string | null;
}

/** How a sending is stored: what it was, and how long ago the repetition was sent of which nobody knows yet. */
const sendingValues = (sent: Sending | null | undefined): [string | null, number | null] =>
  typeof sent === "object" && sent !== null
    ? [sent.kind, sent.earlierUnansweredMillis]
    : [sent ?? null, null];

/** Every write of a purchase to its own row, `$1`, under the lease `$2`; each locks the row, so a new claim waits for it. */
export function makePurchaseStore<C extends Claim>(table: PurchaseTable) {
  const sql = statementsOf(table);
  const holds = ({ id, lease_token: token }: Lease) => [id, token];
  const isDone = async (db: Queryable, write: Statement, values: readonly unknown[]): Promise<boolean> =>
    (await db.run(write, values)).count === 1;
  return {
    table,

    /** Undefined when there is nothing to do: not paid, settled, parked, or somebody else is at it. */
    async claim(
      db: Db,
      orderId: number,
      { includesParked, leaseSeconds }: { includesParked: boolean; leaseSeconds: number },
    ): Promise<C | undefined> {
      const { rows } = await db.run<Omit<C, "lease_seconds">>(sql.claim, [
        orderId,
        leaseSeconds,
        includesParked,
      ]);
      return rows[0] && ({ ...rows[0], lease_seconds: leaseSeconds } as C);
    },

    /**
     * Commits the intention to buy, before the call. Undefined: the lease is lost, the package is busy, or the order is
     * not to be delivered any more.
     */
    async beginAttempt(
      db: Db,
      lease: Lease,
      { number, reference, supplier, packageId, isExclusive, expectedCost, lostSinceMillis }: NewAttempt,
    ): Promise<{ id: number; sentAfterMillis: number } | undefined> {
      const cost = expectedCost === null ? null : JSON.stringify(expectedCost);
      const wanted = [number, reference, supplier, packageId, isExclusive, cost, lostSinceMillis];
      const values = [lease.lease_seconds, ...wanted];
      const { rows } = await db.run<{ id: number; sent_after_millis: string }>(sql.beginAttempt, [
        ...holds(lease),
        ...values,
      ]);
      const row = rows[0];
      return row && { id: row.id, sentAfterMillis: Number(row.sent_after_millis) };
    },

    /** Why no attempt was begun may be that the money is withheld: then the order waits for it. False: it is not. */
    parkWithheld: (db: Db, lease: Lease) => isDone(db, sql.parkWithheld, holds(lease)),

    /** Before the same request is sent again: its settling time and the lease begin anew. False: the lease is lost. */
    resendAttempt: (db: Db, lease: Lease, attemptId: number) =>
      isDone(db, sql.resendAttempt, [...holds(lease), lease.lease_seconds, attemptId]),

    /** Stores what is known of an attempt. False: the lease is lost and nothing was stored. */
    recordAttempt: (db: Db, lease: Lease, attemptId: number, change: AttemptChange) =>
      isDone(db, sql.recordAttempt, recordValues(lease, attemptId, change)),

    /** No supplier can deliver: the job that gives the money back is enqueued. */
    fail: (db: Db, lease: Lease, reason: string) => isDone(db, sql.fail, [...holds(lease), reason]),

    /** A refund took it back before anything was bought. */
    cancelPending: (db: Db, lease: Lease) => isDone(db, sql.cancelPending, holds(lease)),

    /** What no program can decide waits for an operator, with its evidence. False: the lease is lost. */
    park: (db: Db, lease: Lease, { reason, attemptId, detail, supplierOrderId }: Parking) =>
      isDone(db, sql.park, [...holds(lease), reason, attemptId, detail, supplierOrderId]),

    /** Gives the lease up; `againMillis` enqueues the next run, null leaves it to whoever has enqueued one. */
    release: (db: Queryable, lease: Lease, againMillis: number | null) =>
      isDone(db, sql.release, [...holds(lease), againMillis]),
  };
}
export type PurchaseStore<C extends Claim> = ReturnType<typeof makePurchaseStore<C>>;

function recordValues(lease: Lease, attemptId: number, change: AttemptChange): unknown[] {
  return [
    lease.id,
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
  ];
}

/** The purchases of a by-match supplier's package that could be taken for one another. */
const IS_EXCLUSIVE =
  "is_exclusive and supplier_order_id is null and status in ('intended', 'unknown', 'parked', 'surplus')";

/**
 * Null: no backup was put back since the order was placed, or something has been bought or decided for it since then.
 */
const restorationOf = ({ attemptColumn }: PurchaseTable): string => `(
     select json_build_object('backupMillis', floor(extract(epoch from min(r.backup_at)) * 1000),
       'agoMillis', floor(extract(epoch from clock_timestamp() - max(r.restored_at)) * 1000))
     from restorations r join orders o on o.id = $1 and o.created_at < r.restored_at
     where not exists (
       select from provisioning_attempts a
       where a.${attemptColumn} = c.id
         and (a.created_at >= r.restored_at or a.decided_by is not null and a.decided_at >= r.restored_at))
     having count(*) > 0)`;

const statementsOf = (table: PurchaseTable) => ({
  claim: statement(
    `${table.module}.claim`,
    `select c.*, ${restorationOf(table)} as restoration from (${table.claim}) c`,
  ),
  ...attemptStatements(table),
  ...endingStatements(table),
});

/** From the intention to buy to what is known of it. */
function attemptStatements({ module, table, attemptColumn, bringOn }: PurchaseTable) {
  return {
    // The supplier was chosen a moment ago, and meanwhile the money may have gone back or a refund may have asked for
    // it. What is withheld parks an order of which nothing has been asked yet (withheld-money.ts); after a refusal it
    // is looked at here, unless an operator has said that it is to go on. The payment's row is locked: a dispute that
    // is being recorded may have seen the order while it was parked for something else.
    beginAttempt: statement(
      `${module}.begin_attempt`,
      `with money as materialized (
     select ${IS_GONE} as is_withheld
     from ${table} g join payments y on y.order_id = g.order_id
     where g.id = $1 and y.is_counted and $4 - 1 > g.insisted_attempts
     for share of y
   ), held as (
     update ${table} p set lease_until = clock_timestamp() + $3 * interval '1 second'
     from orders o
     where p.id = $1 and p.lease_token = $2 and p.status = 'pending' and p.take_back_requested_at is null
       and o.id = p.order_id and o.status = 'paid' and not exists (select from money where is_withheld)
       and not ${IS_HEARD_OF_BACK}
     returning p.id
   )
   insert into provisioning_attempts
     (${attemptColumn}, number, reference, supplier, package_id, is_exclusive, expected_cost, status, created_at)
   select id, $4, $5, $6, $7, $8, $9::jsonb, case when $10::float8 is null then 'intended' else 'unknown' end,
     coalesce(to_timestamp($10::float8 / 1000), now()) from held
   on conflict (supplier, package_id) where ${IS_EXCLUSIVE} do nothing
   returning id, floor(extract(epoch from created_at) * 1000) as sent_after_millis`,
    ),

    resendAttempt: statement(
      `${module}.resend_attempt`,
      `with held as (
     update ${table} set lease_until = clock_timestamp() + $3 * interval '1 second'
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   )
   update provisioning_attempts a set resent_at = clock_timestamp() from held where a.id = $4`,
    ),

    recordAttempt: statement(
      `${module}.record_attempt`,
      `with held as (
     update ${table}
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
       decided_at = case when $5 = 'refused' then clock_timestamp() end
     from held where a.id = $4
     returning a.id
   )
   select held.id, (select count(*) from attempt) as changed, case when $3::float8 > 0 then
     ${bringOn.enqueue("held.order_id", "clock_timestamp() + $3::float8 * interval '1 millisecond'")} end as is_enqueued
   from held`,
    ),
  };
}

/** What ends a purchase, or this run of it. */
function endingStatements({ module, table, bringOn, whenFailed }: PurchaseTable) {
  return {
    parkWithheld: statement(`${module}.park_withheld`, parkWithheldText(table)),

    fail: statement(
      `${module}.fail`,
      `with failed as (
     update ${table} set status = 'failed', failure_reason = $3, ended_at = clock_timestamp(), lease_until = null,
       parked_at = null, parked_reason = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id, order_id
   )
   select ${whenFailed} from failed`,
    ),

    cancelPending: statement(
      `${module}.cancel_pending`,
      `update ${table} set status = 'cancelled', ended_at = clock_timestamp(), lease_until = null,
     parked_at = null, parked_reason = null
   where id = $1 and lease_token = $2 and status = 'pending'`,
    ),

    park: statement(
      `${module}.park`,
      `with parked as (
     update ${table} set parked_at = coalesce(parked_at, clock_timestamp()), parked_reason = $3, lease_until = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a set status = 'parked', reason = $3, detail = coalesce($5, a.detail),
       supplier_order_id = coalesce($6, a.supplier_order_id)
     from parked where a.id = $4
     returning a.id
   )
   select parked.id, (select count(*) from attempt) as changed from parked`,
    ),

    release: statement(
      `${module}.release`,
      `with released as (
     update ${table} set lease_until = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning order_id
   )
   select case when $3::float8 is not null then
     ${bringOn.enqueue("order_id", "clock_timestamp() + $3::float8 * interval '1 millisecond'")} end as is_enqueued
   from released`,
    ),
  };
}
