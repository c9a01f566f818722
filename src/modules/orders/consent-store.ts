import { type Queryable, statement } from "../../db/database.js";

export interface OrderConsent {
  readonly terms_version: string;
  readonly immediate_delivery: boolean;
  readonly accepted_at: string;
}

const RECORD = statement(
  "orders.record_consent",
  `with placed as (
     select id from orders where id = $1 and user_id = $2 and status = 'created'
   ), recorded as (
     insert into order_consents (order_id, terms_version, immediate_delivery)
     select id, $3, $4 from placed
     on conflict (order_id) do nothing
   )
   select 1 from placed`,
);

/** The first word stands. False when the person has no such order that waits for money. */
export async function recordConsent(
  db: Queryable,
  consent: { orderId: number; userId: number; termsVersion: string; wantsImmediateDelivery: boolean },
): Promise<boolean> {
  const { orderId, userId, termsVersion, wantsImmediateDelivery } = consent;
  const { rows } = await db.run(RECORD, [orderId, userId, termsVersion, wantsImmediateDelivery]);
  return rows.length > 0;
}

const FIND = statement(
  "orders.find_consent",
  `select c.terms_version, c.immediate_delivery, c.accepted_at
   from order_consents c join orders o on o.id = c.order_id
   where c.order_id = $1 and o.user_id = $2`,
);

export async function findConsent(
  db: Queryable,
  userId: number,
  orderId: number,
): Promise<OrderConsent | undefined> {
  return (await db.run<OrderConsent>(FIND, [orderId, userId])).rows[0];
}
