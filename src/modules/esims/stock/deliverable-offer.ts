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
/** The laws of limit_held_stock (migration 0014): for a mailbox, and for a client network. */
export const HOLDING_LIMIT_CONSTRAINTS = [
  "stock_items_five_held_per_user",
  "stock_items_ten_held_per_network",
] as const;

export interface OfferFragment {
  /**
   * A condition on the offer `f`: it can be delivered, and not from own stock, so that the order holds nothing. What
   * is sold from stock, or from both, is left to the CTEs.
   */
  readonly isElsewhere: string;
  readonly ctes: string;
  /** Behind the insert of the order as `placed`: marks the item as held by it, for a client of this network. */
  holds(network: string): string;
  /** The minutes, an expression of SQL, after which an unpaid order ends: fewer where it keeps a code from others. */
  minutesToPay(minutes: string): string;
}

/** What the supplier `a` is known to have of our money pays for `s`. */
const CAN_PAY = `(
         a.balance_minor is null or s.cost_minor is null or a.balance_currency is distinct from s.cost_currency
         or a.balance_minor >= s.cost_minor)`;

export function makeOfferFragment(options: {
  readonly defaultSupplier: "local" | "stock" | null;
  readonly suppliers: readonly string[];
  readonly stockHoldMinutes: number;
}): OfferFragment {
  const { defaultSupplier } = options;
  const configured = options.suppliers.map((id) => `'${id}'`).join(", ") || "''";
  const sellsFromStock = defaultSupplier === "stock" || options.suppliers.includes("stock");
  return {
    isElsewhere: `(${
      defaultSupplier === "local"
        ? "not exists (select from plan_suppliers s where s.plan_id = f.plan_id) or "
        : ""
    }exists (
         select from plan_suppliers s left join supplier_accounts a on a.supplier = s.supplier
         where s.plan_id = f.plan_id and s.paused_at is null and s.supplier in (${configured}) and s.supplier <> 'stock'
           and ${CAN_PAY})${
             sellsFromStock
               ? ` and not exists (
         select from plan_suppliers s where s.plan_id = f.plan_id and s.paused_at is null and s.supplier = 'stock')`
               : ""
           })`,
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
       where s.supplier <> 'stock' and ${CAN_PAY}
       limit 1
     ), stock_taken as materialized (
       select i.id from stock_items i
       where i.plan_id = (select plan_id from offer) and i.status = 'available'
         and exists (select from sources where supplier = 'stock')
       order by i.id limit 1 for update skip locked
     ), deliverable as materialized (
       select 1 as is_deliverable from elsewhere union all select 1 from stock_taken limit 1
     )`,
    holds: (network) => `held as (
       update stock_items i set status = 'held', order_id = placed.id, held_from = ${network}::inet
       from placed, stock_taken where i.id = stock_taken.id
     )`,
    minutesToPay: (minutes) =>
      `least(${minutes}, case when exists (select from stock_taken) then ${options.stockHoldMinutes} end)`,
  };
}
