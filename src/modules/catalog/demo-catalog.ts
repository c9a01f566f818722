import { readFileSync } from "node:fs";
import { findIsoCountry, type IsoCountry } from "./country-names.js";
import type { PlanDraft } from "./plan-draft.js";

export interface DemoCatalog {
  readonly countries: readonly IsoCountry[];
  readonly carriers: readonly string[];
  readonly plans: readonly PlanDraft[];
}

interface DemoData {
  readonly carriers: Readonly<Record<string, string>>;
  /** Cents for a weight of 100, by price level. */
  readonly levels: readonly number[];
  readonly regionLevel: number;
  readonly offers: Readonly<Record<string, readonly string[]>>;
  readonly regionOffers: readonly string[];
  readonly weights: Readonly<Record<string, number>>;
  readonly countries: Readonly<Record<string, readonly (readonly [string, number, string])[]>>;
  readonly regions: readonly {
    readonly name: string;
    readonly code: string;
    readonly areas?: readonly string[];
    readonly only?: readonly string[];
    readonly premium: number;
  }[];
}

const BASE_CENTS = 150;

/** The demo shop: the same countries, plans and prices on every machine. */
export function makeDemoCatalog(): DemoCatalog {
  const data = JSON.parse(
    readFileSync(new URL("./data/demo-catalog.json", import.meta.url), "utf8"),
  ) as DemoData;
  const areas = Object.entries(data.countries);
  const countries = areas.flatMap(([, rows]) => rows.map(([iso2]) => countryOf(iso2)));
  return {
    countries,
    carriers: Object.values(data.carriers),
    plans: [...areas.flatMap(([area, rows]) => countryPlans(data, area, rows)), ...regionPlans(data)],
  };
}

function countryPlans(
  data: DemoData,
  area: string,
  rows: DemoData["countries"][string],
): readonly PlanDraft[] {
  return rows.flatMap(([iso2, level, offers]) =>
    (data.offers[offers] ?? []).map((size) => ({
      ...planOf(size, iso2, countryOf(iso2).name, data.levels[level] ?? 0, data),
      country: iso2,
      region: null,
      countries: [],
      carrier: data.carriers[area] ?? "",
    })),
  );
}

function regionPlans(data: DemoData): readonly PlanDraft[] {
  return data.regions.flatMap(({ name, code, areas = [], only = [], premium }) => {
    const members = areas.flatMap((area) => (data.countries[area] ?? []).map(([iso2]) => iso2));
    const coverage = [...members, ...only].sort();
    return data.regionOffers.map((size) => ({
      ...planOf(size, code, name, data.regionLevel + premium, data),
      country: null,
      region: name,
      countries: coverage,
      carrier: data.carriers.roaming ?? "",
    }));
  });
}

/** A size is "5x30" (5 GB, 30 days) or "ux10" (unlimited, 10 days). */
function planOf(size: string, code: string, place: string, rate: number, data: DemoData) {
  const [amount = "", days = ""] = size.split("x");
  const dataGb = amount === "u" ? null : Number(amount);
  const durationDays = Number(days);
  const label = dataGb === null ? "Unlimited" : `${dataGb} GB`;
  return {
    sku: `${code}-${dataGb === null ? "UNLIMITED" : `${dataGb}GB`}-${durationDays}D`,
    name: `${place} ${label}, ${durationDays} days`,
    // Pages show it as it is in both languages, and say by themselves what it could say.
    description: "",
    data_gb: dataGb,
    duration_days: durationDays,
    paused_reason: null,
    prices: pricesOf(BASE_CENTS + Math.round((rate * (data.weights[size] ?? 0)) / 100)),
  };
}

/** Whole numbers throughout: half dollars, tenths of a euro, tens of yen, at rates that a shop would pick by hand. */
function pricesOf(cents: number): Readonly<Record<string, number>> {
  const usd = Math.round(cents / 50) * 50;
  return {
    USD: usd,
    EUR: Math.round((usd * 92) / 1_000) * 10,
    JPY: Math.round((usd * 15) / 100) * 10,
  };
}

function countryOf(iso2: string): IsoCountry {
  const country = findIsoCountry(iso2);
  if (country === undefined) throw new Error(`The demo catalogue names ${iso2}, which is not in ISO 3166-1`);
  return country;
}
