/**
 * Selling only what can be delivered: CTEs for the order's own statement, so that the order and what it holds are
 * one. They read the CTE `offer(plan_id, …)`, the plan at its price.
 *
 *   stock_taken   the item of own stock that the order holds, if stock is where the plan comes from
 *   deliverable   one row if the plan can be delivered now, none otherwise
 *
 * Callers skip each other's rows, so 100 buyers of 60 items do not wait: 60 find one and 40 find none. Balances are
 * what a job has read; a supplier is never asked while a customer waits.
 */
/** The law of migration 0006 that a sixth unpaid order runs into. */
export const HOLDING_LIMIT_CONSTRAINT = "stock_items_five_held_per_user";

export interface OfferFragment {
  readonly ctes: string;
  /** Behind the insert of the order as `placed`: marks the item as held by it. */
  readonly holds: string;
}

export function makeOfferFragment(options: {
  readonly defaultSupplier: "local" | "stock" | null;
  readonly suppliers: readonly string[];
}): OfferFragment {
  const { defaultSupplier } = options;
  const configured = options.suppliers.map((id) => `'${id}'`).join(", ") || "''";
  return {
    ctes: `sources as materialized (
       select s.supplier, s.rank, s.cost_minor, s.cost_currency
       from offer f join plan_suppliers s on s.plan_id = f.plan_id
       where s.paused_at is null and s.supplier in (${configured})
       ${
         defaultSupplier === null
           ? ""
           : `union all
       select '${defaultSupplier}', 0, null, null from offer f
       where not exists (select from plan_suppliers s where s.plan_id = f.plan_id)`
       }
     ), elsewhere as materialized (
       select 1 as is_deliverable from sources s left join supplier_accounts a on a.supplier = s.supplier
       where s.supplier <> 'stock' and (
         a.balance_minor is null or s.cost_minor is null or a.balance_currency is distinct from s.cost_currency
         or a.balance_minor >= s.cost_minor)
       limit 1
     ), stock_taken as materialized (
       select i.id from stock_items i
       where i.plan_id = (select plan_id from offer) and i.status = 'available'
         and exists (select from sources where supplier = 'stock')
       order by i.id limit 1 for update skip locked
     ), deliverable as materialized (
       select 1 as is_deliverable from elsewhere union all select 1 from stock_taken limit 1
     )`,
    holds: `held as (
       update stock_items i set status = 'held', order_id = placed.id
       from placed, stock_taken where i.id = stock_taken.id
     )`,
  };
}
