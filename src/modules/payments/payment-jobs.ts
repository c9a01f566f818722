import type { JobHandler, Jobs } from "../jobs/jobs.module.js";

export interface PaymentJobDeps {
  readonly proceedRefund: (refundId: number, actor: string) => Promise<unknown>;
  readonly refundSurplus: (paymentId: number) => Promise<void>;
  readonly rereadPayment: (paymentId: number) => Promise<unknown>;
  readonly carryOnMoney: () => Promise<void>;
  readonly reconcileDue: () => Promise<void>;
  readonly forgetRefundKeys: () => Promise<void>;
}

function idOf(payload: Readonly<Record<string, unknown>>, name: string): number {
  const id = payload[name];
  if (typeof id !== "number") throw new Error(`The job's payload has no ${name}`);
  return id;
}

/** Handlers are thin: what a job does is a use case, and carry_on_money repeats what a job left undone. */
export function makePaymentJobs(deps: PaymentJobDeps): Jobs {
  const withId =
    (name: string, work: (id: number) => Promise<unknown>): JobHandler =>
    async (payload) => {
      await work(idOf(payload, name));
    };
  return {
    handlers: {
      make_refund: withId("refund_id", (id) => deps.proceedRefund(id, "system:refund")),
      refund_surplus: withId("payment_id", deps.refundSurplus),
      reread_payment: withId("payment_id", deps.rereadPayment),
      carry_on_money: () => deps.carryOnMoney(),
      reconcile_payments: () => deps.reconcileDue(),
      forget_refund_keys: () => deps.forgetRefundKeys(),
    },
    scheduled: [
      { task: "carry_on_money", cron: "* * * * *" },
      { task: "reconcile_payments", cron: "* * * * *" },
      { task: "forget_refund_keys", cron: "23 * * * *" },
    ],
  };
}
