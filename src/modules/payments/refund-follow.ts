import { statement, type Tx } from "../../db/database.js";
import { type FollowUp, followUpText } from "./follow-ups.js";

/**
 * A dispute alone is the bank's word and no refund: what the order becomes is an operator's decision. One that stood when
 * the rest was refunded kept a part of a sale that was ended, so once it is lost all of the money has gone back; and what
 * an appeal brings again after that is the customer's.
 */
export interface RefundFollow {
  /**
   * Moves what follows when money of a payment went back, is withheld, or came again. In the transaction that recorded
   * it, after the last write. Tells how much was parked for it.
   */
  moneyMoved(tx: Tx, paymentId: number): Promise<number>;
}

/**
 * @param followUps They read, each `(payment_id, order_id)` of the payment that paid the order:
 *   `refunded_in_full`: all of it went back, or all that a lost dispute had left of it; `withheld`: nothing of it is left
 *   to us for now, by refunds under way and disputes; `available`: some of it is ours; `won_back`: and a dispute kept it
 *   when the rest was refunded. One of them is called `order_refunded`.
 */
export function makeRefundFollow(followUps: readonly FollowUp[]): RefundFollow {
  const { ctes, ran } = followUpText(followUps, "order_refunded");
  const follow = statement(
    "payments.money_moved",
    `with counted as materialized (
       select p.id as payment_id, p.order_id, p.captured_minor, p.refund_reserved_minor + p.disputed_minor as gone_minor,
              p.refunded_minor + coalesce(sum(d.amount_minor) filter (where d.status = 'lost'), 0) as back_minor,
              coalesce(bool_or(d.status = 'won'), false) as has_won
       from payments p left join disputes d on d.payment_id = p.id and exists (
         select from refunds r where r.payment_id = p.id and r.status = 'succeeded' and r.created_at >= d.created_at)
       where p.id = $1 and p.is_counted group by p.id
     ), refunded_in_full as materialized (
       select payment_id, order_id from counted where back_minor >= captured_minor
     ), withheld as materialized (
       select payment_id, order_id from counted where back_minor < captured_minor and gone_minor >= captured_minor
     ), available as materialized (
       select payment_id, order_id from counted where gone_minor < captured_minor
     ), won_back as materialized (
       select payment_id, order_id from counted where gone_minor < captured_minor and has_won
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
