import { payOnHostedPage } from "./browser/hosted-page.js";
import type { FakeSettings } from "./fake-api.js";
import type { FakeBooks } from "./fake-books.js";
import { missing } from "./fake-error.js";
import type { FakeFaults, Fault } from "./fake-faults.js";
import { cancelIntent, confirmIntent, declineIntent, processIntent, succeedIntent } from "./fake-intents.js";
import {
  answerDispute,
  appealDispute,
  closeDispute,
  createRefund,
  failRefund,
  openDispute,
  preventDispute,
  reopenDispute,
  succeedRefund,
} from "./fake-refunds.js";
import type { FakeCall } from "./fake-request.js";
import { expireSession, getSession } from "./fake-sessions.js";
import type {
  FakeBalanceTransaction,
  FakeCharge,
  FakeDispute,
  FakeEvent,
  FakeIntent,
  FakeRefund,
  FakeSession,
} from "./fake-types.js";
import type { Delivery, FakeWebhooks, ReleaseOrder, WebhookMode, WebhookTarget } from "./fake-webhooks.js";

/** What a test compares our tables with. Copies: changing them changes nothing. */
export interface FakeLedger {
  readonly intents: readonly FakeIntent[];
  readonly sessions: readonly FakeSession[];
  readonly charges: readonly FakeCharge[];
  readonly refunds: readonly FakeRefund[];
  readonly disputes: readonly FakeDispute[];
  readonly balance: readonly FakeBalanceTransaction[];
  readonly events: readonly FakeEvent[];
  readonly calls: readonly FakeCall[];
  readonly deliveries: readonly Delivery[];
}

/** The hand of the test: the payer, the banks, the network and Stripe's clock. */
export interface FakeControl {
  /** The payer's card is taken; also ends a payment that is processing. */
  approve(intentId: string): FakeIntent;
  /** One attempt fails; the intent stays open. */
  decline(intentId: string, declineCode?: string): FakeIntent;
  /** The payer uses a method that takes days. */
  process(intentId: string): FakeIntent;
  /** The bank wants to see the payer. */
  requireAction(intentId: string): FakeIntent;
  cancel(intentId: string): FakeIntent;
  /** At the provider's own pages, in full without an amount. */
  refund(intentId: string, amountMinor?: number, status?: "succeeded" | "pending"): FakeRefund;
  /** The payer pays on Stripe's page, or is declined there. */
  payOnPage(sessionId: string, card?: string): FakeSession;
  /** Stripe ends the page, as it does when its time is over. */
  expirePage(sessionId: string): FakeSession;
  succeedRefund(refundId: string): FakeRefund;
  failRefund(refundId: string, reason?: string): FakeRefund;
  /** How the next refunds start: succeeded (default) or pending. */
  refundsStartAs(status: "succeeded" | "pending"): void;
  /** Of the whole charge without an amount. */
  openDispute(intentId: string, isInquiry?: boolean, amount?: number): FakeDispute;
  answerDispute(disputeId: string): FakeDispute;
  closeDispute(disputeId: string, status: "won" | "lost"): FakeDispute;
  /** What was lost is looked at again, and closed once more. */
  appealDispute(disputeId: string): FakeDispute;
  /** What was won is taken up again by the payer's bank. */
  reopenDispute(disputeId: string): FakeDispute;
  /** One that never became a chargeback; a resolution takes the money from the shop all the same. */
  preventDispute(intentId: string, how: "block" | "resolution"): FakeDispute;
  fault(fault: Fault): void;
  clearFaults(): void;
  webhooks(mode: Partial<WebhookMode>): void;
  webhookTarget(target: WebhookTarget | null): void;
  /** Of events about this intent, its refunds and disputes only those types are sent by themselves from now on. */
  mute(intentId: string, exceptTypes?: readonly string[]): void;
  release(order?: ReleaseOrder): Promise<void>;
  redeliver(eventId: string): Promise<void>;
  webhooksSettled(): Promise<void>;
  searchLag(seconds: number): void;
  clockOffset(seconds: number): void;
  /** What the account is paid out in, at a rate; without a currency each payment stays in its own. */
  settlesIn(currency: string | null, rate?: number): void;
  /** Whether the payer's browser offers a wallet. */
  wallets(hasWallets: boolean): void;
  ledger(): FakeLedger;
}

