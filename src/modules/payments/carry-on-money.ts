import { type Db, statement } from "../../db/database.js";
import type { Logger } from "../../telemetry/log.js";
import { CREATE_CALL_SECONDS_MAX } from "./create-call.js";
import type { Applied } from "./events/apply-reading.js";
import { type KeptEvent, listDueEvents } from "./events/webhook-event-store.js";
import { findPaymentByIntent, listPaymentsWithoutIntent } from "./payment-store.js";
import type { ProceedRefund } from "./refunds/proceed-refund.js";
import type { RereadPayment } from "./reread-payment.js";

export interface CarryOnDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly applyKept: (kept: KeptEvent, requestId: string | null) => Promise<Applied>;
  readonly rereadPayment: RereadPayment;
  readonly proceedRefund: ProceedRefund;
  readonly refundSurplus: (paymentId: number) => Promise<void>;
}

const BATCH = 200;

/**
 * What we still have to tell the provider comes first. What is pending there may be so for days, and there may be more
 * of it than one look takes: each look takes others, by chance, so that none is always last.
 */
const LIST_UNSETTLED_REFUNDS = statement(
  "refunds.list_unsettled",
  `select id, payment_id, status from refunds
   where status in ('requested', 'pending') and created_at < now() - interval '20 seconds'
   order by status = 'pending', case status when 'requested' then coalesce(called_at, created_at) end,
     md5(id::text || now()::text) limit $1`,
);
const LIST_OWED_SURPLUS = statement(
  "payments.list_owed_surplus",
  `select id from payments
   where surplus_reason is not null and captured_minor > refund_reserved_minor + disputed_minor
   order by id limit $1`,
);

/**
 * Every minute: whatever stopped half-way goes on, whichever process died or provider was silent. Each item stands
 * for itself, so that one that fails does not hold up the others.
 */
export function makeCarryOnMoney(deps: CarryOnDeps) {
  const each = async <Item>(
    items: readonly Item[],
    work: (item: Item) => Promise<unknown>,
  ): Promise<void> => {
    for (const item of items) {
      try {
        await work(item);
      } catch (error) {
        deps.log.warn({ err: error, item }, "money could not be carried on; the next minute tries again");
      }
    }
  };
  return async function carryOnMoney(): Promise<void> {
    await each(await listPaymentsWithoutIntent(deps.db, CREATE_CALL_SECONDS_MAX, BATCH), (payment) =>
      deps.rereadPayment(payment.id),
    );
    const reread = new Set<number>();
    await each(await listDueEvents(deps.db, BATCH), async (kept) => {
      const { intentId } = kept.facts;
      const payment = intentId === null ? undefined : await findPaymentByIntent(deps.db, intentId);
      if (payment !== undefined && !reread.has(payment.id)) {
        reread.add(payment.id);
        await deps.rereadPayment(payment.id);
      }
      // Without a payment it may be adopted now; what the reading has applied is no longer kept.
      await deps.applyKept(kept, null);
    });
    const refunds = await deps.db.run<{ id: number; payment_id: number; status: string }>(
      LIST_UNSETTLED_REFUNDS,
      [BATCH],
    );
    await each(refunds.rows, (refund) =>
      refund.status === "requested"
        ? deps.proceedRefund(refund.id, "system:refund")
        : deps.rereadPayment(refund.payment_id),
    );
    const owed = await deps.db.run<{ id: number }>(LIST_OWED_SURPLUS, [BATCH]);
    await each(owed.rows, (payment) => deps.refundSurplus(payment.id));
  };
}
