import { amountMajor } from "../../../kernel/money.js";
import type { FoundTrips } from "./find-trips.js";
import type { LeftOutReason, TripOption, TripPlan } from "./plan-trip.js";
import { type AskedTrip, gbText } from "./trip-query.js";

/** Why an option is one: what it consists of, and how it compares with the cheapest. */
export function optionWords({ trip, options }: FoundTrips, option: TripOption): string {
  const [cheapest] = options;
  const more = option.totalMinor - (cheapest?.option.totalMinor ?? option.totalMinor);
  const rank =
    more === 0
      ? "No set that fits costs less."
      : `${trip.currency} ${amountMajor(more, trip.currency)} more than the cheapest.`;
  return `${compositionWords(trip, option)} ${rank}`;
}

function compositionWords(trip: AskedTrip, { plans }: TripOption): string {
  const parts = plans.map((plan) => `${plan.name} works in ${listWords(coveredOf(trip, plan))}`);
  const sizes = plans.length === 1 ? "It lasts" : "Each lasts";
  const count = plans.length === 1 ? "One eSIM" : `${plans.length} eSIMs`;
  const data = trip.thousandthsGb === 0 ? "" : ` and holds ${gbText(trip.thousandthsGb)} GB or more`;
  return `${count}: ${parts.join("; ")}. ${sizes} ${dayWords(trip.days)} or more${data} by itself.`;
}

export const coveredOf = ({ countries }: AskedTrip, { covers }: TripPlan): string[] =>
  countries.filter((country) => covers.includes(country));

const listWords = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

const dayWords = (days: number): string => (days === 1 ? "1 day" : `${days} days`);

export function leftOutWords(reason: LeftOutReason, { days, thousandthsGb, currency }: AskedTrip): string {
  switch (reason.code) {
    case "not_in_currency":
      return `It has no price in ${currency}.`;
    case "too_short":
      return `It lasts ${dayWords(reason.days)}, and ${dayWords(days)} are asked.`;
    case "too_little_data":
      return `It holds ${gbText(reason.thousandthsGb)} GB, and ${gbText(thousandthsGb)} GB are asked.`;
    case "no_better":
      return `${reason.name} (plan ${reason.planId}) gives at least as much in each of the countries and costs no more.`;
    case "dearer":
      return "The sets that it belongs to cost more than the options shown.";
  }
}
