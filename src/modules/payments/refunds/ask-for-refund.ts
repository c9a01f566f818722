import type { SecondPersonAbove } from "../../../config/second-person.js";
import { writeAudit } from "../../../db/audit-log.js";
import type { Db, Tx } from "../../../db/database.js";
import type { IdempotentRequest } from "../../../http/idempotency-key.js";
import { AppError } from "../../../kernel/errors.js";
import { amountMajor } from "../../../kernel/money.js";
import type { PaymentRow } from "../payment-store.js";
import {
  type ApprovalRow,
  expireDueApprovals,
  findApprovalByKey,
  findWaitingApproval,
  insertApprovalIfAboveLimit,
  lockRefunders,
} from "./refund-approval-store.js";
import { limitIn } from "./second-person.js";

export interface RefundOrder {
  readonly orderId: number;
  /** Null: all that is left. */
  readonly amountMinor: number | null;
  readonly reason: string;
  readonly acceptsLoss: boolean;
  readonly adminId: number;
  /** The admin, or the key that acts in their name. */
  readonly actor: string;
  readonly idempotent: IdempotentRequest | null;
  readonly requestId: string;
}

export interface AskForRefundDeps {
  readonly db: Db;
  readonly secondPersonAbove: SecondPersonAbove;
  readonly hasOtherApprover: (userId: number) => Promise<boolean>;
}

export type AskForRefund = ReturnType<typeof makeAskForRefund>;

/** The part of an operator's refund that is about the limit above which a second person approves. */
export function makeAskForRefund({ db, secondPersonAbove, hasOtherApprover }: AskForRefundDeps) {
  return {
    /** The limit of this refund, whose sums cannot grow until the transaction ends; null: there is none. */
    async lockLimit(tx: Tx, { adminId, orderId }: RefundOrder, payment: PaymentRow): Promise<number | null> {
      const limitMinor = limitIn(secondPersonAbove, payment.currency);
      if (limitMinor !== null) await lockRefunders(tx, adminId, orderId);
      return limitMinor;
    },

    async ask(tx: Tx, command: RefundOrder, payment: PaymentRow, limitMinor: number): Promise<void> {
      const { amountMinor, reason, acceptsLoss, adminId, idempotent, orderId } = command;
      await expireDueApprovals(tx, orderId);
      const asked = await insertApprovalIfAboveLimit(tx, {
        paymentId: payment.id,
        amountMinor,
        limitMinor,
        reason,
        acceptsLoss,
        requestedBy: adminId,
        idempotencyKey: idempotent?.key ?? null,
        fingerprint: idempotent?.fingerprint ?? null,
      });
      if (asked === undefined) return;
      await writeAudit(tx, command, {
        action: "refund_approval.asked",
        subject: `refund_approval:${asked.id}`,
        after: { order_id: orderId, amount_minor: asked.amount_minor, currency: asked.currency, reason },
      });
    },

    /** A key means one refund, also one that is still waiting, was declined, or came too late. */
    async refuseKeyOfAnother({ orderId, adminId, idempotent }: RefundOrder): Promise<void> {
      if (idempotent === null) return;
      const known = await findApprovalByKey(db, adminId, idempotent.key);
      if (known === undefined) return;
      if (known.order_id !== orderId || known.request_fingerprint?.equals(idempotent.fingerprint) !== true) {
        throw new AppError(
          "idempotency_key_reused",
          "This Idempotency-Key belongs to another refund. Use a new key for a new refund.",
        );
      }
      if (known.status === "waiting" && !known.is_over) throw await secondPersonRequired(known, adminId);
      throw new AppError("conflict", `${whatCameOf(known)} Use a new Idempotency-Key to ask again.`);
    },

    async refuseWhileWaiting({ orderId, adminId }: RefundOrder): Promise<void> {
      const waiting = await findWaitingApproval(db, orderId);
      if (waiting !== undefined) throw await secondPersonRequired(waiting, adminId);
    },
  };

  async function secondPersonRequired(waiting: ApprovalRow, adminId: number): Promise<AppError> {
    const amount = `${amountMajor(waiting.amount_minor, waiting.currency)} ${waiting.currency}`;
    const next = (await hasOtherApprover(adminId))
      ? "Ask another owner or somebody of finance to approve it."
      : "Nobody else in this shop may approve it: invite a second owner or somebody of finance to the team first.";
    return new AppError(
      "second_person_required",
      `Nothing was refunded: request ${waiting.id} for ${amount} of this order waits for a second person. ${next}`,
    );
  }
}

export function whatCameOf({ id, status, decision_reason: reason }: ApprovalRow): string {
  switch (status) {
    case "approved":
      return `Request ${id} was approved.`;
    case "declined":
      return `Request ${id} was declined: ${reason}.`;
    case "waiting":
    case "expired":
      return `Request ${id} was not decided in time.`;
  }
}
