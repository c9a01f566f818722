import { type Queryable, statement, type Tx } from "../../../db/database.js";

/** A plan that synchronisation keeps, as it is now. */
export interface SyncedPlan {
  readonly productKey: string;
  readonly planId: number;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly dataGb: number | null;
  readonly days: number;
  readonly country: string | null;
  readonly region: string | null;
  readonly countries: readonly string[];
  readonly carrier: string;
  readonly pausedReason: string | null;
  readonly prices: Readonly<Record<string, number>>;
  /** "supplier package", in the order in which they are asked. */
  readonly suppliers: readonly string[];
  /** Of the one that is asked first; null where there is none, or none whose cost is known. */
  readonly cost: { readonly amountText: string; readonly currency: string } | null;
}

const SELECT = `
  select y.product_key as "productKey", p.id as "planId", p.sku, p.name, p.description, p.data_gb::float8 as "dataGb",
    p.duration_days as days, p.region, p.paused_reason as "pausedReason",
    (select c.iso2 from countries c where c.id = p.country_id) as country,
    (select ca.name from carriers ca where ca.id = p.carrier_id) as carrier,
    array(select c.iso2 from plan_countries pc join countries c on c.id = pc.country_id
          where pc.plan_id = p.id order by 1) as countries,
    (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
      as prices,
    array(select s.supplier || ' ' || s.package_id from plan_suppliers s where s.plan_id = p.id order by s.rank, s.id)
      as suppliers,
    (select case when s.cost_text is not null and s.cost_currency is not null
         then jsonb_build_object('amountText', s.cost_text, 'currency', s.cost_currency) end
       from plan_suppliers s where s.plan_id = p.id order by s.rank, s.id limit 1) as cost
  from synced_plans y join plans p on p.id = y.plan_id`;

const LIST = statement("supply.synced_plans", `${SELECT} order by y.product_key`);
const FIND = statement("supply.synced_plans_of", `${SELECT} where y.product_key = any($1::text[])`);
const LOCK = statement(
  "supply.lock_synced_plans",
  `select p.id from synced_plans y join plans p on p.id = y.plan_id where y.product_key = any($1::text[])
   order by p.id for update of p`,
);

export async function listSyncedPlans(db: Queryable): Promise<readonly SyncedPlan[]> {
  return (await db.run<SyncedPlan>(LIST)).rows;
}

/**
 * Held against other changes until the transaction ends, and read after that: a statement that waits for the row of a
 * plan goes on with the prices and suppliers of before its wait.
 */
export async function lockSyncedPlans(tx: Tx, keys: readonly string[]): Promise<readonly SyncedPlan[]> {
  await tx.run(LOCK, [keys]);
  return (await tx.run<SyncedPlan>(FIND, [keys])).rows;
}

const TAKEN = statement("supply.skus_taken", "select sku from plans where sku = any($1::text[])");

export async function skusTaken(tx: Tx, skus: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await tx.run<{ sku: string }>(TAKEN, [skus])).rows.map(({ sku }) => sku));
}

const ADOPT = statement(
  "supply.adopt_plans",
  `insert into synced_plans (plan_id, product_key)
   select p.id, a.product_key from jsonb_to_recordset($1::jsonb) as a (sku text, product_key text)
   join plans p on p.sku = a.sku
   on conflict do nothing`,
);

/** The plans just made belong to synchronisation from now on. */
export async function adoptPlans(
  tx: Tx,
  rows: readonly { readonly sku: string; readonly product_key: string }[],
): Promise<void> {
  await tx.run(ADOPT, [JSON.stringify(rows)]);
}

const IDS = statement(
  "supply.synced_plan_ids",
  `select product_key as key, plan_id as id from synced_plans where product_key = any($1::text[])`,
);

export async function planIdsOf(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.run<{ key: string; id: number }>(IDS, [keys]);
  return new Map(rows.map(({ key, id }) => [key, id]));
}

const VANISHED = statement(
  "supply.vanished_plans",
  `select y.plan_id as id from synced_plans y
   where y.product_key = any($1::text[]) and exists (select from plan_suppliers s where s.plan_id = y.plan_id)
     and not exists (
       select from plan_suppliers s
         left join supplier_packages k on k.supplier = s.supplier and k.package_id = s.package_id
       where s.plan_id = y.plan_id and k.vanished_at is null)`,
);

/** Those of them of which no supplier lists the package any more. */
export async function listVanishedPlans(tx: Tx, keys: readonly string[]): Promise<readonly number[]> {
  return (await tx.run<{ id: number }>(VANISHED, [keys])).rows.map(({ id }) => id);
}
