import type { Db, Queryable } from "../../../db/database.js";
import { exponentOf } from "../../../kernel/money.js";
import { decimalText, divide, isLess, rational, subtract, ZERO } from "../../../kernel/rational.js";
import type { PriceProblem } from "../../catalog/catalog.module.js";
import { makeRateBook, type RateLimits } from "../rates/rate-book.js";
import { readRates } from "../rates/rate-store.js";
import { findPlanWithCost, type PlanWithCost } from "../supply-read-model.js";
import {
  highestFee,
  inCurrency,
  leastRetail,
  type PriceOutcome,
  type Pricing,
  pricePackage,
} from "./price-package.js";
import type { PriceRules } from "./price-rules.js";
import { findRuleSet } from "./rule-store.js";

export interface PricingDeps {
  readonly db: Db;
  readonly limits: RateLimits;
  readonly priceProblem: PriceProblem;
}

/** The rules with the rates of this moment. */
export async function pricingWith(
  deps: Omit<PricingDeps, "db"> & { readonly db: Queryable },
  rules: PriceRules,
): Promise<Pricing> {
  const { rates, today } = await readRates(deps.db);
  return {
    rules,
    rates: makeRateBook(rates, today, deps.limits.maxAgeDays),
    priceProblem: deps.priceProblem,
  };
}

export interface PublishedPrice {
  readonly minor: number;
  /** What is left after the highest fee and the cost, in major units; null when the cost cannot be converted. */
  readonly profit: string | null;
  readonly isBelowCost: boolean | null;
  /** Null when the supplier sets no minimum, or it cannot be converted. */
  readonly isBelowSupplierMinimum: boolean | null;
}

export interface ExplainedPrice {
  readonly currency: string;
  /** Null: the plan is not offered in it. */
  readonly published: PublishedPrice | null;
  /** Null: there are no rules, or no supplier with a cost. */
  readonly byRule: PriceOutcome | null;
}

export type ExplainPlanPrice = (
  planId: number,
) => Promise<
  | { readonly plan: PlanWithCost; readonly version: number; readonly prices: readonly ExplainedPrice[] }
  | undefined
>;

export function makeExplainPlanPrice(deps: PricingDeps): ExplainPlanPrice {
  return async (planId) => {
    const plan = await findPlanWithCost(deps.db, planId);
    if (plan === undefined) return undefined;
    const set = await findRuleSet(deps.db);
    const rules = set?.rules ?? { currencies: [], fees: [], rules: [] };
    const pricing = await pricingWith(deps, rules);
    const currencies = [...new Set([...rules.currencies, ...Object.keys(plan.prices)])].sort();
    const prices = currencies.map(
      (currency): ExplainedPrice => ({
        currency,
        published: publishedPrice(pricing, plan, currency),
        byRule:
          plan.priced === null || !rules.currencies.includes(currency)
            ? null
            : pricePackage(pricing, plan.priced, currency),
      }),
    );
    return { plan, version: set?.version ?? 0, prices };
  };
}

function publishedPrice(pricing: Pricing, plan: PlanWithCost, currency: string): PublishedPrice | null {
  const minor = plan.prices[currency];
  if (minor === undefined) return null;
  const least =
    plan.priced === null || plan.priced.minimumRetail === null
      ? undefined
      : leastRetail(pricing.rates, plan.priced, currency);
  const isBelowSupplierMinimum =
    least === undefined || "code" in least ? null : isLess(rational(minor), least.minor);
  const cost = plan.priced === null ? undefined : inCurrency(pricing.rates, plan.priced.cost, currency);
  if (cost === undefined || "code" in cost)
    return { minor, profit: null, isBelowCost: null, isBelowSupplierMinimum };
  const fee = highestFee(pricing.rules.fees, BigInt(minor), currency)?.amount ?? ZERO;
  const profit = subtract(subtract(rational(minor), fee), cost.minor);
  const exponent = exponentOf(currency);
  const major = divide(profit, rational(10n ** BigInt(exponent)));
  return {
    minor,
    profit: decimalText(major, exponent),
    isBelowCost: isLess(profit, ZERO),
    isBelowSupplierMinimum,
  };
}
