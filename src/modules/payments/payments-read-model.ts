import { type Queryable, statement } from "../../db/database.js";

/** An order and the money that has moved for it. */
export interface OrderMoney {
  readonly id: number;
  readonly reference: string;
  readonly user_id: number;
  readonly status: string;
  readonly currency: string;
  readonly amount_minor: number;
  readonly captured_minor: number;
  readonly refunded_minor: number;
}

const FIND_ORDER_MONEY = statement(
  "payments.find_order_money",
  `select o.id, o.reference, o.user_id, o.status, o.currency, o.amount_minor,
          coalesce(sum(p.captured_minor), 0)::bigint as captured_minor,
          coalesce(sum(p.refunded_minor), 0)::bigint as refunded_minor
   from orders o left join payments p on p.order_id = o.id
   where o.id = $1 group by o.id`,
);

export async function findOrderMoney(db: Queryable, orderId: number): Promise<OrderMoney | undefined> {
  return (await db.run<OrderMoney>(FIND_ORDER_MONEY, [orderId])).rows[0];
}
