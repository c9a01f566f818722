import { type Db, statement } from "../../../db/database.js";
import { exponentOf, isCurrencyCode } from "../../../kernel/money.js";
import type { ExactMoney, SupplierPackage } from "../../../providers/esim/package-port.js";

const STORE_BALANCE = statement(
  "esims.store_balance",
  `insert into supplier_accounts (supplier, balance_text, balance_currency, balance_minor, balance_read_at)
   values ($1, $2, $3, $4, now())
   on conflict (supplier) do update set balance_text = excluded.balance_text,
     balance_currency = excluded.balance_currency, balance_minor = excluded.balance_minor,
     balance_read_at = excluded.balance_read_at, problem = null, problem_since = null`,
);

/** Where the balance is read our credentials are good; what waited for either goes on by the sweep. */
export async function storeBalance(db: Db, supplier: string, balance: ExactMoney): Promise<void> {
  await db.run(STORE_BALANCE, [supplier, balance.amountText, balance.currency, balance.amountMinor]);
}

const STORE_PROBLEM = statement(
  "esims.store_supplier_problem",
  `insert into supplier_accounts (supplier, problem, problem_since) values ($1, $2, now())
   on conflict (supplier) do update set problem = excluded.problem,
     problem_since = coalesce(supplier_accounts.problem_since, excluded.problem_since)`,
);

export async function storeSupplierProblem(db: Db, supplier: string, problem: string): Promise<void> {
  await db.run(STORE_PROBLEM, [supplier, problem]);
}

export type WatchedPackage = Pick<SupplierPackage, "packageId" | "cost" | "useWithinDays" | "validityStarts">;

export interface CatalogueReading {
  readonly packages: readonly WatchedPackage[];
  /** Listed, and not understood: what is known of these stays. Null: not even which package it is. */
  readonly notUnderstood: readonly (string | null)[];
}

/**
 * What a supplier sells now, for every plan that names it. Gone or dearer than our own price: paused, with the
 * reason; back in order: sold again. A person's own pause stays. A list that is empty or less than half of what it was
 * is not taken, unless it has stayed so for three days.
 */
const STORE_PRICES = statement(
  "esims.store_prices",
  `with account as (
     insert into supplier_accounts as k (supplier, catalogue_size, catalogue_read_at)
     select $1, $3::integer, now() where $3::integer > 0
     on conflict (supplier) do update set catalogue_size = excluded.catalogue_size, catalogue_read_at = now(),
       catalogue_problem = null, catalogue_problem_since = null
     where k.catalogue_size is null or excluded.catalogue_size * 2 >= k.catalogue_size
       or (k.catalogue_problem = 'shrunk' and k.catalogue_problem_since < now() - interval '3 days')
     returning supplier
   ), listed as (
     select * from jsonb_to_recordset($2::jsonb) as l(package_id text, cost_text text, currency text, cost_minor bigint, at_least_minor bigint,
       use_within_days integer, validity_starts text)
   ), judged as (
     select s.id, l.cost_text, l.currency, l.cost_minor, l.use_within_days, l.validity_starts, case
       when l.package_id is null then 'not_sold_any_more'
       when exists (
         select from plan_prices pp where pp.plan_id = s.plan_id and pp.currency = l.currency
           and pp.amount_minor < l.at_least_minor) then 'price_above_ours'
       end as problem
     from account join plan_suppliers s on s.supplier = account.supplier
       left join listed l on l.package_id = s.package_id
     where l.package_id is not null or ($5::boolean and s.package_id <> all ($4::text[]))
   ), stored as (
     update plan_suppliers s set
       cost_text = coalesce(j.cost_text, s.cost_text), cost_currency = coalesce(j.currency, s.cost_currency),
       cost_minor = case when j.cost_text is not null then j.cost_minor else s.cost_minor end,
       use_within_days = case when j.cost_text is not null then j.use_within_days else s.use_within_days end,
       validity_starts = case when j.cost_text is not null then j.validity_starts else s.validity_starts end,
       checked_at = now(),
       paused_at = case when j.problem is not null then coalesce(s.paused_at, now())
         when s.paused_reason like 'operator%' then s.paused_at end,
       paused_reason = case when s.paused_reason like 'operator%' then s.paused_reason else j.problem end
     from judged j where j.id = s.id
   )
   select supplier from account`,
);

/** False: the list cannot be the whole catalogue, and nothing was changed. */
export async function storePrices(
  db: Db,
  supplier: string,
  { packages, notUnderstood }: CatalogueReading,
): Promise<boolean> {
  const rows = packages.map(({ packageId, cost, useWithinDays, validityStarts }) => ({
    package_id: packageId,
    cost_text: cost.amountText,
    currency: cost.currency,
    cost_minor: cost.amountMinor,
    at_least_minor: cost.amountMinor ?? roundedUpMinor(cost),
    use_within_days: useWithinDays !== null && useWithinDays > 0 ? Math.min(useWithinDays, 3_650) : null,
    validity_starts: validityStarts === "unknown" ? null : validityStarts,
  }));
  const { count } = await db.run(STORE_PRICES, [
    supplier,
    JSON.stringify(rows),
    packages.length,
    notUnderstood.filter((id) => id !== null),
    !notUnderstood.includes(null),
  ]);
  return count === 1;
}

const NOTE_CATALOGUE = statement(
  "esims.note_catalogue_problem",
  `insert into supplier_accounts as k (supplier, catalogue_problem, catalogue_problem_since) values ($1, $2, now())
   on conflict (supplier) do update set catalogue_problem = excluded.catalogue_problem,
     catalogue_problem_since = case when k.catalogue_problem = excluded.catalogue_problem
       then k.catalogue_problem_since else excluded.catalogue_problem_since end`,
);

export async function noteCatalogueProblem(db: Db, supplier: string, problem: string): Promise<void> {
  await db.run(NOTE_CATALOGUE, [supplier, problem]);
}

/** A cost of a fraction of a cent is compared as the next whole one. */
function roundedUpMinor({ amountText, currency }: ExactMoney): number | null {
  if (!isCurrencyCode(currency)) return null;
  const [whole = "0", fraction = ""] = amountText.split(".");
  const digits = exponentOf(currency);
  const minor = Number(`${whole}${fraction.slice(0, digits).padEnd(digits, "0")}`);
  return /[1-9]/.test(fraction.slice(digits)) ? minor + 1 : minor;
}

const NAMED = statement("esims.suppliers_of_plans", "select distinct supplier from plan_suppliers");

export async function listSuppliersOfPlans(db: Db): Promise<readonly string[]> {
  return (await db.run<{ supplier: string }>(NAMED)).rows.map(({ supplier }) => supplier);
}
