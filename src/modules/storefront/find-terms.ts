import type { PlanInfo } from "../../../web/src/page-contract.js";
import type { Queryable } from "../../db/database.js";
import { listPlanTerms } from "../esims/plan-terms-read-model.js";

/** When a plan's days start, and until when its eSIM has to be installed. */
export type TermsOf = (planId: number) => Pick<PlanInfo, "daysStart" | "useWithinDays">;

export type FindTerms = (plans: readonly { readonly id: number }[]) => Promise<TermsOf>;

/** From the suppliers' own limits. `ownDays` is the shop's, where a supplier has none or a later one, as at delivery. */
export const makeFindTerms =
  (db: Queryable, ownDays: number): FindTerms =>
  async (plans) => {
    const terms = await listPlanTerms(
      db,
      plans.map(({ id }) => id),
    );
    return (planId) => {
      const { use_within_days: days = null, validity_starts: daysStart = null } = terms.get(planId) ?? {};
      return { daysStart, useWithinDays: Math.min(ownDays, days ?? ownDays) };
    };
  };
