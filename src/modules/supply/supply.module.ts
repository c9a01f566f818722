/**
 * Owns: price rules in every form that they had, and exchange rates.
 * Promises: a price by rule is exact, explains itself, and leaves the cost after the card fee, or there is none and it
 *   says why; no price is made with a rate that is too old.
 * Never: a call to the outside while somebody waits; a changed price that no audit row tells of.
 */
import type { Config } from "../../config/config.js";
import type { Db } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import type { PriceProblem } from "../catalog/catalog.module.js";
import { makeExplainPlanPrice } from "./pricing/explain-price.js";
import { makeManageRules } from "./pricing/manage-rules.js";
import { makeSimulateRules } from "./pricing/simulate-rules.js";
import { makeImportRates } from "./rates/import-rates.js";
import { daysBetween } from "./rates/rate-book.js";
import { readRates } from "./rates/rate-store.js";
import { registerAdminPlanPrice } from "./routes/admin-plan-price.js";
import { registerAdminPriceRules } from "./routes/admin-price-rules.js";

export interface SupplyDeps {
  readonly db: Db;
  readonly config: Config;
  readonly priceProblem: PriceProblem;
}

export interface SupplyModule {
  registerRoutes(app: Server): void;
  readonly jobs: { readonly handlers: Readonly<Record<string, never>> };
}

export function makeSupplyModule({ db, config, priceProblem }: SupplyDeps): SupplyModule {
  const limits = config.supply.rates;
  const pricing = { db, limits, priceProblem };
  return {
    jobs: { handlers: {} },
    registerRoutes(app) {
      registerAdminPriceRules(app, {
        manage: makeManageRules({ db }),
        simulate: makeSimulateRules(pricing),
        listRates: async () => {
          const { rates, today } = await readRates(db);
          return rates.map((rate) => ({
            ...rate,
            isFresh: daysBetween(rate.as_of, today) <= limits.maxAgeDays,
          }));
        },
      });
      registerAdminPlanPrice(app, makeExplainPlanPrice(pricing));
    },
  };
}

export { makeImportRates };
