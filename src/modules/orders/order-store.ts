import { type Queryable, type Statement, statement, type Tx } from "../../db/database.js";
import type { Language } from "../../kernel/language.js";
import type { OfferFragment } from "../esims/esims.module.js";
import { hasKey, ORDER_VIEW_COLUMNS, type OrderOfKey } from "./order-read-model.js";

export interface NewOrder {
  readonly reference: string;
  readonly userId: number;
  readonly planId: number;
  readonly currency: string;
  readonly idempotencyKey: string | null;
  readonly fingerprint: Buffer | null;
  readonly ttlMinutes: number;
  /** Of the client (IPv6: its /64), as long as the order keeps a code from others. */
  readonly network: string | null;
  /** What the buyer reads; null when the request did not say. */
  readonly language: Language | null;
}

export interface PlacedOrder extends OrderOfKey {
  readonly was_known: boolean;
}

/** What an order freezes of the offer `f`. */
export const PLAN_SNAPSHOT = `json_build_object(
              'id', f.plan_id, 'name', f.name, 'description', f.description,
              'country_name', f.country_name, 'country_iso2', f.country_iso2, 'country_id', f.country_id,
              'carrier_name', f.carrier_name, 'carrier_id', f.carrier_id,
              'data_gb', f.data_gb, 'is_unlimited', f.is_unlimited, 'duration_days', f.duration_days,
              'price_minor_units', f.amount_minor, 'currency', f.currency)`;

/** What one person may order; 999999 is off. */
export interface OrderCaps {
  /** Unpaid orders at a time. */
  readonly openMax: number;
  readonly perHourMax: number;
}

export type OrderCap = "orders_open" | "orders_per_hour";

const CAP_OFF = 999_999;
export const isCapped = ({ openMax, perHourMax }: OrderCaps): boolean =>
  openMax < CAP_OFF || perHourMax < CAP_OFF;
const capOf = (userId: string, { openMax, perHourMax }: OrderCaps): string =>
  `order_cap(${userId}, ${openMax}, ${perHourMax})`;

/**
 * The caps, as `cap` with a row that says which one refuses; behind `known`, for a repeated request is no further
 * order. Nothing where both are off.
 */
export const underCaps = (userId: string, caps: OrderCaps, onlyIf = "not exists (select from known)") =>
  isCapped(caps)
    ? {
        cte: `cap as materialized (
     select refused_by from ${capOf(userId, caps)} where ${onlyIf}
   ), `,
        allows: "and not exists (select from cap where refused_by is not null)",
      }
    : { cte: "", allows: "" };
/** Columns that say it afterwards. */
export const whichCap = (userId: string, caps: OrderCaps): string =>
  isCapped(caps)
    ? `(select to_jsonb(c) from ${capOf(userId, caps)} c where refused_by is not null)`
    : "null::jsonb";

/**
 * The buyer by their row, not by what a process remembers of a session: nothing is ordered for somebody who was
 * deleted or disabled. The insert takes this lock anyway, for its foreign key; taken here, it is looked at again after
 * a wait for a deletion (persons.lock).
 */
export const buyerIsHere = (userId: string): string => `buyer as materialized (
     select id from users where id = ${userId} and deleted_at is null and disabled_at is null for key share
   )`;

/**
 * Makes the order of a plan that is not sold from own stock, which is most of them: order and profile with the price
 * of now frozen in. The unique constraint decides between simultaneous requests. Without a row nothing was made, and
 * the statement below says why or finds what there is. The benchmark's ceiling runs it alone.
 */
