/**
 * Owns: payments, webhook_events, refunds, disputes, reconciliation_runs and _findings, and the mock provider's books.
 * Promises: what the customer paid, what we recorded and what the provider says are the same in whatever order,
 *   number or delay messages arrive; where they cannot be the same an operator sees it. An order becomes paid only
 *   by money of its own provider, mode, amount and currency. No refund exceeds the capture.
 * Never: a provider called while a transaction is open; an unknown outcome settled by sending again blindly.
 */
import type { Config } from "../../config/config.js";
import type { Db } from "../../db/database.js";
import { statement } from "../../db/database.js";
import type { Guard, Server } from "../../http/server.js";
import type { PaymentProvider } from "../../providers/payment/port.js";
import type { Events } from "../../telemetry/events.js";
import type { Logger } from "../../telemetry/log.js";
import { makeApplyEvent } from "./apply-event.js";
import { makeCarryOnMoney } from "./carry-on-money.js";
import { makeCreatePayment } from "./create-payment.js";
import { makeFailUnpaid } from "./fail-unpaid.js";
import { makeFindIntent } from "./find-intent.js";
import { makeMockLedger } from "./mock-ledger-store.js";
import { makePaymentJobs } from "./payment-jobs.js";
import { makePaymentProviders } from "./payment-providers.js";
import { makeProceedRefund, type TakeBackEsim } from "./proceed-refund.js";
import { makeReceiveWebhook } from "./receive-webhook.js";
import { makeRecordAside } from "./record-aside.js";
import { makeRefundOrder } from "./refund-order.js";
import { forgetRefundKeys, makeRefundFollow } from "./refund-store.js";
import { makeRefundSurplus } from "./refund-surplus.js";
import { makeRefundUndeliverable } from "./refund-undeliverable.js";
import { makeReleaseUnpaid } from "./release-unpaid.js";
import { makeRereadPayment } from "./reread-payment.js";
import { registerCreatePayment } from "./routes/create-payment.js";
import { registerRefundOrder } from "./routes/refund-order.js";
import { registerWebhook } from "./routes/webhook.js";
import { makeSendReceipt, type SendMail } from "./send-receipt.js";
import { type FollowUp, makeSettleStore } from "./settle-store.js";

export interface PaymentsDeps {
  readonly config: Config;
  /** Connections that floods of reads cannot use up. */
  readonly reservedDb: Db;
  readonly events: Events;
  readonly log: Logger;
  readonly wakeWorkers: () => void;
  /** Those that are configured; in production the mock is not among them. */
  readonly providers: readonly PaymentProvider[];
  /** What a payment's move takes with it (settle-store.ts); one is called `order_moved`. */
  readonly followUps: readonly FollowUp[];
  /** What a full refund takes with it (refund-store.ts); one is called `order_refunded`. */
  readonly refundFollowUps: readonly FollowUp[];
  readonly takeBackEsim: TakeBackEsim;
  readonly sendMail: SendMail;
  readonly devGuard: Guard;
}

export type PaymentsModule = ReturnType<typeof makePaymentsModule>;

const AUTO_CONFIRM = statement(
  "payments.enqueue_auto_confirm",
  `select enqueue_job('reread_payment', json_build_object('payment_id', $1::bigint), null, now() + interval '1 second')`,
);

/** What every paid order needs from this room: its receipt, in the statement that pays it. */
const receiptFollowsPayment = `receipt_enqueued as (
  select enqueue_jobs(array['send_receipt'], json_build_object('order_id', id)) from order_moved where status = 'paid'
)`;

export function makePaymentsModule(deps: PaymentsDeps) {
  const { config, events, log, wakeWorkers } = deps;
  const { shopId, autoRefundMaxPerHour: maxPerHour } = config.payments;
  const db = deps.reservedDb;
  const providers = makePaymentProviders(deps.providers);
  const follow = makeRefundFollow(deps.refundFollowUps);
  const followUps = [...deps.followUps, receiptFollowsPayment];
  const recordAside = makeRecordAside({ db, follow });
  const store = makeSettleStore(followUps);
  const { applyEvent, applyWaiting, applyKept, replayEvent } = makeApplyEvent({
    db,
    store,
    providers,
    recordAside,
    shopId,
    events,
    wakeWorkers,
  });
  const findIntent = makeFindIntent({ db, providers, shopId });
  const { rereadPayment, rereadIntent } = makeRereadPayment({ db, providers, applyEvent, findIntent });
  const failUnpaid = makeFailUnpaid({ db, followUps });
  const releaseUnpaid = makeReleaseUnpaid({ db, providers, findIntent, applyEvent, failUnpaid });
  const refundDeps = { db, providers, follow, takeBackEsim: deps.takeBackEsim, shopId, events, wakeWorkers };
  const proceedRefund = makeProceedRefund(refundDeps);
  const refundOrder = makeRefundOrder({ db, proceedRefund });
  const refundUndeliverable = makeRefundUndeliverable({ db, proceedRefund });
  const refundSurplus = makeRefundSurplus({
    db,
    providers,
    rereadPayment,
    proceedRefund,
    maxPerHour,
    events,
  });
  const createPayment = makeCreatePayment({
    db,
    providers,
    findIntent,
    applyEvent,
    applyWaiting,
    failUnpaid,
    afterIntent: async (payment) => {
      if (payment.provider !== "MOCK" || !config.payments.mockAutoConfirm) return;
      await db.run(AUTO_CONFIRM, [payment.id]);
    },
    shopId,
    events,
  });
  const receiveWebhook = makeReceiveWebhook({ applyEvent, events });
  const sendReceipt = makeSendReceipt({ db, sendMail: deps.sendMail, publicUrl: config.http.publicUrl });
  const carryOnMoney = makeCarryOnMoney({ db, log, applyKept, rereadPayment, proceedRefund, refundSurplus });
  return {
    rereadIntent,
    releaseUnpaid,
    refundUndeliverable,
    refundOrder,
    replayEvent,
    carryOnMoney,
    jobs: makePaymentJobs({
      proceedRefund,
      refundSurplus,
      rereadPayment,
      carryOnMoney,
      reconcileDue: async () => undefined,
      sendReceipt,
      forgetRefundKeys: () => forgetRefundKeys(db, config.orders.idempotencyKeyTtlHours),
    }),
    async registerRoutes(app: Server): Promise<void> {
      const defaultProvider = config.payments.provider;
      registerCreatePayment(app, { createPayment, defaultProvider });
      await registerWebhook(app, { receiveWebhook, providers, defaultProvider, devGuard: deps.devGuard });
      registerRefundOrder(app, { refundOrder });
    },
  };
}

export { makeMockLedger };
