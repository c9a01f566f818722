import { type Queryable, statement } from "../../db/database.js";
import { EXPONENT_BY_CURRENCY } from "../../kernel/currencies.js";
import { SYNC_WAITS } from "../supply/supply.module.js";

/** Inside of JSON that PostgreSQL writes; sessions run in UTC. */
const isoTime = (column: string): string => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Counting stops here: what matters is that there are many. */
export const WAITING_MAX = 1_000;

const waiting = (kind: string, rows: string): string =>
  `select '${kind}' as kind, count(*) as count, min(at) as oldest_at from (${rows} limit ${WAITING_MAX + 1}) ${kind}`;

/** Each reads one partial index that holds nothing but what waits. */
const WAITING = statement(
  "admin.what_waits",
  [
    waiting(
      "parked_events",
      "select received_at as at from webhook_events where outcome = 'parked' order by id",
    ),
    waiting(
      "parked_refunds",
      "select created_at as at from refunds where status = 'parked' order by created_at",
    ),
    waiting(
      "surplus_payments",
      `select created_at as at from payments
       where surplus_reason is not null and captured_minor > refund_reserved_minor + disputed_minor order by id`,
    ),
    waiting(
      "parked_esims",
      "select parked_at as at from esim_profiles where parked_at is not null order by parked_at",
    ),
    waiting(
      "parked_top_ups",
      "select parked_at as at from top_ups where parked_at is not null order by parked_at",
    ),
    waiting(
      "failed_jobs",
      `select created_at as at from graphile_worker._private_jobs
       where attempts >= max_attempts and locked_at is null`,
    ),
    waiting(
      "open_disputes",
      "select created_at as at from disputes where status in ('warning', 'open') order by created_at",
    ),
    waiting(
      "refund_approvals",
      "select created_at as at from refund_approvals where status = 'waiting' and expires_at > now() order by id",
    ),
    waiting("held_syncs", `select s.created_at as at from catalogue_syncs s where ${SYNC_WAITS}`),
    waiting("open_findings", "select found_at as at from reconciliation_findings where closed_at is null"),
  ].join("\nunion all\n"),
);

export interface WaitingRow {
  readonly kind: string;
  readonly count: number;
  readonly oldest_at: string | null;
}

export async function readWhatWaits(db: Queryable): Promise<readonly WaitingRow[]> {
  return (await db.run<WaitingRow>(WAITING)).rows;
}

/**
 * Disputes, stock that runs out and suppliers, each a list of its own in one row. What is left in stock is counted up
 * to the threshold alone.
 */
const PARTS = statement(
  "admin.summary_parts",
  `select
     (select coalesce(json_agg(d order by d.created_at), '[]') from (
        select d.id, p.order_id, d.payment_id, d.dispute_id, d.status, d.reason, d.currency,
          d.amount_minor as amount_minor_units, ${isoTime("d.created_at")} as created_at,
          case when d.answered_at is null then ${isoTime("d.respond_by")} end as respond_by
        from disputes d join payments p on p.id = d.payment_id
        where d.status in ('warning', 'open') order by d.created_at limit 20) d) as disputes,
     (select coalesce(json_agg(s order by s.available, s.plan_id), '[]') from (
        select p.id as plan_id, p.sku, p.name, left_over.available
        from plans p cross join lateral (
          select count(*) as available from (
            select from stock_items i where i.plan_id = p.id and i.status = 'available' limit $1 + 1) counted
        ) left_over
        where p.is_active and left_over.available <= $1 and (
          exists (select from plan_suppliers ps where ps.plan_id = p.id and ps.supplier = 'stock')
          or ($2 and not exists (select from plan_suppliers ps where ps.plan_id = p.id)))
        order by left_over.available, p.id limit 50) s) as low_stock,
     (select coalesce(json_agg(s order by s.supplier), '[]') from (
        select coalesce(a.supplier, t.supplier) as supplier, a.balance_text, a.balance_currency,
          a.balance_minor as balance_minor_units, ${isoTime("a.balance_read_at")} as balance_read_at,
          a.problem, ${isoTime("a.problem_since")} as problem_since,
          coalesce(t.attempts, 0) as attempts, coalesce(t.refused, 0) as refused, coalesce(t.unknown, 0) as unknown
        from supplier_accounts a full join (
          select supplier, count(*) as attempts, count(*) filter (where status = 'refused') as refused,
            count(*) filter (where status in ('unknown', 'parked')) as unknown
          from provisioning_attempts where created_at > now() - interval '1 day' group by supplier
        ) t on t.supplier = a.supplier) s) as suppliers`,
);

