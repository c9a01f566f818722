import type { Db } from "../../db/database.js";
import { type Body, makeBody, makeBodyCache } from "../../http/body-cache.js";
import type { Clock } from "../../kernel/clock.js";
import { exponentOf, isCurrencyCode } from "../../kernel/money.js";
import { findPlan, listCountries, listPlans, type PlanFilter } from "./catalog-read-model.js";
import { type PlanView, planView } from "./catalog-views.js";

const TTL_MILLIS = 1_000;
const ENTRIES_MAX = 128;

export interface Browsing {
  /** The JSON array of GET /countries. */
  countries(prefix: string): Promise<Body>;
  /** The JSON array of GET /plans. */
  plans(filter: PlanFilter): Promise<Body>;
  plan(id: number, currency: string): Promise<PlanView | undefined>;
  /** Called after every change that this process makes to the catalogue. */
  forget(): void;
}

/**
 * What travellers look at. Lists may be up to a second old; the price that is charged never comes from here, an
 * order reads it from the database in its own statement.
 */
export function makeBrowsing({ db, clock }: { readonly db: Db; readonly clock: Clock }): Browsing {
  const cache = makeBodyCache({ ttlMillis: TTL_MILLIS, entriesMax: ENTRIES_MAX, clock });
  return {
    countries: (prefix) => {
      const key = prefix.toLowerCase();
      return cache.get(`countries ${key}`, () => listCountries(db, key));
    },
    plans: (filter) => {
      // Not a currency, or not a country code: nothing is offered, and nothing needs to be asked.
      if (!isCurrencyCode(filter.currency) || !isCountryCode(filter.country)) return Promise.resolve(EMPTY);
      return cache.get(`plans ${JSON.stringify(filter)}`, async () => {
        const rows = await listPlans(db, filter, 10 ** exponentOf(filter.currency));
        return rows.map(planView);
      });
    },
    plan: async (id, currency) => {
      const row = await findPlan(db, id, currency);
      return row === undefined ? undefined : planView(row);
    },
    forget: cache.clear,
  };
}

const EMPTY = makeBody([]);
const isCountryCode = (code: string | null): boolean => code === null || /^[A-Z]{2}$/.test(code);
