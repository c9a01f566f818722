import type { Config } from "../../src/config/config.js";
import type { CurrentSetting } from "../../src/config/run-time-settings.js";
import type { Db } from "../../src/db/database.js";
import { systemClock } from "../../src/kernel/clock.js";
import { makeSealer } from "../../src/kernel/sealing.js";
import { makeAccessTokens } from "../../src/modules/auth/access-token.js";
import { makeLoginMail } from "../../src/modules/auth/login-mail.js";
import { makeLoginSecrets } from "../../src/modules/auth/login-secrets.js";
import { makeRefreshSession } from "../../src/modules/auth/refresh-session.js";
import { makeRefreshTokens } from "../../src/modules/auth/refresh-token.js";
import { makeRequestCode } from "../../src/modules/auth/request-code.js";
import { makeSessionCache } from "../../src/modules/auth/session-cache.js";
import { makeVerifyCode } from "../../src/modules/auth/verify-code.js";
import {
  deliveriesWaitForMoney,
  ESIM_IS_UNUSED,
  makeEsimsModule,
  makeInstallVault,
  provisioningFollowsPayment,
  takeBackFollowsRefund,
  topUpFollowsPayment,
} from "../../src/modules/esims/esims.module.js";
import { makeMarkInstalled } from "../../src/modules/esims/mark-installed.js";
import { makeDecideEsim } from "../../src/modules/esims/provisioning/decide-esim.js";
import { makeDecideTopUp } from "../../src/modules/esims/top-ups/decide-top-up.js";
import { joinJobs } from "../../src/modules/jobs/jobs.module.js";
import { makeMailModule, makeTextsIn } from "../../src/modules/mail/mail.module.js";
import { makeOrderTopUp } from "../../src/modules/orders/order-top-up.js";
import {
  makeOrdersModule,
  orderFollowsPayment,
  orderFollowsRefund,
} from "../../src/modules/orders/orders.module.js";
import { makeTopUpOrderStore } from "../../src/modules/orders/top-up-order-store.js";
import { makePaymentJobs } from "../../src/modules/payments/payment-jobs.js";
import { makePaymentUseCases } from "../../src/modules/payments/payment-use-cases.js";
import { makeReceiptMail } from "../../src/modules/payments/receipt-mail.js";
import { makeDeliverTo } from "../../src/modules/webhooks/deliver-events.js";
import { claimEndpoints, lookForWork } from "../../src/modules/webhooks/delivery-store.js";
import { numberEvents } from "../../src/modules/webhooks/event-store.js";
import { makeNoEarlyRefusal } from "../../src/providers/early-refusal/no-early-refusal.js";
import type { EsimSupplier } from "../../src/providers/esim/port.js";
import type { MailSender } from "../../src/providers/mail/port.js";
import type { PaymentProvider } from "../../src/providers/payment/port.js";
import type { Receiver } from "../../src/providers/receiver/port.js";
import { type Events, makeEvents } from "../../src/telemetry/events.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";

export type ShopProcess = ReturnType<typeof makeShopProcess>;

export interface ShopDeps {
  readonly config: Config;
  readonly db: Db;
  readonly providers: readonly PaymentProvider[];
  readonly suppliers: readonly EsimSupplier[];
  readonly sender: MailSender;
  readonly receiver: Receiver;
}

const NOWHERE = { write: (): void => undefined };

/**
 * One process of the shop as compose/ wires it, without HTTP: its use cases are called as its routes call them. Made anew
 * when it dies, since what it holds in memory is gone then.
 */
export function makeShopProcess(deps: ShopDeps) {
  const { config, db } = deps;
  const log = makeLog({ level: "silent", format: "json", sink: NOWHERE });
  const metrics = makeMetrics();
  const events = makeEvents(log, metrics.registry);
  const setting: CurrentSetting = (name) => config.settings[name].value;
  const wakeWorkers = (): void => undefined;
  const common = {
    config,
    setting,
    db,
    reservedDb: db,
    events,
    metrics,
    log,
    wakeWorkers,
    shop: config.shop,
  };
  const payments = makePaymentUseCases({
    ...common,
    providers: deps.providers,
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
    // Nobody is told that data runs low here, and the time zones take long to read.
    dayPlaces: () => ({}),
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
  const { caps } = config.orders;
  const orderTopUp = makeOrderTopUp({
    ...common,
    store: makeTopUpOrderStore(esims.topUpOffer, caps),
    ttlMinutes: () => setting("order_ttl_minutes") as number,
    caps,
  });
  const login = makeLogin(config, db, events);
  const textsIn = makeTextsIn({ ...config.shop, url: config.http.publicUrl });
  const mail = makeMailModule({
    ...common,
    isProduction: true,
    refreshSettings: async () => undefined,
    composers: [...esims.mails, makeReceiptMail(textsIn), makeLoginMail({ ...login, textsIn })],
    openSender: () => deps.sender,
  });
  const paymentJobs = makePaymentJobs({
    ...payments,
    reconcileDue: async () => {
      await payments.reconcile({
        since: null,
        applies: true,
        intervalMinutes: config.payments.reconcileIntervalMinutes,
      });
    },
    expireRefundApprovals: async () => undefined,
    noteRefundLimit: async () => undefined,
    forgetRefundKeys: async () => undefined,
  });
  const deliverTo = makeDeliverTo({
    db,
    sealer: makeSealer(config.secrets.encryptionKeys),
    receiver: deps.receiver,
    events,
    random: () => 0.5,
  });
  /** One look of webhook-work.ts. */
  const tellReceivers = async (): Promise<void> => {
    const { has_new, has_due } = await lookForWork(db);
    const numbered = has_new ? await numberEvents(db, 200) : 0;
    if (!has_due && numbered === 0) return;
    const stop = new AbortController().signal;
    await Promise.all((await claimEndpoints(db, 64, 60)).map((one) => deliverTo(one, stop)));
  };
  const { handlers } = joinJobs(paymentJobs, esims.jobs, orders.jobs, mail.jobs);
  return {
    payments,
    orders,
    orderTopUp,
    login,
    handlers: { ...handlers, tell_receivers: tellReceivers } as typeof handlers,
    markInstalled: makeMarkInstalled({ db }),
    decideEsim: makeDecideEsim({ db, wakeWorkers, suppliers: deps.suppliers }),
    decideTopUp: makeDecideTopUp({ db, wakeWorkers, suppliers: deps.suppliers }),
  };
}

function makeLogin(config: Config, db: Db, events: Events) {
  const { auth, secrets: keys } = config;
  const secrets = makeLoginSecrets({
    otpPepper: keys.otpPepper,
    cookieSecret: keys.cookieSecret,
    indexKey: keys.indexKey,
    sealer: makeSealer(keys.encryptionKeys),
    codeLength: auth.otp.length,
  });
  const accessTokens = makeAccessTokens({
    secrets: keys.jwtSecrets,
    lifetimeSeconds: auth.jwtExpirationMinutes * 60,
    clock: systemClock,
  });
  const refreshTokens = makeRefreshTokens(keys.cookieSecret);
  const sessionCache = makeSessionCache({ load: async () => undefined });
  const common = { db, secrets, accessTokens, refreshTokens, sessionCache, events };
  return {
    secrets,
    requestCode: makeRequestCode({
      ...common,
      limits: auth.limits,
      ttlMinutes: auth.otp.ttlMinutes,
      earlyRefusal: makeNoEarlyRefusal(),
      wakeWorkers: () => undefined,
    }),
    verifyCode: makeVerifyCode({ ...common, limits: auth.otp }),
    refreshSession: makeRefreshSession(common),
  };
}
