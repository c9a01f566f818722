import { type Queryable, statement, type Tx } from "../../../db/database.js";
import type { KeptPackage } from "./product.js";
import type { WholeCatalogue } from "./read-catalogue.js";

export interface Accepted {
  readonly productKey: string;
  readonly costText: string;
  readonly costCurrency: string;
}

export interface StoredPackage {
  readonly supplier: string;
  readonly packageId: string;
  readonly content: KeptPackage;
  /** With what a plan was last made of it; null: never. */
  readonly accepted: Accepted | null;
}

const COUNT = statement(
  "supply.count_packages",
  "select count(*)::integer as count from supplier_packages where supplier = $1 and vanished_at is null",
);

export async function countPackages(db: Queryable, supplier: string): Promise<number> {
  return (await db.run<{ count: number }>(COUNT, [supplier])).rows[0]?.count ?? 0;
}

// What is as it was is not touched, so that a second reading of the same list writes nothing.
const STORE = statement(
  "supply.store_packages",
  `with given as (
     select package_id, content from jsonb_to_recordset($2::jsonb) as g (package_id text, content jsonb)
   ), before as (
     select package_id, content, vanished_at from supplier_packages where supplier = $1
   ), written as (
     insert into supplier_packages as p (supplier, package_id, content)
     select $1, package_id, content from given
     on conflict (supplier, package_id) do update set
       content = excluded.content, changed_at = now(), vanished_at = null
     where p.content is distinct from excluded.content or p.vanished_at is not null
     returning package_id
   ), gone as (
     update supplier_packages p set vanished_at = now()
     where p.supplier = $1 and p.vanished_at is null and $3::boolean and p.package_id <> all ($4::text[])
       and not exists (select from given g where g.package_id = p.package_id)
     returning package_id
   ), noted as (
     insert into supplier_package_changes (supplier, package_id, what, before, after)
     select $1, b.package_id, case when b.vanished_at is null then 'changed' else 'returned' end, b.content, g.content
     from written join before b using (package_id) join given g using (package_id)
     union all
     select $1, b.package_id, 'vanished', b.content, null from gone join before b using (package_id)
     returning what
   )
   select (select count(*) from written)::integer as written, (select count(*) from gone)::integer as vanished,
     (select count(*) from noted where what <> 'vanished')::integer as changed`,
);

export interface StoredCounts {
  readonly added: number;
  readonly changed: number;
  readonly vanished: number;
}

export async function storePackages(
  tx: Tx,
  { supplier, packages, doubtful }: WholeCatalogue,
): Promise<StoredCounts> {
  const rows = packages.map((content) => ({ package_id: content.packageId, content }));
  const { rows: counts } = await tx.run<{ written: number; changed: number; vanished: number }>(STORE, [
    supplier,
    JSON.stringify(rows),
    // An entry of which nothing is known could be any of them: then none has vanished.
    doubtful.every(({ packageId }) => packageId !== null),
    doubtful.flatMap(({ packageId }) => packageId ?? []),
  ]);
  const { written = 0, changed = 0, vanished = 0 } = counts[0] ?? {};
  return { added: written - changed, changed, vanished };
}

const LIST = statement(
  "supply.list_packages",
  `select supplier, package_id as "packageId", content, accepted from supplier_packages
   where vanished_at is null and content->>'kind' = 'esim' order by supplier, package_id`,
);

export async function listPackages(db: Queryable): Promise<readonly StoredPackage[]> {
  return (await db.run<StoredPackage>(LIST)).rows;
}

const SOLD_BY_HAND = statement(
  "supply.packages_sold_by_hand",
  `select s.supplier || ' ' || s.package_id as name from plan_suppliers s
   where not exists (select from synced_plans y where y.plan_id = s.plan_id)`,
);

/** Packages of plans that people made, as "supplier package". */
export async function packagesSoldByHand(db: Queryable): Promise<ReadonlySet<string>> {
  return new Set((await db.run<{ name: string }>(SOLD_BY_HAND)).rows.map(({ name }) => name));
}

const ACCEPT = statement(
  "supply.accept_packages",
  `update supplier_packages p set accepted = a.accepted
   from jsonb_to_recordset($1::jsonb) as a (supplier text, package_id text, accepted jsonb)
   where p.supplier = a.supplier and p.package_id = a.package_id and p.accepted is distinct from a.accepted`,
);

export async function acceptPackages(
  tx: Tx,
  rows: readonly { readonly supplier: string; readonly package_id: string; readonly accepted: Accepted }[],
): Promise<void> {
  await tx.run(ACCEPT, [JSON.stringify(rows)]);
}
