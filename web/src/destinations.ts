import type { Country, Plan } from "./api.js";

/** Where one can go: a country, or a region with plans of its own. */
export interface Destination {
  /** "ES", or "region:Europe"; stands in the address after #. */
  readonly key: string;
  readonly name: string;
  readonly iso2: string | null;
  /** The cheapest first. */
  readonly plans: readonly Plan[];
}

/** Regions first, then countries by name; whatever has nothing on sale is left out. */
export function destinationsOf(countries: readonly Country[], plans: readonly Plan[]): Destination[] {
  const regions = [...new Set(plans.flatMap(({ region }) => (region === null ? [] : [region])))].sort();
  return [
    ...regions.map((name) => ({
      key: `region:${name}`,
      name,
      iso2: null,
      plans: plans.filter((plan) => plan.region === name),
    })),
    ...countries.map(({ iso2, name }) => ({
      key: iso2,
      name,
      iso2,
      plans: plans.filter((plan) => plan.coverage.includes(iso2)),
    })),
  ].filter((destination) => destination.plans.length > 0);
}

/** The destination's own plans, without those of regions that include it; all of them when there are no others. */
export function ownPlans({ iso2, plans }: Destination): readonly Plan[] {
  const own = plans.filter((plan) => plan.country?.iso2 === iso2);
  return iso2 === null || own.length === 0 ? plans : own;
}

/** Finds by the beginning of any word of the name, or by the code, without regard to case and accents. */
export function matches({ name, iso2 }: Destination, typed: string): boolean {
  const wanted = plain(typed.trim());
  if (wanted === "") return true;
  return iso2?.toLowerCase() === wanted || ` ${plain(name)}`.includes(` ${wanted}`);
}

const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();

/** Two regional indicator letters, which phones draw as a flag. */
export function flagOf(iso2: string | null): string {
  if (iso2 === null) return "\u{1F30D}";
  return String.fromCodePoint(...[...iso2].map((letter) => 0x1f1e6 + letter.charCodeAt(0) - 65));
}

/** "$6.50", "¥980": the digits are the shop's, Intl only adds the currency's sign. */
export function priceText({ price }: Pick<Plan, "price">): string {
  const decimals = price.amount_major.split(".")[1]?.length ?? 0;
  const format = new Intl.NumberFormat("en", {
    style: "currency",
    currency: price.currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return format.format(Number(price.amount_major));
}
