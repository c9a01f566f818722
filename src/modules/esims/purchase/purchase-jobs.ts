import { defineJob } from "../../jobs/jobs.module.js";

/** A traveller waits for what these bring. */
const SOON = -20;

/** Brings a paid eSIM on by one step. */
export const PROVISION_ESIM = defineJob({
  task: "provision_esim",
  payload: { order_id: "id" },
  key: ["provision", "order_id"],
  priority: SOON,
});
/** Brings a paid top-up on by one step. */
export const TOP_UP_ESIM = defineJob({
  task: "top_up_esim",
  payload: { order_id: "id" },
  key: ["top-up", "order_id"],
  priority: SOON,
});

/** Gives the price of an eSIM back that could not be delivered. */
export const REFUND_UNDELIVERABLE = defineJob({
  task: "refund_undeliverable",
  payload: { profile_id: "id" },
  key: ["refund-undeliverable", "profile_id"],
});
/** The same of a top-up. */
export const REFUND_TOP_UP = defineJob({
  task: "refund_top_up",
  payload: { top_up_id: "id" },
  key: ["refund-top-up", "top_up_id"],
});

/** Looks what became of the purchase of an eSIM that nobody waits for any more. */
export const TAKE_BACK_SURPLUS = defineJob({
  task: "take_back_surplus",
  payload: { attempt_id: "id" },
  key: ["surplus", "attempt_id"],
});
/** The same of a top-up. */
export const SETTLE_SURPLUS_TOP_UP = defineJob({
  task: "settle_surplus_top_up",
  payload: { attempt_id: "id" },
  key: ["surplus", "attempt_id"],
});
