import { type Queryable, statement, type Tx } from "../../../db/database.js";
import { WATCH_SUPPLIER_PRICES } from "./watch-prices-job.js";

/** Where a plan can be bought, as an operator sees it. Costs and pauses are what jobs have read. */
export interface PlanSupplierRow {
  readonly supplier: string;
  readonly package_id: string;
  /** The same plan as a top-up there; null: it is not sold as one. */
  readonly top_up_package_id: string | null;
  readonly rank: number;
  /** As the supplier states it; null until the prices have been read, and where a purchase costs nothing. */
  readonly cost_text: string | null;
  readonly cost_currency: string | null;
  readonly paused_reason: string | null;
  readonly checked_at: string | null;
}

export interface PlanSupplierDraft {
  readonly supplier: string;
  readonly packageId: string;
  readonly topUpPackageId: string | null;
  readonly rank: number;
}

const LIST = statement(
  "esims.list_plan_suppliers",
  `select supplier, package_id, top_up_package_id, rank, cost_text, cost_currency, paused_reason, checked_at
   from plan_suppliers where plan_id = $1 order by rank, cost_minor nulls first, id`,
);

export async function listPlanSuppliers(db: Queryable, planId: number): Promise<readonly PlanSupplierRow[]> {
  return (await db.run<PlanSupplierRow>(LIST, [planId])).rows;
}

const LOCK_PLAN = statement("esims.lock_plan", "select id from plans where id = $1 for update");

/** False: there is no such plan. Operators who change one plan at once take turns. */
export async function lockPlan(tx: Tx, planId: number): Promise<boolean> {
  return (await tx.run(LOCK_PLAN, [planId])).count === 1;
}

/** What stays keeps its cost and its pause; what is new has none until the prices are read, which is enqueued. */
const REPLACE = statement(
  "esims.replace_plan_suppliers",
  `with wanted as (
     select * from jsonb_to_recordset($2::jsonb) as w(supplier text, package_id text, top_up_package_id text, rank integer)
   ), gone as (
     delete from plan_suppliers s where s.plan_id = $1 and not exists (
       select from wanted w where w.supplier = s.supplier and w.package_id = s.package_id)
   ), stored as (
     insert into plan_suppliers (plan_id, supplier, package_id, top_up_package_id, rank)
     select $1, supplier, package_id, top_up_package_id, rank from wanted
     on conflict on constraint plan_suppliers_one_per_package do update
       set top_up_package_id = excluded.top_up_package_id, rank = excluded.rank
     returning id
   )
   select ${WATCH_SUPPLIER_PRICES.enqueue()}, (select count(*) from stored)`,
);

export async function replacePlanSuppliers(
  tx: Tx,
  planId: number,
  drafts: readonly PlanSupplierDraft[],
): Promise<void> {
  const rows = drafts.map(({ supplier, packageId, topUpPackageId, rank }) => ({
    supplier,
    package_id: packageId,
    top_up_package_id: topUpPackageId,
    rank,
  }));
  await tx.run(REPLACE, [planId, JSON.stringify(rows)]);
}

/** Where a plan is bought, with what its supplier's catalogue says of it; members are columns. */
export interface BoughtFrom {
  readonly plan_id: number;
  readonly supplier: string;
  readonly package_id: string;
  readonly rank: number;
  readonly cost_text: string;
  readonly cost_currency: string;
  readonly cost_minor: number | null;
  readonly use_within_days: number | null;
  readonly validity_starts: string | null;
}

// An operator's pause stays; others end, because the catalogue was just read.
const REPLACE_MANY = statement(
  "esims.replace_suppliers_of_plans",
  `with wanted as (
     select * from jsonb_to_recordset($2::jsonb) as w(plan_id bigint, supplier text, package_id text, rank integer,
       cost_text text, cost_currency text, cost_minor bigint, use_within_days integer, validity_starts text)
   ), gone as (
     delete from plan_suppliers s where s.plan_id = any ($1::bigint[]) and not exists (
       select from wanted w
       where w.plan_id = s.plan_id and w.supplier = s.supplier and w.package_id = s.package_id)
   )
   insert into plan_suppliers as s (plan_id, supplier, package_id, rank, cost_text, cost_currency, cost_minor,
     use_within_days, validity_starts, checked_at)
   select plan_id, supplier, package_id, rank, cost_text, cost_currency, cost_minor, use_within_days, validity_starts, now()
   from wanted
   on conflict on constraint plan_suppliers_one_per_package do update set
     rank = excluded.rank, cost_text = excluded.cost_text, cost_currency = excluded.cost_currency,
     cost_minor = excluded.cost_minor, use_within_days = excluded.use_within_days,
     validity_starts = excluded.validity_starts, checked_at = now(),
     paused_at = case when s.paused_reason like 'operator%' then s.paused_at end,
     paused_reason = case when s.paused_reason like 'operator%' then s.paused_reason end`,
);

/** Says of each of the plans where it is bought, in place of what was said before. */
export async function replaceSuppliersOfPlans(
  tx: Tx,
  planIds: readonly number[],
  bought: readonly BoughtFrom[],
): Promise<void> {
  if (planIds.length > 0) await tx.run(REPLACE_MANY, [planIds, JSON.stringify(bought)]);
}
