import { expect, test } from "vitest";
import type { Plan } from "./api.js";
import { destinationsOf, flagOf, matches, ownPlans, priceText } from "./destinations.js";

const plan = (over: Partial<Plan>): Plan => ({
  id: 1,
  name: "x",
  description: "",
  data_gb: 5,
  duration_days: 30,
  is_unlimited: false,
  price_usd: 6.5,
  price: { currency: "USD", amount_minor_units: 650, amount_major: "6.50" },
  country_id: 1,
  carrier_id: 1,
  country: { id: 1, iso2: "ES", name: "Spain" },
  carrier: { id: 1, name: "Acme" },
  region: null,
  coverage: ["ES"],
  ...over,
});
const europe = plan({ id: 2, country: null, country_id: null, region: "Europe", coverage: ["ES", "FR"] });
const countries = [
  { id: 2, iso2: "FR", name: "France" },
  { id: 1, iso2: "ES", name: "Spain" },
  { id: 3, iso2: "CL", name: "Chile" },
];

test("a country is offered its own plans and those of its regions; one without plans is left out", () => {
  const found = destinationsOf(countries, [plan({}), europe]);
  expect(found.map(({ key, plans }) => [key, plans.map(({ id }) => id)])).toEqual([
    ["region:Europe", [2]],
    ["FR", [2]],
    ["ES", [1, 2]],
  ]);
  expect(found.map((one) => ownPlans(one).map(({ id }) => id))).toEqual([[2], [2], [1]]);
});

test("typing finds by word, code and without accents", () => {
  const one = { key: "TR", name: "Türkiye del Sur", iso2: "TR", plans: [] };
  for (const typed of ["", "turk", "Tür", "tr", "sur", " DEL "]) expect(matches(one, typed)).toBe(true);
  for (const typed of ["urk", "x", "t r"]) expect(matches(one, typed)).toBe(false);
});

test("a price has its currency's sign and exactly its decimals", () => {
  expect(priceText(plan({}))).toBe("$6.50");
  expect(priceText({ price: { currency: "JPY", amount_minor_units: 980, amount_major: "980" } })).toBe(
    "¥980",
  );
  expect(flagOf("ES")).toBe("🇪🇸");
});
