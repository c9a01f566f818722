import { type Queryable, statement } from "../../db/database.js";
import type { CountryView, PlanRow } from "./catalog-views.js";
import { isFoundBy } from "./country-words.js";

/** What a traveller may filter plans by; null means "any". Every filter only narrows. */
export interface PlanFilter {
  /** ISO 4217; plans without a price in it are not listed. */
  readonly currency: string;
  /** ISO 3166-1 alpha-2 in capitals; a region's plan counts for each of its countries. */
  readonly country: string | null;
  /** Unlimited plans have at least any amount, and never at most one. */
  readonly minGb: number | null;
  readonly maxGb: number | null;
  /** In the currency's major units. */
  readonly maxPrice: number | null;
  readonly days: number | null;
}

const COLUMNS = `
  p.id, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.duration_days, p.is_unlimited,
  usd.amount_minor as usd_minor, pp.currency, pp.amount_minor,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.carrier_id, ca.name as carrier_name, p.region,
  case when p.country_id is null
    then array(
      select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
      where pc.plan_id = p.id order by covered.iso2)
    else array[c.iso2]
  end as coverage`;

const JOINS = `
  join carriers ca on ca.id = p.carrier_id
  left join countries c on c.id = p.country_id
  left join plan_prices usd on usd.plan_id = p.id and usd.currency = 'USD'`;

const LIST_PLANS = statement(
  "catalog.list_plans",
  `select ${COLUMNS}
   from plans p
   join plan_prices pp on pp.plan_id = p.id and pp.currency = $1
   ${JOINS}
   where p.is_active
     and ($2::text is null or c.iso2 = $2 or exists (
       select from plan_countries pc join countries covered on covered.id = pc.country_id
       where pc.plan_id = p.id and covered.iso2 = $2))
     and ($3::numeric is null or p.is_unlimited or p.data_gb >= $3)
     and ($4::numeric is null or p.data_gb <= $4)
     and ($5::numeric is null or pp.amount_minor <= $5 * $6::numeric)
     and ($7::integer is null or p.duration_days = $7)
   order by pp.amount_minor, p.id`,
);

/** Plans on sale, cheapest first, in one statement. `minorPerMajor` is 10 to the power of the currency's decimals. */
export async function listPlans(
  db: Queryable,
  filter: PlanFilter,
  minorPerMajor: number,
): Promise<readonly PlanRow[]> {
  const { rows } = await db.run<PlanRow>(LIST_PLANS, [
    filter.currency,
    filter.country,
    filter.minGb,
    filter.maxGb,
    filter.maxPrice,
    minorPerMajor,
    filter.days,
  ]);
  return rows;
}

const FIND_PLAN = statement(
  "catalog.find_plan",
  `select ${COLUMNS}
   from plans p
   join plan_prices pp on pp.plan_id = p.id
   ${JOINS}
   where p.is_active and p.id = $1
   order by pp.currency = $2 desc, pp.currency = 'USD' desc, pp.currency
   limit 1`,
);

/** A plan on sale, priced in `currency` or, when it has no such price, in one that it has. */
export async function findPlan(db: Queryable, id: number, currency: string): Promise<PlanRow | undefined> {
  const { rows } = await db.run<PlanRow>(FIND_PLAN, [id, currency]);
  return rows[0];
}

const LIST_COUNTRIES = statement("catalog.list_countries", "select id, iso2, name from countries");

/**
 * Countries of which a name in either language, a common other name or the code begins so, by name as an English reader
 * sorts it. There are 250 at most.
 */
export async function listCountries(db: Queryable, prefix: string): Promise<CountryView[]> {
  const { rows } = await db.run<CountryView>(LIST_COUNTRIES);
  return rows.filter((country) => isFoundBy(country, prefix)).sort((a, b) => BY_NAME.compare(a.name, b.name));
}

const BY_NAME = new Intl.Collator("en");

const LIST_CURRENCIES = statement(
  "catalog.list_currencies",
  `select distinct pp.currency from plan_prices pp join plans p on p.id = pp.plan_id where p.is_active order by 1`,
);

/** The currencies in which something is on sale. */
export async function listCurrencies(db: Queryable): Promise<string[]> {
  const { rows } = await db.run<{ currency: string }>(LIST_CURRENCIES);
  return rows.map(({ currency }) => currency);
}
