import { type Queryable, statement } from "../../../db/database.js";
import type { FeeSnapshot, PaymentProviderName } from "../../../providers/payment/port.js";

const RECORD_FEES = statement(
  "reconcile.record_fees",
  `insert into provider_fees (provider, fee_id, payment_id, kind, currency, amount, booked_at)
   select $1, f.fee_id, p.id, f.kind, f.currency, f.amount, f.booked_at
   from jsonb_to_recordset($2::jsonb) as f
     (fee_id text, kind text, intent_id text, reference text, currency text, amount numeric, booked_at timestamptz)
   cross join lateral (
     select id from payments
     where provider = $1 and (intent_id = f.intent_id or reference = f.reference)
     order by intent_id = f.intent_id desc nulls last, id limit 1) as p
   on conflict on constraint provider_fees_one_per_entry do nothing`,
);

/** Keeps those that are of payments of ours, once each. */
export async function recordFees(
  db: Queryable,
  provider: PaymentProviderName,
  fees: readonly FeeSnapshot[],
): Promise<void> {
  const rows = fees.map(({ feeId, kind, intentId, metadata, currency, amount, bookedAt }) => ({
    fee_id: feeId,
    kind,
    intent_id: intentId,
    reference: metadata.payment_reference,
    currency,
    amount,
    booked_at: bookedAt,
  }));
  await db.run(RECORD_FEES, [provider, JSON.stringify(rows)]);
}
