import type { Region } from "./reference-files.js";

/** What an operator has imported: regions as sets of countries. */
let bySet: ReadonlyMap<string, string> = new Map();

const setOf = (countries: readonly string[]): string => [...countries].sort().join(" ");

/** Said once, when a process starts. */
export function useRegions(regions: readonly Region[]): void {
  bySet = new Map(regions.map(({ region, countries }) => [setOf(countries), region]));
}

/** What these countries together are called; undefined when nobody has said. */
export const regionOfCountries = (countries: readonly string[]): string | undefined =>
  bySet.get(setOf(countries));
