import { statement, type Tx } from "../../db/database.js";
import type { OwedOrder } from "../auth/auth.module.js";
import { ESIM_READY } from "../esims/esims.module.js";

const seen = (channel: string): string =>
  `select from esim_reveals r where r.profile_id = e.id and r.channel ${channel}`;

/**
 * A refunded order is settled, and so is one whose eSIM or top-up failed: its money goes back without the person. A
 * top-up is nothing to look at, and neither is an eSIM that has ended. What was composed for a mail that nobody took,
 * or shown to an operator, has not reached the person.
 */
const FIND_OWED = statement(
  "orders.find_owed",
  `select o.reference,
     case when o.status = 'created' then 'settling'
       when coalesce(e.status, t.status) = 'pending' then 'preparing' else 'unseen' end as why
   from orders o
     left join esim_profiles e on e.order_id = o.id
     left join top_ups t on t.order_id = o.id
   where o.user_id = $1 and (
     o.status = 'created'
     or o.status = 'paid' and (
       coalesce(e.status, t.status) = 'pending'
       or e.status = 'ready' and e.ended_at is null and not ${ESIM_READY.wasSent("e.id")}
         and (e.revealed_at is null or exists (${seen("in ('mail', 'admin')")}))
         and not exists (${seen("not in ('mail', 'admin')")})))
   order by o.id`,
);

/** In the transaction that holds the person's row, so that none is added behind its back. */
export async function findOwedOrders(tx: Tx, userId: number): Promise<readonly OwedOrder[]> {
  return (await tx.run<OwedOrder>(FIND_OWED, [userId])).rows;
}
