/**
 * Owns: what suppliers sell and the runs that bring it into the catalogue, price rules in every form that they had,
 *   exchange rates.
 * Promises: a price by rule is exact, explains itself, and leaves the cost after the card fee, or there is none and it
 *   says why; a catalogue that is not read whole changes nothing; a large change waits for a person; each step is
 *   applied once, and never to a plan that was changed meanwhile.
 * Never: a supplier or an address of rates asked while somebody waits; a change of a plan that a person made.
 */
import type { Config } from "../../config/config.js";
import type { CurrentSetting } from "../../config/run-time-settings.js";
import type { Db } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import type { EsimSupplier } from "../../providers/esim/port.js";
import type { ReadAddress } from "../../providers/receiver/port.js";
import type { Events } from "../../telemetry/events.js";
import type { Logger } from "../../telemetry/log.js";
import type { PriceProblem } from "../catalog/catalog.module.js";
import { type Jobs, joinJobs } from "../jobs/jobs.module.js";
import { makeExplainPlanPrice } from "./pricing/explain-price.js";
import { makeManageRules } from "./pricing/manage-rules.js";
import { makeSimulateRules } from "./pricing/simulate-rules.js";
import { FETCH_RATES, makeFetchRates } from "./rates/fetch-rates.js";
import { makeImportRates } from "./rates/import-rates.js";
import { daysBetween } from "./rates/rate-book.js";
import { readRates } from "./rates/rate-store.js";
import { registerAdminPlanPrice } from "./routes/admin-plan-price.js";
import { registerAdminPriceRules } from "./routes/admin-price-rules.js";
import { registerAdminSyncs } from "./routes/admin-syncs.js";
import { type CloseUnpaidOrders, makeApplySync } from "./sync/apply-sync.js";
import { makeRequestSync } from "./sync/request-sync.js";
import { makeSyncCatalogue, type SyncReport } from "./sync/sync-catalogue.js";
import { makeSyncJobs } from "./sync/sync-jobs.js";
import { findSync, listSyncs, SYNC_WAITS } from "./sync/sync-read-model.js";

export interface SupplyDeps {
  readonly db: Db;
  readonly config: Config;
  readonly setting: CurrentSetting;
  readonly priceProblem: PriceProblem;
  /** For the work of jobs. */
  readonly reservedDb: Db;
  readonly suppliers: readonly EsimSupplier[];
  readonly events: Events;
  readonly log: Logger;
  readonly wakeWorkers: () => void;
  readonly closeUnpaidOrders: CloseUnpaidOrders;
  readonly readAddress: ReadAddress;
  /** Called after plans were changed. */
  readonly onChanged: () => void;
}

export interface SupplyModule {
  registerRoutes(app: Server): void;
  readonly jobs: Jobs;
}

export function makeSupplyModule(deps: SupplyDeps): SupplyModule {
  const { db, reservedDb, config, priceProblem, log } = deps;
  const limits = config.supply.rates;
  const pricing = { db, limits, priceProblem };
  const syncJobs = makeSyncJobs({
    syncCatalogue: makeSyncCatalogue({
      ...deps,
      db: reservedDb,
      limits,
      maxChangePercent: () => deps.setting("sync_max_change_percent"),
    }),
    applySync: makeApplySync({ ...deps, db: reservedDb }),
    log,
    everyHours: config.supply.syncHours,
  });
  return {
    jobs: joinJobs(syncJobs, fetchRatesJobs(deps)),
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
      registerAdminSyncs(app, {
        request: makeRequestSync(deps),
        list: (request) => listSyncs(db, request),
        find: (id) => findSync(db, id),
      });
      registerAdminPlanPrice(app, makeExplainPlanPrice(pricing));
    },
  };
}

function fetchRatesJobs({ reservedDb, config, readAddress, events, log }: SupplyDeps): Jobs {
  const { rates } = config.supply;
  if (rates.url === null) return { handlers: {} };
  const importRates = makeImportRates({ db: reservedDb, limits: rates });
  return FETCH_RATES.handledBy(
    makeFetchRates({ url: rates.url, read: readAddress, importRates, events, log }),
  );
}

export type { SyncReport };
export { makeApplySync, makeImportRates, makeSyncCatalogue, SYNC_WAITS };
