import { type Queryable, statement, type Tx } from "../../db/database.js";
import type { IsoCountry } from "./country-names.js";
import type { PlanDraft } from "./plan-draft.js";

const INSERT_COUNTRIES = statement(
  "catalog.bulk_countries",
  `insert into countries (iso2, iso3, name)
   select iso2, iso3, name from jsonb_to_recordset($1::jsonb) as given (iso2 text, iso3 text, name text)
   on conflict do nothing`,
);

/** Adds those that are not there; answers how many that were. */
export async function addCountries(tx: Tx, countries: readonly IsoCountry[]): Promise<number> {
  return (await tx.run(INSERT_COUNTRIES, [JSON.stringify(countries)])).count;
}

const INSERT_CARRIERS = statement(
  "catalog.bulk_carriers",
  `insert into carriers (name) select distinct on (lower(name)) name from unnest($1::text[]) as given (name)
   on conflict (lower(name)) do nothing`,
);

export async function addCarriers(tx: Tx, names: readonly string[]): Promise<number> {
  return (await tx.run(INSERT_CARRIERS, [names])).count;
}

const CODES = statement("catalog.country_codes", "select iso2 from countries");

export async function knownCountryCodes(db: Queryable): Promise<ReadonlySet<string>> {
  const { rows } = await db.run<{ iso2: string }>(CODES);
  return new Set(rows.map(({ iso2 }) => iso2));
}

const DRAFTS = `jsonb_to_recordset($1::jsonb) as d (
  sku text, name text, description text, data_gb numeric, duration_days integer, country text, region text,
  countries jsonb, carrier text, paused_reason text, prices jsonb)`;

// A plan that is already what the draft says is not touched, so that importing an export changes nothing. $2 and $3:
// whether the drafts say anything of descriptions and of pauses; a plan that is there keeps what they say nothing of.
const UPSERT_PLANS = statement(
  "catalog.bulk_plans",
  `insert into plans as p (sku, name, description, data_gb, is_unlimited, duration_days, country_id, region, carrier_id,
                           is_active, paused_reason)
   select d.sku, d.name, d.description, d.data_gb, d.data_gb is null, d.duration_days, c.id, d.region, ca.id,
          d.paused_reason is null, d.paused_reason
   from ${DRAFTS}
   join carriers ca on lower(ca.name) = lower(d.carrier)
   left join countries c on c.iso2 = d.country
   on conflict (sku) do update set
     name = excluded.name, description = case when $2::boolean then excluded.description else p.description end,
     data_gb = excluded.data_gb,
     is_unlimited = excluded.is_unlimited, duration_days = excluded.duration_days,
     country_id = excluded.country_id, region = excluded.region, carrier_id = excluded.carrier_id,
     is_active = case when $3::boolean then excluded.is_active else p.is_active end,
     paused_reason = case when $3 then excluded.paused_reason else p.paused_reason end, updated_at = now()
   where (p.name, p.data_gb, p.duration_days, p.country_id, p.region, p.carrier_id)
       is distinct from (excluded.name, excluded.data_gb, excluded.duration_days, excluded.country_id, excluded.region,
         excluded.carrier_id)
     or ($2 and p.description <> excluded.description)
     or ($3 and p.paused_reason is distinct from excluded.paused_reason)
   returning p.id, p.xmax = 0 as is_new`,
);

// $2 names the currencies that the drafts speak of: one of them that a draft leaves out is withdrawn, others stay.
const UPSERT_PRICES = statement(
  "catalog.bulk_prices",
  `with given as (
     select p.id as plan_id, price.key as currency, price.value::bigint as amount_minor
     from ${DRAFTS} join plans p on p.sku = d.sku cross join jsonb_each_text(d.prices) as price
   ),
   gone as (
     delete from plan_prices pp using ${DRAFTS} join plans p on p.sku = d.sku
     where pp.plan_id = p.id and pp.currency = any($2::text[]) and not d.prices ? pp.currency
     returning pp.plan_id
   ),
   kept as (
     insert into plan_prices as pp (plan_id, currency, amount_minor) select * from given
     on conflict (plan_id, currency) do update set amount_minor = excluded.amount_minor
     where pp.amount_minor <> excluded.amount_minor
     returning pp.plan_id
   )
   select plan_id as id from gone union select plan_id from kept`,
);

const WRITE_COVERAGE = statement(
  "catalog.bulk_coverage",
  `with given as (
     select p.id as plan_id, c.id as country_id
     from ${DRAFTS} join plans p on p.sku = d.sku
     cross join jsonb_array_elements_text(d.countries) as covered (iso2)
     join countries c on c.iso2 = covered.iso2
   ),
   gone as (
     delete from plan_countries pc using ${DRAFTS} join plans p on p.sku = d.sku
     where pc.plan_id = p.id and (pc.plan_id, pc.country_id) not in (select plan_id, country_id from given)
     returning pc.plan_id
   ),
   added as (
     insert into plan_countries (plan_id, country_id) select distinct plan_id, country_id from given
     on conflict do nothing
     returning plan_id
   )
   select plan_id as id from gone union select plan_id from added`,
);

export interface UpsertCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** What the drafts speak of, beside what each of them has to say; plans that are there keep the rest. */
export interface DraftScope {
  readonly currencies: readonly string[];
  readonly hasDescription: boolean;
  readonly hasPausedReason: boolean;
}

/**
 * Makes the plans be what the drafts say, found by SKU: three statements for any number of them. Countries and
 * carriers must be there already.
 */
export async function upsertPlans(
  tx: Tx,
  drafts: readonly PlanDraft[],
  { currencies, hasDescription, hasPausedReason }: DraftScope,
): Promise<UpsertCounts> {
  const json = JSON.stringify(drafts);
  const plans = await tx.run<{ id: number; is_new: boolean }>(UPSERT_PLANS, [
    json,
    hasDescription,
    hasPausedReason,
  ]);
  const prices = await tx.run<{ id: number }>(UPSERT_PRICES, [json, currencies]);
  const coverage = await tx.run<{ id: number }>(WRITE_COVERAGE, [json]);
  const created = new Set(plans.rows.filter((row) => row.is_new).map(({ id }) => id));
  const touched = new Set([...plans.rows, ...prices.rows, ...coverage.rows].map(({ id }) => id));
  return {
    created: created.size,
    updated: touched.size - created.size,
    unchanged: drafts.length - touched.size,
  };
}
