import { type Queryable, statement } from "../../../db/database.js";
import type { TopUpOfferFragment, TopUpProblem } from "./top-up-offer.js";

export interface TopUpOffer {
  readonly plan_id: number;
  readonly name: string;
  readonly description: string;
  readonly data_gb: number;
  readonly is_unlimited: boolean;
  readonly duration_days: number;
  readonly currency: string;
  readonly amount_minor: number;
}

export interface TopUpList {
  readonly problem: TopUpProblem | null;
  /** What its owner reads; null when no request has said. */
  readonly language: string | null;
  /** When the supplier was asked last; null for eSIMs of the shop's own, and while it has not been asked yet. */
  readonly listed_at: string | null;
  readonly offers: readonly TopUpOffer[];
}

export type ListTopUps = (
  db: Queryable,
  wanted: { esimId: number; userId: number; currency: string },
) => Promise<TopUpList | undefined>;

/** What the owner can add to an eSIM now, cheapest first; undefined when this user has no such eSIM. */
export function makeListTopUps(offer: TopUpOfferFragment): ListTopUps {
  const list = statement(
    "top_ups.list_offers",
    `with ${offer.ctes({ esimId: "$1", userId: "$2", currency: "$3::text" })}
     select e.problem, e.language, e.listed_at, (
       select coalesce(json_agg(json_build_object(
         'plan_id', f.plan_id, 'name', f.name, 'description', f.description, 'data_gb', f.data_gb,
         'is_unlimited', f.is_unlimited, 'duration_days', f.duration_days, 'currency', f.currency,
         'amount_minor', f.amount_minor) order by f.amount_minor, f.plan_id), '[]')
       from (select distinct on (plan_id) * from on_offer order by plan_id, cost_minor nulls first) f) as offers
     from esim e`,
  );
  return async (db, { esimId, userId, currency }) =>
    (await db.run<TopUpList>(list, [esimId, userId, currency])).rows[0];
}
