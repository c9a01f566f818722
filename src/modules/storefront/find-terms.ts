import type { PlanInfo } from "../../../web/src/page-contract.js";
import type { Queryable } from "../../db/database.js";
import type { PackageNetwork } from "../../providers/esim/package-port.js";
import { listPlanTerms } from "../esims/plan-terms-read-model.js";
import { listPlanNetworks } from "../supply/plan-networks-read-model.js";

/** When a plan's days start, until when its eSIM has to be installed, and in which networks it works. */
export type TermsOf = (planId: number) => Pick<PlanInfo, "daysStart" | "useWithinDays" | "networks">;

/** `country` is where the reader goes: of other countries no network is told. Null: only speeds are. */
export type FindTerms = (
  plans: readonly { readonly id: number }[],
  country: string | null,
) => Promise<TermsOf>;

/** From the suppliers' own limits. `ownDays` is the shop's, where a supplier has none or a later one, as at delivery. */
export const makeFindTerms =
  (db: Queryable, ownDays: number): FindTerms =>
  async (plans, country) => {
    const ids = plans.map(({ id }) => id);
    const terms = await listPlanTerms(db, ids);
    const networks = await listPlanNetworks(db, ids);
    return (planId) => {
      const { use_within_days: days = null, validity_starts: daysStart = null } = terms.get(planId) ?? {};
      const useWithinDays = Math.min(ownDays, days ?? ownDays);
      return { daysStart, useWithinDays, networks: networksIn(networks.get(planId) ?? [], country) };
    };
  };

/** Named networks of the country; without one, the speeds that the supplier tells at all. */
function networksIn(all: readonly PackageNetwork[], country: string | null): PlanInfo["networks"] {
  const here = all.filter((one) => one.country === null || country === null || one.country === country);
  const named = here.flatMap(({ name, speeds }) => (name === null ? [] : [{ name, speeds }]));
  if (country !== null && named.length > 0) return named;
  const speeds = [...new Set(here.flatMap((one) => one.speeds))].sort();
  return speeds.length === 0 ? [] : [{ name: null, speeds }];
}
