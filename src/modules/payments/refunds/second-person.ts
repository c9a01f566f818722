import type { SecondPersonAbove } from "../../../config/second-person.js";

/** In minor units; null: a refund in this currency needs nobody else. */
export const limitIn = (above: SecondPersonAbove, currency: string): number | null =>
  Object.hasOwn(above.byCurrency, currency) ? (above.byCurrency[currency] ?? null) : above.everywhere;

interface LimitTerms {
  readonly limit: string;
  readonly amount: string;
  readonly orderId: string;
  readonly currency: string;
  readonly person: string;
}

/**
 * SQL: what operators gave back of this order, and what this person gave back in the last 24 hours, each with this
 * amount and without what a second person approved, is within the limit. It counts only while both sums cannot grow:
 * lockRefunders comes first, in a statement of its own, so that this one sees what the earlier one committed.
 */
export function withinLimit({ limit, amount, orderId, currency, person }: LimitTerms): string {
  const alone = (condition: string): string => `(
    select coalesce(sum(r.amount_minor), 0) from refunds r
    where ${condition} and r.origin = 'admin' and r.status <> 'failed'
      and not exists (select from refund_approvals a where a.refund_id = r.id))`;
  const ofOrder = alone(`r.order_id = ${orderId}`);
  const ofPerson = alone(
    `r.requested_by = ${person} and r.currency = ${currency} and r.created_at > now() - interval '24 hours'`,
  );
  return `${amount} + greatest(${ofOrder}, ${ofPerson}) <= ${limit}`;
}
