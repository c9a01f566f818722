/** The states of money and the moves between them; the triggers of 0008_payments and 0009_refunds declare the same graphs. */

/** As the wire names them. A declined card ends nothing: the payment stays `requires_action`. */
export const PAYMENT_STATES = ["requires_action", "succeeded", "failed"] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

export const PAYMENT_MOVES = {
  requires_action: ["succeeded", "failed"],
  succeeded: [],
  failed: [],
} as const satisfies Record<PaymentState, readonly PaymentState[]>;

/**
 * - requested: written down; what the provider says is not known yet
 * - parked: waits for an operator
 * - pending: the provider works on it
 * - failed: the money did not go, or the payer's bank sent it back
 */
export const REFUND_STATES = ["requested", "parked", "pending", "succeeded", "failed"] as const;
export type RefundStatus = (typeof REFUND_STATES)[number];

export const REFUND_MOVES = {
  requested: ["parked", "pending", "succeeded", "failed"],
  parked: ["requested", "pending", "succeeded", "failed"],
  pending: ["succeeded", "failed"],
  succeeded: ["failed"],
  failed: [],
} as const satisfies Record<RefundStatus, readonly RefundStatus[]>;

/** What a provider's word for a refund is to us. Both of the last two have given the money back to us. */
export const REFUND_STATE_OF = {
  pending: "pending",
  succeeded: "succeeded",
  failed: "failed",
  canceled: "failed",
} as const satisfies Record<string, RefundStatus>;

/** From which states a refund may come into this one: the guard of the statement that moves it. */
export const refundMovesInto = (to: RefundStatus): readonly RefundStatus[] =>
  REFUND_STATES.filter((from) => (REFUND_MOVES[from] as readonly RefundStatus[]).includes(to));

/** What waits for a second person. Approved: the refund was made in the same transaction. */
export const APPROVAL_STATES = ["waiting", "approved", "declined", "expired"] as const;
export type ApprovalStatus = (typeof APPROVAL_STATES)[number];

export const APPROVAL_MOVES = {
  waiting: ["approved", "declined", "expired"],
  approved: [],
  declined: [],
  expired: [],
} as const satisfies Record<ApprovalStatus, readonly ApprovalStatus[]>;

/**
 * - warning: an inquiry, no money has moved
 * - open: the money is withheld
 * - won: it is ours, unless the payer's bank takes the dispute up again
 * - lost: it is gone, unless an appeal brings it back
 */
export const DISPUTE_STATES = ["warning", "open", "won", "lost"] as const;
export type DisputeStatus = (typeof DISPUTE_STATES)[number];

export const DISPUTE_MOVES = {
  warning: ["open", "won", "lost"],
  open: ["won", "lost"],
  won: ["open", "lost"],
  lost: ["won"],
} as const satisfies Record<DisputeStatus, readonly DisputeStatus[]>;

/** As refundMovesInto. */
export const disputeMovesInto = (to: DisputeStatus): readonly DisputeStatus[] =>
  DISPUTE_STATES.filter((from) => (DISPUTE_MOVES[from] as readonly DisputeStatus[]).includes(to));

/** What came of something that a provider told us. */
export const EVENT_OUTCOMES = ["processed", "ignored", "waiting", "parked"] as const;
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];
