import type { Db, Tx } from "../../../db/database.js";
import type { Events } from "../../../telemetry/events.js";
import type { PaymentProviders } from "../payment-providers.js";
import { findPayment, type PaymentRow } from "../payment-store.js";
import {
  countSurplusRefundsInTurn,
  insertRefundIfWithinCapture,
  isPayerDisabled,
  type RefundRow,
} from "../refund-store.js";
import type { RereadPayment } from "../reread-payment.js";
import type { ProceedRefund } from "./proceed-refund.js";
import { whyInVain } from "./refund-in-vain.js";

export interface RefundSurplusDeps {
  readonly db: Db;
  readonly providers: PaymentProviders;
  readonly rereadPayment: RereadPayment;
  readonly proceedRefund: ProceedRefund;
  readonly maxPerHour: () => number | Promise<number>;
  readonly events: Events;
}

const ACTOR = "system:surplus";

/**
 * Money that arrived for an order which was not waiting for it (failed, paid by another intent, refunded) goes back.
 * Intent and order are read again first: what somebody has refunded at the provider meanwhile is recorded and not
 * refunded twice. Beyond the hourly brake, for a person whom an operator disabled, and after tries in vain the refund is
 * written down and parked: so that a defect of ours cannot empty the till, and nobody is paid who was locked out.
 */
export function makeRefundSurplus(deps: RefundSurplusDeps) {
  return async function refundSurplus(paymentId: number): Promise<void> {
    const before = await findPayment(deps.db, paymentId);
    if (before === undefined || !isOwed(before)) return;
    await deps.rereadPayment(paymentId);
    const payment = await findPayment(deps.db, paymentId);
    if (payment === undefined || !isOwed(payment)) return;
    const refund = await writeDown(deps, payment, await deps.maxPerHour());
    if (refund === undefined) return;
    if (refund.status === "parked") {
      const { id: refund_id, failure_reason } = refund;
      deps.events.moneyParked(
        { reason: failure_reason === "brake" ? "auto_refund_brake" : (failure_reason ?? "unknown") },
        { payment_id: paymentId, order_id: payment.order_id, refund_id },
      );
      return;
    }
    await deps.proceedRefund(refund.id, ACTOR);
  };
}

const isOwed = (payment: PaymentRow): boolean =>
  payment.surplus_reason !== null &&
  payment.captured_minor > payment.refund_reserved_minor + payment.disputed_minor;

function writeDown(
  deps: RefundSurplusDeps,
  payment: PaymentRow,
  maxPerHour: number,
): Promise<RefundRow | undefined> {
  return deps.db.transactionAs({ actor: ACTOR, requestId: null }, async (tx) => {
    const parkedFor = await whyParked(tx, payment, maxPerHour);
    return insertRefundIfWithinCapture(tx, {
      paymentId: payment.id,
      amountMinor: null,
      origin: "surplus",
      reason: payment.surplus_reason ?? "surplus",
      acceptsLoss: false,
      ...(parkedFor === null
        ? { status: "requested" as const }
        : { status: "parked" as const, failureReason: parkedFor }),
    });
  });
}

/**
 * An operator locked this person out: whether their money goes back is that operator's decision too. One payment whose
 * refunds come to nothing does not use up the brake, which is for the whole shop.
 */
async function whyParked(tx: Tx, payment: PaymentRow, maxPerHour: number): Promise<string | null> {
  if (await isPayerDisabled(tx, payment.id)) return "person_disabled";
  const inVain = await whyInVain(tx, payment.id, "surplus");
  if (inVain !== null) return inVain;
  return (await countSurplusRefundsInTurn(tx)) >= maxPerHour ? "brake" : null;
}
