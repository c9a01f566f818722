import { type Queryable, statement } from "../../db/database.js";
import type { OrderState } from "./order-state.js";

export interface PlanSnapshot {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly country_name: string | null;
  readonly country_iso2: string | null;
  readonly country_id: number | null;
  readonly carrier_name: string;
  readonly carrier_id: number;
  readonly data_gb: number;
  readonly is_unlimited: boolean;
  readonly duration_days: number;
  readonly price_minor_units: number;
  readonly currency: string;
}

/** An order as its owner sees it, with the state of its eSIM. */
export interface OrderView {
  readonly id: number;
  readonly reference: string;
  readonly plan_id: number;
  readonly status: OrderState;
  readonly currency: string;
  readonly amount_minor: number;
  readonly created_at: string;
  readonly expires_at: string;
  readonly plan_snapshot: PlanSnapshot;
  readonly profile_id: number;
  readonly profile_status: string;
  readonly profile_created_at: string;
  readonly profile_provisioned_at: string | null;
}

/** Columns of an order `o` and its profile `e`, as OrderView names them. */
export const ORDER_VIEW_COLUMNS = `
  o.id, o.reference, o.plan_id, o.status, o.currency, o.amount_minor, o.created_at, o.expires_at, o.plan_snapshot,
  e.id as profile_id, e.status as profile_status, e.created_at as profile_created_at,
  e.provisioned_at as profile_provisioned_at`;

const FIND_MINE = statement(
  "orders.find_mine",
  `select ${ORDER_VIEW_COLUMNS} from orders o join esim_profiles e on e.order_id = o.id
   where o.id = $1 and o.user_id = $2`,
);

/** Somebody else's order is missing, like one that does not exist. */
export async function findOrderOf(
  db: Queryable,
  userId: number,
  orderId: number,
): Promise<OrderView | undefined> {
  return (await db.run<OrderView>(FIND_MINE, [orderId, userId])).rows[0];
}

const LIST_MINE = statement(
  "orders.list_mine",
  `select ${ORDER_VIEW_COLUMNS} from orders o join esim_profiles e on e.order_id = o.id
   where o.user_id = $1 and o.id < $2 order by o.id desc limit $3`,
);

/** Newest first; `before` is the id of the last order of the page before. */
export async function listOrdersOf(
  db: Queryable,
  userId: number,
  page: { before?: number | undefined; limit: number },
): Promise<readonly OrderView[]> {
  const values = [userId, page.before ?? Number.MAX_SAFE_INTEGER, page.limit];
  return (await db.run<OrderView>(LIST_MINE, values)).rows;
}
