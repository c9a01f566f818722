import { rational, subtract, ZERO } from "../../../kernel/rational.js";
import { highestFee, inCurrency, majorText, type Pricing } from "../pricing/price-package.js";
import type { Margin, SyncStep } from "./diff-plans.js";
import type { SyncedPlan } from "./synced-plan-store.js";

type Cost = { readonly amountText: string; readonly currency: string };

/** By currency, as it is sold now and as it would be. A plan that is taken off sale leaves nothing. */
export function marginsOf(
  pricing: Pricing,
  { kind, before, after }: SyncStep,
  current: SyncedPlan | undefined,
): Record<string, Margin> {
  const prices = kind === "pause" ? {} : after.draft.prices;
  const [first] = after.suppliers ?? [];
  const newCost = first === undefined ? null : { amountText: first.costText, currency: first.costCurrency };
  const isSold = before !== null && before.pausedReason === null;
  const currencies = [...new Set([...Object.keys(before?.prices ?? {}), ...Object.keys(prices)])].sort();
  return Object.fromEntries(
    currencies.map((currency) => [
      currency,
      {
        before: isSold ? marginText(pricing, current?.cost ?? null, before.prices[currency], currency) : null,
        after: marginText(pricing, newCost, prices[currency], currency),
      },
    ]),
  );
}

function marginText(
  { rates, rules }: Pricing,
  cost: Cost | null,
  minor: number | undefined,
  currency: string,
): string | null {
  if (cost === null || minor === undefined) return null;
  const paid = inCurrency(rates, cost, currency);
  if ("code" in paid) return null;
  const fee = highestFee(rules.fees, BigInt(minor), currency)?.amount ?? ZERO;
  return majorText(subtract(subtract(rational(minor), fee), paid.minor), currency);
}
