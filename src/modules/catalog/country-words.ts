import { readFileSync } from "node:fs";
import { LANGUAGES, type Language } from "../../kernel/language.js";
import { findIsoCountry } from "./country-names.js";

const VARIANTS = JSON.parse(
  readFileSync(new URL("./data/country-variants.json", import.meta.url), "utf8"),
) as Readonly<Record<string, readonly string[] | string>>;

const NAMES: Readonly<Record<Language, Intl.DisplayNames>> = {
  en: new Intl.DisplayNames("en", { type: "region" }),
  es: new Intl.DisplayNames("es", { type: "region" }),
};

/** What an operator has imported on top (reference/), by country. */
let imported: ReadonlyMap<string, readonly ImportedName[]> = new Map();

interface ImportedName {
  readonly country: string;
  /** Empty: what it is also called. */
  readonly language: Language | "";
  readonly name: string;
}

/** Said once, when a process starts: names that are found and shown beside ours. */
export function useCountryNames(names: readonly ImportedName[]): void {
  const byCountry = new Map<string, ImportedName[]>();
  for (const one of names) byCountry.set(one.country, [...(byCountry.get(one.country) ?? []), one]);
  imported = byCountry;
}

const variantsOf = (iso2: string): readonly string[] => {
  const variants = VARIANTS[iso2];
  const own = Array.isArray(variants) ? variants : [];
  return [...own, ...(imported.get(iso2) ?? []).map(({ name }) => name)];
};

/** The country as readers of the language call it; the catalogue's own name is the English one. */
export function countryNameIn(iso2: string, name: string, language: Language): string {
  if (language === "en") return name;
  const known =
    imported.get(iso2)?.find((one) => one.language === language)?.name ?? NAMES[language].of(iso2);
  return known === undefined || known === iso2 ? name : known;
}

/** Every name by which somebody may look for the country, beside the catalogue's own. */
export function countryWords(iso2: string): readonly string[] {
  const names = LANGUAGES.map((language) => NAMES[language].of(iso2) ?? iso2);
  return [...new Set([...names, findIsoCountry(iso2)?.name ?? iso2, ...variantsOf(iso2)])].filter(
    (name) => name !== iso2,
  );
}

/** The country's part of an address; it stays when the catalogue calls the country otherwise. */
export const countrySlug = (iso2: string, name: string): string => slugOf(findIsoCountry(iso2)?.name ?? name);

/** "Côte d'Ivoire" is "cote-d-ivoire". */
export function slugOf(name: string): string {
  return plainText(name)
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
}

/** Without case and accents. */
export const plainText = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase()
    .trim();

/** As people type it: letters that no accent makes from another (ß, ø, ł), "&", "St." and points are spelled out. */
const SPELLED: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  ł: "l",
  æ: "ae",
  œ: "oe",
  ı: "i",
  đ: "d",
  "&": "and",
};

/** Without blanks and the signs that names are written with or without. Others, such as wildcards, are literal. */
const typedText = (text: string): string =>
  plainText(text)
    .replace(/[ßøłæœıđ&]/g, (letter) => SPELLED[letter] ?? letter)
    .replace(/^(?:st|san|santa)[. ]\s*(?=\p{L})/u, "saint")
    .replace(/[\s.,()'’/-]/g, "");

/** Whether the country is found by the beginning of one of its names, or of its code. */
export function isFoundBy(country: { readonly iso2: string; readonly name: string }, typed: string): boolean {
  if (typed.trim() === "") return true;
  const wanted = typedText(typed);
  // Nothing but signs is no beginning of a name.
  if (wanted === "") return false;
  return [country.iso2, country.name, ...countryWords(country.iso2)].some((name) =>
    typedText(name).startsWith(wanted),
  );
}
