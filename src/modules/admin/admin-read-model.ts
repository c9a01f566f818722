import { type Queryable, statement } from "../../db/database.js";

export interface AdminOrder {
  readonly id: number;
  readonly reference: string;
  readonly status: string;
  readonly kind: string;
  readonly user_id: number;
  readonly email: string;
  readonly currency: string;
  readonly amount_minor_units: number;
  readonly failure_reason: string | null;
  readonly plan_snapshot: unknown;
  readonly created_at: string;
  readonly expires_at: string;
  readonly paid_at: string | null;
  readonly esim_id: number | null;
  readonly esim_status: string | null;
  readonly esim_parked_reason: string | null;
  readonly top_up_id: number | null;
  readonly top_up_of_esim_id: number | null;
  readonly top_up_status: string | null;
  readonly top_up_parked_reason: string | null;
  readonly user: object;
  /** Of the same customer. */
  readonly previous_order_id: number | null;
  readonly next_order_id: number | null;
}

const FIND_ORDER = statement(
  "admin.find_order",
  `select o.id, o.reference, o.status, o.kind, o.user_id, u.email, o.currency, o.amount_minor as amount_minor_units,
          o.failure_reason, o.plan_snapshot, o.created_at, o.expires_at, o.paid_at,
          e.id as esim_id, e.status as esim_status, e.parked_reason as esim_parked_reason,
          t.id as top_up_id, o.top_up_of_profile_id as top_up_of_esim_id, t.status as top_up_status,
          t.parked_reason as top_up_parked_reason,
          json_build_object('id', u.id, 'email', u.email, 'name', u.name) as user,
          (select max(id) from orders b where b.user_id = o.user_id and b.id < o.id) as previous_order_id,
          (select min(id) from orders a where a.user_id = o.user_id and a.id > o.id) as next_order_id
   from orders o join users u on u.id = o.user_id left join esim_profiles e on e.order_id = o.id
     left join top_ups t on t.order_id = o.id
   where o.id = $1`,
);

export async function findAdminOrder(db: Queryable, orderId: number): Promise<AdminOrder | undefined> {
  return (await db.run<AdminOrder>(FIND_ORDER, [orderId])).rows[0];
}
