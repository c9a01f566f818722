import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planTrip, type Trip, type TripPlan } from "./plan-trip.js";
import { gbText, readTrip, thousandthsOf } from "./trip-query.js";

const COUNTRIES = ["ES", "MA", "FR", "PT", "IT"];
const trip = (over: Partial<Trip> = {}): Trip => ({
  countries: ["ES", "MA"],
  days: 12,
  thousandthsGb: 8_000,
  ...over,
});
const plan = (id: number, over: Partial<TripPlan> = {}): TripPlan => ({
  id,
  name: `Plan ${id}`,
  days: 30,
  thousandthsGb: 10_000,
  minor: 1_000,
  covers: ["ES"],
  ...over,
});
const setsOf = (planned: ReturnType<typeof planTrip>) =>
  planned.options.map(({ plans, totalMinor }) => [totalMinor, plans.map(({ id }) => id)]);

describe("a trip through Spain and Morocco, 12 days, 8 GB", () => {
  it("is the cheapest set, then the dearer ones, and why the others are none", () => {
    const planned = planTrip(trip(), [
      plan(1, { minor: 900 }),
      plan(2, { covers: ["MA"], minor: 1_200 }),
      plan(3, { covers: ["ES", "MA"], minor: 2_500, thousandthsGb: null }),
      plan(4, { days: 7, minor: 300 }),
      plan(5, { thousandthsGb: 5_000, minor: 400 }),
      plan(6, { minor: null }),
      plan(7, { minor: 950 }),
    ]);
    expect(setsOf(planned)).toEqual([
      [2_100, [1, 2]],
      [2_500, [3]],
    ]);
    expect(planned.leftOut.map(({ plan: { id }, reason }) => [id, reason.code])).toEqual([
      [4, "too_short"],
      [5, "too_little_data"],
      [7, "no_better"],
      [6, "not_in_currency"],
    ]);
    expect(planned.uncovered).toEqual([]);
  });

  it("names the country in which nothing fits, and offers nothing", () => {
    const planned = planTrip(trip(), [plan(1), plan(2, { covers: ["MA"], days: 5 })]);
    expect(planned).toMatchObject({ options: [], uncovered: ["MA"] });
  });

  it("shows the one eSIM for the whole trip even when ten sets are cheaper", () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      plan(index + 1, { minor: 100 + index, thousandthsGb: 8_000 + index }),
    );
    const planned = planTrip(trip(), [
      ...many,
      plan(50, { covers: ["MA"], minor: 100 }),
      plan(60, { covers: ["ES", "MA"], minor: 9_000, thousandthsGb: null }),
    ]);
    expect(planned.options).toHaveLength(11);
    expect(setsOf(planned).at(-1)).toEqual([9_000, [60]]);
    expect(planned.leftOut.map(({ reason }) => reason.code)).toEqual(["dearer", "dearer"]);
  });
});

const plans = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 1_000 }),
    name: fc.constant("A plan"),
    days: fc.integer({ min: 5, max: 15 }),
    thousandthsGb: fc.option(fc.integer({ min: 4_000, max: 12_000 }), { freq: 4 }),
    minor: fc.option(fc.integer({ min: 1, max: 60 }), { freq: 9 }),
    covers: fc.subarray(COUNTRIES, { minLength: 1 }),
  }),
  { maxLength: 9, selector: ({ id }) => id },
);
const trips = fc.record({
  countries: fc.subarray(COUNTRIES, { minLength: 1 }),
  days: fc.integer({ min: 5, max: 12 }),
  thousandthsGb: fc.integer({ min: 0, max: 9_000 }),
});

const fits = ({ days, thousandthsGb }: Trip, one: TripPlan): boolean =>
  one.minor !== null && one.days >= days && (one.thousandthsGb ?? Infinity) >= thousandthsGb;

/** Every set of fitting plans that covers the trip, without one that covers it still when a plan is taken away. */
function everyCover(asked: Trip, all: readonly TripPlan[]): TripPlan[][] {
  const fitting = all.filter((one) => fits(asked, one));
  const covers = (set: readonly TripPlan[]) =>
    asked.countries.every((country) => set.some((one) => one.covers.includes(country)));
  const sets = Array.from({ length: 1 << fitting.length }, (_, bits) =>
    fitting.filter((_plan, index) => (bits & (1 << index)) !== 0),
  );
  return sets.filter(
    (set) => covers(set) && set.every((one) => !covers(set.filter((other) => other !== one))),
  );
}

const totalOf = (set: readonly TripPlan[]): number => set.reduce((sum, { minor }) => sum + (minor ?? 0), 0);

