/** What suppliers write for a country that ISO 3166-1 names otherwise. */
const SUPPLIER_ALIASES: ReadonlyMap<string, string> = new Map([
  ["UK", "GB"],
  ["EL", "GR"],
]);

/** Alpha-2 codes, upper case, sorted, once each. Region codes such as "NA-3", "!GL" or "US-HI" are no countries. */
export function countryCodesOf(given: Iterable<unknown>): readonly string[] {
  const codes = new Set<string>();
  for (const value of given) {
    const text = typeof value === "string" ? value.trim().toUpperCase() : "";
    const code = SUPPLIER_ALIASES.get(text) ?? text;
    if (/^[A-Z]{2}$/.test(code)) codes.add(code);
  }
  return [...codes].sort();
}
