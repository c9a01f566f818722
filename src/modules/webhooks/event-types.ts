/**
 * What other systems are told. The second word is the state that the first has reached, or the kind of alarm; triggers
 * write them (0017, 0099).
 */
export const EVENT_TYPES = [
  "order.created",
  "order.paid",
  "order.failed",
  "order.refunded",
  "payment.succeeded",
  "payment.failed",
  "refund.created",
  "refund.succeeded",
  "refund.failed",
  "esim.ready",
  "esim.active",
  "esim.failed",
  "esim.expired",
  "esim.cancelled",
  "top_up.done",
  "top_up.failed",
  "top_up.cancelled",
  "alarm.parked_money",
  "alarm.parked_deliveries",
  "alarm.refund_approvals",
  "alarm.disputes",
  "alarm.low_stock",
  "alarm.supplier_balance",
  "alarm.supplier_failing",
  "alarm.catalogue_syncs",
  "alarm.paused_plans",
  "alarm.paused_receivers",
  "alarm.failed_jobs",
] as const;

/** For an endpoint that wants all of them, also those that come later. */
export const EVERY_TYPE = "*";

/** Only sent when an operator asks for it; it is no event of the shop and has no place in its sequence. */
export const TEST_TYPE = "webhook.test";

export const WANTED_TYPES = [EVERY_TYPE, ...EVENT_TYPES] as const;
