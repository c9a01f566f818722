import type { PlanDraft } from "../../catalog/catalog.module.js";
import type { DesiredCatalogue, DesiredPlan, DesiredSupplier } from "./desired-plans.js";
import { dataWords } from "./product.js";
import type { SyncedPlan } from "./synced-plan-store.js";

/** What of a plan synchronisation decides; all else is people's. */
export interface PlanState {
  readonly prices: Readonly<Record<string, number>>;
  readonly suppliers: readonly string[];
  readonly pausedReason: string | null;
}

/** What one sale leaves after the card fee and the cost of the supplier that is asked first, in major units. */
export interface Margin {
  /** Null: there is no price or no supplier, or no exchange rate that is fresh. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface SyncStep {
  readonly kind: "create" | "change" | "pause";
  readonly productKey: string;
  /** Null for a plan that is not there. */
  readonly before: PlanState | null;
  readonly after: {
    readonly draft: PlanDraft;
    /** Null leaves them as they are. */
    readonly suppliers: readonly DesiredSupplier[] | null;
    /** By currency; for whoever looks at the step. */
    readonly margins?: Readonly<Record<string, Margin>>;
  };
  readonly heldReason: string | null;
}

/** Pauses that begin so are ours to end; a person's pause stays. */
const OURS = "sync: ";
const CARRIER = "Partner networks";

export const stateOf = ({ prices, suppliers, pausedReason }: SyncedPlan): PlanState => ({
  prices: sortedByKey(prices),
  suppliers: [...suppliers],
  pausedReason,
});

const sortedByKey = (prices: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(prices).sort(([a], [b]) => (a < b ? -1 : 1)));

export const isSameState = (a: PlanState | null, b: PlanState | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** The steps from what is there to what should be, by product. `countryName` is the catalogue's. */
export function diffPlans(
  desired: DesiredCatalogue,
  current: readonly SyncedPlan[],
  countryName: (iso2: string) => string,
): SyncStep[] {
  const known = new Map(current.map((plan) => [plan.productKey, plan]));
  const steps: SyncStep[] = [];
  for (const plan of desired.plans.values()) {
    const there = known.get(plan.product.key);
    const step = there === undefined ? createStep(plan, countryName) : changeStep(plan, there, desired.lost);
    if (step !== undefined) steps.push(step);
  }
  for (const plan of current) {
    if (desired.plans.has(plan.productKey)) continue;
    const step = pauseStep(plan, "no supplier sells it any more", desired.lost.has(plan.productKey));
    if (step !== undefined) steps.push(step);
  }
  return steps.sort((a, b) => (a.productKey < b.productKey ? -1 : 1));
}

function createStep(plan: DesiredPlan, countryName: (iso2: string) => string): SyncStep | undefined {
  if (plan.suppliers.length === 0 || Object.keys(plan.prices).length === 0) return undefined;
  const { product, region, sku } = plan;
  const [country = ""] = product.countries;
  const place = region ?? countryName(country);
  const days = product.days === 1 ? "1 day" : `${product.days} days`;
  const draft: PlanDraft = {
    sku,
    name: `${place} ${dataWords(product)}, ${days}`,
    description: "",
    data_gb: product.thousandthsGb === null ? null : product.thousandthsGb / 1_000,
    duration_days: product.days,
    country: region === null ? country : null,
    region,
    countries: region === null ? [] : [...product.countries],
    carrier: CARRIER,
    paused_reason: null,
    prices: sortedByKey(plan.prices),
  };
  const after = { draft, suppliers: plan.suppliers };
  return { kind: "create", productKey: product.key, before: null, after, heldReason: plan.heldReason };
}

function changeStep(plan: DesiredPlan, there: SyncedPlan, lost: ReadonlySet<string>): SyncStep | undefined {
  if (plan.suppliers.length === 0) {
    return pauseStep(
      there,
      plan.refusal?.why ?? "no supplier sells it under its price",
      lost.has(there.productKey),
    );
  }
  const before = stateOf(there);
  const after: PlanState = {
    // A price in a currency that the rules do not have would be one that nothing holds against the cost.
    prices: sortedByKey(plan.prices),
    suppliers: plan.suppliers.map(({ supplier, packageId }) => `${supplier} ${packageId}`),
    pausedReason: there.pausedReason?.startsWith(OURS) === true ? null : there.pausedReason,
  };
  if (isSameState(before, after)) return undefined;
  const draft = { ...draftOf(there), prices: { ...after.prices }, paused_reason: after.pausedReason };
  const heldReason = plan.heldReason ?? (lost.has(there.productKey) ? "product_changed" : null);
  const suppliers = plan.suppliers;
  return { kind: "change", productKey: there.productKey, before, after: { draft, suppliers }, heldReason };
}

/** Off sale, with its suppliers as they are: what was paid for is still bought from the next one. */
function pauseStep(plan: SyncedPlan, why: string, isHeld: boolean): SyncStep | undefined {
  if (plan.pausedReason !== null) return undefined;
  return {
    kind: "pause",
    productKey: plan.productKey,
    before: stateOf(plan),
    after: { draft: { ...draftOf(plan), paused_reason: `${OURS}${why}`.slice(0, 500) }, suppliers: null },
    heldReason: isHeld ? "product_changed" : null,
  };
}

const draftOf = (plan: SyncedPlan): PlanDraft => ({
  sku: plan.sku,
  name: plan.name,
  description: plan.description,
  data_gb: plan.dataGb,
  duration_days: plan.days,
  country: plan.country,
  region: plan.region,
  countries: [...plan.countries],
  carrier: plan.carrier,
  paused_reason: plan.pausedReason,
  prices: sortedByKey(plan.prices),
});

/** More than that of the plans, and a person looks first. A small catalogue may change by ten. */
const FREE_CHANGES = 10;

/** Why a person looks at the difference as a whole: always at the first one, which nothing can be held against. */
export function wholeHeldReason(
  steps: number,
  { onSale, known }: { readonly onSale: number; readonly known: number },
  percent: number,
): "first_run" | "more_than_limit" | null {
  if (known === 0) return "first_run";
  return steps > Math.max(FREE_CHANGES, Math.floor((onSale * percent) / 100)) ? "more_than_limit" : null;
}
