import { type Queryable, statement, type Tx } from "../../db/database.js";
import { containsPattern, listStatements, readListPage } from "../../db/list-sql.js";
import { PAGE_ROWS, readPages } from "../../db/read-pages.js";
import type { ListPage, ListRequest } from "../../kernel/list-page.js";
import type { AdminPlanRow, PlanInput, PlanListFilter, PlanSortKey } from "./catalog-records.js";
import type { PlanDraft } from "./plan-draft.js";

const COLUMNS = `
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices`;

const FROM = `from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id`;

const LIST = listStatements<PlanSortKey>({
  name: "catalog.plans",
  select: COLUMNS,
  from: `${FROM}
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4)`,
  parameters: 4,
  sortable: {
    id: "p.id",
    sku: "p.sku",
    name: "lower(p.name)",
    // Unlimited is more than any amount.
    data_gb: "coalesce(p.data_gb, 'infinity'::numeric)",
    duration_days: "p.duration_days",
    price_usd: "(select pp.amount_minor from plan_prices pp where pp.plan_id = p.id and pp.currency = 'USD')",
    country: "lower(coalesce(c.name, p.region))",
    carrier: "lower(ca.name)",
    created_at: "p.created_at",
    updated_at: "p.updated_at",
  },
  id: "p.id",
});

export function listPlanRows(
  db: Queryable,
  request: ListRequest<PlanSortKey>,
  filter: PlanListFilter,
): Promise<ListPage<AdminPlanRow>> {
  const values = [containsPattern(request.q), filter.country, filter.carrierId, filter.isActive];
  return readListPage(db, LIST, request, values);
}

const FIND = statement("catalog.find_plan_row", `select ${COLUMNS} ${FROM} where p.id = $1`);

export async function findPlanRow(db: Queryable, id: number): Promise<AdminPlanRow | undefined> {
  const { rows } = await db.run<AdminPlanRow>(FIND, [id]);
  return rows[0];
}

const PAGE = statement(
  "catalog.page_of_plans",
  `select p.sku, p.name, p.description, p.data_gb::float8 as data_gb, p.duration_days, p.region, p.paused_reason,
     (select c.iso2 from countries c where c.id = p.country_id) as country,
     (select ca.name from carriers ca where ca.id = p.carrier_id) as carrier,
     array(select c.iso2 from plan_countries pc join countries c on c.id = pc.country_id
           where pc.plan_id = p.id order by 1) as countries,
     (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp
      where pp.plan_id = p.id) as prices
   from plans p where p.sku > $1 order by p.sku limit $2`,
);

/** Every plan by SKU, for the export. */
export function plansInPages(db: Queryable): AsyncGenerator<readonly PlanDraft[]> {
  const readPage = async (sku: string) => (await db.run<PlanDraft>(PAGE, [sku, PAGE_ROWS])).rows;
  return readPages(readPage, "", ({ sku }) => sku);
}

const CURRENCIES = statement(
  "catalog.price_currencies",
  "select distinct currency from plan_prices order by currency",
);

export async function priceCurrencies(db: Queryable): Promise<readonly string[]> {
  return (await db.run<{ currency: string }>(CURRENCIES)).rows.map(({ currency }) => currency);
}

const LOCK = statement("catalog.lock_plan", "select 1 from plans where id = $1 for update");

/** Holds the plan until the transaction ends, so that two changes of parts of it do not undo each other. */
export async function lockPlan(tx: Tx, id: number): Promise<boolean> {
  return (await tx.run(LOCK, [id])).count === 1;
}

const INSERT = statement(
  "catalog.insert_plan",
  `with fresh as (select nextval(pg_get_serial_sequence('plans', 'id')) as id)
   insert into plans (id, sku, name, description, data_gb, is_unlimited, duration_days, country_id, region,
                      carrier_id, is_active, paused_reason)
   select fresh.id, coalesce($1, 'plan-' || fresh.id), $2, $3, $4, $4::numeric is null, $5, $6, $7, $8,
          $9::text is null, $9
   from fresh
   returning id`,
);

/** Fails on plans_one_per_sku, plans_country_exists, plans_carrier_exists. */
export async function insertPlan(tx: Tx, plan: PlanInput): Promise<number> {
  const { rows } = await tx.run<{ id: number }>(INSERT, [plan.sku, ...columnValues(plan)]);
  const id = rows[0]?.id ?? 0;
  await writeParts(tx, id, plan);
  return id;
}

const UPDATE = statement(
  "catalog.update_plan",
  `update plans set sku = coalesce($2, sku), name = $3, description = $4, data_gb = $5,
     is_unlimited = $5::numeric is null, duration_days = $6, country_id = $7, region = $8, carrier_id = $9,
     is_active = $10::text is null, paused_reason = $10, updated_at = now()
   where id = $1`,
);

export async function updatePlan(tx: Tx, id: number, plan: PlanInput): Promise<number> {
  const { count } = await tx.run(UPDATE, [id, plan.sku, ...columnValues(plan)]);
  if (count === 1) await writeParts(tx, id, plan);
  return count;
}

function columnValues(plan: PlanInput): readonly unknown[] {
  return [
    plan.name,
    plan.description,
    plan.dataGb,
    plan.durationDays,
    plan.countryId,
    plan.region,
    plan.carrierId,
    plan.pausedReason,
  ];
}

const WRITE_PRICES = statement(
  "catalog.write_prices",
  `with given as (select key as currency, value::bigint as amount_minor from jsonb_each_text($2::jsonb)),
   gone as (
     delete from plan_prices where plan_id = $1 and currency not in (select currency from given)
   )
   insert into plan_prices (plan_id, currency, amount_minor) select $1, currency, amount_minor from given
   on conflict (plan_id, currency) do update set amount_minor = excluded.amount_minor`,
);

const WRITE_COVERAGE = statement(
  "catalog.write_coverage",
  `with given as (select unnest($2::bigint[]) as country_id),
   gone as (
     delete from plan_countries where plan_id = $1 and country_id not in (select country_id from given)
   )
   insert into plan_countries (plan_id, country_id) select $1, country_id from given
   on conflict do nothing`,
);

/** Fails on plan_countries_country_exists. */
async function writeParts(tx: Tx, id: number, plan: PlanInput): Promise<void> {
  await tx.run(WRITE_PRICES, [id, JSON.stringify(plan.prices)]);
  await tx.run(WRITE_COVERAGE, [id, plan.countryIds]);
}

const DELETE = statement("catalog.delete_plan", "delete from plans where id = $1");

/** Fails on the foreign key of whatever refers to the plan (an order, stock). */
export async function deletePlan(tx: Tx, id: number): Promise<number> {
  return (await tx.run(DELETE, [id])).count;
}
