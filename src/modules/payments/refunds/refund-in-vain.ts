import { statement, type Tx } from "../../../db/database.js";
import type { RefundOrigin } from "../refund-store.js";

/** So often what goes back by itself may come to nothing at the provider before a person looks at it. */
const TRIES_MAX = 5;

const COUNT = statement(
  "refunds.count_in_vain",
  `select count(*)::int as count, bool_and(failure_reason = 'refused_exceeds_capture') as is_too_much
   from refunds
   where payment_id = $1 and origin = $2 and status = 'failed'
     and (provider_refund_id is not null or failure_reason = 'refused_exceeds_capture')`,
);

/**
 * Why one more refund of this payment would be in vain; null while it may be tried. Each try has a row and a key of its
 * own, so nothing else ends a refund that the provider takes and fails for ever.
 */
export async function whyInVain(
  tx: Tx,
  paymentId: number,
  origin: RefundOrigin,
): Promise<"refused_exceeds_capture" | "came_to_nothing" | null> {
  type Row = { count: number; is_too_much: boolean | null };
  const [row] = (await tx.run<Row>(COUNT, [paymentId, origin])).rows;
  if (row === undefined || row.count < TRIES_MAX) return null;
  return row.is_too_much === true ? "refused_exceeds_capture" : "came_to_nothing";
}
