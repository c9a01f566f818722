import type { DestinationInfo, PageLanguage, PlaceLink, PlanInfo } from "../../../web/src/page-contract.js";
import type { Queryable } from "../../db/database.js";
import { isCurrencyCode } from "../../kernel/money.js";
import {
  countriesOfRegion,
  countryNameIn,
  countrySlug,
  countryWords,
  findIsoCountry,
  plainText,
  planView,
  regionNameIn,
  regionWords,
  slugOf,
} from "../catalog/catalog.module.js";
import { listCountries, listEveryPlan } from "../catalog/catalog-read-model.js";
import type { TermsOf } from "./find-terms.js";

type Plan = ReturnType<typeof planView>;

/** Where one can go: a country, or a region with plans of its own. */
export interface Destination {
  readonly slug: string;
  readonly iso2: string | null;
  /** As the catalogue calls it. */
  readonly name: string;
  /** The cheapest first. */
  readonly plans: readonly Plan[];
  /** Of regions that include the country. */
  readonly wider: readonly Plan[];
}

export interface Destinations {
  /** Regions first, then countries by name; what has nothing on sale is left out. */
  readonly all: readonly Destination[];
  readonly countries: readonly { readonly iso2: string; readonly name: string }[];
}

/** What is on sale in a currency, by where it works. */
export async function findDestinations(db: Queryable, currency: string): Promise<Destinations> {
  const countries = await listCountries(db, "");
  if (!isCurrencyCode(currency)) return { all: [], countries };
  const filter = { currency, country: null, minGb: null, maxGb: null, maxPrice: null, days: null };
  const byCountry = new Map(countries.map(({ iso2 }) => [iso2, { own: [] as Plan[], wider: [] as Plan[] }]));
  // By the name as a person reads it: files spell one region in several ways.
  const byRegion = new Map<string, { readonly name: string; readonly plans: Plan[] }>();
  // Each plan is looked at once and in pages: a large shop's page must not stop the process.
  for await (const page of listEveryPlan(db, filter)) {
    for (const plan of page.map(planView)) {
      const { region, coverage } = plan;
      for (const iso2 of coverage) byCountry.get(iso2)?.[region === null ? "own" : "wider"].push(plan);
      if (region === null) continue;
      const key = plainText(region);
      const ofRegion = byRegion.get(key);
      if (ofRegion === undefined) byRegion.set(key, { name: region, plans: [plan] });
      else ofRegion.plans.push(plan);
    }
  }
  const ofCountries = countries.map(({ iso2, name }): Destination => {
    const { own = [], wider = [] } = byCountry.get(iso2) ?? {};
    return { slug: countrySlug(iso2, name), iso2, name, plans: own, wider };
  });
  const countrySlugs = new Set(ofCountries.map(({ slug }) => slug));
  const taken = new Set(countrySlugs);
  const ofRegions = [...byRegion]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([, { name, plans }]): Destination => ({
        slug: regionSlug(name, countrySlugs, taken),
        iso2: null,
        name,
        plans,
        wider: [],
      }),
    );
  const all = [...ofRegions, ...ofCountries].filter(({ plans: own, wider }) => own.length + wider.length > 0);
  return { all, countries };
}

/** An address of its own, also where a country is called so, another region is ("EU", "EU+"), or the name is all signs. */
function regionSlug(name: string, countrySlugs: ReadonlySet<string>, taken: Set<string>): string {
  const plain = slugOf(name) || "region";
  const first = countrySlugs.has(plain) ? `${plain}-region` : plain;
  let slug = first;
  for (let number = 2; taken.has(slug); number += 1) slug = `${first}-${number}`;
  taken.add(slug);
  return slug;
}

/** The countries that most people travel to stand first. */
const POPULAR = new Set(["ES", "IT", "FR", "JP", "US", "GB", "TH", "TR", "PT", "GR", "DE", "MX"]);

export type NameOf = (destination: Pick<Destination, "iso2" | "name">, language: PageLanguage) => string;

export function destinationInfo(
  destination: Destination,
  language: PageLanguage,
  nameOf: NameOf,
): DestinationInfo {
  const { slug, iso2, name, plans, wider } = destination;
  const [first] = plans.length > 0 ? plans : wider;
  if (first === undefined) throw new Error(`The destination ${slug} has no plan`);
  return {
    slug,
    name: nameOf(destination, language),
    iso2,
    words:
      iso2 === null
        ? regionWords(name)
        : countryWords(iso2)
            .map(plainText)
            .filter((word) => word !== plainText(name)),
    from: first.price,
    isPopular: iso2 !== null && POPULAR.has(iso2),
    countries: iso2 === null ? new Set(plans.flatMap(({ coverage }) => coverage)).size : 1,
  };
}

export function planInfo(plan: Plan, language: PageLanguage, terms: TermsOf): PlanInfo {
  const { id, data_gb, duration_days, is_unlimited, description, price, carrier, region, coverage } = plan;
  return {
    id,
    data_gb,
    duration_days,
    is_unlimited,
    description,
    price,
    carrier: { name: carrier.name },
    region: region === null ? null : regionNameIn(region, language),
    regionSlug: region === null ? null : slugOf(region),
    coverage,
    ...terms(id),
  };
}

/** The countries of a region's plans, by name, each with its page. */
export function coveredPlaces(
  { all }: Destinations,
  destination: Destination,
  language: PageLanguage,
): PlaceLink[] {
  if (destination.iso2 !== null) return [];
  const covered = new Set(destination.plans.flatMap(({ coverage }) => coverage));
  return all
    .flatMap(({ iso2, slug, name }) =>
      iso2 !== null && covered.has(iso2) ? [{ slug, name: countryNameIn(iso2, name, language) }] : [],
    )
    .sort((a, b) => a.name.localeCompare(b.name, language));
}

/** Countries that the name of a region promises and in which none of its plans works, by name. */
export function countriesLeftOut({ name, iso2, plans }: Destination, language: PageLanguage): string[] {
  const covered = new Set(plans.flatMap(({ coverage }) => coverage));
  const promised = iso2 === null ? (countriesOfRegion(name) ?? []) : [];
  return promised
    .filter((code) => !covered.has(code))
    .map((code) => countryNameIn(code, findIsoCountry(code)?.name ?? code, language))
    .sort((a, b) => a.localeCompare(b, language));
}

/**
 * The address that a country or region is at, by what else it may be called: an ISO code, a name in either language, an
 * old spelling. Undefined when nothing is called so.
 */
export function slugFor({ all }: Destinations, wanted: string): string | undefined {
  const plain = slugOf(wanted);
  const found = all.find(
    ({ slug, iso2, name }) =>
      slug === plain ||
      slugOf(name) === plain ||
      iso2?.toLowerCase() === plain ||
      (iso2 === null ? regionWords(name) : countryWords(iso2)).some((word) => slugOf(word) === plain),
  );
  return found?.slug;
}
