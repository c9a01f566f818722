import { type Jobs, joinJobs } from "../jobs/jobs.module.js";
import {
  CARRY_ON_MONEY,
  EXPIRE_REFUND_APPROVALS,
  FORGET_REFUND_KEYS,
  MAKE_REFUND,
  NOTE_REFUND_LIMIT,
  RECONCILE_PAYMENTS,
  REFUND_SURPLUS,
  REREAD_PAYMENT,
} from "./money-jobs.js";

export interface PaymentJobDeps {
  readonly proceedRefund: (refundId: number, actor: string) => Promise<unknown>;
  readonly refundSurplus: (paymentId: number) => Promise<void>;
  readonly rereadPayment: (paymentId: number) => Promise<unknown>;
  readonly carryOnMoney: () => Promise<void>;
  readonly reconcileDue: () => Promise<void>;
  readonly expireRefundApprovals: () => Promise<void>;
  /** Since when a refund needs a second person above which amount. */
  readonly noteRefundLimit: () => Promise<void>;
  readonly forgetRefundKeys: () => Promise<void>;
}

/** Handlers are thin: what a job does is a use case, and carry_on_money repeats what a job left undone. */
export const makePaymentJobs = (deps: PaymentJobDeps): Jobs =>
  joinJobs(
    MAKE_REFUND.handledBy(({ refund_id: id }) => deps.proceedRefund(id, "system:refund")),
    REFUND_SURPLUS.handledBy(({ payment_id: id }) => deps.refundSurplus(id)),
    REREAD_PAYMENT.handledBy(({ payment_id: id }) => deps.rereadPayment(id)),
    CARRY_ON_MONEY.handledBy(deps.carryOnMoney),
    RECONCILE_PAYMENTS.handledBy(deps.reconcileDue),
    EXPIRE_REFUND_APPROVALS.handledBy(deps.expireRefundApprovals),
    NOTE_REFUND_LIMIT.handledBy(deps.noteRefundLimit),
    FORGET_REFUND_KEYS.handledBy(deps.forgetRefundKeys),
  );
