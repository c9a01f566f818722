import { type Queryable, statement } from "../../db/database.js";
import type { TopUpOfferFragment, TopUpProblem } from "../esims/esims.module.js";
import { hasKey, TOP_UP_ORDER_COLUMNS, type TopUpOrderView } from "./order-read-model.js";
import {
  buyerIsHere,
  type CapReached,
  isBuyerHere,
  type NewOrder,
  type OrderCaps,
  PLAN_SNAPSHOT,
  underCaps,
  whichCap,
} from "./order-store.js";

export interface NewTopUpOrder extends NewOrder {
  readonly esimId: number;
}

export interface PlacedTopUpOrder extends TopUpOrderView {
  readonly was_known: boolean;
  readonly request_fingerprint: Buffer | null;
  /** Null: the key belongs to the order of an eSIM. */
  readonly top_up_of_profile_id: number | null;
}

export type WhyNoTopUp =
  | {
      readonly why:
        | "person_gone"
        | "esim_unknown"
        | "plan_unknown"
        | "currency_not_offered"
        | "placed_meanwhile";
    }
  | { readonly why: "cap"; readonly cap: CapReached }
  | { readonly why: "esim"; readonly problem: TopUpProblem; readonly words: string }
  /** The supplier does not take this plan for this eSIM. */
  | { readonly why: "not_addable" }
  /** It would, but not now: paused, dearer than our price, or no money of ours left there. */
  | { readonly why: "not_now" };

export type TopUpOrderStore = ReturnType<typeof makeTopUpOrderStore>;

/** The order of a top-up in one statement, as that of an eSIM (order-store.ts). */
export function makeTopUpOrderStore(offer: TopUpOfferFragment, caps: OrderCaps) {
  const { cte, allows } = underCaps("$2", caps);
  const placeOrFind = statement(
    "orders.place_or_find_top_up",
    `with known as (
       select id from orders o where ${hasKey("$2", "$5")}
     ), ${buyerIsHere("$2")}, ${cte}${offer.ctes({ esimId: "$9", userId: "$2", currency: "$4::text" })}, placed as (
       insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot, idempotency_key,
                           request_fingerprint, expires_at, kind, top_up_of_profile_id)
       select $1, $2, f.plan_id, f.currency, f.amount_minor, ${PLAN_SNAPSHOT},
              $5, $6, now() + $7 * interval '1 minute', 'top_up', $9
       from on_offer f
       where f.plan_id = $3 and not exists (select from known) and exists (select from buyer) ${allows}
       limit 1
       on conflict on constraint orders_one_per_user_and_key do nothing
       returning *
     ), ${offer.holds({ language: "$8" })}
     select false as was_known, o.request_fingerprint, o.top_up_of_profile_id, ${TOP_UP_ORDER_COLUMNS}
     from placed o join top_up t on t.order_id = o.id
     union all
     select true as was_known, o.request_fingerprint, o.top_up_of_profile_id, ${TOP_UP_ORDER_COLUMNS}
     from known join orders o on o.id = known.id left join top_ups t on t.order_id = o.id`,
  );
  const whyNot = statement(
    "orders.why_no_top_up",
    `with ${offer.ctes({ esimId: "$1", userId: "$2", currency: "$4::text" })}
     select exists (select from orders o where ${hasKey("$2", "$5")}) as is_placed,
            ${isBuyerHere("$2")} as is_buyer_here, ${whichCap("$2", caps)} as cap,
            exists (select from esim) as has_esim, (select problem from esim) as problem,
            exists (select from plans where id = $3) as has_plan,
            exists (select from plan_prices where plan_id = $3 and currency = $4) as has_price,
            exists (select from addable where plan_id = $3) as is_addable,
            exists (select from on_offer where plan_id = $3) as is_on_offer`,
  );
  return {
    async placeOrFindTopUp(db: Queryable, order: NewTopUpOrder): Promise<PlacedTopUpOrder | undefined> {
      const { rows } = await db.run<PlacedTopUpOrder>(placeOrFind, [
        order.reference,
        order.userId,
        order.planId,
        order.currency,
        order.idempotencyKey,
        order.fingerprint,
        order.ttlMinutes,
        order.language,
        order.esimId,
      ]);
      return rows[0];
    },
    async whyNoTopUp(db: Queryable, order: NewTopUpOrder): Promise<WhyNoTopUp> {
      const values = [order.esimId, order.userId, order.planId, order.currency, order.idempotencyKey];
      const [found] = (await db.run<WhyNotRow>(whyNot, values)).rows;
      if (found === undefined || found.is_placed) return { why: "placed_meanwhile" };
      if (!found.is_buyer_here) return { why: "person_gone" };
      if (found.cap !== null) return { why: "cap", cap: found.cap };
      if (!found.has_esim) return { why: "esim_unknown" };
      if (found.problem !== null)
        return { why: "esim", problem: found.problem, words: offer.whyNot(found.problem) };
      if (!found.has_plan) return { why: "plan_unknown" };
      if (!found.is_addable) return { why: "not_addable" };
      if (!found.has_price) return { why: "currency_not_offered" };
      return { why: found.is_on_offer ? "placed_meanwhile" : "not_now" };
    },
  };
}

interface WhyNotRow {
  readonly is_placed: boolean;
  readonly is_buyer_here: boolean;
  readonly cap: CapReached | null;
  readonly has_esim: boolean;
  readonly problem: TopUpProblem | null;
  readonly has_plan: boolean;
  readonly has_price: boolean;
  readonly is_addable: boolean;
  readonly is_on_offer: boolean;
}
