import type { Config } from "../../config/config.js";
import type { CurrentSetting } from "../../config/run-time-settings.js";
import { type Db, statement } from "../../db/database.js";
import type { PaymentProvider } from "../../providers/payment/port.js";
import type { Events } from "../../telemetry/events.js";
import type { Logger } from "../../telemetry/log.js";
import { makeTextsIn } from "../mail/mail.module.js";
import { makeCarryOnMoney } from "./carry-on-money.js";
import { makeChooseProvider } from "./choose-provider.js";
import { makeCreatePayment } from "./create-payment.js";
import { makeApplyReading } from "./events/apply-reading.js";
import { makeReceiveWebhook } from "./events/receive-webhook.js";
import { makeSettleStore } from "./events/settle-store.js";
import { makeFailUnpaid } from "./fail-unpaid.js";
import { makeFindIntent } from "./find-intent.js";
import type { FollowUp } from "./follow-ups.js";
import { REREAD_PAYMENT } from "./money-jobs.js";
import { makePaymentProviders } from "./payment-providers.js";
import type { PaymentRow } from "./payment-store.js";
import { RECEIPT } from "./receipt-mail.js";
import { makeReconcile } from "./reconciliation/reconcile.js";
import { makeRefundFollow } from "./refund-follow.js";
import { makeDecideRefund } from "./refunds/decide-refund.js";
import { makeProceedRefund, type TakeBackEsim } from "./refunds/proceed-refund.js";
import { makeRefundOrder } from "./refunds/refund-order.js";
import { makeRefundOwnOrder } from "./refunds/refund-own-order.js";
import { makeRefundSurplus } from "./refunds/refund-surplus.js";
import { makeRefundUndeliverable } from "./refunds/refund-undeliverable.js";
import { makeRetryRefund } from "./refunds/retry-refund.js";
import { makeReleaseUnpaid } from "./release-unpaid.js";
import { makeRereadPayment } from "./reread-payment.js";

export interface PaymentUseCaseDeps {
  readonly config: Config;
  readonly setting: CurrentSetting;
  /** Connections that floods of reads cannot use up. */
  readonly reservedDb: Db;
  readonly events: Events;
  readonly log: Logger;
  readonly wakeWorkers: () => void;
  /** Those that are configured; in production the mock is not among them. */
  readonly providers: readonly PaymentProvider[];
  /** What a payment's move takes with it (settle-store.ts); one is called `order_moved`. */
  readonly followUps: readonly FollowUp[];
  /** What follows when money goes back or is withheld (refund-follow.ts); one is called `order_refunded`. */
  readonly refundFollowUps: readonly FollowUp[];
  readonly takeBackEsim: TakeBackEsim;
  /** Whether anybody but this person may approve refunds. */
  readonly hasOtherApprover: (userId: number) => Promise<boolean>;
  /** SQL: whether the eSIM `e` is unused, so that its owner may give it back. */
  readonly esimIsUnused: string;
}

/** What every paid order needs from this module: its receipt, in the statement that pays it. */
const receiptFollowsPayment: FollowUp = {
  name: "receipt_queued",
  sql: `receipt_queued as (
    select ${RECEIPT.queue({ subject: "id", order: "id" })} from order_moved where status = 'paid'
  )`,
};

/** Wires the use cases; read it to see which one stands on which. */
export function makePaymentUseCases(deps: PaymentUseCaseDeps) {
  const { config, setting, events, wakeWorkers } = deps;
  const { shopId, declinesPerDayMax, secondPersonAbove } = config.payments;
  const db = deps.reservedDb;
  const providers = makePaymentProviders(deps.providers);
  const followUps = [...deps.followUps, receiptFollowsPayment];
  const follow = makeRefundFollow(deps.refundFollowUps);

  const store = makeSettleStore(followUps);
  const settling = { db, store, follow, providers, shopId, events, wakeWorkers };
  const { applyReading, applyWaiting, applyKept, applyHeard, replayEvent } = makeApplyReading(settling);
  const findIntent = makeFindIntent({ db, providers, shopId });
  const rereading = makeRereadPayment({ db, providers, applyReading, applyHeard, findIntent });
  const { rereadPayment, rereadFromBooks, applyAnswer, rereadIntent } = rereading;
  const failUnpaid = makeFailUnpaid({ db, followUps });
  const releaseUnpaid = makeReleaseUnpaid({ db, providers, findIntent, applyAnswer, failUnpaid });
  const afterIntent = makeAfterIntent(db, config.payments.mockAutoConfirm);
  const chooseProvider = makeChooseProvider({ ...config.payments, db, providers });
  const creating = {
    db,
    providers,
    chooseProvider,
    findIntent,
    applyAnswer,
    applyWaiting,
    failUnpaid,
    afterIntent,
  };
  const createPayment = makeCreatePayment({
    ...creating,
    shopId,
    publicUrl: config.http.publicUrl,
    textsIn: makeTextsIn({ ...config.shop, url: config.http.publicUrl }),
    declinesPerDayMax,
    events,
  });

  const { takeBackEsim, hasOtherApprover } = deps;
  const refunding = { db, providers, applyReading, follow, takeBackEsim, shopId, events, wakeWorkers };
  const proceedRefund = makeProceedRefund(refunding);
  const maxPerHour = () => setting("auto_refund_max_per_hour");
  const givingBack = { ...refunding, rereadPayment, proceedRefund };
  const refundSurplus = makeRefundSurplus({ ...givingBack, maxPerHour });
  const moneyBack = { rereadPayment, proceedRefund, refundSurplus };
  return {
    providers,
    createPayment,
    receiveWebhook: makeReceiveWebhook({ applyReading, events }),
    replayEvent,
    rereadPayment,
    rereadIntent,
    releaseUnpaid,
    refundOrder: makeRefundOrder({ db, proceedRefund, secondPersonAbove, hasOtherApprover }),
    decideRefund: makeDecideRefund({ db, proceedRefund }),
    refundOwn: makeRefundOwnOrder({
      db,
      proceedRefund,
      rule: { withinDays: () => setting("refund_unused_within_days"), isUnused: deps.esimIsUnused },
    }),
    retryRefund: makeRetryRefund({ db, proceedRefund }),
    refundUndeliverable: makeRefundUndeliverable(givingBack),
    refundSurplus,
    proceedRefund,
    carryOnMoney: makeCarryOnMoney({ ...refunding, log: deps.log, applyKept, ...moneyBack }),
    reconcile: makeReconcile({ ...settling, log: deps.log, rereadPayment: rereadFromBooks, applyAnswer }),
  };
}

const AUTO_CONFIRM = statement(
  "payments.enqueue_auto_confirm",
  `select ${REREAD_PAYMENT.enqueue({ payment_id: "$1::bigint" }, { runAt: "now() + interval '1 second'", isKeyless: true })}`,
);

/** With MOCK_AUTO_CONFIRM the mock's intent confirms itself after a second; a job then reads that it did. */
function makeAfterIntent(db: Db, confirmsByItself: boolean) {
  return async (payment: PaymentRow): Promise<void> => {
    if (payment.provider === "MOCK" && confirmsByItself) await db.run(AUTO_CONFIRM, [payment.id]);
  };
}
