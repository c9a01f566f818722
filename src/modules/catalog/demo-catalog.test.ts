import { Value } from "typebox/value";
import { expect, test } from "vitest";
import { findIsoCountry } from "./country-names.js";
import { makeDemoCatalog } from "./demo-catalog.js";
import { PlanDraft, planProblems } from "./plan-draft.js";

const catalog = makeDemoCatalog();

test("the demo shop has at least 60 countries and 200 plans, unlimited and regional ones too", () => {
  expect(new Set(catalog.countries.map(({ iso2 }) => iso2)).size).toBeGreaterThanOrEqual(60);
  expect(catalog.countries.length).toBe(new Set(catalog.countries.map(({ name }) => name)).size);
  expect(catalog.plans.length).toBeGreaterThanOrEqual(200);
  expect(catalog.plans.filter((plan) => plan.data_gb === null).length).toBeGreaterThan(10);
  expect(catalog.plans.filter(({ region }) => region !== null).length).toBeGreaterThan(10);
});

test("every plan passes the validation of the API", () => {
  for (const plan of catalog.plans) {
    expect([...Value.Errors(PlanDraft, plan)]).toEqual([]);
    const problems = planProblems({
      data_gb: plan.data_gb,
      is_unlimited: plan.data_gb === null,
      hasCountry: plan.country !== null,
      region: plan.region,
      coverageCount: plan.countries.length,
      currencies: Object.keys(plan.prices),
    });
    expect(problems).toEqual([]);
  }
});

test("every plan has its own SKU, and whole positive prices in USD, EUR and JPY", () => {
  expect(new Set(catalog.plans.map(({ sku }) => sku)).size).toBe(catalog.plans.length);
  for (const { prices } of catalog.plans) {
    expect(Object.keys(prices)).toEqual(["USD", "EUR", "JPY"]);
    for (const minor of Object.values(prices)) expect(Number.isInteger(minor) && minor > 0).toBe(true);
  }
});

test("more data for the same days never costs less", () => {
  const placeOf = (plan: PlanDraft): string => `${plan.country ?? plan.region}/${plan.duration_days}`;
  for (const place of new Set(catalog.plans.map(placeOf))) {
    const prices = catalog.plans
      .filter((plan) => placeOf(plan) === place)
      .sort((a, b) => (a.data_gb ?? 1e9) - (b.data_gb ?? 1e9))
      .map((plan) => plan.prices.USD ?? 0);
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
  }
});

test("every country is sold, and every region's countries are in the shop", () => {
  const known = new Set(catalog.countries.map(({ iso2 }) => iso2));
  const sold = new Set(catalog.plans.map(({ country }) => country));
  expect([...known].filter((iso2) => !sold.has(iso2))).toEqual([]);
  for (const { countries } of catalog.plans) expect(countries.filter((iso2) => !known.has(iso2))).toEqual([]);
});

test("countries are called what travellers call them", () => {
  expect(findIsoCountry("US")).toEqual({ iso2: "US", iso3: "USA", name: "United States" });
  expect(findIsoCountry("TW")?.name).toBe("Taiwan");
  expect(findIsoCountry("KR")?.name).toBe("South Korea");
  expect(findIsoCountry("ZZ")).toBeUndefined();
});
