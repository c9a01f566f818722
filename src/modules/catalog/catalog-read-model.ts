import { type Queryable, statement } from "../../db/database.js";
import { PAGE_ROWS } from "../../db/read-pages.js";
import { exponentOf } from "../../kernel/money.js";
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

const FILTER = `p.is_active
     and ($2::text is null or c.iso2 = $2 or exists (
       select from plan_countries pc join countries covered on covered.id = pc.country_id
       where pc.plan_id = p.id and covered.iso2 = $2))
     and ($3::numeric is null or p.is_unlimited or p.data_gb >= $3)
     and ($4::numeric is null or p.data_gb <= $4)
     and ($5::numeric is null or pp.amount_minor <= $5 * $6::numeric)
     and ($7::integer is null or p.duration_days = $7)`;

const LIST_PLANS = statement(
  "catalog.list_plans",
  `select ${COLUMNS}
   from plans p
   join plan_prices pp on pp.plan_id = p.id and pp.currency = $1
   ${JOINS}
   where ${FILTER}
   order by pp.amount_minor, p.id
   limit $8`,
);

/** More than that are read in pages: one statement's answer is in memory, and read in one turn of the process. */
const ROWS_AT_ONCE = 1_000;

/** Plans on sale, cheapest first, in one statement; undefined when there are too many for one. */
export async function listPlans(db: Queryable, filter: PlanFilter): Promise<readonly PlanRow[] | undefined> {
  const { rows } = await db.run<PlanRow>(LIST_PLANS, [...valuesOf(filter), ROWS_AT_ONCE + 1]);
  return rows.length > ROWS_AT_ONCE ? undefined : rows;
}

const LIST_PLAN_IDS = statement(
  "catalog.list_plan_ids",
  `select coalesce(json_agg(p.id order by pp.amount_minor, p.id), '[]') as ids
   from plans p
   join plan_prices pp on pp.plan_id = p.id and pp.currency = $1
   left join countries c on c.id = p.country_id
   where ${FILTER}`,
);

const PAGE_OF_PLANS = statement(
  "catalog.page_of_listed_plans",
  `select ${COLUMNS}
   from unnest($2::bigint[]) with ordinality as wanted (id, place)
   join plans p on p.id = wanted.id and p.is_active
   join plan_prices pp on pp.plan_id = p.id and pp.currency = $1
   ${JOINS}
   order by wanted.place`,
);

/** The cheapest first. */
export async function listPlanIds(db: Queryable, filter: PlanFilter): Promise<readonly number[]> {
  const { rows } = await db.run<{ ids: number[] }>(LIST_PLAN_IDS, valuesOf(filter));
  return rows[0]?.ids ?? [];
}

/**
 * The same plans in the same order however many they are, in pages, of which one is in memory. The order is that of
 * the beginning; a plan that is taken off sale meanwhile is left out.
 */
export async function* listPlanPages(
  db: Queryable,
  filter: PlanFilter,
  known?: readonly number[],
): AsyncGenerator<readonly PlanRow[], void, undefined> {
  const ids = known ?? (await listPlanIds(db, filter));
  for (let start = 0; start < ids.length; start += PAGE_ROWS) {
    yield await listPlansById(db, filter.currency, ids.slice(start, start + PAGE_ROWS));
  }
}

/** Those of them that are on sale in the currency, in the order of the ids. */
export async function listPlansById(
  db: Queryable,
  currency: string,
  ids: readonly number[],
): Promise<readonly PlanRow[]> {
  return (await db.run<PlanRow>(PAGE_OF_PLANS, [currency, ids])).rows;
}

/** All of them, for what looks at every plan: one statement for most shops, pages for a large one. */
export async function* listEveryPlan(
  db: Queryable,
  filter: PlanFilter,
): AsyncGenerator<readonly PlanRow[], void, undefined> {
  const rows = await listPlans(db, filter);
  if (rows === undefined) yield* listPlanPages(db, filter);
  else yield rows;
}

function valuesOf({ currency, country, minGb, maxGb, maxPrice, days }: PlanFilter) {
  return [currency, country, minGb, maxGb, maxPrice, 10 ** exponentOf(currency), days];
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

const HAS_PLAN = statement("catalog.has_plan", "select 1 from plans where id = $1");

/** Whether there is or was such a plan, on sale or not. */
export async function hasPlan(db: Queryable, id: number): Promise<boolean> {
  return (await db.run(HAS_PLAN, [id])).rows.length > 0;
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
