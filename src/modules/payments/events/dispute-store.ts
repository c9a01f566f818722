import { statement, type Tx } from "../../../db/database.js";
import type { DisputeSnapshot, PaymentProviderName } from "../../../providers/payment/port.js";

/** A dispute's state only rises (warning, open, then won or lost), so events in any order end alike. */
const UPSERT = statement(
  "disputes.upsert",
  `insert into disputes as d
     (provider, dispute_id, payment_id, status, amount_minor, currency, reason, provider_created_at, closed_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, case when $4 in ('won', 'lost') then now() end)
   on conflict on constraint disputes_one_per_provider_dispute do update set
     status = excluded.status, amount_minor = excluded.amount_minor, closed_at = excluded.closed_at
   where d.status <> excluded.status
     and (d.status = 'warning' or (d.status = 'open' and excluded.status in ('won', 'lost')))
   returning id`,
);
const SUM = statement(
  "disputes.sum_on_payment",
  `update payments p set disputed_minor = least(p.captured_minor, coalesce((
     select sum(amount_minor) from disputes where payment_id = p.id and status in ('open', 'lost')), 0))
   where p.id = $1`,
);

/** False when it says nothing new. The payment's row must be locked. */
export async function upsertDispute(
  tx: Tx,
  provider: PaymentProviderName,
  paymentId: number,
  dispute: DisputeSnapshot,
): Promise<boolean> {
  const { count } = await tx.run(UPSERT, [
    provider,
    dispute.disputeId,
    paymentId,
    dispute.state,
    dispute.amount.minor,
    dispute.amount.currency,
    dispute.reason,
    dispute.createdAt.toISOString(),
  ]);
  if (count === 1) await tx.run(SUM, [paymentId]);
  return count === 1;
}
