import type { AdyenCall, AdyenWorld } from "./fake-api.js";
import type { AdyenFault } from "./fake-faults.js";
import {
  authorise,
  decideRefund,
  dispute,
  failCapture,
  receiveRefund,
  refuse,
  returnRefund,
} from "./fake-payments.js";
import { makeReports } from "./fake-reports.js";
import type { FakeAdyenShapes } from "./fake-shapes.js";
import type { FakeDispute, FakeEntry, FakeItem, FakePayment, FakeRefund, FakeSession } from "./fake-types.js";
import type { AdyenDelivery, AdyenTarget, AdyenWebhookMode, AdyenWebhooks } from "./fake-webhooks.js";

/** What a test compares our tables with. Copies: changing them changes nothing. */
export interface AdyenLedger {
  readonly sessions: readonly FakeSession[];
  readonly payments: readonly FakePayment[];
  readonly refunds: readonly FakeRefund[];
  readonly disputes: readonly FakeDispute[];
  readonly entries: readonly FakeEntry[];
  readonly items: readonly FakeItem[];
  readonly calls: readonly AdyenCall[];
  readonly deliveries: readonly AdyenDelivery[];
}

/** The hand of the test: the payer, the banks, the network and Adyen's clock. */
export interface AdyenControl {
  /** The payer's card is taken. Names a session, and gives the payment. */
  approve(sessionId: string): FakePayment;
  /** A second try takes money as well, which a session should not allow. */
  approveAgain(sessionId: string): FakePayment;
  decline(sessionId: string, reason?: string): FakePayment;
  failCapture(pspReference: string): void;
  /** In the Customer Area, in full without a value. */
  refund(pspReference: string, value?: number): FakeRefund;
  decideRefund(refundReference: string, how: "succeed" | "fail"): FakeRefund;
  returnRefund(refundReference: string, how?: "REFUND_FAILED" | "REFUNDED_REVERSED"): void;
  /** What becomes of refunds that are asked for from now on. */
  refundsEnd(how: "succeed" | "fail" | "hold"): void;
  /** A step of a dispute, of a new one without its pspReference. */
  dispute(pspReference: string, eventCode: string, disputeReference?: string): FakeDispute;
  makeReports(): string[];
  shapes(shapes: Partial<FakeAdyenShapes>): void;
  fault(fault: AdyenFault): void;
  clearFaults(): void;
  webhooks(mode: Partial<AdyenWebhookMode>): void;
  webhookTarget(target: AdyenTarget | null): void;
  mute(sessionId: string, exceptCodes?: readonly string[]): void;
  release(order?: "as_is" | "reverse"): Promise<void>;
  /** Every item so far once more, with another date. */
  redeliverAll(): Promise<void>;
  webhooksSettled(): Promise<void>;
  clockOffset(seconds: number): void;
  ledger(): AdyenLedger;
}

export function makeAdyenControl(
  { books, faults, calls }: AdyenWorld,
  webhooks: AdyenWebhooks,
): AdyenControl {
  return {
    approve: (sessionId) => authorise(books, sessionId),
    approveAgain: (sessionId) => authorise(books, sessionId, true),
    decline: (sessionId, reason = "Refused") => refuse(books, sessionId, reason),
    failCapture: (pspReference) => failCapture(books, pspReference),
    refund: (pspReference, value) => {
      const whole = books.payments.get(pspReference)?.amount.value ?? 0;
      const refund = receiveRefund(books, pspReference, value ?? whole, "");
      return decideRefund(books, refund.pspReference, "succeed");
    },
    decideRefund: (refundReference, how) => decideRefund(books, refundReference, how),
    returnRefund: (refundReference, how = "REFUND_FAILED") => returnRefund(books, refundReference, how),
    refundsEnd: (how) => {
      books.settings.refundsEnd = how;
    },
    dispute: (pspReference, eventCode, disputeReference) =>
      dispute(books, pspReference, eventCode, disputeReference),
    makeReports: () => makeReports(books),
    shapes: (shapes) => {
      Object.assign(books.shapes, shapes);
    },
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    webhooks: (mode) => {
      Object.assign(webhooks.mode, mode);
    },
    webhookTarget: (target) => webhooks.setTarget(target),
    mute: (sessionId, exceptCodes = []) =>
      webhooks.mute(books.sessions.get(sessionId)?.merchantReference ?? "", exceptCodes),
    release: (order = "as_is") => webhooks.release(order),
    redeliverAll: async () => {
      for (const item of [...books.items]) await webhooks.redeliver(item);
    },
    webhooksSettled: async () => {
      // A refund is decided in the turn after its answer.
      await new Promise((resolve) => setImmediate(resolve));
      await webhooks.settled();
    },
    clockOffset: (seconds) => books.setClockOffset(seconds),
    ledger: () =>
      structuredClone({
        sessions: [...books.sessions.values()],
        payments: [...books.payments.values()],
        refunds: [...books.refunds.values()],
        disputes: [...books.disputes.values()],
        entries: [...books.entries],
        items: [...books.items],
        calls: [...calls],
        deliveries: [...webhooks.deliveries],
      }),
  };
}
