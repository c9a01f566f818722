import { type Queryable, statement } from "../../db/database.js";
import type { PackageNetwork } from "../../providers/esim/package-port.js";

// Of the supplier that is asked first.
const NETWORKS = statement(
  "supply.plan_networks",
  `select distinct on (s.plan_id) s.plan_id, k.content->'networks' as networks
   from plan_suppliers s join supplier_packages k on k.supplier = s.supplier and k.package_id = s.package_id
   where s.plan_id = any($1::bigint[]) and s.paused_reason is null
   order by s.plan_id, s.rank, s.cost_minor nulls first, s.id`,
);

/** By plan; a plan of which its supplier says no network is left out. */
export async function listPlanNetworks(
  db: Queryable,
  planIds: readonly number[],
): Promise<ReadonlyMap<number, readonly PackageNetwork[]>> {
  const { rows } = await db.run<{ plan_id: number; networks: readonly PackageNetwork[] | null }>(NETWORKS, [
    planIds,
  ]);
  return new Map(rows.flatMap(({ plan_id: id, networks }) => (networks === null ? [] : [[id, networks]])));
}
