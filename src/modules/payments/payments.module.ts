/**
 * Owns: payments, webhook_events, refunds, refund_approvals, disputes, reconciliation_runs and _findings, and the mock
 *   provider's books.
 * Promises: what the customer paid, what we recorded and what the provider says are the same in whatever order,
 *   number or delay messages arrive; where they cannot be the same an operator sees it. An order becomes paid only
 *   by money of its own provider, mode, amount and currency. No refund exceeds the capture.
 * Never: a provider called while a transaction is open; an unknown outcome settled by sending again blindly.
 */
import type { Db } from "../../db/database.js";
import type { Guard, Server } from "../../http/server.js";
import type { Metrics } from "../../telemetry/metrics.js";
import type { Jobs } from "../jobs/jobs.module.js";
import { type LiveShop, makeTextsIn } from "../mail/mail.module.js";
import { countOldWaitingEvents } from "./events/webhook-event-store.js";
import { makeMockLedger } from "./mock/mock-ledger-store.js";
import type { DrawMockPayment } from "./mock/mock-pay-page.js";
import { makePaymentJobs } from "./payment-jobs.js";
import { findPaymentByIntent } from "./payment-store.js";
import { makePaymentUseCases, type PaymentUseCaseDeps } from "./payment-use-cases.js";
import { makeReceiptMail } from "./receipt-mail.js";
import { longerBy } from "./reconciliation/reconcile.js";
import {
  type ComparedProvider,
  findingsInPages,
  listFindings,
  listLastRuns,
  secondsSinceLastRun,
} from "./reconciliation/reconciliation-read-model.js";
import { expireDueApprovals, forgetRefundKeys } from "./refunds/refund-approval-store.js";
import { noteRefundLimit } from "./refunds/refund-limit-store.js";
import { registerCreatePayment } from "./routes/create-payment.js";
import { registerDecideMoney } from "./routes/decide-money.js";
import { registerMockPay } from "./routes/mock-pay.js";
import { registerReconciliation } from "./routes/reconciliation.js";
import { registerRefundApprovals } from "./routes/refund-approvals.js";
import { registerRefundOrder } from "./routes/refund-order.js";
import { registerRefundOwnOrder } from "./routes/refund-own-order.js";
import { registerWebhook } from "./routes/webhook.js";

export interface PaymentsDeps extends PaymentUseCaseDeps {
  /** For reading lists; everything else runs on the reserved connections. */
  readonly db: Db;
  readonly metrics: Metrics;
  readonly shop: LiveShop;
  readonly devGuard: Guard;
  /** The page on which a person plays the payer of the mock. */
  readonly drawMockPayment: DrawMockPayment;
}

export type PaymentsModule = ReturnType<typeof makePaymentsModule>;

export function makePaymentsModule(deps: PaymentsDeps) {
  const { config, reservedDb } = deps;
  const useCases = makePaymentUseCases(deps);
  const { reconcile, rereadIntent, releaseUnpaid, refundUndeliverable } = useCases;
  const intervalMinutes = config.payments.reconcileIntervalMinutes;
  const compared = useCases.providers.all.map((provider) => ({
    name: provider.name,
    spareSeconds: longerBy(provider, intervalMinutes) * 60,
  }));
  watchMoney(deps.metrics, reservedDb, compared);
  const jobs: Jobs = makePaymentJobs({
    ...useCases,
    reconcileDue: async () => {
      await reconcile({ since: null, applies: true, intervalMinutes });
    },
    expireRefundApprovals: () => expireDueApprovals(reservedDb, null),
    noteRefundLimit: () => noteRefundLimit(reservedDb, config.payments.secondPersonAbove),
    forgetRefundKeys: () => forgetRefundKeys(reservedDb, config.orders.idempotencyKeyTtlHours),
  });
  return {
    reconcile,
    rereadIntent,
    releaseUnpaid,
    refundUndeliverable,
    jobs,
    mails: [makeReceiptMail(makeTextsIn(() => ({ ...deps.shop, url: config.http.publicUrl })))],
    registerRoutes: (app: Server) => registerRoutes(app, deps, useCases),
  };
}

async function registerRoutes(
  app: Server,
  { config, db, reservedDb, devGuard, drawMockPayment }: PaymentsDeps,
  useCases: ReturnType<typeof makePaymentUseCases>,
): Promise<void> {
  const { receiveWebhook, providers } = useCases;
  const defaultProvider = config.payments.provider;
  registerCreatePayment(app, useCases);
  await registerWebhook(app, { receiveWebhook, providers, defaultProvider, devGuard });
  registerRefundOrder(app, useCases);
  registerRefundApprovals(app, useCases.decideRefund);
  registerRefundOwnOrder(app, useCases.refundOwn);
  registerDecideMoney(app, useCases);
  registerReconciliation(app, {
    listFindings: (request, filter) => listFindings(db, request, filter),
    findingsInPages: (filter) => findingsInPages(db, filter),
    listLastRuns: () => listLastRuns(db),
  });
  const mock = providers.find("MOCK");
  if (mock === undefined) return;
  const findPayment = (intentId: string) => findPaymentByIntent(reservedDb, intentId);
  registerMockPay(app, { mock, receiveWebhook, findPayment, draw: drawMockPayment });
}

/** What alarms look at (docs/runbook.md): a gap in reconciliation, events that found no payment for three days. */
function watchMoney(metrics: Metrics, db: Db, compared: readonly ComparedProvider[]): void {
  metrics.gauge(
    "reconcile_age_seconds",
    "Since books were last compared, of the provider for which it is longest; reports get their hour",
    () => secondsSinceLastRun(db, compared),
  );
  metrics.gauge("webhook_events_lost", "Events that wait for their payment for more than three days", () =>
    countOldWaitingEvents(db),
  );
}

export type { ReconcileReport } from "./reconciliation/reconcile.js";
export { makeMockLedger };
