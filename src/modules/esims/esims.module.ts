/**
 * Owns: eSIM profiles, top-ups, purchases at suppliers, stock, install links, and the record of who has seen a code.
 * Promises: a paid order ends in exactly one installable eSIM, in a refund, or in front of an operator with its
 *   evidence; nothing is bought twice; no code is shown to two people; codes are sealed at rest.
 * Never: a purchase without a committed attempt; another supplier before a definite no; a code in a log, a job's
 *   payload or an error.
 */
import type { FastifyRequest } from "fastify";
import type { Config } from "../../config/config.js";
import type { CurrentSetting } from "../../config/run-time-settings.js";
import type { Db } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import type { EsimSupplier } from "../../providers/esim/port.js";
import type { Events } from "../../telemetry/events.js";
import type { Logger } from "../../telemetry/log.js";
import type { Metrics } from "../../telemetry/metrics.js";
import { type Jobs, joinJobs } from "../jobs/jobs.module.js";
import { type LiveShop, makeTextsIn } from "../mail/mail.module.js";
import { makeActivateEsim } from "./activate-esim.js";
import { type CareDeps, makeCare } from "./care/care.js";
import { collectNoticesOf } from "./care/notice-store.js";
import { makeDelivery } from "./delivery/delivery.js";
import { ESIM_READY, ESIM_REMINDER, TOP_UP_DONE, TOP_UP_FAILED } from "./delivery/mail-kinds.js";
import { makeEsimOnWire } from "./esim-view.js";
import { type InstallSecrets, type InstallVault, makeInstallVault } from "./install-secrets.js";
import { makeLifeJobs } from "./life/life-jobs.js";
import { makeExpireUnused, makePollEsims, makeRefreshEsim } from "./life/refresh-esim.js";
import { makeTakeBackEsim, makeTakeBackSurplus, type TakeBackEsim } from "./life/take-back-esim.js";
import { ESIM_IS_UNUSED } from "./life/unused-esim.js";
import { makeMarkInstalled } from "./mark-installed.js";
import { makeDecideEsim } from "./provisioning/decide-esim.js";
import { forgetDecisionKeys } from "./provisioning/decision-keys.js";
import { makeOnRefusal } from "./provisioning/on-refusal.js";
import {
  provisioningFollowsPayment,
  takeBackFollowsRefund,
} from "./provisioning/provisioning-follows-payment.js";
import { freeCured, makeEsimJobs } from "./provisioning/provisioning-jobs.js";
import { noteRestoration } from "./purchase/note-restoration.js";
import { type BringOn, leaseSecondsFor, makePurchase } from "./purchase/purchase.js";
import { ESIM_PURCHASES, makeEsimSubject } from "./purchase/subjects/esim.js";
import { TOP_UP_PURCHASES } from "./purchase/subjects/top-up.js";
import { makeRevealLog } from "./reveal-log.js";
import { makeRotateKeys } from "./rotate-keys.js";
import { registerActivateEsim } from "./routes/activate-esim.js";
import { registerAdminEsims } from "./routes/admin-esims.js";
import { registerAdminInventory } from "./routes/admin-inventory.js";
import { registerAdminPlanSuppliers } from "./routes/admin-plan-suppliers.js";
import { registerAdminSuppliers } from "./routes/admin-suppliers.js";
import { registerReadEsims } from "./routes/read-esims.js";
import { registerShowQr } from "./routes/show-qr.js";
import { registerSupplierWebhook } from "./routes/supplier-webhook.js";
import { makeShowEsim } from "./show-esims.js";
import {
  HOLDING_LIMIT_CONSTRAINTS,
  makeOfferFragment,
  type OfferFragment,
} from "./stock/deliverable-offer.js";
import { type ImportStock, makeImportStock } from "./stock/import-stock.js";
import { makeStockShelf } from "./stock/stock-shelf.js";
import { listLowStock } from "./stock/stock-store.js";
import { makeLookBack, makeLookBackAtRefusals } from "./suppliers/bought-after-all.js";
import { makeChoosePlanSuppliers } from "./suppliers/choose-plan-suppliers.js";
import {
  type BoughtFrom,
  listPlanSuppliers,
  replaceSuppliersOfPlans,
} from "./suppliers/plan-supplier-store.js";
import { makeShowWebhookAddress } from "./suppliers/show-webhook-address.js";
import {
  makeApplySupplierEvent,
  makeReceiveSupplierWebhook,
  type SupplierEventsDeps,
} from "./suppliers/supplier-events.js";
import { noteSupplierHours } from "./suppliers/supplier-hour-store.js";
import {
  makeReadBalance,
  makeReadBalances,
  makeWatchPrices,
  type WatchDeps,
} from "./suppliers/watch-suppliers.js";
import { topUpFollowsPayment } from "./top-ups/top-up-jobs.js";
import type { TopUpOfferFragment, TopUpProblem } from "./top-ups/top-up-offer.js";
import { TOP_UP_STATES, type TopUpState } from "./top-ups/top-up-state.js";
import { makeTopUps } from "./top-ups/top-ups.js";
import { watchDeliveries } from "./watch-deliveries.js";
import { waitsForMoney } from "./withheld-money.js";

