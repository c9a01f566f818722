import { statement, type Tx } from "../../db/database.js";
import { type FollowUp, followUpText } from "./follow-ups.js";

export interface RefundFollow {
  /**
   * Moves what follows when money of a payment went back, is withheld, or came again. In the transaction that recorded
   * it, after the last write. Tells how much was parked for it.
   */
  moneyMoved(tx: Tx, paymentId: number): Promise<number>;
}

/**
 * @param followUps They read, each `(payment_id, order_id)` of the payment that paid the order:
 *   `refunded_in_full`: all of it went back; `withheld`: nothing of it is left to us for now, by refunds under way and
 *   disputes; `available`: some of it is ours. One of them is called `order_refunded`.
 */
export function makeRefundFollow(followUps: readonly FollowUp[]): RefundFollow {
  const { ctes, ran } = followUpText(followUps, "order_refunded");
  const follow = statement(
    "payments.money_moved",
    `with counted as materialized (
       select id as payment_id, order_id, captured_minor, refunded_minor,
              refund_reserved_minor + disputed_minor as gone_minor
       from payments where id = $1 and is_counted
     ), refunded_in_full as materialized (
       select payment_id, order_id from counted where refunded_minor = captured_minor
     ), withheld as materialized (
       select payment_id, order_id from counted where refunded_minor < captured_minor and gone_minor >= captured_minor
     ), available as materialized (
       select payment_id, order_id from counted where gone_minor < captured_minor
     ), ${ctes}
     select ${ran}`,
  );
  const parking = followUps.filter(({ parks }) => parks === true).map(({ name }) => `ran_${name}`);
  return {
    async moneyMoved(tx, paymentId) {
      const [row] = (await tx.run<Record<string, number>>(follow, [paymentId])).rows;
      return parking.reduce((sum, column) => sum + (row?.[column] ?? 0), 0);
    },
  };
}
