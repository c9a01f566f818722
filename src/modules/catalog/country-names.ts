import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * ISO 3166-1 from i18n-iso-countries, English only: the package's own entry loads eighty languages, which costs
 * memory that a server has better use for.
 */
const iso: {
  registerLocale(locale: unknown): void;
  getName(code: string, language: string): string | undefined;
  alpha2ToAlpha3(code: string): string | undefined;
} = require("i18n-iso-countries/index.js");
iso.registerLocale(require("i18n-iso-countries/langs/en.json"));

/** What travellers call the place where the ISO list has a formal or a disputed long form. */
const SHOWN_AS: Readonly<Record<string, string>> = {
  CD: "DR Congo",
  CG: "Congo",
  CI: "Côte d'Ivoire",
  CN: "China",
  CZ: "Czechia",
  FK: "Falkland Islands",
  FM: "Micronesia",
  GM: "Gambia",
  IR: "Iran",
  MD: "Moldova",
  MF: "Saint Martin",
  MK: "North Macedonia",
  PS: "Palestine",
  RU: "Russia",
  SX: "Sint Maarten",
  TW: "Taiwan",
  TZ: "Tanzania",
  US: "United States",
  VA: "Vatican City",
  VG: "British Virgin Islands",
  VI: "U.S. Virgin Islands",
};

export interface IsoCountry {
  readonly iso2: string;
  readonly iso3: string | null;
  readonly name: string;
}

/** A country by its ISO 3166-1 alpha-2 code in capitals; undefined for a code that ISO has not assigned. */
export function findIsoCountry(iso2: string): IsoCountry | undefined {
  const official = iso.getName(iso2, "en");
  if (official === undefined) return undefined;
  return { iso2, iso3: iso.alpha2ToAlpha3(iso2) ?? null, name: SHOWN_AS[iso2] ?? official };
}
