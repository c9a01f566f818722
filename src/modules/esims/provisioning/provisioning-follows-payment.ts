import { defineJob } from "../../jobs/jobs.module.js";
import { PROVISION_ESIM } from "../purchase/purchase-jobs.js";

/** Asks the supplier to take an eSIM back whose money went back. */
export const TAKE_BACK_REFUNDED = defineJob({
  task: "take_back_refunded",
  payload: { order_id: "id" },
  key: ["take-back", "order_id"],
});

/**
 * Provisioning starts in the payment's own statement: a CTE that reads `order_moved`, which says that the order
 * became paid. The time it writes is when an operator must know that the order has no eSIM yet.
 */
export const provisioningFollowsPayment = {
  name: "provisioning",
  sql: `provisioning as (
  update esim_profiles e set due_at = now() + interval '15 minutes'
  from order_moved
  where e.order_id = order_moved.id and order_moved.status = 'paid' and e.status = 'pending'
  returning ${PROVISION_ESIM.enqueue({ order_id: "e.order_id" }, { isKeyless: true })}
)`,
};

/**
 * All of the money went back, by us or from outside: whatever the order's eSIM still is, somebody has to look. A CTE
 * that reads `order_refunded`; where the refund took the eSIM back first, the job finds nothing to do.
 */
export const takeBackFollowsRefund = {
  name: "esim_take_back",
  sql: `esim_take_back as (
  select ${TAKE_BACK_REFUNDED.enqueue({ order_id: "id" })} from order_refunded
)`,
};
