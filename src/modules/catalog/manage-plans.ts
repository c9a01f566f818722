import type { Db } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import type { PlanBody } from "./admin-views.js";
import type { AdminPlanRow, PlanInput } from "./catalog-records.js";
import { type Manage, makeManage } from "./manage-record.js";
import { type PriceProblem, planProblems, pricesProblems } from "./plan-draft.js";
import { deletePlan, findPlanRow, insertPlan, lockPlan, updatePlan } from "./plan-store.js";

export type ManagePlans = Manage<PlanInput, AdminPlanRow>;

export function makeManagePlans(deps: { readonly db: Db; readonly onChanged: () => void }): ManagePlans {
  return makeManage(deps, {
    subject: "plan",
    find: findPlanRow,
    lock: lockPlan,
    insert: insertPlan,
    update: updatePlan,
    remove: deletePlan,
  });
}

/** The body as a plan; throws validation_failed with a pointer for every law that it breaks. */
export function planInputOf(body: PlanBody, priceProblem: PriceProblem): PlanInput {
  const isUnlimited = body.is_unlimited ?? false;
  const prices = body.prices.map(({ currency, amount_minor_units: minor }) => ({ currency, minor }));
  const problems = planProblems({
    data_gb: body.data_gb ?? null,
    is_unlimited: isUnlimited,
    hasCountry: (body.country_id ?? null) !== null,
    region: body.region ?? null,
    coverageCount: body.country_ids?.length ?? 0,
    currencies: prices.map(({ currency }) => currency),
  });
  const errors = [...problems, ...pricesProblems(prices, priceProblem)].map(({ member, message }) => ({
    pointer: `/${member === "countries" ? "country_ids" : member}`,
    message,
  }));
  const [first] = errors;
  if (first !== undefined) {
    throw new AppError("validation_failed", `${first.pointer} ${first.message}.`, { errors });
  }
  return {
    sku: body.sku ?? null,
    name: body.name,
    description: body.description ?? "",
    dataGb: isUnlimited ? null : (body.data_gb ?? null),
    durationDays: body.duration_days,
    countryId: body.country_id ?? null,
    region: body.region ?? null,
    countryIds: body.country_ids ?? [],
    carrierId: body.carrier_id,
    pausedReason: body.paused_reason ?? null,
    prices: Object.fromEntries(prices.map(({ currency, minor }) => [currency, minor])),
  };
}

/**
 * The plan as it stands with some members changed; making it unlimited takes its amount away by itself. Prices that
 * stay are not judged again: a plan with one from before the rule can still be paused.
 */
export function patchedPlan(
  before: AdminPlanRow,
  patch: Partial<PlanBody>,
  priceProblem: PriceProblem,
): PlanInput {
  const becomesUnlimited = patch.is_unlimited === true && patch.data_gb === undefined;
  const becomesCountry = typeof patch.country_id === "number" && patch.region === undefined;
  const becomesRegion = typeof patch.region === "string" && patch.country_id === undefined;
  const whole: PlanBody = {
    sku: before.sku,
    name: before.name,
    description: before.description,
    data_gb: becomesUnlimited ? null : before.data_gb,
    is_unlimited: before.is_unlimited,
    duration_days: before.duration_days,
    country_id: becomesRegion ? null : before.country_id,
    region: becomesCountry ? null : before.region,
    country_ids: becomesCountry ? [] : [...before.country_ids],
    carrier_id: before.carrier_id,
    paused_reason: before.paused_reason,
    prices: Object.entries(before.prices).map(([currency, minor]) => ({
      currency,
      amount_minor_units: minor,
    })),
  };
  return planInputOf({ ...whole, ...patch }, patch.prices === undefined ? () => undefined : priceProblem);
}
