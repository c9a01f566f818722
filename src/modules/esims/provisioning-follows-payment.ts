/**
 * Provisioning starts in the payment's own statement: a CTE that reads `order_moved`, which says that the order
 * became paid. It is an update, since a CTE that only selects is not run unless somebody reads it; and the time it
 * writes is when somebody must know that this order has no eSIM yet (requirements R61: 15 minutes).
 */
export const provisioningFollowsPayment = `provisioning as (
  update esim_profiles e set due_at = now() + interval '15 minutes'
  from order_moved
  where e.order_id = order_moved.id and order_moved.status = 'paid' and e.status = 'pending'
  returning enqueue_job('provision_esim', json_build_object('order_id', e.order_id), 'provision:' || e.order_id)
)`;
