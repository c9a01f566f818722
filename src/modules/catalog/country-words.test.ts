import { describe, expect, it } from "vitest";
import { countryNameIn, countrySlug, isFoundBy, slugOf } from "./country-words.js";

describe("a country", () => {
  it.each([
    ["ES", "Spain", ["sp", "españa", "ESPANA", "es", "Canary"]],
    ["GB", "United Kingdom", ["uk", "england", "Inglaterra", "reino", "gb"]],
    ["TR", "Türkiye", ["turkey", "turkiye", "Türk", "turquia"]],
    ["NL", "Netherlands", ["holland", "Países", "paises"]],
    ["KR", "South Korea", ["korea", "corea del sur"]],
    ["CZ", "Czechia", ["czech republic", "chequia"]],
    ["US", "United States", ["U.S.", "u.s.a.", "EE.UU.", "EE. UU.", "eeuu", "united  states"]],
    ["CI", "Côte d'Ivoire", ["cote d ivoire", "cote divoire", "Côte d’Ivoire", "ivory"]],
    ["TT", "Trinidad and Tobago", ["trinidad & tobago", "tobago"]],
    ["LC", "Saint Lucia", ["st. lucia", "St Lucia", "santa lucia"]],
    ["DE", "Germany", ["deutschland", "alemania"]],
    ["AT", "Austria", ["osterreich", "Österreich"]],
    ["CH", "Switzerland", ["schweiz", "suisse", "suiza"]],
    ["BA", "Bosnia and Herzegovina", ["bosnia & herz", "bosnia"]],
  ])("%s is found by its names in both languages and by what else it is called", (iso2, name, typed) => {
    for (const text of typed) expect([text, isFoundBy({ iso2, name }, text)]).toEqual([text, true]);
  });

  it.each(["pain", "%", "&", ".", "'", "-", "_", "sp%", "\\", "xx"])("is not found by %s", (typed) => {
    expect(isFoundBy({ iso2: "ES", name: "Spain" }, typed)).toBe(false);
  });

  it("has one address in both languages, whatever the catalogue calls it", () => {
    expect(countrySlug("ES", "The Kingdom of Spain")).toBe("spain");
    expect(countrySlug("CI", "Ivory Coast")).toBe("cote-d-ivoire");
    expect(countrySlug("US", "USA")).toBe("united-states");
    expect(slugOf("  Türkiye & Co. ")).toBe("turkiye-co");
  });

  it("is called by its own name in Spanish", () => {
    expect(countryNameIn("ES", "Spain", "es")).toBe("España");
    expect(countryNameIn("ES", "Sunny Spain", "en")).toBe("Sunny Spain");
    expect(countryNameIn("QQ", "Nowhere", "es")).toBe("Nowhere");
  });
});
