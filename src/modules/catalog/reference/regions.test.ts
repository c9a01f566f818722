import { afterEach, describe, expect, it } from "vitest";
import { findIsoCountry } from "../country-names.js";
import { makeDemoCatalog } from "../demo-catalog.js";
import {
  countriesOfRegion,
  OWN_REGIONS,
  regionIn,
  regionNameIn,
  regionNames,
  regionOfCountries,
  regionsWith,
  regionWords,
  useRegions,
} from "./regions.js";

afterEach(() => useRegions([]));

describe("the regions that come with the program", () => {
  it("are sets of countries of ISO 3166-1, each set once, sorted, with a name in both languages", () => {
    for (const { region, name_es: spanish, countries } of OWN_REGIONS.rows) {
      expect([region, spanish]).toEqual([region, expect.stringMatching(/./)]);
      expect([region, countries.filter((iso2) => findIsoCountry(iso2) === undefined)]).toEqual([region, []]);
      expect([region, countries]).toEqual([region, [...new Set(countries)].sort()]);
    }
    const sets = OWN_REGIONS.rows.map(({ countries }) => countries.join(" "));
    expect(new Set(sets).size).toBe(sets.length);
    expect(OWN_REGIONS.source).not.toBe("");
    expect(OWN_REGIONS.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it("hold every country of a continent in the whole world, and no other", () => {
    const continents = ["Europe", "Asia", "Africa", "Americas", "Oceania"];
    const all = new Set(continents.flatMap((name) => countriesOfRegion(name) ?? []));
    expect(countriesOfRegion("Global")).toEqual([...all].sort());
    expect(regionsWith("ES").map(({ region }) => region)).toEqual(["Europe", "European Union"]);
  });

  it("promise every country in which a region's plan of the demo shop works", () => {
    for (const { region, countries } of makeDemoCatalog().plans) {
      const known = region === null ? countries : (countriesOfRegion(region) ?? []);
      expect([region, countries.filter((iso2) => !known.includes(iso2))]).toEqual([region, []]);
    }
  });

  it("are called by their names in Spanish and found by what else they are called", () => {
    expect(regionNameIn("Southeast Asia", "es")).toBe("Sudeste Asiático");
    expect(regionNameIn("World", "es")).toBe("Todo el mundo");
    expect(regionNameIn("Southeast Asia", "en")).toBe("Southeast Asia");
    expect(regionNameIn("Our Places", "es")).toBe("Our Places");
    expect(regionWords("Europe")).toEqual(["Europe", "Europa"]);
    expect(regionWords("Our Places")).toEqual(["Our Places"]);
    expect(regionNames("es")).toMatchObject({ Europe: "Europa", "Asia-Pacific": "Asia-Pacífico" });
    expect(regionNames("es")).not.toHaveProperty("Benelux");
    expect(regionNames("en")).toEqual({});
  });

  it.each([
    ["Eurolink 5 GB", undefined],
    ["European plan, 33 countries", "Europe"],
    ["EU 10 GB", "European Union"],
    ["Eastern Europe 3 GB", "Eastern Europe"],
    ["SOUTH-EAST ASIA 1GB", "Southeast Asia"],
    ["Australasia 5 GB", undefined],
    ["Sudeste asiático", "Southeast Asia"],
    ["World 20 GB", "Global"],
    ["Global (Europe, Asia, Middle East)", "Global"],
    ["A package", undefined],
  ])("a title %s means %s", (title, region) => {
    expect(regionIn([title])).toBe(region);
  });

  it("name a set of exactly their countries, in any order", () => {
    expect(regionOfCountries(["SE", "DK", "NO"])).toBe("Scandinavia");
    expect(regionOfCountries(["SE", "DK"])).toBeUndefined();
  });
});

describe("imported regions", () => {
  it("come on top of ours, and replace the set of one that has the same name", () => {
    useRegions([
      { region: "Europe", countries: ["ES", "FR"] },
      { region: "Iberia", name_es: "Península Ibérica", also: ["Hispania"], countries: ["ES", "PT"] },
      { region: "The North", countries: ["DK", "NO", "SE"] },
    ]);
    expect(countriesOfRegion("europe")).toEqual(["ES", "FR"]);
    expect(regionNameIn("Europe", "es")).toBe("Europa");
    expect(regionOfCountries(["FR", "ES"])).toBe("Europe");
    expect(regionOfCountries(["PT", "ES"])).toBe("Iberia");
    expect(regionOfCountries(["DK", "NO", "SE"])).toBe("The North");
    expect(regionNameIn("Iberia", "es")).toBe("Península Ibérica");
    expect(regionIn(["Hispania 5 GB"])).toBe("Iberia");
    expect(regionsWith("PT").map(({ region }) => region)).toEqual(["European Union", "Iberia"]);
  });
});
