import { isLess, rationalOf, ZERO } from "../../../kernel/rational.js";
import { thousandthsOf } from "../../catalog/catalog.module.js";
import type { Conditions, PriceRule, PriceRules } from "./price-rules.js";

export interface Cost {
  /** A plain decimal in major units, as the supplier states it. */
  readonly amountText: string;
  readonly currency: string;
}

/** What is to be priced: a plan as one supplier sells it. */
export interface PricedPackage {
  readonly supplier: string;
  /** ISO 3166-1 alpha-2 */
  readonly countryCodes: readonly string[];
  /** Null for a plan of one country. */
  readonly region: string | null;
  /** Null is unlimited. */
  readonly thousandthsGb: number | null;
  readonly days: number;
  readonly cost: Cost;
  /** Lowest selling price that the supplier allows. */
  readonly minimumRetail: Cost | null;
}

export interface MatchedRule {
  /** From 1, as people count. */
  readonly position: number;
  readonly rule: PriceRule;
}

/** A fixed price in the currency wins over all other rules; else the first rule that matches decides. */
export function matchRule(
  { rules }: PriceRules,
  one: PricedPackage,
  currency: string,
): MatchedRule | undefined {
  let first: MatchedRule | undefined;
  for (const [index, rule] of rules.entries()) {
    if (!matches(rule.when, one)) continue;
    const found = { position: index + 1, rule };
    if (rule.result.fixed_price?.[currency] !== undefined) return found;
    first ??= found;
  }
  return first;
}

export function matches(when: Conditions, one: PricedPackage): boolean {
  const { suppliers, countries, regions, days, cost } = when;
  if (suppliers !== undefined && !suppliers.includes(one.supplier)) return false;
  if (countries !== undefined && !one.countryCodes.every((code) => countries.includes(code))) return false;
  if (regions !== undefined && (one.region === null || !regions.includes(one.region))) return false;
  if (days !== undefined && !isWithin(one.days, days)) return false;
  return matchesData(when.data_gb, one.thousandthsGb) && matchesCost(cost, one.cost);
}

const isWithin = (value: number, { min, max }: { min?: number; max?: number }): boolean =>
  value >= (min ?? -Infinity) && value <= (max ?? Infinity);

function matchesData(when: Conditions["data_gb"], thousandths: number | null): boolean {
  if (when === undefined) return true;
  if (when.is_unlimited !== undefined && when.is_unlimited !== (thousandths === null)) return false;
  return isWithin(thousandths ?? Infinity, dataBounds(when));
}

/** An unlimited plan is above every maximum, as in GET /plans; without one it is within. */
export const dataBounds = ({
  min,
  max,
}: NonNullable<Conditions["data_gb"]>): { min?: number; max?: number } => ({
  ...(min === undefined ? {} : { min: thousandthsOf(min) }),
  ...(max === undefined ? {} : { max: thousandthsOf(max) }),
});

function matchesCost(when: Conditions["cost"], cost: Cost): boolean {
  if (when === undefined) return true;
  const amount = rationalOf(cost.amountText);
  if (amount === undefined || when.currency !== cost.currency) return false;
  const [min, below] = [rationalOf(when.min ?? "0") ?? ZERO, rationalOf(when.below ?? "")];
  return !isLess(amount, min) && (below === undefined || isLess(amount, below));
}
