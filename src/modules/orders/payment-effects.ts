/**
 * What becomes of an order when its payment moves, as a part of the payment's own statement (a CTE that reads
 * `moved`): so that no crash and no reader can see one without the other.
 *
 * A succeeded payment pays an order that waits for it; a failed one fails it. The guard on the status is the whole
 * decision: money for an order that is not waiting changes nothing here and is handled by the payments module.
 *
 * Nothing is sold to a person who was deleted or disabled: money for their order fails it and is surplus. The
 * person's row is locked (shared) before it is read, so that this and a deletion see each other's outcome. Lock order:
 * payment, person, order.
 */
export const orderFollowsPayment = {
  name: "order_moved",
  sql: `order_moved as (
  update orders o set
    status = case when moved.status = 'succeeded' and person.is_here then 'paid' else 'failed' end,
    paid_at = case when moved.status = 'succeeded' and person.is_here then now() end,
    failed_at = case when moved.status = 'succeeded' and person.is_here then null else now() end,
    failure_reason = case when moved.status = 'failed' then 'payment_failed' when not person.is_here then 'person_gone' end
  from moved left join lateral (
    select u.deleted_at is null and u.disabled_at is null as is_here
    from orders theirs join users u on u.id = theirs.user_id
    where theirs.id = moved.order_id and moved.status = 'succeeded'
    for share of u
  ) person on true
  where o.id = moved.order_id and o.status = 'created' and moved.status in ('succeeded', 'failed')
  returning o.id, o.status, o.plan_id, o.user_id, o.kind
)`,
};

/** All of the money went back: the order follows in the transaction of the last refund (a CTE that reads `refunded_in_full`). */
export const orderFollowsRefund = {
  name: "order_refunded",
  sql: `order_refunded as (
  update orders o set status = 'refunded', refunded_at = now()
  from refunded_in_full
  where o.id = refunded_in_full.order_id and o.status = 'paid'
  returning o.id
)`,
};
