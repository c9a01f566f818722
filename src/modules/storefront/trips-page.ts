import type { LeftOutCode, PageLanguage, TripResult, TripsData } from "../../../web/src/page-contract.js";
import type { Queryable } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import {
  countryNameIn,
  countryWords,
  type FoundTrips,
  type makeFindTrips,
  plainText,
  priceView,
  readTrip,
  regionsWith,
  TRIP_COUNTRIES_MAX,
  TRIP_DAYS_MAX,
  TRIP_GB_MAX,
} from "../catalog/catalog.module.js";
import { listCountries } from "../catalog/catalog-read-model.js";
import { planInfo } from "./destinations.js";
import type { FindTerms, TermsOf } from "./find-terms.js";

/** What the address of the page says, as it came. */
export interface TripAddress {
  readonly countries: readonly string[];
  readonly days: string | null;
  readonly gb: string | null;
}

export interface TripsPageDeps {
  readonly db: Queryable;
  readonly findTrips: ReturnType<typeof makeFindTrips>;
  readonly findTerms: FindTerms;
}

/** What the form shows before anything was asked. */
const USUAL = { countries: [], days: 7, gb: 5 } as const;
const LIMITS = { countries: TRIP_COUNTRIES_MAX, days: TRIP_DAYS_MAX, gb: TRIP_GB_MAX };

export async function findTripsData(
  { db, findTrips, findTerms }: TripsPageDeps,
  address: TripAddress,
  request: { readonly language: PageLanguage; readonly currency: string },
): Promise<TripsData> {
  const { language, currency } = request;
  const countries = (await listCountries(db, ""))
    .map(({ iso2, name }) => ({
      iso2,
      name: countryNameIn(iso2, name, language),
      words: [...countryWords(iso2), ...regionNamesWith(iso2)].map(plainText),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, language));
  const names = new Map(countries.map(({ iso2, name }) => [iso2, name]));
  const nameOf = (iso2: string): string => names.get(iso2) ?? countryNameIn(iso2, iso2, language);
  const data = { kind: "trips", countries, limits: LIMITS } as const;
  const { countries: typed, days: typedDays, gb: typedGb } = address;
  if (typed.length === 0 && typedDays === null && typedGb === null) {
    return { ...data, asked: USUAL, result: null, isRefused: false };
  }
  const known = [...new Set(typed.map((code) => code.toUpperCase()))].filter((code) => names.has(code));
  const days = numberOf(typedDays, /^\d{1,4}$/);
  const gb = numberOf(typedGb, /^\d{1,6}(\.\d{1,10})?$/) ?? 0;
  const asked = { countries: known, days: days ?? USUAL.days, gb };
  if (!isTrip(typed, days, gb, typedGb)) return { ...data, asked, result: null, isRefused: true };
  try {
    const trip = readTrip({ countries: typed, days: asked.days, gb, currency });
    const found = await findTrips(trip);
    const [only = null, ...others] = trip.countries;
    const country = others.length === 0 ? only : null;
    const terms = await findTerms(
      found.options.flatMap(({ plans }) => plans),
      country,
    );
    const result = tripResult(found, language, nameOf, terms);
    return { ...data, asked: { ...asked, countries: trip.countries }, result, isRefused: false };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...data, asked, result: null, isRefused: true };
  }
}

/** "Balkans" or "Balcanes" shows the countries there. */
const regionNamesWith = (iso2: string): readonly string[] =>
  regionsWith(iso2).flatMap(({ region, name_es: spanish = region }) => [...new Set([region, spanish])]);

function isTrip(
  countries: readonly string[],
  days: number | undefined,
  gb: number,
  typedGb: string | null,
): boolean {
  const hasGb =
    typedGb === null || typedGb === "" || numberOf(typedGb, /^\d{1,6}(\.\d{1,10})?$/) !== undefined;
  return (
    countries.length >= 1 &&
    countries.length <= TRIP_COUNTRIES_MAX &&
    days !== undefined &&
    days >= 1 &&
    days <= TRIP_DAYS_MAX &&
    hasGb &&
    gb <= TRIP_GB_MAX
  );
}

const numberOf = (text: string | null, form: RegExp): number | undefined =>
  text !== null && form.test(text) ? Number(text) : undefined;

function tripResult(
  { trip, options, leftOut, uncovered }: FoundTrips,
  language: PageLanguage,
  nameOf: (iso2: string) => string,
  terms: TermsOf,
): TripResult {
  const least = options[0]?.option.totalMinor ?? 0;
  const counts = new Map<LeftOutCode, number>();
  for (const { reason } of leftOut) counts.set(reason.code, (counts.get(reason.code) ?? 0) + 1);
  return {
    options: options.map(({ plans, option }) => ({
      plans: plans.map((plan) => ({
        ...planInfo(plan, language, terms),
        worksIn: trip.countries.filter((iso2) => plan.coverage.includes(iso2)).map(nameOf),
      })),
      total: priceView(trip.currency, option.totalMinor),
      moreThanCheapest:
        option.totalMinor === least ? null : priceView(trip.currency, option.totalMinor - least),
    })),
    uncovered: uncovered.map(nameOf),
    leftOut: [...counts].map(([code, count]) => ({ code, count })),
  };
}
