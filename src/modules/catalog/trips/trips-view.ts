import { type Static, Type } from "typebox";
import { PlanView, PriceView, priceView } from "../catalog-views.js";
import type { FoundTrips } from "./find-trips.js";
import { leftOutWords, optionWords } from "./trip-words.js";

const REASONS = ["not_in_currency", "too_short", "too_little_data", "no_better", "dearer"] as const;

export const TripsView = Type.Object(
  {
    options: Type.Array(
      Type.Object({
        plans: Type.Array(PlanView, { description: "Each is ordered by itself" }),
        covers: Type.Array(Type.String(), { description: "The countries of the trip" }),
        total: PriceView,
        why: Type.String(),
      }),
      {
        description:
          "The cheapest first. Each works in all the countries, for all the days, with the data asked",
      },
    ),
    left_out: Type.Array(
      Type.Object({
        plan_id: Type.Integer(),
        name: Type.String(),
        code: Type.Unsafe<(typeof REASONS)[number]>({ type: "string", enum: [...REASONS] }),
        why: Type.String(),
      }),
      { description: "Plans that work in one of the countries and are in no option; at most 200" },
    ),
    left_out_total: Type.Integer(),
    uncovered: Type.Array(Type.String(), { description: "Countries in which nothing on sale fits" }),
  },
  { title: "Trips" },
);
export type TripsView = Static<typeof TripsView>;

const LEFT_OUT_MAX = 200;

export function tripsView(found: FoundTrips): TripsView {
  const { trip, options, leftOut, uncovered } = found;
  return {
    options: options.map(({ plans, option }) => ({
      plans: [...plans],
      covers: [...trip.countries],
      total: priceView(trip.currency, option.totalMinor),
      why: optionWords(found, option),
    })),
    left_out: leftOut.slice(0, LEFT_OUT_MAX).map(({ plan, reason }) => ({
      plan_id: plan.id,
      name: plan.name,
      code: reason.code,
      why: leftOutWords(reason, trip),
    })),
    left_out_total: leftOut.length,
    uncovered: [...uncovered],
  };
}
