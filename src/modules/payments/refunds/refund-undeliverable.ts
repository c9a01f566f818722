import type { Db } from "../../../db/database.js";
import { listPaymentsOfOrder } from "../payment-store.js";
import { insertRefundIfWithinCapture, listRefundsOfOrder } from "../refund-store.js";
import type { ProceedRefund } from "./proceed-refund.js";

/**
 * No supplier can deliver what was paid for: all that is left of the payment goes back. Safe to repeat: what is
 * reserved already is not refunded again.
 */
export function makeRefundUndeliverable(deps: { db: Db; proceedRefund: ProceedRefund }) {
  return async function refundUndeliverable(orderId: number, reason: string): Promise<void> {
    const payment = (await listPaymentsOfOrder(deps.db, orderId)).find((one) => one.is_counted);
    if (payment === undefined) return;
    const made = await deps.db.transactionAs(
      { actor: "system:undeliverable", requestId: null },
      async (tx) => {
        return insertRefundIfWithinCapture(tx, {
          paymentId: payment.id,
          amountMinor: null,
          origin: "undeliverable",
          reason,
          acceptsLoss: false,
          status: "requested",
        });
      },
    );
    const refund =
      made ?? (await listRefundsOfOrder(deps.db, orderId)).find((one) => one.status === "requested");
    if (refund !== undefined) await deps.proceedRefund(refund.id, "system:undeliverable");
  };
}
