import { type Db, statement } from "../../db/database.js";
import { type FollowUp, followUpText } from "./follow-ups.js";

export interface UnpaidOrder {
  readonly orderId: number;
  /** The live payment that ends with it; null when there is none. */
  readonly paymentId: number | null;
  readonly reason: string;
}

/** True when the order failed now; false when it was not waiting any more, or has another live payment. */
export type FailUnpaid = (unpaid: UnpaidOrder) => Promise<boolean>;

const LOCK_PAYMENT = statement(
  "payments.lock_live_of_order",
  "select id from payments where order_id = $1 and status = 'requires_action' for update",
);
const LOCK_ORDER = statement(
  "payments.lock_waiting_order",
  "select id from orders where id = $1 and status = 'created' for update",
);

/**
 * Ends an unpaid order and its payment together, and by the follow-ups all that they held. For payments that have
 * no intent at the provider, or one that is known to be cancelled. Locks in the common order: payment, then order;
 * with the order's row locked no payment can begin, so the look at the live payments after it is final.
 */
export function makeFailUnpaid(deps: { db: Db; followUps: readonly FollowUp[] }): FailUnpaid {
  const { ctes, ran } = followUpText(deps.followUps, "order_moved");
  const fail = statement(
    "payments.fail_unpaid",
    `with ended as (
       update payments set status = 'failed', failed_at = now(), failure_reason = $3
       where id = $2 and status = 'requires_action' and captured_minor = 0
       returning id
     ), moved as materialized (
       select $2::bigint as payment_id, o.id as order_id, null::text as provider, 'failed'::text as status,
              o.currency, o.amount_minor
       from orders o
       where o.id = $1 and not exists (
         select from payments p where p.order_id = $1 and p.status = 'requires_action' and p.id is distinct from $2)
     ), ${ctes}
     select ${ran}, (select count(*) from ended) as ran_ended`,
  );
  return ({ orderId, paymentId, reason }) =>
    deps.db.transactionAs({ actor: `system:${reason}`, requestId: null }, async (tx) => {
      await tx.run(LOCK_PAYMENT, [orderId]);
      if ((await tx.run(LOCK_ORDER, [orderId])).count === 0) return false;
      const [row] = (await tx.run<{ ran_order_moved: number }>(fail, [orderId, paymentId, reason])).rows;
      return row?.ran_order_moved === 1;
    });
}
