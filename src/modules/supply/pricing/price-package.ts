import { amountMajor, exponentOf, isCurrencyCode } from "../../../kernel/money.js";
import {
  add,
  decimalText,
  divide,
  isLess,
  largest,
  multiply,
  type Rational,
  rational,
  rationalOf,
  roundedUp,
  shareOf,
  subtract,
  ZERO,
} from "../../../kernel/rational.js";
import type { PriceProblem } from "../../catalog/catalog.module.js";
import type { RateBook } from "../rates/rate-book.js";
import { type Cost, type MatchedRule, matchRule, type PricedPackage } from "./match-rule.js";
import type { CardFee, PriceRules } from "./price-rules.js";

export type PriceRefusal =
  | "cost_unreadable"
  | "no_rate"
  | "rate_too_old"
  | "no_rule"
  | "below_cost"
  | "below_supplier_minimum"
  | "not_chargeable";

/** How a price came about; amounts are decimals in major units, for people. */
export interface PriceExplanation {
  readonly currency: string;
  readonly supplier: string;
  readonly cost: { readonly amount: string; readonly currency: string };
  /** Null without a conversion. */
  readonly rate: { readonly value: string; readonly as_of: string } | null;
  readonly cost_in_currency: string | null;
  /** The least that the supplier allows to ask; null where it sets nothing. */
  readonly minimum_retail: string | null;
  readonly rule: { readonly position: number; readonly name: string } | null;
  readonly margin: string | null;
  readonly fee: { readonly provider: string; readonly amount: string } | null;
  readonly before_rounding: string | null;
  readonly rounding: string | null;
  readonly price: string | null;
  /** What is left of the price after fee and cost. */
  readonly profit: string | null;
  readonly profit_percent: string | null;
}

export type PriceOutcome =
  | { readonly kind: "priced"; readonly minor: number; readonly explanation: PriceExplanation }
  | {
      readonly kind: "refused";
      readonly code: PriceRefusal;
      /** What is wrong and what to do. */
      readonly why: string;
      readonly explanation: PriceExplanation;
    };

export interface Pricing {
  readonly rules: PriceRules;
  readonly rates: RateBook;
  /** Why no provider of the shop can charge an amount. */
  readonly priceProblem: PriceProblem;
}

const MINOR_MAX = 999_999_999_999n;

/** The price of a package in a currency by the rules. Exact until it is rounded, and rounded up alone. */
export function pricePackage(pricing: Pricing, one: PricedPackage, currency: string): PriceOutcome {
  const base = emptyExplanation(one, currency);
  const refuse = (code: PriceRefusal, why: string, more: Partial<PriceExplanation> = {}): PriceOutcome => ({
    kind: "refused",
    code,
    why,
    explanation: { ...base, ...more },
  });
  const cost = inCurrency(pricing.rates, one.cost, currency);
  if ("code" in cost) return refuse(cost.code, cost.why);
  const known = { rate: cost.rate, cost_in_currency: majorText(cost.minor, currency) };
  const matched = matchRule(pricing.rules, one, currency);
  if (matched === undefined) return refuse("no_rule", "No price rule matches. Add one that does.", known);
  const least = leastRetail(pricing.rates, one, currency);
  if ("code" in least) return refuse(least.code, least.why, known);
  const built = buildPrice(pricing.rules.fees, matched, cost.minor, least.minor, currency);
  const explanation = {
    ...base,
    ...known,
    minimum_retail: one.minimumRetail === null ? null : majorText(least.minor, currency),
    ...explainPrice(pricing.rules.fees, matched, built, cost.minor, currency),
  };
  const problem = problemOf(pricing, built.price, cost.minor, least.minor, currency);
  if (problem !== undefined) return { kind: "refused", ...problem, explanation };
  return { kind: "priced", minor: Number(built.price), explanation };
}

interface Amount {
  readonly minor: Rational;
  readonly rate: PriceExplanation["rate"];
}
interface Problem {
  readonly code: PriceRefusal;
  readonly why: string;
}

/** An amount in the minor units of the currency, exactly. */
export function inCurrency(
  rates: RateBook,
  { amountText, currency: from }: Cost,
  to: string,
): Amount | Problem {
  const amount = rationalOf(amountText);
  if (amount === undefined || !isCurrencyCode(from)) {
    return { code: "cost_unreadable", why: "The supplier's cost is no amount in an ISO 4217 currency." };
  }
  const found = rates.find(from, to);
  if (found.kind === "none") {
    return {
      code: "no_rate",
      why: `There is no exchange rate for ${found.currency}. Import one: tribi rates import.`,
    };
  }
  if (found.kind === "too_old") {
    const why = `The exchange rate is of ${found.asOf}, ${found.days} days old. Import newer ones: tribi rates import.`;
    return { code: "rate_too_old", why };
  }
  return {
    minor: multiply(multiply(amount, found.rate), rational(10n ** BigInt(exponentOf(to)))),
    rate: found.asOf === null ? null : { value: decimalText(found.rate, 8), as_of: found.asOf },
  };
}

export function leastRetail(
  rates: RateBook,
  { minimumRetail }: Pick<PricedPackage, "minimumRetail">,
  currency: string,
): Amount | Problem {
  return minimumRetail === null ? { minor: ZERO, rate: null } : inCurrency(rates, minimumRetail, currency);
}

interface BuiltPrice {
  readonly margin: Rational | null;
  readonly beforeRounding: Rational | null;
  readonly rounding: string;
  readonly price: bigint;
}