export interface ControlDeps {
  readonly books: FakeBooks;
  readonly settings: FakeSettings;
  readonly faults: FakeFaults;
  readonly webhooks: FakeWebhooks;
  readonly calls: readonly FakeCall[];
}

export function makeFakeControl({ books, settings, faults, webhooks, calls }: ControlDeps): FakeControl {
  return {
    approve: (intentId) => succeedIntent(books, intentId),
    decline: (intentId, code = "generic_decline") => declineIntent(books, intentId, code),
    process: (intentId) => processIntent(books, intentId),
    requireAction: (intentId) => confirmIntent(books, intentId, "pm_card_authenticationRequired"),
    cancel: (intentId) => cancelIntent(books, intentId, "requested_by_customer"),
    refund: (intentId, amountMinor, status = "succeeded") =>
      createRefund(
        books,
        {
          payment_intent: intentId,
          ...(amountMinor === undefined ? {} : { amount: String(amountMinor) }),
        },
        { startsAs: status },
      ),
    payOnPage: (sessionId, card = "4242424242424242") => {
      payOnHostedPage(books, sessionId, new URLSearchParams({ number: card }));
      return getSession(books, sessionId);
    },
    expirePage: (sessionId) => expireSession(books, sessionId),
    succeedRefund: (refundId) => succeedRefund(books, refundId),
    failRefund: (refundId, reason = "lost_or_stolen_card") => failRefund(books, refundId, reason),
    refundsStartAs: (status) => {
      settings.refunds.startsAs = status;
    },
    openDispute: (intentId, isInquiry = false, amount) => openDispute(books, intentId, isInquiry, amount),
    answerDispute: (disputeId) => answerDispute(books, disputeId),
    closeDispute: (disputeId, status) => closeDispute(books, disputeId, status),
    appealDispute: (disputeId) => appealDispute(books, disputeId),
    reopenDispute: (disputeId) => reopenDispute(books, disputeId),
    preventDispute: (intentId, how) => preventDispute(books, intentId, how),
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    webhooks: (mode) => {
      Object.assign(webhooks.mode, mode);
    },
    webhookTarget: (target) => webhooks.setTarget(target),
    mute: (intentId, exceptTypes = []) => webhooks.mute(intentId, exceptTypes),
    release: (order = "as_is") => webhooks.release(order),
    redeliver: (eventId) => {
      const event = books.events.get(eventId);
      if (!event) throw missing("event", eventId);
      return webhooks.redeliver(event);
    },
    webhooksSettled: () => webhooks.settled(),
    searchLag: (seconds) => {
      settings.searchLagSeconds = seconds;
    },
    clockOffset: (seconds) => books.setClockOffset(seconds),
    settlesIn: (currency, rate = 1) => {
      books.settlement = currency === null ? null : { currency, rate };
    },
    wallets: (hasWallets) => {
      settings.hasWallets = hasWallets;
    },
    ledger: () => ledgerOf(books, calls, webhooks.deliveries),
  };
}

function ledgerOf(books: FakeBooks, calls: readonly FakeCall[], deliveries: readonly Delivery[]): FakeLedger {
  return structuredClone({
    intents: [...books.intents.values()],
    sessions: [...books.sessions.values()],
    charges: [...books.charges.values()],
    refunds: [...books.refunds.values()],
    disputes: [...books.disputes.values()],
    balance: [...books.balance.values()],
    events: [...books.events.values()],
    calls: [...calls],
    deliveries: [...deliveries],
  });
}
