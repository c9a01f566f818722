import { type Queryable, statement } from "../../../db/database.js";
import type { TripPlan } from "./plan-trip.js";

const LIST = statement(
  "catalog.trip_plans",
  `with wanted as (select id, iso2 from countries where iso2 = any($1::text[])),
   works as (
     select p.id, wanted.iso2 from wanted join plans p on p.country_id = wanted.id
     union all
     select pc.plan_id, wanted.iso2 from wanted join plan_countries pc on pc.country_id = wanted.id
   ),
   covering as (select id, array_agg(distinct iso2) as covers from works group by id)
   select p.id, p.name, p.duration_days as days, (p.data_gb * 1000)::integer as "thousandthsGb",
     pp.amount_minor as minor, covering.covers
   from covering
   join plans p on p.id = covering.id and p.is_active
   left join plan_prices pp on pp.plan_id = p.id and pp.currency = $2
   order by pp.amount_minor, p.id
   limit $3`,
);

/** Plans on sale that work in one of the countries at least, the cheapest first, at most `limit`. */
export async function listTripPlans(
  db: Queryable,
  countries: readonly string[],
  currency: string,
  limit: number,
): Promise<readonly TripPlan[]> {
  return (await db.run<TripPlan>(LIST, [countries, currency, limit])).rows;
}
