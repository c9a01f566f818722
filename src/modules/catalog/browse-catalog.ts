import type { Db } from "../../db/database.js";
import { type Body, makeBody, makeBodyCache, makeTextBody } from "../../http/body-cache.js";
import type { Clock } from "../../kernel/clock.js";
import { isCurrencyCode } from "../../kernel/money.js";
import {
  findPlan,
  listCountries,
  listPlanIds,
  listPlanPages,
  listPlans,
  type PlanFilter,
} from "./catalog-read-model.js";
import { type PlanRow, type PlanView, planView } from "./catalog-views.js";
import { makeFindTrips } from "./trips/find-trips.js";
import type { AskedTrip } from "./trips/trip-query.js";
import { tripsView } from "./trips/trips-view.js";

const TTL_MILLIS = 1_000;
const ENTRIES_MAX = 128;
/** Some megabytes each, so few of them are kept, and none that is larger; making one takes a part of a second. */
const LONG_LISTS_MAX = 4;
const LONG_LIST_TTL_MILLIS = 5_000;
const LONG_LIST_PLANS_MAX = 10_000;

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
 * What travellers look at. Lists may be up to a second old, those of more than a thousand plans five; the price that is charged never comes from here, an
 * order reads it from the database in its own statement.
 */
export function makeBrowsing({ db, clock }: { readonly db: Db; readonly clock: Clock }): Browsing {
  const cache = makeBodyCache({ ttlMillis: TTL_MILLIS, entriesMax: ENTRIES_MAX, clock });
  const longLists = makeBodyCache({
    ttlMillis: LONG_LIST_TTL_MILLIS,
    entriesMax: LONG_LISTS_MAX,
    clock,
    bodyOf: (text: string) => makeTextBody(text),
  });
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
      if (!body.plain.equals(TOO_LONG)) return body;
      const long = await longLists.get(JSON.stringify(filter), () => longListText(db, filter));
      return long.plain.length === 0 ? jsonArray(listPlanPages(db, filter)) : long;
    },
    plan: async (id, currency) => {
      const row = await findPlan(db, id, currency);
      return row === undefined ? undefined : planView(row);
    },
    trips: (trip) => cache.get(`trips ${JSON.stringify(trip)}`, async () => tripsView(await findTrips(trip))),
    forget() {
      cache.clear();
      longLists.clear();
    },
  };
}

const EMPTY = makeBody([]);
/** What is kept of a list that is not. */
const TOO_LONG = Buffer.from("null");

/** Read in pages, so that others have their turn; empty for a list that is not kept. */
async function longListText(db: Db, filter: PlanFilter): Promise<string> {
  const ids = await listPlanIds(db, filter);
  if (ids.length > LONG_LIST_PLANS_MAX) return "";
  const pieces: string[] = [];
  for await (const piece of jsonArray(listPlanPages(db, filter, ids))) pieces.push(piece);
  return pieces.join("");
}

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
