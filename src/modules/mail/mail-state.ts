/** The states of an outgoing mail and how they move; the trigger of its table declares the same, and a test compares. */
export const MAIL_STATES = [
  /** Written down, and its job waits. */
  "queued",
  /** Not taken for now, or nobody may have it for now: tried again at `next_try_at`. */
  "delayed",
  /** The mail server has it. */
  "sent",
  /** The mail server refuses this recipient for good, or took it from nobody for days. */
  "refused",
  /** There is nothing to say any more: the code expired, the money went back, the person left. */
  "cancelled",
] as const;
export type MailState = (typeof MAIL_STATES)[number];

export const MAIL_MOVES = {
  queued: ["delayed", "sent", "refused", "cancelled"],
  delayed: ["sent", "refused", "cancelled"],
  sent: [],
  refused: [],
  cancelled: [],
} as const satisfies Record<MailState, readonly MailState[]>;