describe("planTrip against every set there is", () => {
  it("offers nothing when nothing covers the trip, else the cheapest first, each covering all, none with a surplus", () => {
    fc.assert(
      fc.property(trips, plans, (asked, all) => {
        const planned = planTrip(asked, all);
        const sets = everyCover(asked, all);
        const totals = planned.options.map(({ totalMinor }) => totalMinor);
        expect(planned.uncovered.length > 0).toBe(sets.length === 0);
        expect(totals[0]).toBe(sets.length === 0 ? undefined : Math.min(...sets.map(totalOf)));
        expect(totals).toEqual([...totals].sort((a, b) => a - b));
        const keys = new Set(
          sets.map((set) =>
            set
              .map(({ id }) => id)
              .sort((a, b) => a - b)
              .join(" "),
          ),
        );
        for (const option of planned.options) {
          expect(totalOf(option.plans)).toBe(option.totalMinor);
          expect(keys).toContain(
            option.plans
              .map(({ id }) => id)
              .sort((a, b) => a - b)
              .join(" "),
          );
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it("accounts for each plan once: in an option, or left out with a reason that is true", () => {
    fc.assert(
      fc.property(trips, plans, (asked, all) => {
        const planned = planTrip(asked, all);
        const shown = new Set(planned.options.flatMap((option) => option.plans.map(({ id }) => id)));
        const out = planned.leftOut.map(({ plan: { id } }) => id);
        expect([...shown, ...out].sort((a, b) => a - b)).toEqual(
          all.map(({ id }) => id).sort((a, b) => a - b),
        );
        for (const { plan: one, reason } of planned.leftOut) {
          if (reason.code !== "no_better") continue;
          const better = all.find(({ id }) => id === reason.planId) as TripPlan;
          expect(fits(asked, better)).toBe(true);
          expect(better.minor).toBeLessThanOrEqual(one.minor ?? 0);
          expect(better.days).toBeGreaterThanOrEqual(one.days);
          for (const country of one.covers.filter((code) => asked.countries.includes(code))) {
            expect(better.covers).toContain(country);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is the same in whatever order the plans come, and a dearer plan makes no trip cheaper", () => {
    fc.assert(
      fc.property(trips, plans, fc.nat(), (asked, all, pick) => {
        const planned = planTrip(asked, all);
        expect(setsOf(planTrip(asked, [...all].reverse()))[0]?.[0]).toEqual(setsOf(planned)[0]?.[0]);
        const dearer = all.map((one, index) =>
          index === pick % Math.max(all.length, 1) && one.minor !== null
            ? { ...one, minor: one.minor + 7 }
            : one,
        );
        const [before] = planned.options;
        const [after] = planTrip(asked, dearer).options;
        expect(after?.totalMinor ?? 0).toBeGreaterThanOrEqual(before?.totalMinor ?? 0);
      }),
      { numRuns: 500 },
    );
  });

  it("answers for twelve countries and thousands of plans in bounded work", () => {
    const countries = Array.from({ length: 12 }, (_, index) => String.fromCharCode(65 + index).repeat(2));
    const many = Array.from({ length: 5_000 }, (_, id) =>
      plan(id + 1, {
        minor: 500 + ((id * 7_919) % 4_001),
        thousandthsGb: 8_000 + ((id * 31) % 997),
        days: 12 + (id % 17),
        covers: countries.filter((_country, bit) => (((id * 2_654_435_761) >>> 5) & (1 << bit)) !== 0),
      }),
    );
    const startedAt = process.cpuUsage();
    const planned = planTrip(trip({ countries }), many);
    const { user } = process.cpuUsage(startedAt);
    expect(planned.options.length).toBeGreaterThanOrEqual(1);
    expect(user / 1_000).toBeLessThan(1_500);
  });
});

describe("the query of a trip", () => {
  it.each([
    [8, 8_000],
    [8.001, 8_001],
    [8.0001, 8_001],
    [0.1, 100],
    [0, 0],
  ])("%s GB are %i thousandths, never fewer than asked", (gb, thousandths) => {
    expect(thousandthsOf(gb)).toBe(thousandths);
  });

  it("writes thousandths as a person does", () => {
    expect([8_000, 8_001, 500, 12_340].map(gbText)).toEqual(["8", "8.001", "0.5", "12.34"]);
  });

  it("takes a country once, in either case, and refuses what is none", () => {
    const query = { countries: ["es", "ES", "ma"], days: 3, gb: 1, currency: "usd" };
    expect(readTrip(query)).toMatchObject({ countries: ["ES", "MA"], currency: "USD" });
    expect(() => readTrip({ ...query, countries: ["ES", "ZZ"] })).toThrow(/query\/country\/1/);
    expect(() => readTrip({ ...query, currency: "XXX" })).toThrow(/query\/currency/);
  });
});
