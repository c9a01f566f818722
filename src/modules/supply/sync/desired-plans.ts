import { createHash } from "node:crypto";
import { makeTurns } from "../../../kernel/in-turns.js";
import {
  divide,
  isLess,
  largest,
  type Rational,
  rational,
  rationalOf,
  subtract,
  ZERO,
} from "../../../kernel/rational.js";
import { regionIn, regionOfCountries } from "../../catalog/catalog.module.js";
import type { PricedPackage } from "../pricing/match-rule.js";
import {
  highestFee,
  inCurrency,
  type PriceRefusal,
  type Pricing,
  pricePackage,
} from "../pricing/price-package.js";
import type { Accepted, StoredPackage } from "./package-store.js";
import { type Product, productOf, type Undecided } from "./product.js";

export interface DesiredSupplier {
  readonly supplier: string;
  readonly packageId: string;
  readonly costText: string;
  readonly costCurrency: string;
  readonly costMinor: number | null;
  readonly useWithinDays: number | null;
  readonly validityStarts: "installation" | "first_use" | null;
}

export interface DesiredPlan {
  readonly product: Product;
  readonly sku: string;
  /** Null for one country. */
  readonly region: string | null;
  /** Minor units by currency; empty: it cannot be sold, `refusal` says why. */
  readonly prices: Readonly<Record<string, number>>;
  readonly refusal: { readonly code: PriceRefusal; readonly why: string } | null;
  /** The cheapest first. */
  readonly suppliers: readonly DesiredSupplier[];
  /** Why no step about it is applied without a person. */
  readonly heldReason: HeldReason | null;
}

export type HeldReason = "cost_jump" | "currency_changed" | "product_changed";

export interface SyncFinding {
  readonly supplier: string;
  readonly package_id: string | null;
  readonly code: Undecided | PriceRefusal | HeldReason | "not_understood" | "dearer_than_price" | "sku_taken";
  readonly why: string;
}

export interface DesiredCatalogue {
  readonly plans: ReadonlyMap<string, DesiredPlan>;
  readonly findings: readonly SyncFinding[];
  /** Products that lost a package to another product: its supplier calls something else by its name now. */
  readonly lost: ReadonlySet<string>;
}

/** A cost that is so many times more or less than the one a plan was made with is a mistake until a person says not. */
const COST_JUMP = rational(3);

/** What the catalogue should hold, by product: packages, rules and rates decide, and nothing else. */
export async function desiredCatalogue(
  pricing: Pricing,
  packages: readonly StoredPackage[],
  soldByHand: ReadonlySet<string>,
): Promise<DesiredCatalogue> {
  const turns = makeTurns();
  const findings: SyncFinding[] = [];
  const lost = new Set<string>();
  const groups = new Map<string, { readonly product: Product; readonly packages: StoredPackage[] }>();
  for (const one of packages) {
    const { supplier, packageId, content, accepted } = one;
    const product = soldByHand.has(`${supplier} ${packageId}`)
      ? { undecided: "sold_by_hand" as const, why: "A plan that a person made sells it." }
      : productOf(content);
    if ("undecided" in product) {
      findings.push({ supplier, package_id: packageId, code: product.undecided, why: product.why });
      continue;
    }
    if (accepted !== null && accepted.productKey !== product.key) lost.add(accepted.productKey);
    const group = groups.get(product.key);
    if (group === undefined) groups.set(product.key, { product, packages: [one] });
    else group.packages.push(one);
  }
  const plans = new Map<string, DesiredPlan>();
  for (const group of groups.values()) {
    await turns();
    const plan = desiredPlan(pricing, group.product, group.packages, findings);
    if (plan !== undefined) plans.set(group.product.key, plan);
  }
  return { plans, findings, lost };
}

function desiredPlan(
  pricing: Pricing,
  product: Product,
  packages: readonly StoredPackage[],
  findings: SyncFinding[],
): DesiredPlan | undefined {
  const region =
    product.countries.length === 1
      ? null
      : (regionIn(packages.map(({ content }) => content.title)) ?? regionOfCountries(product.countries));
  if (region === undefined) {
    const why =
      "No title says what the region is called. Import its set of countries (tribi data import regions), or make a plan by hand.";
    const named = packages.map(({ supplier, packageId }) => ({ supplier, package_id: packageId }));
    findings.push(...named.map((one) => ({ ...one, code: "unnamed_region" as const, why })));
    return undefined;
  }
  const ranked = rankByCost(pricing, packages);
  const [cheapest] = ranked;
  if (cheapest === undefined) return undefined;
  const { prices, refusal } = pricesOf(pricing, pricedPackage(cheapest, product, region));
  const sellable = ranked.filter((one) => leavesProfit(pricing, one, prices));
  for (const one of ranked.filter((other) => !sellable.includes(other))) {
    findings.push({
      supplier: one.supplier,
      package_id: one.packageId,
      ...unsoldReason(pricing, one, refusal),
    });
  }
  const held = sellable.map((one) => heldReasonOf(one, product)).find((reason) => reason !== null) ?? null;
  for (const one of sellable) {
    const reason = heldReasonOf(one, product);
    if (reason !== null) findings.push(heldFinding(one, reason));
  }
  return {
    product,
    sku: skuOf(product, region),
    region,
    prices,
    refusal,
    suppliers: sellable.map(desiredSupplier),
    heldReason: held,
  };
}