export const placeStatement = (offer: OfferFragment, caps: OrderCaps): Statement => {
  const { cte, allows } = underCaps("$2", caps, "exists (select from buyer)");
  return statement(
    "orders.place",
    `with ${buyerIsHere("$2")}, ${cte}placed as (
     insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot,
                         idempotency_key, request_fingerprint, expires_at)
     select $1, $2, f.plan_id, f.currency, f.amount_minor,
            ${PLAN_SNAPSHOT},
            $5, $6, now() + $7 * interval '1 minute'
     from plan_offers f
     where f.plan_id = $3 and f.currency = $4 and f.is_active and exists (select from buyer) ${allows}
       and ${offer.isElsewhere}
     on conflict on constraint orders_one_per_user_and_key do nothing
     returning *
   ), profile as (
     insert into esim_profiles (order_id, user_id, plan_id, language)
     select id, user_id, plan_id, $8::text from placed
     returning id, order_id, status, created_at, provisioned_at
   )
   select false as was_known, o.request_fingerprint, ${ORDER_VIEW_COLUMNS} from placed o cross join profile e`,
  );
};

/**
 * One statement finds the order of this user and key, or makes order and profile with the price of now frozen in.
 * The unique constraint decides between simultaneous requests: the losers insert nothing and see nothing, since the
 * winner's row is younger than their snapshot; the caller then asks again. A key of a top-up finds an order without a
 * profile, whose fingerprint is another. An item of own stock is held in it.
 */
export const placeOrFindStatement = (offer: OfferFragment, caps: OrderCaps): Statement => {
  const { cte, allows } = underCaps("$2", caps);
  return statement(
    "orders.place_or_find",
    `with known as (
     select id from orders o where ${hasKey("$2", "$5")}
   ), ${buyerIsHere("$2")}, ${cte}offer as materialized (
     select * from plan_offers f
     where f.plan_id = $3 and f.currency = $4 and f.is_active and not exists (select from known)
       and exists (select from buyer) ${allows}
   ), ${offer.ctes}, placed as (
     insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot,
                         idempotency_key, request_fingerprint, expires_at)
     select $1, $2, f.plan_id, f.currency, f.amount_minor,
            ${PLAN_SNAPSHOT},
            $5, $6, now() + ${offer.minutesToPay("$7")} * interval '1 minute'
     from offer f
     where exists (select from deliverable)
     on conflict on constraint orders_one_per_user_and_key do nothing
     returning *
   ), profile as (
     insert into esim_profiles (order_id, user_id, plan_id, language)
     select id, user_id, plan_id, $8::text from placed
     returning id, order_id, status, created_at, provisioned_at
   ), ${offer.holds("$9")}
   select false as was_known, o.request_fingerprint, ${ORDER_VIEW_COLUMNS}
   from placed o join profile e on e.order_id = o.id
   union all
   select true as was_known, o.request_fingerprint, ${ORDER_VIEW_COLUMNS}
   from known join orders o on o.id = known.id left join esim_profiles e on e.order_id = o.id`,
  );
};

export interface CapReached {
  readonly refused_by: OrderCap;
  readonly retry_seconds: number;
}

export type WhyNotPlaced =
  | CapReached
  | "person_gone"
  | "plan_unknown"
  | "currency_not_offered"
  | "plan_paused"
  | "out_of_stock"
  | "placed_meanwhile";

export const isBuyerHere = (userId: string): string =>
  `exists (select from users where id = ${userId} and deleted_at is null and disabled_at is null)`;

const whyNotPlacedStatement = (offer: OfferFragment, caps: OrderCaps): Statement =>
  statement(
    "orders.why_not_placed",
    `with offer as materialized (
       select * from plan_offers f where f.plan_id = $2 and f.currency = $3 and f.is_active
     ), ${offer.ctes}
     select exists (select from orders o where ${hasKey("$1", "$4")}) as is_placed,
            ${isBuyerHere("$1")} as is_buyer_here, ${whichCap("$1", caps)} as cap,
            (select is_active from plans where id = $2) as is_active,
            exists (select from plan_prices where plan_id = $2 and currency = $3) as is_offered,
            exists (select from deliverable) as is_deliverable`,
  );

export type OrderPlacingStore = ReturnType<typeof makeOrderPlacingStore>;

