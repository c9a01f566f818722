import type { Db } from "../../../db/database.js";
import { AppError } from "../../../kernel/errors.js";
import { listPlansById } from "../catalog-read-model.js";
import { type PlanView, planView } from "../catalog-views.js";
import { type LeftOut, type PlannedTrip, planTrip, type TripOption } from "./plan-trip.js";
import type { AskedTrip } from "./trip-query.js";
import { listTripPlans } from "./trip-store.js";

/** One statement's answer is in memory; no shop has so many plans for twelve countries. */
const PLANS_MAX = 10_000;

export interface FoundOption {
  readonly plans: readonly PlanView[];
  readonly option: TripOption;
}

export interface FoundTrips {
  readonly trip: AskedTrip;
  readonly options: readonly FoundOption[];
  readonly leftOut: readonly LeftOut[];
  readonly uncovered: readonly string[];
}

export type FindTrips = (trip: AskedTrip) => Promise<FoundTrips>;

/** What a traveller can buy for a trip, from what is on sale at this moment: two statements, whatever is asked. */
export function makeFindTrips({ db }: { readonly db: Db }): FindTrips {
  return async (trip) => {
    const plans = await listTripPlans(db, trip.countries, trip.currency, PLANS_MAX + 1);
    if (plans.length > PLANS_MAX) throw tooMany();
    const planned = planTrip(trip, plans);
    const ids = [...new Set(planned.options.flatMap((option) => option.plans.map(({ id }) => id)))];
    const rows = ids.length === 0 ? [] : await listPlansById(db, trip.currency, ids);
    return foundTrips(trip, planned, new Map(rows.map((row) => [row.id, planView(row)])));
  };
}

function foundTrips(trip: AskedTrip, planned: PlannedTrip, views: ReadonlyMap<number, PlanView>): FoundTrips {
  const options = planned.options.map((option) => ({
    option,
    plans: option.plans.flatMap(({ id }) => views.get(id) ?? []),
  }));
  return {
    trip,
    // What went off sale or changed its price between the two statements is not offered.
    options: options.filter(({ option, plans }) =>
      option.plans.every(({ id, minor }) =>
        plans.some((plan) => plan.id === id && plan.price.amount_minor_units === minor),
      ),
    ),
    leftOut: planned.leftOut,
    uncovered: planned.uncovered,
  };
}

const tooMany = (): AppError =>
  new AppError(
    "validation_failed",
    `More than ${PLANS_MAX} plans work in these countries. Name fewer countries.`,
    { errors: [{ pointer: "/query/country", message: "names countries with too many plans" }] },
  );