export interface EsimsDeps {
  readonly config: Config;
  readonly setting: CurrentSetting;
  readonly shop: LiveShop;
  readonly db: Db;
  readonly reservedDb: Db;
  readonly events: Events;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly wakeWorkers: () => void;
  /** Every supplier that is configured, the local and the stock one included. */
  readonly suppliers: readonly EsimSupplier[];
  readonly vault: InstallVault;
  /** The address of whoever sends a request, for suppliers that publish theirs. */
  readonly clientAddressOf: (request: FastifyRequest) => string;
  /** Asks the payment provider how the order's intent is now, and stores the answer. */
  readonly rereadIntent: (orderId: number) => Promise<unknown>;
  /** Gives the whole price of an order back that no supplier can deliver; safe to repeat. */
  readonly refundUndeliverable: (orderId: number, reason: string) => Promise<void>;
  /** Where it is day, by country and region; without it by the time zones that come with the program. */
  readonly dayPlaces?: CareDeps["dayPlaces"];
}

export function makeEsimsModule(deps: EsimsDeps) {
  const { config, db, reservedDb, events, log, vault } = deps;
  watchDeliveries(deps.metrics, reservedDb);
  const suppliers = new Map(deps.suppliers.map((one) => [one.id, one]));
  const provisionEsim = makeChain(deps, suppliers);
  const reveals = makeRevealLog(db, log);
  const showEsim = makeShowEsim({ db, vault, reveals });
  const textsIn = makeTextsIn(() => ({ ...deps.shop, url: config.http.publicUrl }));
  const esimOnWire = makeEsimOnWire(textsIn);
  const delivery = makeDelivery({ ...deps, publicUrl: config.http.publicUrl, textsIn, showEsim, esimOnWire });
  const activateEsim = makeActivateEsim({ db, log, provisionEsim, rereadIntent: deps.rereadIntent });
  const showing = { db, activateEsim, showEsim, esimOnWire, markInstalled: makeMarkInstalled({ db }) };
  const takingBack = { db: reservedDb, suppliers, provisionEsim, events };
  const takeBackOfProfile = makeTakeBackEsim(takingBack);
  const topUps = makeTopUps({ ...deps, suppliers, textsIn });
  const care = makeCare({ ...deps, textsIn, listTopUps: topUps.listTopUps });
  const takeBackEsim: TakeBackEsim = async (...order) =>
    (await topUps.takeBackTopUp(...order)) ?? takeBackOfProfile(...order);
  const refreshing = { db: reservedDb, suppliers, log, events };
  const refreshEsim = makeRefreshEsim(refreshing);
  const readBalance = makeReadBalance(refreshing);
  const { topUpEsim } = topUps;
  const { indexKey } = config.secrets;
  const reading = { refreshEsim, readBalance, lookBack: makeLookBack(refreshing) };
  const eventDeps = { ...deps, ...refreshing, ...reading, indexKey, provisionEsim, topUpEsim };
  const life = makeLife(eventDeps, config);
  const provisioning: Jobs = makeEsimJobs({
    takeBackEsim,
    takeBackSurplus: makeTakeBackSurplus(takingBack),
    db: reservedDb,
    provisionEsim,
    refundUndeliverable: deps.refundUndeliverable,
  });
  const jobs = joinJobs(provisioning, life, delivery.jobs, topUps.jobs, care.jobs);
  const offer = makeOfferFragment({
    defaultSupplier: defaultSupplierOf(config),
    suppliers: [...suppliers.keys()],
    stockHoldMinutes: config.orders.stockHoldMinutes,
  });
  const importStock = makeImportStock({ db, vault });
  return {
    jobs,
    mails: [...delivery.mails, ...care.mails],
    pageSamples: [...delivery.pageSamples, ...care.pageSamples],
    offer,
    topUpOffer: topUps.offer,
    importStock,
    provisionEsim,
    topUpEsim,
    takeBackEsim,
    /** Until when a supplier takes an eSIM back; one that is not configured any more takes none. */
    cancellableAt: (supplier: string) => suppliers.get(supplier)?.capabilities.cancellable ?? "never",
    async registerRoutes(app: Server): Promise<void> {
      registerActivateEsim(app, showing);
      registerReadEsims(app, showing);
      registerShowQr(app, showing);
      delivery.registerRoutes(app);
      topUps.registerRoutes(app);
      care.registerRoutes(app);
      registerAdministration(app, deps, importStock);
      await registerSupplierWebhook(app, {
        receive: makeReceiveSupplierWebhook(eventDeps),
        clientAddressOf: deps.clientAddressOf,
      });
      app.addHook("onClose", () => reveals.flush());
    },
  };
}

