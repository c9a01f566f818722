/**
 * What becomes of an order when its payment moves, as a part of the payment's own statement (a CTE that reads
 * `moved`): so that no crash and no reader can see one without the other.
 *
 * A succeeded payment pays an order that waits for it; a failed one fails it. The guard on the status is the whole
 * decision: money for an order that is not waiting changes nothing here and is handled by the payments room.
 */
export const orderFollowsPayment = `order_moved as (
  update orders o set
    status = case moved.status when 'succeeded' then 'paid' else 'failed' end,
    paid_at = case moved.status when 'succeeded' then now() end,
    failed_at = case moved.status when 'failed' then now() end,
    failure_reason = case moved.status when 'failed' then 'payment_failed' end
  from moved
  where o.id = moved.order_id and o.status = 'created' and moved.status in ('succeeded', 'failed')
  returning o.id, o.status, o.plan_id, o.user_id, o.kind
)`;

/** All of the money went back: the order follows in the transaction of the last refund (a CTE that reads `refunded_in_full`). */
export const orderFollowsRefund = `order_refunded as (
  update orders o set status = 'refunded', refunded_at = now()
  from refunded_in_full
  where o.id = refunded_in_full.order_id and o.status = 'paid'
  returning o.id
)`;
