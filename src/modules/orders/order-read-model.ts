import { batchReads } from "../../db/batched-reads.js";
import { type Queryable, statement } from "../../db/database.js";
import type { TopUpState } from "../esims/esims.module.js";
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

/** What a top-up order adds to an eSIM, and how far that is. */
export interface TopUpView {
  readonly id: number;
  readonly esim_id: number;
  readonly status: TopUpState;
  readonly created_at: string;
  readonly done_at: string | null;
}

interface SoldOrder {
  readonly id: number;
  readonly reference: string;
  readonly plan_id: number;
  readonly status: OrderState;
  readonly currency: string;
  readonly amount_minor: number;
  readonly created_at: string;
  readonly expires_at: string;
  readonly plan_snapshot: PlanSnapshot;
}

/** The order of an eSIM as its owner sees it, with the state of its eSIM. */
export interface OrderView extends SoldOrder {
  readonly profile_id: number;
  readonly profile_status: string;
  readonly profile_created_at: string;
  readonly profile_provisioned_at: string | null;
}

export interface TopUpOrderView extends SoldOrder {
  readonly top_up: TopUpView;
}

/** Lists have both kinds; `top_up` is null in the order of an eSIM. */
export type AnyOrderView = (OrderView & { readonly top_up: null }) | TopUpOrderView;

export interface OrderOfKey extends OrderView {
  readonly request_fingerprint: Buffer | null;
}

const SOLD_ORDER_COLUMNS = `
  o.id, o.reference, o.plan_id, o.status, o.currency, o.amount_minor, o.created_at, o.expires_at, o.plan_snapshot`;

/** Inside JSON the database would write a time in its own form. */
const wireTime = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The top-up `t` of an order. */
const TOP_UP = `json_build_object('id', t.id, 'esim_id', t.profile_id, 'status', t.status,
    'created_at', ${wireTime("t.created_at")}, 'done_at', ${wireTime("t.done_at")})`;

/** Columns of an order `o` and its top-up `t`, as TopUpOrderView names them. */
export const TOP_UP_ORDER_COLUMNS = `${SOLD_ORDER_COLUMNS}, ${TOP_UP} as top_up`;

/** Columns of an order `o` and its profile `e`, as OrderView names them. */
export const ORDER_VIEW_COLUMNS = `${SOLD_ORDER_COLUMNS},
  e.id as profile_id, e.status as profile_status, e.created_at as profile_created_at,
  e.provisioned_at as profile_provisioned_at`;

/** Of both kinds; the look at top-ups is made for top-up orders only. */
const ANY_ORDER = `select ${ORDER_VIEW_COLUMNS},
       case o.kind when 'top_up' then (select ${TOP_UP} from top_ups t where t.order_id = o.id) end as top_up
     from orders o left join esim_profiles e on e.order_id = o.id`;

/** LIMIT keeps each key's part an index look-up of its own, whatever the planner thinks of the number of keys. */
const FIND_MINE = statement(
  "orders.find_mine",
  `select k.position, v.* from unnest($1::bigint[], $2::bigint[]) with ordinality as k(id, user_id, position)
   cross join lateral (
     ${ANY_ORDER}
     where o.id = k.id and o.user_id = k.user_id limit 1) v`,
);

/** Of eSIMs only: a key of a top-up is decided about by the statement that places orders. */
const FIND_BY_KEY = statement(
  "orders.find_by_key",
  `select k.position, v.* from unnest($1::bigint[], $2::text[]) with ordinality as k(user_id, key, position)
   cross join lateral (
     select o.request_fingerprint, ${ORDER_VIEW_COLUMNS} from orders o join esim_profiles e on e.order_id = o.id
     where o.user_id = k.user_id and o.idempotency_key = k.key limit 1) v`,
);

const LIST_MINE = statement(
  "orders.list_mine",
  `select k.position, v.*
   from unnest($1::bigint[], $2::bigint[], $3::integer[]) with ordinality as k(user_id, before, most, position)
   cross join lateral (
     ${ANY_ORDER}
     where o.user_id = k.user_id and o.id < k.before order by o.id desc limit k.most) v
   order by k.position, v.id desc`,
);

export type OrderReads = ReturnType<typeof makeOrderReads>;

/** What owners ask about their orders, answered for all requests of a moment at once. */
export function makeOrderReads(db: Queryable) {
  const find = batchReads<{ userId: number; orderId: number }, AnyOrderView>(db, FIND_MINE, (keys) => [
    keys.map(({ orderId }) => orderId),
    keys.map(({ userId }) => userId),
  ]);
  const byKey = batchReads<{ userId: number; key: string }, OrderOfKey>(db, FIND_BY_KEY, (keys) => [
    keys.map(({ userId }) => userId),
    keys.map(({ key }) => key),
  ]);
  const list = batchReads<{ userId: number; before: number; limit: number }, AnyOrderView>(
    db,
    LIST_MINE,
    (pages) => [
      pages.map(({ userId }) => userId),
      pages.map(({ before }) => before),
      pages.map(({ limit }) => limit),
    ],
  );
  return {
    /** Somebody else's order is missing, like one that does not exist. */
    findOrderOf: async (userId: number, orderId: number) => (await find({ userId, orderId }))[0],
    findOrderByKey: async (userId: number, key: string) => (await byKey({ userId, key }))[0],
    /** Newest first; `before` is the id of the last order of the page before. */
    listOrdersOf: (userId: number, page: { before?: number | undefined; limit: number }) =>
      list({ userId, before: page.before ?? Number.MAX_SAFE_INTEGER, limit: page.limit }),
  };
}
