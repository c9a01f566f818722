import { type CoverOption, cheapestCovers } from "./cheapest-covers.js";

/** What a traveller asks for. Every amount is a whole number: gigabytes are counted in thousandths. */
export interface Trip {
  /** ISO 3166-1 alpha-2, each once. */
  readonly countries: readonly string[];
  readonly days: number;
  readonly thousandthsGb: number;
}

/** A plan on sale that works in at least one of the countries. */
export interface TripPlan {
  readonly id: number;
  readonly name: string;
  readonly days: number;
  /** Null is unlimited. */
  readonly thousandthsGb: number | null;
  /** Null when it has no price in the currency. */
  readonly minor: number | null;
  /** Of the countries of the trip, those in which it works. */
  readonly covers: readonly string[];
}

export type LeftOutReason =
  | { readonly code: "not_in_currency" }
  | { readonly code: "too_short"; readonly days: number }
  | { readonly code: "too_little_data"; readonly thousandthsGb: number }
  /** Another plan gives at least as much everywhere and costs no more. */
  | { readonly code: "no_better"; readonly planId: number; readonly name: string }
  /** Only in sets that cost more than those shown. */
  | { readonly code: "dearer" };

export interface LeftOut {
  readonly plan: TripPlan;
  readonly reason: LeftOutReason;
}

export interface TripOption {
  /** In the order in which the traveller named the countries. */
  readonly plans: readonly TripPlan[];
  readonly totalMinor: number;
}

export interface PlannedTrip {
  /** The cheapest first; empty when a country has no plan that fits. */
  readonly options: readonly TripOption[];
  readonly leftOut: readonly LeftOut[];
  /** Countries in which nothing on sale fits. */
  readonly uncovered: readonly string[];
}

/** Beside the cheapest plan that works in all the countries by itself. */
const OPTIONS_MAX = 10;

/**
 * The cheapest plans, or sets of plans, for a trip. Each country is served by one plan that lasts all the days and holds
 * all the data by itself: nobody knows beforehand in which of the countries the data is used, or for how many days.
 * A set has no plan that could be left away.
 */
export function planTrip(trip: Trip, plans: readonly TripPlan[]): PlannedTrip {
  const leftOut: LeftOut[] = [];
  const fitting: PricedPlan[] = [];
  for (const plan of plans) {
    const reason = unfitReason(trip, plan);
    if (reason !== undefined) leftOut.push({ plan, reason });
    else fitting.push({ ...plan, minor: plan.minor as number, mask: maskOf(trip, plan) });
  }
  const kept = withoutWorse(fitting, leftOut);
  const all = (1 << trip.countries.length) - 1;
  const found = cheapestCovers(kept, all, OPTIONS_MAX);
  const alone = kept.find(({ mask }) => mask === all);
  // One eSIM for the whole trip is worth knowing of, even when it is not among the cheapest.
  if (alone !== undefined && !found.some(({ items }) => items.length === 1 && items[0] === alone)) {
    found.push({ items: [alone], total: alone.minor });
  }
  const shown = new Set(found.flatMap(({ items }) => items.map(({ id }) => id)));
  for (const plan of kept) {
    if (!shown.has(plan.id)) leftOut.push({ plan, reason: { code: "dearer" } });
  }
  return {
    options: found.map((option) => tripOption(option)),
    leftOut: leftOut.sort(
      (a, b) => (a.plan.minor ?? Infinity) - (b.plan.minor ?? Infinity) || a.plan.id - b.plan.id,
    ),
    uncovered: trip.countries.filter((_, index) => !kept.some(({ mask }) => (mask & (1 << index)) !== 0)),
  };
}

interface PricedPlan extends TripPlan {
  readonly minor: number;
  /** A bit for each country of the trip. */
  readonly mask: number;
}

function unfitReason(trip: Trip, plan: TripPlan): LeftOutReason | undefined {
  if (plan.minor === null) return { code: "not_in_currency" };
  if (plan.days < trip.days) return { code: "too_short", days: plan.days };
  if (plan.thousandthsGb !== null && plan.thousandthsGb < trip.thousandthsGb) {
    return { code: "too_little_data", thousandthsGb: plan.thousandthsGb };
  }
  return undefined;
}

const maskOf = ({ countries }: Trip, { covers }: TripPlan): number =>
  countries.reduce((mask, country, index) => (covers.includes(country) ? mask | (1 << index) : mask), 0);

const dataOf = ({ thousandthsGb }: TripPlan): number => thousandthsGb ?? Infinity;

/** By price; of equal ones the plan that gives more comes first, so that the order is total. */
const byWorth = (a: PricedPlan, b: PricedPlan): number =>
  a.minor - b.minor ||
  b.covers.length - a.covers.length ||
  (dataOf(a) === dataOf(b) ? 0 : dataOf(b) - dataOf(a)) ||
  b.days - a.days ||
  a.id - b.id;

/** Takes out each plan beside which a cheaper one gives at least as much in each respect. */
function withoutWorse(fitting: readonly PricedPlan[], leftOut: LeftOut[]): PricedPlan[] {
  const kept: PricedPlan[] = [];
  for (const plan of [...fitting].sort(byWorth)) {
    const better = kept.find(
      (other) => (plan.mask & ~other.mask) === 0 && dataOf(other) >= dataOf(plan) && other.days >= plan.days,
    );
    if (better === undefined) kept.push(plan);
    else leftOut.push({ plan, reason: { code: "no_better", planId: better.id, name: better.name } });
  }
  return kept;
}

const tripOption = ({ items, total }: CoverOption<PricedPlan>): TripOption => ({
  plans: [...items].sort((a, b) => lowestBit(a.mask) - lowestBit(b.mask) || a.id - b.id),
  totalMinor: total,
});

const lowestBit = (mask: number): number => mask & -mask;
