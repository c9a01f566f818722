import { defineJob, defineScheduledJob } from "../jobs/jobs.module.js";

/** Tells the provider to refund, and asks what came of it. */
export const MAKE_REFUND = defineJob({
  task: "make_refund",
  payload: { refund_id: "id" },
  key: ["refund", "refund_id"],
});
/** Gives money back that arrived for an order which was not waiting for it. */
export const REFUND_SURPLUS = defineJob({ task: "refund_surplus", payload: { payment_id: "id" } });
/** Asks the provider how a payment and its refunds are now. */
export const REREAD_PAYMENT = defineJob({
  task: "reread_payment",
  payload: { payment_id: "id" },
  key: ["reread", "payment_id"],
});

/** Takes up what a job left undone. */
export const CARRY_ON_MONEY = defineScheduledJob("carry_on_money", "* * * * *");
export const RECONCILE_PAYMENTS = defineScheduledJob("reconcile_payments", "* * * * *");
export const NOTE_REFUND_LIMIT = defineScheduledJob("note_refund_limit", "*/5 * * * *");
export const EXPIRE_REFUND_APPROVALS = defineScheduledJob("expire_refund_approvals", "41 * * * *");
export const FORGET_REFUND_KEYS = defineScheduledJob("forget_refund_keys", "23 * * * *");
