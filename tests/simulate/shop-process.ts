import type { Config } from "../../src/config/config.js";
import type { SettingName } from "../../src/config/run-time-settings.js";
import type { Db } from "../../src/db/database.js";
import {
  deliveriesWaitForMoney,
  ESIM_IS_UNUSED,
  makeEsimsModule,
  makeInstallVault,
  provisioningFollowsPayment,
  takeBackFollowsRefund,
  topUpFollowsPayment,
} from "../../src/modules/esims/esims.module.js";
import type { JobHandler } from "../../src/modules/jobs/jobs.module.js";
import {
  makeOrdersModule,
  orderFollowsPayment,
  orderFollowsRefund,
} from "../../src/modules/orders/orders.module.js";
import { makePaymentJobs } from "../../src/modules/payments/payment-jobs.js";
import { makePaymentUseCases } from "../../src/modules/payments/payment-use-cases.js";
import type { EsimSupplier } from "../../src/providers/esim/port.js";
import type { PaymentProvider } from "../../src/providers/payment/port.js";
import { makeEvents } from "../../src/telemetry/events.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";

export type ShopProcess = ReturnType<typeof makeShopProcess>;

/** One process of the shop as compose/ wires it, without HTTP: its use cases are called as its routes call them. */
export function makeShopProcess(deps: {
  readonly config: Config;
  readonly db: Db;
  readonly provider: PaymentProvider;
  readonly suppliers: readonly EsimSupplier[];
}) {
  const { config, db } = deps;
  const log = makeLog({ level: "silent", format: "json" });
  const metrics = makeMetrics();
  const events = makeEvents(log, metrics.registry);
  const setting = (name: SettingName) => config.settings[name].value;
  const common = { config, setting, db, reservedDb: db, events, metrics, log, wakeWorkers: () => undefined };
  const payments = makePaymentUseCases({
    ...common,
    providers: [deps.provider],
    followUps: [orderFollowsPayment, provisioningFollowsPayment, topUpFollowsPayment],
    refundFollowUps: [orderFollowsRefund, takeBackFollowsRefund, ...deliveriesWaitForMoney],
    hasOtherApprover: async () => false,
    takeBackEsim: (...order) => esims.takeBackEsim(...order),
    esimIsUnused: ESIM_IS_UNUSED,
  });
  const vault = makeInstallVault({ keys: config.secrets.encryptionKeys, indexKey: config.secrets.indexKey });
  const esims = makeEsimsModule({
    ...common,
    vault,
    suppliers: deps.suppliers,
    clientAddressOf: () => "127.0.0.1",
    rereadIntent: payments.rereadIntent,
    refundUndeliverable: payments.refundUndeliverable,
  });
  const orders = makeOrdersModule({
    ...common,
    releaseUnpaid: payments.releaseUnpaid,
    clientOf: () => ({ address: "127.0.0.1", network: "127.0.0.1" }),
    offer: esims.offer,
    topUpOffer: esims.topUpOffer,
  });
  const paymentJobs = makePaymentJobs({
    ...payments,
    reconcileDue: async () => {
      await payments.reconcile({ since: null, applies: true, intervalMinutes: null });
    },
    expireRefundApprovals: async () => undefined,
    forgetRefundKeys: async () => undefined,
  });
  const handlers: Readonly<Record<string, JobHandler>> = {
    ...paymentJobs.handlers,
    ...esims.jobs.handlers,
    ...orders.jobs.handlers,
  };
  return { payments, esims, orders, handlers };
}
