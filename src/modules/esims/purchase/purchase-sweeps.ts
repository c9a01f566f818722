import { type Db, statement } from "../../../db/database.js";
import type { PurchaseTable } from "./purchase-table.js";

/** What is looked for every minute, whatever became of the jobs that were to do it. */
export function makePurchaseSweeps({ module, table, bringOn, refund }: PurchaseTable) {
  // A killed process leaves its job locked for hours, and its lease for seconds; what is begun anew meanwhile is harmless.
  const SWEEP_PENDING = statement(
    `${module}.sweep_pending`,
    `select ${bringOn.enqueue("p.order_id")}
   from ${table} p join orders o on o.id = p.order_id
   where p.status = 'pending' and p.due_at is not null and p.parked_at is null and o.status = 'paid'
     and (p.lease_until is null or p.lease_until < now())
     and not ${bringOn.isWaiting("p.order_id")}
   limit 1000`,
  );

  // What failed, and whose refund nobody has begun; a refund that came to nothing is in front of an operator.
  const SWEEP_FAILED = statement(
    `${module}.sweep_failed`,
    `select ${refund.enqueue("p.id")}
   from ${table} p join orders o on o.id = p.order_id
   where p.status = 'failed' and o.status = 'paid'
     and p.ended_at between now() - interval '30 days' and now() - interval '1 minute'
     and not exists (select from refunds r where r.order_id = o.id and r.origin = 'undeliverable')
     and exists (
       select from payments m where m.order_id = o.id and m.is_counted
         and m.captured_minor > m.refund_reserved_minor + m.disputed_minor)
     and not ${refund.isWaiting("p.id")}
   limit 1000`,
  );

  const FAILED = statement(
    `${module}.failed_order`,
    `select order_id, coalesce(failure_reason, 'taken_back') as failure_reason from ${table}
   where id = $1 and (status in ('failed', 'cancelled')
     or exists (select from orders o where o.id = order_id and o.status = 'refunded'))`,
  );

  return {
    sweepPending: (db: Db) => db.run(SWEEP_PENDING),
    sweepFailed: (db: Db) => db.run(SWEEP_FAILED),

    /** The order whose price is to go back; undefined: it did not fail, and nothing was refunded. */
    async findFailed(db: Db, id: unknown): Promise<{ orderId: number; reason: string } | undefined> {
      const { rows } = await db.run<{ order_id: number; failure_reason: string }>(FAILED, [id]);
      return rows[0] && { orderId: rows[0].order_id, reason: rows[0].failure_reason };
    },
  };
}