function unsoldReason(
  pricing: Pricing,
  { content }: StoredPackage,
  refusal: DesiredPlan["refusal"],
): Pick<SyncFinding, "code" | "why"> {
  if (refusal !== null) return refusal;
  for (const currency of pricing.rules.currencies) {
    const cost = inCurrency(pricing.rates, content.cost, currency);
    if ("code" in cost) return cost;
  }
  const why = "Its cost and the card fee are above the price, which follows the cheapest supplier.";
  return { code: "dearer_than_price", why };
}

/** By exact cost in the first currency; of equal ones by name, so that the order is total. */
function rankByCost(pricing: Pricing, packages: readonly StoredPackage[]): StoredPackage[] {
  const [currency = "USD"] = pricing.rules.currencies;
  const costs = new Map(packages.map((one) => [one, costIn(pricing, one, currency)]));
  return [...packages].sort((a, b) => {
    const [x, y] = [costs.get(a), costs.get(b)];
    if (x !== undefined && y !== undefined && isLess(x, y)) return -1;
    if (x !== undefined && y !== undefined && isLess(y, x)) return 1;
    if ((x === undefined) !== (y === undefined)) return x === undefined ? 1 : -1;
    return `${a.supplier} ${a.packageId}` < `${b.supplier} ${b.packageId}` ? -1 : 1;
  });
}

function costIn(pricing: Pricing, { content }: StoredPackage, currency: string): Rational | undefined {
  const cost = inCurrency(pricing.rates, content.cost, currency);
  return "code" in cost ? undefined : cost.minor;
}

const pricedPackage = (
  { supplier, content }: StoredPackage,
  product: Product,
  region: string | null,
): PricedPackage => ({
  supplier,
  countryCodes: product.countries,
  region,
  thousandthsGb: product.thousandthsGb,
  days: product.days,
  cost: content.cost,
  minimumRetail: content.minimumRetail,
});

function pricesOf(
  pricing: Pricing,
  priced: PricedPackage,
): { prices: Record<string, number>; refusal: DesiredPlan["refusal"] } {
  const prices: Record<string, number> = {};
  let refusal: DesiredPlan["refusal"] = null;
  for (const currency of pricing.rules.currencies) {
    const outcome = pricePackage(pricing, priced, currency);
    if (outcome.kind === "priced") prices[currency] = outcome.minor;
    else refusal ??= { code: outcome.code, why: outcome.why };
  }
  return { prices, refusal: Object.keys(prices).length === 0 ? refusal : null };
}

/** Whether each price, after the highest fee, pays this supplier too and is one that it allows. */
function leavesProfit(
  pricing: Pricing,
  { content }: StoredPackage,
  prices: Readonly<Record<string, number>>,
): boolean {
  const entries = Object.entries(prices);
  return (
    entries.length > 0 &&
    entries.every(([currency, minor]) => {
      const cost = inCurrency(pricing.rates, content.cost, currency);
      const retail =
        content.minimumRetail === null
          ? { minor: ZERO }
          : inCurrency(pricing.rates, content.minimumRetail, currency);
      if ("code" in cost || "code" in retail || isLess(rational(minor), retail.minor)) return false;
      const fee = highestFee(pricing.rules.fees, BigInt(minor), currency)?.amount ?? ZERO;
      return !isLess(subtract(rational(minor), fee), cost.minor);
    })
  );
}

function heldReasonOf({ content, accepted }: StoredPackage, product: Product): HeldReason | null {
  if (accepted === null) return null;
  if (accepted.productKey !== product.key) return "product_changed";
  if (accepted.costCurrency !== content.cost.currency) return "currency_changed";
  const [before, now] = [rationalOf(accepted.costText) ?? ZERO, rationalOf(content.cost.amountText) ?? ZERO];
  if (before.numerator === 0n || now.numerator === 0n)
    return before.numerator === now.numerator ? null : "cost_jump";
  return isLess(COST_JUMP, largest(divide(now, before), divide(before, now))) ? "cost_jump" : null;
}

function heldFinding(
  { supplier, packageId, content, accepted }: StoredPackage,
  code: HeldReason,
): SyncFinding {
  const { productKey, costText, costCurrency } = accepted as Accepted;
  const why =
    code === "product_changed"
      ? `It was ${productKey} and is something else now. Ask the supplier, then accept it.`
      : `It cost ${costText} ${costCurrency} and costs ${content.cost.amountText} ${content.cost.currency} now. Ask the supplier, then accept it.`;
  return { supplier, package_id: packageId, code, why };
}

function desiredSupplier({ supplier, packageId, content }: StoredPackage): DesiredSupplier {
  const { cost, useWithinDays, validityStarts } = content;
  return {
    supplier,
    packageId,
    costText: cost.amountText,
    costCurrency: cost.currency,
    costMinor: cost.amountMinor,
    useWithinDays: useWithinDays !== null && useWithinDays > 0 ? Math.min(useWithinDays, 3_650) : null,
    validityStarts: validityStarts === "unknown" ? null : validityStarts,
  };
}

/** The same for the same product for ever; people's SKUs do not begin so. */
function skuOf(product: Product, region: string | null): string {
  const place = region === null ? (product.countries[0] ?? "") : region.replace(/[^A-Za-z]/g, "");
  const data = product.thousandthsGb === null ? "unlimited" : `${product.thousandthsGb / 1_000}gb`;
  const hash = createHash("sha256").update(product.key).digest("hex").slice(0, 10);
  return `sync-${place.toLowerCase()}-${data}-${product.days}d-${hash}`.slice(0, 64);
}
