import { type Queryable, statement } from "../../db/database.js";
import type { PricedPackage } from "./pricing/match-rule.js";

interface PlanCostRow {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly region: string | null;
  readonly days: number;
  readonly thousandths_gb: number | null;
  readonly coverage: readonly string[];
  readonly is_active: boolean;
  readonly supplier: string | null;
  readonly cost_text: string | null;
  readonly cost_currency: string | null;
  readonly minimum_retail: { readonly amountText: string; readonly currency: string } | null;
  readonly prices: Readonly<Record<string, number>>;
}

/** A plan with what the supplier that is asked first takes for it. */
export interface PlanWithCost {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly isActive: boolean;
  /** Minor units by currency, as they are published. */
  readonly prices: Readonly<Record<string, number>>;
  /** Null: no supplier with a cost sells it now. */
  readonly priced: PricedPackage | null;
}

const SELECT = `
  select p.id, p.sku, p.name, p.region, p.duration_days as days, (p.data_gb * 1000)::integer as thousandths_gb,
    case when p.country_id is null
      then array(select c.iso2 from plan_countries pc join countries c on c.id = pc.country_id
                 where pc.plan_id = p.id order by 1)
      else array(select c.iso2 from countries c where c.id = p.country_id)
    end as coverage,
    p.is_active, s.supplier, s.cost_text, s.cost_currency,
    (select nullif(k.content->'minimumRetail', 'null') from supplier_packages k
     where k.supplier = s.supplier and k.package_id = s.package_id) as minimum_retail,
    (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
      as prices
  from plans p
  left join lateral (
    select supplier, package_id, cost_text, cost_currency from plan_suppliers
    where plan_id = p.id and paused_reason is null
    order by rank, cost_minor nulls first, id limit 1
  ) s on true`;

const FIND = statement("supply.plan_with_cost", `${SELECT} where p.id = $1`);
const LIST = statement("supply.plans_with_cost", `${SELECT} where p.id > $1 order by p.id limit $2`);

export async function findPlanWithCost(db: Queryable, id: number): Promise<PlanWithCost | undefined> {
  const row = (await db.run<PlanCostRow>(FIND, [id])).rows[0];
  return row === undefined ? undefined : planWithCost(row);
}

/** A statement's answer is in memory: so many plans at a time. */
const PAGE_ROWS = 1_000;

/** All plans by id, a page at a time. */
export async function* plansWithCost(
  db: Queryable,
): AsyncGenerator<readonly PlanWithCost[], void, undefined> {
  for (let after = 0; ; ) {
    const { rows } = await db.run<PlanCostRow>(LIST, [after, PAGE_ROWS]);
    yield rows.map(planWithCost);
    const last = rows.at(-1);
    if (rows.length < PAGE_ROWS || last === undefined) return;
    after = last.id;
  }
}

function planWithCost(row: PlanCostRow): PlanWithCost {
  const { id, sku, name, prices, supplier, cost_text: amountText, cost_currency: currency } = row;
  const priced =
    supplier === null || amountText === null || currency === null
      ? null
      : {
          supplier,
          countryCodes: row.coverage,
          region: row.region,
          thousandthsGb: row.thousandths_gb,
          days: row.days,
          cost: { amountText, currency },
          minimumRetail: row.minimum_retail,
        };
  return { id, sku, name, isActive: row.is_active, prices, priced };
}
