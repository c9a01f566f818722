import type { Db } from "../../../db/database.js";
import type { Events } from "../../../telemetry/events.js";
import { listPaymentsOfOrder } from "../payment-store.js";
import { insertRefundIfWithinCapture, listRefundsOfOrder } from "../refund-store.js";
import type { RereadPayment } from "../reread-payment.js";
import type { ProceedRefund } from "./proceed-refund.js";
import { whyInVain } from "./refund-in-vain.js";

export interface RefundUndeliverableDeps {
  readonly db: Db;
  readonly rereadPayment: RereadPayment;
  readonly proceedRefund: ProceedRefund;
  readonly events: Events;
}

/**
 * No supplier can deliver what was paid for, or it was taken back: all that is left of the payment goes back. The payment
 * is read again first, since what somebody has refunded at the provider meanwhile does not go back twice. Safe to repeat:
 * what is reserved already is not refunded again, and what comes to nothing again and again waits for an operator.
 */
export function makeRefundUndeliverable(deps: RefundUndeliverableDeps) {
  const { db, rereadPayment, proceedRefund, events } = deps;
  return async function refundUndeliverable(orderId: number, reason: string): Promise<void> {
    const payment = (await listPaymentsOfOrder(db, orderId)).find((one) => one.is_counted);
    if (payment === undefined) return;
    await rereadPayment(payment.id);
    const made = await db.transactionAs({ actor: "system:undeliverable", requestId: null }, async (tx) => {
      const parkedFor = await whyInVain(tx, payment.id, "undeliverable");
      return insertRefundIfWithinCapture(tx, {
        paymentId: payment.id,
        amountMinor: null,
        origin: "undeliverable",
        reason,
        acceptsLoss: false,
        ...(parkedFor === null
          ? { status: "requested" as const }
          : { status: "parked" as const, failureReason: parkedFor }),
      });
    });
    if (made?.status === "parked") {
      const reason = made.failure_reason ?? "unknown";
      events.moneyParked({ reason }, { refund_id: made.id, order_id: orderId });
    }
    const refund =
      made ?? (await listRefundsOfOrder(db, orderId)).find(({ status }) => status === "requested");
    if (refund !== undefined) await proceedRefund(refund.id, "system:undeliverable");
  };
}
