import { readFileSync } from "node:fs";
import type { Language } from "../../../kernel/language.js";
import { plainText } from "../country-words.js";
import type { ReferenceFile, Region } from "./reference-files.js";

/** The sets that come with the program. */
export const OWN_REGIONS: ReferenceFile<"regions"> = JSON.parse(
  readFileSync(new URL("../data/regions.json", import.meta.url), "utf8"),
);

interface KnownRegions {
  /** Each region once, under each of its names without case and accents. */
  readonly byName: ReadonlyMap<string, Region>;
  readonly bySet: ReadonlyMap<string, string>;
  /** What titles are searched for. The longest first: "Southeast Asia" is not "Asia". */
  readonly inTitles: readonly { readonly region: string; readonly pattern: RegExp }[];
}

const setOf = (countries: readonly string[]): string => [...countries].sort().join(" ");

const namesOf = ({ region, name_es: spanish, also = [] }: Region): readonly string[] => [
  ...new Set([region, ...(spanish === undefined ? [] : [spanish]), ...also]),
];

/** A title that says so means it, whatever parts it lists. */
const WHOLE_WORLD = "Global";
const isWhole = ({ region }: Region): boolean => region === WHOLE_WORLD;

/** From the beginning of a word: Australasia is not Asia. "European" is Europe, but "Eurolink" is not the EU. */
function wordsOf(name: string, { region }: Region): RegExp {
  const words = plainText(name).replace(/[^\p{L}\p{N}]+/gu, "[^\\p{L}\\p{N}]+");
  return new RegExp(`(?<![\\p{L}\\p{N}])${words}${name === region ? "" : "(?![\\p{L}\\p{N}])"}`, "u");
}

let known = knownRegions([]);

/** Said once, when a process starts: what an operator has imported. It replaces the set of a region that we know too. */
export function useRegions(imported: readonly Region[]): void {
  known = knownRegions(imported);
}

function knownRegions(imported: readonly Region[]): KnownRegions {
  const regions = new Map(OWN_REGIONS.rows.map((row) => [plainText(row.region), row]));
  for (const row of imported) {
    const own = regions.get(plainText(row.region));
    regions.set(plainText(row.region), { ...own, ...row });
  }
  const all = [...regions.values()];
  const byName = new Map(all.flatMap((row) => namesOf(row).map((name) => [plainText(name), row] as const)));
  // A region's own name before what another is also called.
  for (const row of all) byName.set(plainText(row.region), row);
  return {
    byName,
    bySet: new Map([...all, ...imported].map(({ region, countries }) => [setOf(countries), region])),
    inTitles: all
      .flatMap((row) => namesOf(row).map((name) => ({ row, name })))
      .sort((a, b) => Number(isWhole(b.row)) - Number(isWhole(a.row)) || b.name.length - a.name.length)
      .map(({ row, name }) => ({ region: row.region, pattern: wordsOf(name, row) })),
  };
}

/** What these countries together are called; undefined when nobody has said. */
export const regionOfCountries = (countries: readonly string[]): string | undefined =>
  known.bySet.get(setOf(countries));

/** The region that one of the titles names; undefined when none does. */
export function regionIn(titles: readonly string[]): string | undefined {
  const text = plainText(titles.join(" | "));
  return known.inTitles.find(({ pattern }) => pattern.test(text))?.region;
}

/** What the catalogue calls a region, as readers of the language call it. */
export function regionNameIn(name: string, language: Language): string {
  if (language === "en") return name;
  return known.byName.get(plainText(name))?.name_es ?? name;
}

/** Every name by which somebody may look for the region, the catalogue's own among them. */
export function regionWords(name: string): readonly string[] {
  const found = known.byName.get(plainText(name));
  return [...new Set([name, ...(found === undefined ? [] : namesOf(found))])];
}

/** The countries that the name promises; undefined for a region that nobody has described. */
export const countriesOfRegion = (name: string): readonly string[] | undefined =>
  known.byName.get(plainText(name))?.countries;

/** The regions that a country belongs to, but for the one of all countries. */
export const regionsWith = (iso2: string): readonly Region[] =>
  [...new Set(known.byName.values())].filter((row) => !isWhole(row) && row.countries.includes(iso2));

/** The names of all regions that differ from the catalogue's, for pages that the browser draws. */
export function regionNames(language: Language): Readonly<Record<string, string>> {
  const regions = [...new Set(known.byName.values())];
  const names = regions.flatMap((row) =>
    [row.region, ...(row.also ?? [])].map((name) => [name, regionNameIn(name, language)] as const),
  );
  return Object.fromEntries(names.filter(([name, shown]) => name !== shown));
}
