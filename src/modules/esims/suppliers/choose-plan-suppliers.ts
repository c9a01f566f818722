import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import type { Db } from "../../../db/database.js";
import {
  listPlanSuppliers,
  lockPlan,
  type PlanSupplierDraft,
  type PlanSupplierRow,
  replacePlanSuppliers,
} from "./plan-supplier-store.js";

export type ChosenSuppliers =
  | { readonly kind: "plan_unknown" }
  /** Positions in the list that name a supplier which is not configured here, or one package twice. */
  | { readonly kind: "refused"; readonly index: number; readonly why: string }
  | { readonly kind: "chosen"; readonly rows: readonly PlanSupplierRow[] };

export type ListPlanSuppliers = (planId: number) => Promise<readonly PlanSupplierRow[]>;
export type ChoosePlanSuppliers = (
  planId: number,
  drafts: readonly PlanSupplierDraft[],
  act: Act,
) => Promise<ChosenSuppliers>;

/** Says where a plan is bought, in place of what was said before. An empty list leaves it to the shop's default. */
export function makeChoosePlanSuppliers(deps: {
  readonly db: Db;
  readonly supplierIds: readonly string[];
  readonly wakeWorkers: () => void;
}): ChoosePlanSuppliers {
  return async (planId, drafts, act) => {
    const fault = faultOf(drafts, deps.supplierIds);
    if (fault !== null) return fault;
    const chosen = await deps.db.transaction(async (tx): Promise<ChosenSuppliers> => {
      if (!(await lockPlan(tx, planId))) return { kind: "plan_unknown" };
      const before = await listPlanSuppliers(tx, planId);
      await replacePlanSuppliers(tx, planId, drafts);
      const rows = await listPlanSuppliers(tx, planId);
      await writeAudit(tx, act, {
        action: "plan.suppliers_chosen",
        subject: `plan:${planId}`,
        before: before.map(namesOf),
        after: rows.map(namesOf),
      });
      return { kind: "chosen", rows };
    });
    deps.wakeWorkers();
    return chosen;
  };
}

function faultOf(
  drafts: readonly PlanSupplierDraft[],
  supplierIds: readonly string[],
): ChosenSuppliers | null {
  const seen = new Set<string>();
  for (const [index, { supplier, packageId }] of drafts.entries()) {
    if (!supplierIds.includes(supplier))
      return {
        kind: "refused",
        index,
        why: `is none of the configured suppliers: ${supplierIds.join(", ")}`,
      };
    const name = `${supplier} ${packageId}`;
    if (seen.has(name))
      return { kind: "refused", index, why: "names a package that stands in the list already" };
    seen.add(name);
  }
  return null;
}

const namesOf = ({ supplier, package_id, top_up_package_id, rank }: PlanSupplierRow) => ({
  supplier,
  package_id,
  top_up_package_id,
  rank,
});
