import type { Db } from "../../../db/database.js";
import type { Events } from "../../../telemetry/events.js";
import { listPaymentsOfOrder } from "../payment-store.js";
import { insertRefundIfWithinCapture, listRefundsOfOrder, type RefundRow } from "../refund-store.js";
import type { RereadPayment } from "../reread-payment.js";
import type { ProceedRefund } from "./proceed-refund.js";

export interface RefundUndeliverableDeps {
  readonly db: Db;
  readonly rereadPayment: RereadPayment;
  readonly proceedRefund: ProceedRefund;
  readonly events: Events;
}

/** So often the provider may say that it has refunded more than a reading of it shows. */
const TRIES_MAX = 5;
const TOO_MUCH = "refused_exceeds_capture";

/**
 * No supplier can deliver what was paid for, or it was taken back: all that is left of the payment goes back. The payment
 * is read again first, since what somebody has refunded at the provider meanwhile does not go back twice. Safe to repeat:
 * what is reserved already is not refunded again.
 */
export function makeRefundUndeliverable(deps: RefundUndeliverableDeps) {
  const { db, rereadPayment, proceedRefund, events } = deps;
  return async function refundUndeliverable(orderId: number, reason: string): Promise<void> {
    const payment = (await listPaymentsOfOrder(db, orderId)).find((one) => one.is_counted);
    if (payment === undefined) return;
    await rereadPayment(payment.id);
    const before = await listRefundsOfOrder(db, orderId);
    const isInVain = before.filter(wasTooMuch).length >= TRIES_MAX;
    const made = await db.transactionAs({ actor: "system:undeliverable", requestId: null }, async (tx) => {
      return insertRefundIfWithinCapture(tx, {
        paymentId: payment.id,
        amountMinor: null,
        origin: "undeliverable",
        reason,
        acceptsLoss: false,
        ...(isInVain
          ? { status: "parked" as const, failureReason: TOO_MUCH }
          : { status: "requested" as const }),
      });
    });
    if (made?.status === "parked")
      events.moneyParked({ reason: TOO_MUCH }, { refund_id: made.id, order_id: orderId });
    const refund =
      made ?? (await listRefundsOfOrder(db, orderId)).find(({ status }) => status === "requested");
    if (refund !== undefined) await proceedRefund(refund.id, "system:undeliverable");
  };
}

const wasTooMuch = ({ origin, failure_reason }: RefundRow): boolean =>
  origin === "undeliverable" && failure_reason === TOO_MUCH;