function buildPrice(
  fees: readonly CardFee[],
  { rule: { result } }: MatchedRule,
  cost: Rational,
  leastRetailMinor: Rational,
  currency: string,
): BuiltPrice {
  const fixed = result.fixed_price?.[currency];
  if (fixed !== undefined) {
    return { margin: null, beforeRounding: null, rounding: "fixed price", price: BigInt(fixed) };
  }
  const margin = largest(
    multiply(cost, shareOf(result.margin_percent)),
    rational(result.margin_at_least?.[currency] ?? 0),
  );
  // The fee is taken from the price, so the price that leaves cost and margin is (cost + margin + fixed) / (1 - share).
  const needed = add(cost, margin);
  const covering = fees.map((fee) =>
    divide(add(needed, fixedOf(fee, currency)), subtract(rational(1), shareOf(fee.percent))),
  );
  const beforeRounding = largest(
    needed,
    ...covering,
    leastRetailMinor,
    rational(result.minimum_price?.[currency] ?? 0),
  );
  return { margin, beforeRounding, ...roundPrice(beforeRounding, result, currency) };
}

const fixedOf = ({ fixed }: CardFee, currency: string): Rational => rational(fixed[currency] ?? 0);

/** Cards know no third decimal but zero, so three decimals are rounded to ten minor units without being told. */
const usualStep = (currency: string): number => (exponentOf(currency) >= 3 ? 10 : 1);

/** Always up: a price that is rounded down could lose what the margin gave. */
function roundPrice(
  value: Rational,
  result: MatchedRule["rule"]["result"],
  currency: string,
): Pick<BuiltPrice, "rounding" | "price"> {
  const least = roundedUp(value) < 1n ? 1n : roundedUp(value);
  const ending = result.endings?.[currency];
  if (ending === undefined) {
    const step = BigInt(result.round_to?.[currency] ?? usualStep(currency));
    const price = ((least + step - 1n) / step) * step;
    return { rounding: `up to a multiple of ${step} minor units`, price };
  }
  const modulus = 10n ** BigInt(ending.length);
  const over = (((BigInt(ending) - least) % modulus) + modulus) % modulus;
  return { rounding: `up to the next price that ends in ${ending}`, price: least + over };
}

/** The highest fee that any of the providers takes of a price. */
export function highestFee(fees: readonly CardFee[], price: bigint, currency: string) {
  let highest: { readonly provider: string; readonly amount: Rational } | undefined;
  for (const fee of fees) {
    const amount = add(multiply(rational(price), shareOf(fee.percent)), fixedOf(fee, currency));
    if (highest === undefined || isLess(highest.amount, amount)) highest = { provider: fee.provider, amount };
  }
  return highest;
}

function problemOf(
  { rules, priceProblem }: Pricing,
  price: bigint,
  cost: Rational,
  leastRetailMinor: Rational,
  currency: string,
): Problem | undefined {
  if (price > MINOR_MAX)
    return { code: "not_chargeable", why: "The price is larger than any that can be charged." };
  const fee = highestFee(rules.fees, price, currency)?.amount ?? ZERO;
  if (isLess(subtract(rational(price), fee), cost)) {
    return { code: "below_cost", why: "The price would not cover cost and card fee. Raise the fixed price." };
  }
  if (isLess(rational(price), leastRetailMinor)) {
    return {
      code: "below_supplier_minimum",
      why: "The supplier allows no price as low. Raise the fixed price.",
    };
  }
  const problem = priceProblem({ currency, minor: Number(price) });
  if (problem === undefined) return undefined;
  return { code: "not_chargeable", why: `The price ${amountMajor(Number(price), currency)} ${problem}.` };
}

function explainPrice(
  fees: readonly CardFee[],
  { position, rule }: MatchedRule,
  { margin, beforeRounding, rounding, price }: BuiltPrice,
  cost: Rational,
  currency: string,
): Partial<PriceExplanation> {
  const fee = highestFee(fees, price, currency);
  const profit = subtract(subtract(rational(price), fee?.amount ?? ZERO), cost);
  return {
    rule: { position, name: rule.name },
    margin: margin === null ? null : majorText(margin, currency),
    fee: fee === undefined ? null : { provider: fee.provider, amount: majorText(fee.amount, currency) },
    before_rounding: beforeRounding === null ? null : majorText(beforeRounding, currency),
    rounding,
    price: majorText(rational(price), currency),
    profit: majorText(profit, currency),
    profit_percent: decimalText(multiply(divide(profit, rational(price)), rational(100)), 1),
  };
}

/** Two decimals more than the currency has, so that what rounding adds can be seen. */
export function majorText(minor: Rational, currency: string): string {
  const exponent = exponentOf(currency);
  const text = decimalText(divide(minor, rational(10n ** BigInt(exponent))), exponent + 2);
  return text.endsWith("00") ? text.slice(0, exponent === 0 ? -3 : -2) : text;
}

const emptyExplanation = (one: PricedPackage, currency: string): PriceExplanation => ({
  currency,
  supplier: one.supplier,
  cost: { amount: one.cost.amountText, currency: one.cost.currency },
  rate: null,
  cost_in_currency: null,
  minimum_retail: null,
  rule: null,
  margin: null,
  fee: null,
  before_rounding: null,
  rounding: null,
  price: null,
  profit: null,
  profit_percent: null,
});
