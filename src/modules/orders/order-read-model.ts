import { batchReads } from "../../db/batched-reads.js";
import { type Queryable, statement } from "../../db/database.js";
import {
  jsonAmountMajor,
  jsonAsIs,
  jsonObject,
  jsonText,
  jsonTime,
  jsonWord,
  orNull,
} from "../../db/json-sql.js";
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

export interface OrderOfKey extends OrderView {
  readonly request_fingerprint: Buffer | null;
}

const SOLD_ORDER_COLUMNS = `
  o.id, o.reference, o.plan_id, o.status, o.currency, o.amount_minor, o.created_at, o.expires_at, o.plan_snapshot`;

/** The top-up `t` of an order, as JSON text. */
const TOP_UP = jsonObject({
  id: jsonAsIs("t.id"),
  esim_id: jsonAsIs("t.profile_id"),
  status: jsonWord("t.status"),
  created_at: jsonTime("t.created_at"),
  done_at: orNull(jsonTime("t.done_at")),
});

/** Columns of an order `o` and its top-up `t`, as TopUpOrderView names them. */
export const TOP_UP_ORDER_COLUMNS = `${SOLD_ORDER_COLUMNS}, (${TOP_UP})::json as top_up`;

/** Columns of an order `o` and its profile `e`, as OrderView names them. */
export const ORDER_VIEW_COLUMNS = `${SOLD_ORDER_COLUMNS},
  e.id as profile_id, e.status as profile_status, e.created_at as profile_created_at,
  e.provisioned_at as profile_provisioned_at`;

const SOLD_ORDER_JSON = {
  id: jsonAsIs("o.id"),
  reference: jsonText("o.reference"),
  plan_id: jsonAsIs("o.plan_id"),
  status: jsonWord("o.status"),
  currency: jsonWord("o.currency"),
  amount_minor_units: jsonAsIs("o.amount_minor"),
  amount_major: jsonAmountMajor("o.amount_minor", "o.currency"),
  created_at: jsonTime("o.created_at"),
  expires_at: jsonTime("o.expires_at"),
  plan_snapshot: jsonAsIs("o.plan_snapshot"),
};

const ESIM_ORDER_JSON = jsonObject({
  ...SOLD_ORDER_JSON,
  // Without its profile, as only a repair by hand can leave an order, it is shown and not hidden.
  esim_profile: orNull(
    jsonObject({
      id: jsonAsIs("e.id"),
      order_id: jsonAsIs("o.id"),
      status: jsonWord("e.status"),
      created_at: jsonTime("e.created_at"),
      provisioned_at: orNull(jsonTime("e.provisioned_at")),
    }),
  ),
});

const TOP_UP_ORDER_JSON = jsonObject({
  ...SOLD_ORDER_JSON,
  kind: `'"top_up"'`,
  top_up: orNull(`(select ${TOP_UP} from top_ups t where t.order_id = o.id)`),
});

/**
 * Orders of both kinds as the wire has them (routes/order-schema.ts), as JSON text; the look at top-ups is made for
 * top-up orders only. What is answered to who places an order has the same members: orderOnWire.
 */
export const ANY_ORDER_JSON = `
  case o.kind when 'top_up' then ${TOP_UP_ORDER_JSON} else ${ESIM_ORDER_JSON} end`;

/** LIMIT keeps each key's part an index look-up of its own, whatever the planner thinks of the number of keys. */
const FIND_MINE = statement(
  "orders.find_mine",
  `select k.position, v.json from unnest($1::bigint[], $2::bigint[]) with ordinality as k(id, user_id, position)
   cross join lateral (
     select ${ANY_ORDER_JSON} as json from orders o left join esim_profiles e on e.order_id = o.id
     where o.id = k.id and o.user_id = k.user_id limit 1) v`,
);

/**
 * The order `o` of this user and key. A connection keeps a plan until the tables are analysed again, and while a shop
 * is young the index of a user's orders looks as good as that of the keys; every order would then read all of the
 * user's. `+ 0` takes it out of the choice. The price: a key that many users share is read for each of them.
 */
export const hasKey = (userId: string, key: string): string =>
  `o.idempotency_key = ${key} and o.user_id + 0 = ${userId}`;

/** Of eSIMs only: a key of a top-up is decided about by the statement that places orders. */
const FIND_BY_KEY = statement(
  "orders.find_by_key",
  `select k.position, v.* from unnest($1::bigint[], $2::text[]) with ordinality as k(user_id, key, position)
   cross join lateral (
     select o.request_fingerprint, ${ORDER_VIEW_COLUMNS} from orders o join esim_profiles e on e.order_id = o.id
     where ${hasKey("k.user_id", "k.key")} limit 1) v`,
);

/** More pages in one query would keep one connection busy while others idle. */
const PAGES_PER_QUERY_MAX = 4;

const LIST_MINE = statement(
  "orders.list_mine",
  `select k.position, v.json
   from unnest($1::bigint[], $2::bigint[], $3::integer[]) with ordinality as k(user_id, before, most, position)
   cross join lateral (
     select '[' || string_agg(page.json, ',' order by page.id desc) || ']' as json
     from (
       select o.id, ${ANY_ORDER_JSON} as json from orders o left join esim_profiles e on e.order_id = o.id
       where o.user_id = k.user_id and o.id < k.before order by o.id desc limit k.most) page) v`,
);

interface JsonRow {
  /** Null: a page without orders. An order itself always has its text. */
  readonly json: string | null;
}

export type OrderReads = ReturnType<typeof makeOrderReads>;

/** What owners ask about their orders, answered for all requests of a moment at once. */
export function makeOrderReads(db: Queryable) {
  const find = batchReads<{ userId: number; orderId: number }, JsonRow>(db, FIND_MINE, (keys) => [
    keys.map(({ orderId }) => orderId),
    keys.map(({ userId }) => userId),
  ]);
  const byKey = batchReads<{ userId: number; key: string }, OrderOfKey>(db, FIND_BY_KEY, (keys) => [
    keys.map(({ userId }) => userId),
    keys.map(({ key }) => key),
  ]);
  const list = batchReads<{ userId: number; before: number; limit: number }, JsonRow>(
    db,
    LIST_MINE,
    (pages) => [
      pages.map(({ userId }) => userId),
      pages.map(({ before }) => before),
      pages.map(({ limit }) => limit),
    ],
    PAGES_PER_QUERY_MAX,
  );
  return {
    /** JSON text. Somebody else's order is missing, like one that does not exist. */
    findOrderOf: async (userId: number, orderId: number): Promise<string | undefined> =>
      (await find({ userId, orderId }))[0]?.json ?? undefined,
    findOrderByKey: async (userId: number, key: string) => (await byKey({ userId, key }))[0],
    /** JSON text of an array, newest first; `before` is the id of the last order of the page before. */
    listOrdersOf: async (
      userId: number,
      page: { before?: number | undefined; limit: number },
    ): Promise<string> => {
      const [row] = await list({ userId, before: page.before ?? Number.MAX_SAFE_INTEGER, limit: page.limit });
      return row?.json ?? "[]";
    },
  };
}
