import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import type { Db, Tx } from "../../../db/database.js";
import { AppError } from "../../../kernel/errors.js";
import { findRefund, insertRefundIfWithinCapture, type RefundRow } from "../refund-store.js";
import { whatCameOf } from "./ask-for-refund.js";
import type { ProceedRefund } from "./proceed-refund.js";
import {
  type ApprovalRow,
  approveIfWaitingAndOfAnother,
  declineIfWaiting,
  findApproval,
} from "./refund-approval-store.js";
import { carryOnRefund, type OrderRefund } from "./refund-order.js";

export interface DecideRefund {
  readonly approvalId: number;
  readonly reason: string;
  /** The person; of a key the one who made it. */
  readonly userId: number;
  readonly act: Act;
}

/** Ends the transaction: what was written for this approval is rolled back. */
class NotApproved extends Error {}

/**
 * A second person decides on a refund above the limit. Approval and refund are one transaction, and the refund's job
 * is a part of it, so a process that dies afterwards loses nothing; repeating the request carries the same refund on.
 */
export function makeDecideRefund(deps: { db: Db; proceedRefund: ProceedRefund }) {
  const { db } = deps;
  return {
    async approve(command: DecideRefund): Promise<OrderRefund> {
      const asked = await getApproval(db, command.approvalId);
      const refund = await db
        .transactionAs(command.act, (tx) => approveAndRefund(tx, asked, command))
        .catch((error: unknown) => {
          if (error instanceof NotApproved) return undefined;
          throw error;
        });
      const carriedOn = { orderId: asked.order_id, actor: command.act.actor };
      if (refund !== undefined) return carryOnRefund(deps, refund, carriedOn, false);
      return carryOnRefund(deps, await findApproved(db, command), carriedOn, true);
    },

    async decline({ approvalId, userId, reason, act }: DecideRefund): Promise<ApprovalRow> {
      const declined = await db.transactionAs(act, async (tx) => {
        const row = await declineIfWaiting(tx, approvalId, userId, reason);
        if (row !== undefined) await noteDecision(tx, row, "declined", { reason, act });
        return row;
      });
      const now = declined ?? (await getApproval(db, approvalId));
      if (now.status === "declined" && now.decided_by === userId) return now;
      throw new AppError("conflict", `${whatCameOf(now)} Load the list again.`);
    },
  };
}

export type Decisions = ReturnType<typeof makeDecideRefund>;

async function getApproval(db: Db, id: number): Promise<ApprovalRow> {
  const approval = await findApproval(db, id);
  if (approval === undefined) throw new AppError("not_found", "There is no refund of this id that waits.");
  return approval;
}

async function approveAndRefund(tx: Tx, asked: ApprovalRow, command: DecideRefund): Promise<RefundRow> {
  const { reason, act, userId } = command;
  const refund = await insertRefundIfWithinCapture(tx, {
    paymentId: asked.payment_id,
    amountMinor: asked.amount_minor,
    origin: "admin",
    reason: asked.reason,
    acceptsLoss: asked.accepts_loss,
    status: "requested",
    requestedBy: asked.requested_by,
    ...(asked.idempotency_key === null || asked.request_fingerprint === null
      ? {}
      : { idempotencyKey: asked.idempotency_key, fingerprint: asked.request_fingerprint }),
  });
  if (refund === undefined) throw new NotApproved();
  const approval = { id: asked.id, userId, reason, refundId: refund.id };
  if (!(await approveIfWaitingAndOfAnother(tx, approval))) throw new NotApproved();
  await noteDecision(tx, asked, "approved", { reason, act, refundId: refund.id });
  return refund;
}

async function noteDecision(
  tx: Tx,
  { id, order_id, amount_minor, currency, requested_by }: ApprovalRow,
  decision: "approved" | "declined",
  { reason, act, refundId }: { readonly reason: string; readonly act: Act; readonly refundId?: number },
): Promise<void> {
  await writeAudit(tx, act, {
    action: `refund_approval.${decision}`,
    subject: `refund_approval:${id}`,
    before: { order_id, amount_minor, currency, requested_by },
    after: { reason, ...(refundId === undefined ? {} : { refund_id: refundId }) },
  });
}

/** Nothing was written: this person has approved it before, or why they may not is the answer. */
async function findApproved(db: Db, { approvalId, userId }: DecideRefund): Promise<RefundRow> {
  const now = await getApproval(db, approvalId);
  if (now.refund_id !== null && now.decided_by === userId) {
    const refund = await findRefund(db, now.refund_id);
    if (refund !== undefined) return refund;
  }
  if (now.status !== "waiting" || now.is_over) {
    throw new AppError("conflict", `${whatCameOf(now)} Load the list again.`);
  }
  if (now.requested_by === userId) {
    throw new AppError(
      "second_person_required",
      "You, or a key that you made, asked for this refund: somebody else has to approve it.",
    );
  }
  throw new AppError(
    "refund_exceeds_payment",
    "Less than this is left of the payment by now. Decline the request, and ask for what is left.",
  );
}
