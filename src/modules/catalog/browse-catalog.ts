import type { Db } from "../../db/database.js";
import { type Body, makeBody, makeBodyCache } from "../../http/body-cache.js";
import type { Clock } from "../../kernel/clock.js";
import { isCurrencyCode } from "../../kernel/money.js";
import { findPlan, listCountries, listPlanPages, listPlans, type PlanFilter } from "./catalog-read-model.js";
import { type PlanRow, type PlanView, planView } from "./catalog-views.js";
import { makeFindTrips } from "./trips/find-trips.js";
import type { AskedTrip } from "./trips/trip-query.js";
import { tripsView } from "./trips/trips-view.js";

const TTL_MILLIS = 1_000;
const ENTRIES_MAX = 128;

export interface Browsing {
  /** The JSON array of GET /countries. */
  countries(prefix: string): Promise<Body>;
  /** The JSON array of GET /plans: kept for many callers, or, when it is too long for that, in pieces. */
  plans(filter: PlanFilter): Promise<Body | AsyncGenerator<string>>;
  plan(id: number, currency: string): Promise<PlanView | undefined>;
  /** The JSON object of GET /trips. */
  trips(trip: AskedTrip): Promise<Body>;
  /** Called after every change that this process makes to the catalogue. */
  forget(): void;
}

/**
 * What travellers look at. Lists may be up to a second old; the price that is charged never comes from here, an
 * order reads it from the database in its own statement.
 */
export function makeBrowsing({ db, clock }: { readonly db: Db; readonly clock: Clock }): Browsing {
  const cache = makeBodyCache({ ttlMillis: TTL_MILLIS, entriesMax: ENTRIES_MAX, clock });
  const findTrips = makeFindTrips({ db });
  return {
    countries: (prefix) => {
      const key = prefix.toLowerCase();
      return cache.get(`countries ${key}`, () => listCountries(db, key));
    },
    async plans(filter) {
      // Not a currency, or not a country code: nothing is offered, and nothing needs to be asked.
      if (!isCurrencyCode(filter.currency) || !isCountryCode(filter.country)) return EMPTY;
      const body = await cache.get(`plans ${JSON.stringify(filter)}`, async () => {
        const rows = await listPlans(db, filter);
        return rows?.map(planView) ?? null;
      });
      return body.plain.equals(TOO_LONG) ? jsonArray(listPlanPages(db, filter)) : body;
    },
    plan: async (id, currency) => {
      const row = await findPlan(db, id, currency);
      return row === undefined ? undefined : planView(row);
    },
    trips: (trip) => cache.get(`trips ${JSON.stringify(trip)}`, async () => tripsView(await findTrips(trip))),
    forget: cache.clear,
  };
}

const EMPTY = makeBody([]);
/** What is kept of a list that is not. */
const TOO_LONG = Buffer.from("null");

async function* jsonArray(pages: AsyncIterable<readonly PlanRow[]>): AsyncGenerator<string> {
  let before = "[";
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield before + page.map((row) => JSON.stringify(planView(row))).join(",");
    before = ",";
  }
  yield before === "[" ? "[]" : "]";
}

const isCountryCode = (code: string | null): boolean => code === null || /^[A-Z]{2}$/.test(code);
