import type { PurchaseTable } from "./purchase/purchase-table.js";

/**
 * Nothing is bought for an order whose money is withheld or on its way back: while nothing has been asked of a supplier,
 * what it ordered is parked as `money_withheld`, and a worker that holds its lease loses it. When the money is ours
 * again it goes on by itself; where nothing is to be delivered any more, that money is the customer's, and a refund which
 * came to nothing is followed by one of what is left. In the statement that records where the money went: CTEs that read `withheld`,
 * `available` and `won_back` (order_id).
 */
export function waitsForMoney({ table, attemptColumn, bringOn, refund }: PurchaseTable) {
  const parked = {
    name: `${table}_withheld`,
    parks: true,
    sql: `${table}_withheld as (
      update ${table} w set parked_at = now(), parked_reason = 'money_withheld', lease_token = w.lease_token + 1,
        lease_until = null
      from withheld
      where w.order_id = withheld.order_id and w.status = 'pending' and w.parked_at is null
        and w.take_back_requested_at is null
        and not exists (select from provisioning_attempts a where a.${attemptColumn} = w.id and a.status <> 'refused')
      returning w.id
    )`,
  };
  const resumed = {
    name: `${table}_resumed`,
    sql: `${table}_resumed as (
      update ${table} w set parked_at = null, parked_reason = null
      from available
      where w.order_id = available.order_id and w.status = 'pending' and w.parked_reason = 'money_withheld'
      returning ${bringOn.enqueue("w.order_id")}
    )`,
  };
  const owed = {
    name: `${table}_owed`,
    sql: `${table}_owed as (
      select ${refund.enqueue("w.id", "now() + interval '20 seconds'")}
      from available join ${table} w on w.order_id = available.order_id join orders o on o.id = w.order_id
      where (w.status in ('failed', 'cancelled') and o.status = 'paid')
        or (o.status = 'refunded' and exists (select from won_back b where b.order_id = w.order_id))
    )`,
  };
  return [parked, resumed, owed];
}

/** Of payment `y` nothing is with us, by refunds under way and disputes. */
export const IS_GONE = "y.refund_reserved_minor + y.disputed_minor >= y.captured_minor";

/**
 * A refund or dispute of the price of order `o` was heard of and is not applied yet: it was stored while the success was
 * being settled, which could not see it. The reading that applies it is under way.
 */
export const IS_HEARD_OF_BACK = `exists (
         select from payments y join webhook_events x on x.intent_id = y.intent_id and x.outcome = 'waiting'
         where y.order_id = o.id and y.is_counted and x.kind not like 'intent%')`;

/** Of order `order_id` of that table nothing of the price is with us. */
export const isWithheld = (table: string): string => `exists (
       select from payments y where y.order_id = ${table}.order_id and y.is_counted
         and ${IS_GONE})`;

/** The payment's row is locked, so that the money which comes back a moment later finds the order parked. */
export function parkWithheldText(table: "esim_profiles" | "top_ups"): string {
  return `with money as materialized (
     select y.id from payments y join ${table} g on g.order_id = y.order_id
     where g.id = $1 and y.is_counted and ${IS_GONE}
     for share of y
   )
   update ${table} g set parked_at = coalesce(g.parked_at, clock_timestamp()), parked_reason = 'money_withheld',
     lease_until = null
   from money, orders o
   where g.id = $1 and g.lease_token = $2 and g.status = 'pending' and g.take_back_requested_at is null
     and o.id = g.order_id and o.status = 'paid'`;
}
