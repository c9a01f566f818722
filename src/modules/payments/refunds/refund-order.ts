import type { Db } from "../../../db/database.js";
import { AppError } from "../../../kernel/errors.js";
import { listPaymentsOfOrder, type PaymentRow } from "../payment-store.js";
import { findOrderMoney, type OrderMoney } from "../payments-read-model.js";
import {
  findRefund,
  findRefundByKey,
  insertRefundIfWithinCapture,
  listRefundsOfOrder,
  type RefundRow,
} from "../refund-store.js";
import {
  type AskForRefund,
  type AskForRefundDeps,
  makeAskForRefund,
  type RefundOrder,
} from "./ask-for-refund.js";
import type { ProceedRefund, RefundProgress } from "./proceed-refund.js";

export interface OrderRefund {
  readonly refund: RefundRow;
  readonly order: OrderMoney;
  readonly isFinished: boolean;
  readonly wasReplayed: boolean;
}

interface RefundOrderDeps extends AskForRefundDeps {
  readonly proceedRefund: ProceedRefund;
}

/**
 * An operator gives money back. The refund is a row with its own key at the provider before anything is called; the
 * sum never exceeds the capture. Repeating the request gives the same refund: by its key, or for the whole amount by
 * nature, since it can be given back once.
 */
export function makeRefundOrder(deps: RefundOrderDeps) {
  const askFor = makeAskForRefund(deps);
  return async function refundOrder(command: RefundOrder): Promise<OrderRefund> {
    const order = await findOrderMoney(deps.db, command.orderId);
    if (order === undefined) throw new AppError("not_found", "Order not found");
    const replayed = await findReplay(deps.db, command);
    if (replayed !== undefined) return carryOnRefund(deps, replayed, command, true);
    await askFor.refuseKeyOfAnother(command);
    const payments = await listPaymentsOfOrder(deps.db, command.orderId);
    const payment = payments.find(hasMoneyLeft) ?? payments.find((one) => one.captured_minor > 0);
    if (payment === undefined) {
      throw new AppError(
        "order_not_paid",
        "No money has arrived for this order, so there is none to refund.",
      );
    }
    const isPartial = command.amountMinor !== null && command.amountMinor < payment.captured_minor;
    if (isPartial && command.idempotent === null) {
      throw new AppError(
        "idempotency_key_required",
        "A partial refund can be made more than once: send an Idempotency-Key, so that repeating it is safe.",
      );
    }
    const refund = await writeDown(deps.db, askFor, command, payment);
    if (refund !== undefined) return carryOnRefund(deps, refund, command, false);
    await askFor.refuseWhileWaiting(command);
    return carryOnRefund(deps, await findInstead(deps.db, command, isPartial), command, true);
  };
}

const hasMoneyLeft = (payment: PaymentRow): boolean =>
  payment.captured_minor > payment.refund_reserved_minor + payment.disputed_minor;

async function findReplay(
  db: Db,
  { orderId, adminId, idempotent }: RefundOrder,
): Promise<RefundRow | undefined> {
  if (idempotent === null) return undefined;
  const known = await findRefundByKey(db, adminId, idempotent.key);
  if (known === undefined) return undefined;
  // The fingerprint covers method, route and members; which order is meant stands in the path.
  const isSame =
    known.order_id === orderId && known.request_fingerprint?.equals(idempotent.fingerprint) === true;
  if (!isSame) {
    throw new AppError(
      "idempotency_key_reused",
      "This Idempotency-Key belongs to another refund. Use a new key for a new refund.",
    );
  }
  return known;
}

/** A refund, or above the limit what waits for a second person. */
function writeDown(
  db: Db,
  askFor: AskForRefund,
  command: RefundOrder,
  payment: PaymentRow,
): Promise<RefundRow | undefined> {
  const { idempotent } = command;
  return db.transactionAs({ actor: command.actor, requestId: command.requestId }, async (tx) => {
    const limitMinor = await askFor.lockLimit(tx, command, payment);
    const refund = await insertRefundIfWithinCapture(tx, {
      paymentId: payment.id,
      amountMinor: command.amountMinor,
      origin: "admin",
      reason: command.reason,
      acceptsLoss: command.acceptsLoss,
      status: "requested",
      requestedBy: command.adminId,
      limitMinor,
      ...(idempotent === null ? {} : { idempotencyKey: idempotent.key, fingerprint: idempotent.fingerprint }),
    });
    if (refund === undefined && limitMinor !== null) await askFor.ask(tx, command, payment, limitMinor);
    return refund;
  });
}

/** Nothing was written: another request with this key was faster, or the money has gone back, or does not suffice. */
async function findInstead(db: Db, command: RefundOrder, isPartial: boolean): Promise<RefundRow> {
  const winner = await findReplay(db, command);
  if (winner !== undefined) return winner;
  const refunds = await listRefundsOfOrder(db, command.orderId);
  const live = refunds.find((one) => one.status !== "failed");
  if (!isPartial && command.amountMinor === null && live !== undefined) return live;
  throw new AppError(
    "refund_exceeds_payment",
    "The refunds of this order would exceed what was paid. Ask for no more than what is left.",
  );
}

/** Tells the provider now; the refund's job does when this process does not come to it. */
export async function carryOnRefund(
  deps: { db: Db; proceedRefund: ProceedRefund },
  refund: RefundRow,
  command: { readonly orderId: number; readonly actor: string },
  wasReplayed: boolean,
): Promise<OrderRefund> {
  const progress: RefundProgress = await deps.proceedRefund(refund.id, command.actor);
  if (progress === "esim_cannot") {
    throw new AppError(
      "esim_not_revocable",
      "What was delivered is not taken back by its supplier. To refund it all the same, send accept_loss: true.",
    );
  }
  const [now, order] = [await findRefund(deps.db, refund.id), await findOrderMoney(deps.db, command.orderId)];
  if (now === undefined || order === undefined) throw new Error(`Refund ${refund.id} has vanished`);
  return {
    refund: now,
    order,
    isFinished: now.status === "succeeded" || now.status === "failed",
    wasReplayed,
  };
}