/** `offer` says what can be delivered and holds it, in the order's own statement (the eSIM room's fragment). */
export function makeOrderPlacingStore(offer: OfferFragment, caps: OrderCaps) {
  const place = placeStatement(offer, caps);
  const placeOrFind = placeOrFindStatement(offer, caps);
  /** Plans whose last order was not made by the short statement. A guess where to begin: each decides rightly. */
  const fromStock = new Set<number>();
  const whyNot = whyNotPlacedStatement(offer, caps);
  return {
    async placeOrFindOrder(db: Queryable, order: NewOrder): Promise<PlacedOrder | undefined> {
      const values = [
        order.reference,
        order.userId,
        order.planId,
        order.currency,
        order.idempotencyKey,
        order.fingerprint,
        order.ttlMinutes,
        order.language,
      ];
      if (!fromStock.has(order.planId)) {
        const { rows } = await db.run<PlacedOrder>(place, values);
        if (rows[0] !== undefined) return rows[0];
      }
      const { rows } = await db.run<PlacedOrder>(placeOrFind, [...values, order.network]);
      if (rows[0]?.was_known === false) fromStock.add(order.planId);
      return rows[0];
    },
    async whyNotPlaced(db: Queryable, order: NewOrder): Promise<WhyNotPlaced> {
      const { rows } = await db.run<{
        is_placed: boolean;
        is_buyer_here: boolean;
        cap: CapReached | null;
        is_active: boolean | null;
        is_offered: boolean;
        is_deliverable: boolean;
      }>(whyNot, [order.userId, order.planId, order.currency, order.idempotencyKey]);
      const found = rows[0];
      if (found?.is_placed === true) return "placed_meanwhile";
      if (found?.is_buyer_here === false) return "person_gone";
      if (found?.cap != null) return found.cap;
      if (found === undefined || found.is_active === null) return "plan_unknown";
      if (!found.is_offered) return "currency_not_offered";
      if (!found.is_active) return "plan_paused";
      return found.is_deliverable ? "placed_meanwhile" : "out_of_stock";
    },
  };
}

const FORGET_KEYS = statement(
  "orders.forget_keys",
  `update orders set idempotency_key = null, request_fingerprint = null
   where id in (
     select id from orders
     where idempotency_key is not null and created_at < now() - $1 * interval '1 hour'
     order by created_at limit $2 for update skip locked)`,
);

/** The orders stay; only their keys become new again. Answers how many were forgotten. */
export async function forgetIdempotencyKeys(
  db: Queryable,
  olderThanHours: number,
  batch: number,
): Promise<number> {
  return (await db.run(FORGET_KEYS, [olderThanHours, batch])).count;
}

const CLOSE_UNPAID = statement(
  "orders.close_unpaid_of_person",
  `update orders set expires_at = least(expires_at, now()) where user_id = $1 and status = 'created' returning id`,
);

/** From now on no payment of theirs can begin, and the sweep of expired orders ends them whatever happens here. */
export async function closeUnpaidOrdersOf(db: Queryable, userId: number): Promise<readonly number[]> {
  return (await db.run<{ id: number }>(CLOSE_UNPAID, [userId])).rows.map((row) => row.id);
}

const CLOSE_UNPAID_OF_PLANS = statement(
  "orders.close_unpaid_of_plans",
  `update orders set expires_at = now()
   where plan_id = any($1::bigint[]) and kind = 'esim' and status = 'created' and expires_at > now() returning id`,
);

/** What nobody can deliver is not paid for: no payment can begin, and the sweep of expired orders ends them. */
export async function closeUnpaidOrdersOfPlans(tx: Tx, planIds: readonly number[]): Promise<number> {
  return (await tx.run(CLOSE_UNPAID_OF_PLANS, [planIds])).count;
}

const LIST_EXPIRED = statement(
  "orders.list_expired",
  `select id from orders where status = 'created' and expires_at < now() and id > $1 order by id limit $2`,
);

/** Unpaid orders whose time is over, by id, behind the one with id `after`. */
export async function listExpiredOrders(
  db: Queryable,
  page: { after: number; limit: number },
): Promise<readonly number[]> {
  return (await db.run<{ id: number }>(LIST_EXPIRED, [page.after, page.limit])).rows.map((row) => row.id);
}
