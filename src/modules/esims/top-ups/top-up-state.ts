/** The states of a top-up and how they move. The same moves stand in the trigger of migration 0012; a test compares. */
export const TOP_UP_STATES = [
  /** Ordered; once paid, the chain works on it. */
  "pending",
  /** The supplier has added it, or queued it behind what is there. */
  "done",
  /** Nothing was added: not paid, or refused for good; then the money goes back. */
  "failed",
  /** Refunded: before anything was bought, or as a loss that somebody decided. */
  "cancelled",
] as const;
export type TopUpState = (typeof TOP_UP_STATES)[number];

export const TOP_UP_MOVES = [
  "pending>done",
  "pending>failed",
  "pending>cancelled",
  "done>cancelled",
] as const;
