/** What reconciliation can find; docs/runbook.md says what to do about each. */
export const FINDING_CLASSES = [
  "paid_not_recorded",
  "recorded_not_paid",
  "charged_twice",
  "amount_differs",
  "orphan_intent",
  "refund_missing",
] as const;
export type FindingClass = (typeof FINDING_CLASSES)[number];