export interface SummaryParts {
  readonly disputes: readonly object[];
  readonly low_stock: readonly {
    readonly plan_id: number;
    readonly name: string;
    readonly available: number;
  }[];
  readonly suppliers: readonly { readonly problem: string | null }[];
}

export async function readSummaryParts(
  db: Queryable,
  options: { readonly lowStock: number; readonly stockIsDefault: boolean },
): Promise<SummaryParts> {
  const { rows } = await db.run<SummaryParts>(PARTS, [options.lowStock, options.stockIsDefault]);
  return rows[0] ?? { disputes: [], low_stock: [], suppliers: [] };
}

/**
 * What was sold since a moment, what went back, and what it cost. A cost counts where a supplier named it in the
 * order's own currency; the others are counted, so that a margin is never one of half the costs. What belongs to an
 * order is looked up order by order: a plan for any moment would take it for a third of all orders, and read all tables.
 */
const SALES = statement(
  "admin.sales_since",
  `with sold as (
     select o.currency, o.amount_minor, (
       select sum(a.cost_text::numeric) from provisioning_attempts a
       where (a.profile_id = (select e.id from esim_profiles e where e.order_id = o.id)
           or a.top_up_id = (select t.id from top_ups t where t.order_id = o.id))
         and a.status = 'delivered' and a.cost_currency = o.currency
         and a.cost_text ~ '^[0-9]{1,12}([.][0-9]{1,9})?$') as cost
     from orders o where o.paid_at >= $1::timestamptz
   ), sales as (
     select currency, count(*) as orders, sum(amount_minor)::bigint as revenue, sum(cost)::text as cost,
       coalesce(sum(amount_minor) filter (where cost is not null), 0)::bigint as revenue_with_cost,
       count(*) filter (where cost is null) as orders_without_cost
     from sold group by currency
   ), refunded as (
     select currency, sum(amount_minor)::bigint as refunded from refunds
     where status = 'succeeded' and finished_at >= $1::timestamptz group by currency
   )
   select coalesce(s.currency, r.currency) as currency, coalesce(s.orders, 0) as orders,
     coalesce(s.revenue, 0)::bigint as revenue, coalesce(r.refunded, 0)::bigint as refunded, s.cost,
     coalesce(s.revenue_with_cost, 0)::bigint as revenue_with_cost,
     coalesce(s.orders_without_cost, 0) as orders_without_cost
   from sales s full join refunded r on r.currency = s.currency order by 1`,
);

interface SalesRow {
  readonly currency: string;
  readonly orders: number;
  readonly revenue: number;
  readonly refunded: number;
  /** In major units, as suppliers name it. */
  readonly cost: string | null;
  readonly revenue_with_cost: number;
  readonly orders_without_cost: number;
}

export async function readSales(db: Queryable, since: string) {
  const { rows } = await db.run<SalesRow>(SALES, [since]);
  return rows.map((row) => {
    const exponent = EXPONENT_BY_CURRENCY.get(row.currency) ?? 2;
    const cost = row.cost === null ? null : Math.round(Number(row.cost) * 10 ** exponent);
    return {
      currency: row.currency,
      orders: row.orders,
      revenue_minor_units: row.revenue,
      refunded_minor_units: row.refunded,
      cost_minor_units: cost,
      margin_minor_units: cost === null ? null : row.revenue_with_cost - cost,
      orders_without_cost: row.orders_without_cost,
    };
  });
}
