import { makeTurns } from "../../../kernel/in-turns.js";
import { type PlanWithCost, plansWithCost } from "../supply-read-model.js";
import { type PricingDeps, pricingWith } from "./explain-price.js";
import { assertRules, ruleNotes } from "./manage-rules.js";
import { type PriceRefusal, type Pricing, pricePackage } from "./price-package.js";
import type { PriceRules } from "./price-rules.js";

export interface SimulatedChange {
  readonly planId: number;
  readonly sku: string;
  readonly name: string;
  readonly currency: string;
  /** Null: it is not offered in the currency now. */
  readonly beforeMinor: number | null;
  /** Null: the rules give no price. */
  readonly afterMinor: number | null;
  readonly rule: string | null;
  readonly profitPercent: string | null;
  readonly refusal: { readonly code: PriceRefusal; readonly why: string } | null;
}

export interface Simulation {
  readonly plans: number;
  readonly withoutCost: number;
  readonly up: number;
  readonly down: number;
  readonly equal: number;
  readonly offered: number;
  readonly refused: Readonly<Record<string, number>>;
  /** How many prices leave so much profit: from -100 in steps of ten percent, for a plot. */
  readonly margins: readonly { readonly fromPercent: number; readonly count: number }[];
  readonly byRule: Readonly<Record<string, number>>;
  readonly changes: readonly SimulatedChange[];
  readonly changeCount: number;
  readonly notes: readonly string[];
}

const CHANGES_SHOWN = 200;
const MARGIN_STEP = 10;

/** What the rules would do to all plans that have a supplier's cost. Nothing is changed. */
export function makeSimulateRules(deps: PricingDeps) {
  return async (rules: PriceRules): Promise<Simulation> => {
    assertRules(rules);
    const pricing = await pricingWith(deps, rules);
    const tally = makeTally();
    const turns = makeTurns();
    for await (const page of plansWithCost(deps.db)) {
      for (const plan of page) {
        await turns();
        tally.plan(plan);
        for (const change of changesOf(pricing, plan)) tally.price(change);
      }
    }
    return tally.end(ruleNotes(rules));
  };
}

function changesOf(pricing: Pricing, plan: PlanWithCost): SimulatedChange[] {
  const { priced } = plan;
  if (priced === null) return [];
  return pricing.rules.currencies.map((currency) => {
    const outcome = pricePackage(pricing, priced, currency);
    return {
      planId: plan.id,
      sku: plan.sku,
      name: plan.name,
      currency,
      beforeMinor: plan.prices[currency] ?? null,
      afterMinor: outcome.kind === "priced" ? outcome.minor : null,
      rule: outcome.explanation.rule?.name ?? null,
      profitPercent: outcome.explanation.profit_percent,
      refusal: outcome.kind === "refused" ? { code: outcome.code, why: outcome.why } : null,
    };
  });
}

function makeTally() {
  const counts = { plans: 0, withoutCost: 0, up: 0, down: 0, equal: 0, offered: 0, changeCount: 0 };
  const refused = new Map<string, number>();
  const byRule = new Map<string, number>();
  const margins = new Map<number, number>();
  const changes: SimulatedChange[] = [];
  const count = <Key>(map: Map<Key, number>, key: Key): void => void map.set(key, (map.get(key) ?? 0) + 1);
  return {
    plan({ priced }: PlanWithCost): void {
      counts.plans += 1;
      if (priced === null) counts.withoutCost += 1;
    },
    price(change: SimulatedChange): void {
      const { beforeMinor, afterMinor, refusal, rule, profitPercent } = change;
      if (refusal !== null) count(refused, refusal.code);
      if (rule !== null) count(byRule, rule);
      if (afterMinor !== null && profitPercent !== null) {
        count(margins, Math.floor(Number(profitPercent) / MARGIN_STEP) * MARGIN_STEP);
      }
      if (beforeMinor === afterMinor) {
        if (afterMinor !== null) counts.equal += 1;
        return;
      }
      if (beforeMinor === null) counts.offered += 1;
      else if (afterMinor !== null) counts[afterMinor > beforeMinor ? "up" : "down"] += 1;
      counts.changeCount += 1;
      if (changes.length < CHANGES_SHOWN) changes.push(change);
    },
    end: (notes: readonly string[]): Simulation => ({
      ...counts,
      refused: Object.fromEntries(refused),
      byRule: Object.fromEntries(byRule),
      margins: [...margins]
        .sort(([a], [b]) => a - b)
        .map(([fromPercent, number]) => ({ fromPercent, count: number })),
      changes,
      notes,
    }),
  };
}