/** What happens after delivery, by the clock and by what suppliers say. */
function makeLife(deps: SupplierEventsDeps & WatchDeps, config: Config): Jobs {
  const { db, readBalance, refreshEsim, lookBack } = deps;
  return makeLifeJobs({
    applySupplierEvent: makeApplySupplierEvent(deps),
    pollEsims: makePollEsims(deps, refreshEsim),
    expireUnused: makeExpireUnused(deps),
    readBalances: makeReadBalances(deps, readBalance),
    watchPrices: makeWatchPrices(deps),
    noteSupplierHours: () => noteSupplierHours(db),
    freeCured: () => freeCured(db),
    lookBackAtRefusals: makeLookBackAtRefusals(deps, lookBack),
    forgetDecisionKeys: () => forgetDecisionKeys(db, config.orders.idempotencyKeyTtlHours),
  });
}

/** From a paid order to its eSIM. */
function makeChain(deps: EsimsDeps, suppliers: ReadonlyMap<string, EsimSupplier>): BringOn {
  const { config, reservedDb: db, events } = deps;
  return makePurchase(
    {
      db,
      suppliers,
      leaseSeconds: leaseSecondsFor(config.esims.suppliers.timeoutMillis),
      paceMillis: config.esims.paceMillis,
      events,
      wakeWorkers: deps.wakeWorkers,
    },
    makeEsimSubject({
      vault: deps.vault,
      events,
      ttlDays: config.esims.activationCodeTtlDays,
      defaultSupplier: defaultSupplierOf(config),
      onRefusal: makeOnRefusal({ db }),
    }),
  );
}

function registerAdministration(app: Server, deps: EsimsDeps, importStock: ImportStock): void {
  const { db, config, wakeWorkers } = deps;
  registerAdminEsims(app, {
    db,
    decideParked: makeDecideEsim({ db, wakeWorkers, suppliers: deps.suppliers }),
  });
  const supplierIds = deps.suppliers.map(({ id }) => id);
  registerAdminPlanSuppliers(app, {
    listPlanSuppliers: (planId) => listPlanSuppliers(db, planId),
    choosePlanSuppliers: makeChoosePlanSuppliers({ db, supplierIds, wakeWorkers }),
  });
  registerAdminSuppliers(app, {
    db,
    supplierIds,
    showWebhookAddress: makeShowWebhookAddress({
      db,
      suppliers: deps.suppliers,
      indexKey: config.secrets.indexKey,
      publicUrl: config.http.publicUrl,
    }),
  });
  registerAdminInventory(app, {
    importStock,
    listLowStock: (threshold) => listLowStock(db, threshold, config.esims.supplier === "stock"),
    bytesMax: config.http.csvImportBytesMax,
  });
}

function defaultSupplierOf(config: Config): "local" | "stock" | null {
  const { supplier } = config.esims;
  return supplier === "local" || supplier === "stock" ? supplier : null;
}

export const deliveriesWaitForMoney = [ESIM_PURCHASES, TOP_UP_PURCHASES].flatMap(waitsForMoney);

export type {
  BoughtFrom,
  ImportStock,
  InstallSecrets,
  InstallVault,
  OfferFragment,
  TakeBackEsim,
  TopUpOfferFragment,
  TopUpProblem,
  TopUpState,
};
export {
  collectNoticesOf,
  ESIM_IS_UNUSED,
  ESIM_READY,
  ESIM_REMINDER,
  HOLDING_LIMIT_CONSTRAINTS,
  makeImportStock,
  makeInstallVault,
  makeRotateKeys,
  makeStockShelf,
  noteRestoration,
  provisioningFollowsPayment,
  replaceSuppliersOfPlans,
  TOP_UP_DONE,
  TOP_UP_FAILED,
  TOP_UP_STATES,
  takeBackFollowsRefund,
  topUpFollowsPayment,
};
