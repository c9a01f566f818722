import { createHash } from "node:crypto";
import { isSameMoney } from "../../../kernel/money.js";
import { done, refused } from "../../../kernel/outcome.js";
import type { IntentSnapshot, PaymentProvider, RefundSnapshot } from "../port.js";
import { claimedAmount, type MockNotice, mockEvent, readMockNotice } from "./mock-event.js";
import type { MockIntent, MockIntentState, MockLedger, MockRefund } from "./mock-ledger-port.js";

/**
 * The development provider: anybody who may call its webhook decides whether a payment succeeds. Never wired in
 * production. It holds no state of its own; ids are digests of our keys, so that a create which was cut off
 * and sent again ends at the same intent.
 */
export function makeMockProvider(ledger: MockLedger): PaymentProvider {
  return {
    name: "MOCK",
    books: "live",
    livemode: false,
    account: null,
    publishableKey: null,
    ...makeIntentCalls(ledger),
    ...makeRefundCalls(ledger),
    ...makeLists(ledger),

    async verifyWebhook(rawBody, _headers, receivedAtMillis) {
      const notice = readMockNotice(rawBody);
      if ("ok" in notice) return notice;
      const intent = await ledger.findIntent(notice.intentId);
      if (intent) await settle(ledger, intent, notice);
      return { ok: true, events: [mockEvent(notice, intent, new Date(receivedAtMillis))] };
    },
  };
}

type IntentCalls = Pick<
  PaymentProvider,
  "createIntent" | "fetchIntent" | "readPayment" | "findIntentFor" | "cancelIntent"
>;

function makeIntentCalls(ledger: MockLedger): IntentCalls {
  return {
    async createIntent(command) {
      const { idempotencyKey, shopId, paymentReference, orderId, amount } = command;
      const intentId = mockId("mock_pi", idempotencyKey);
      const intent = await ledger.addIntent({
        intentId,
        idempotencyKey,
        shopId,
        paymentReference,
        orderId,
        amount,
      });
      const isOurs = isSameMoney(intent.amount, amount) && intent.paymentReference === paymentReference;
      if (!isOurs) return refused("key_reused", `${idempotencyKey} was used with other parameters`);
      return done(toSnapshot(intent));
    },

    async fetchIntent(intentId) {
      const intent = await ledger.findIntent(intentId);
      return intent ? done(toSnapshot(intent)) : refused("not_found", `no mock intent ${intentId}`);
    },

    async readPayment(intentId) {
      const intent = await ledger.findIntent(intentId);
      if (!intent) return refused("not_found", `no mock intent ${intentId}`);
      const refunds = (await ledger.refundsOf(intentId)).map(toRefundSnapshot);
      return done({ intent: toSnapshot(intent), refunds, disputes: [] });
    },

    async findIntentFor({ shopId, paymentReference }) {
      const intent = await ledger.findIntentOfPayment(shopId, paymentReference);
      return intent
        ? done(toSnapshot(intent))
        : refused("not_found", `no mock intent of payment ${paymentReference}`);
    },

    async cancelIntent(intentId) {
      const intent = await ledger.moveIntent(intentId, ["requires_action"], "canceled");
      return intent ? done(toSnapshot(intent)) : refused("not_found", `no mock intent ${intentId}`);
    },
  };
}

function makeRefundCalls(ledger: MockLedger): Pick<PaymentProvider, "refund" | "findRefund"> {
  return {
    async refund(command) {
      const { idempotencyKey, shopId, refundReference, intentId, amount, reason } = command;
      const providerRefundId = mockId("mock_re", idempotencyKey);
      const refund = await ledger.addRefund({
        providerRefundId,
        idempotencyKey,
        shopId,
        refundReference,
        intentId,
        amount,
        reason,
      });
      if (typeof refund === "string") return refused(refund, `mock refund ${refundReference} of ${intentId}`);
      const isOurs = isSameMoney(refund.amount, amount) && refund.intentId === intentId;
      if (!isOurs) return refused("key_reused", `${idempotencyKey} was used with other parameters`);
      return done(toRefundSnapshot(refund));
    },

    async findRefund({ shopId, refundReference }) {
      const refund = await ledger.findRefund(shopId, refundReference);
      return refund
        ? done(toRefundSnapshot(refund))
        : refused("not_found", `no mock refund ${refundReference}`);
    },
  };
}

type Lists = Pick<PaymentProvider, "listIntents" | "listRefunds" | "listDisputes">;

function makeLists(ledger: MockLedger): Lists {
  return {
    async *listIntents(since) {
      for (const intent of await ledger.intentsSince(since)) yield toSnapshot(intent);
    },
    async *listRefunds(since) {
      for (const refund of await ledger.refundsSince(since)) yield toRefundSnapshot(refund);
    },
    async *listDisputes() {},
  };
}

function mockId(prefix: string, key: string): string {
  return `${prefix}_${createHash("sha256").update(key).digest("hex").slice(0, 24)}`;
}

/**
 * Moves the mock's own books. A success may follow a cancellation: that is money which arrives late, and it must be
 * on the books to be refunded. A notice about another amount moves nothing; it is parked by whoever reads the event.
 */
async function settle(ledger: MockLedger, intent: MockIntent, notice: MockNotice): Promise<void> {
  const claimed = claimedAmount(notice, intent);
  if (!claimed || !isSameMoney(claimed, intent.amount)) return;
  const from: readonly MockIntentState[] =
    notice.outcome === "succeeded" ? ["requires_action", "canceled"] : ["requires_action"];
  const to: MockIntentState = notice.outcome === "succeeded" ? "succeeded" : "canceled";
  await ledger.moveIntent(intent.intentId, from, to);
}

function toSnapshot(intent: MockIntent): IntentSnapshot {
  return {
    intentId: intent.intentId,
    state: intent.state,
    amount: intent.amount,
    amountReceivedMinor: intent.state === "succeeded" ? intent.amount.minor : 0,
    amountRefundedMinor: intent.refundedMinor,
    livemode: false,
    metadata: {
      order_id: String(intent.orderId),
      shop_id: intent.shopId,
      payment_reference: intent.paymentReference,
    },
    createdAt: intent.createdAt,
  };
}

function toRefundSnapshot(refund: MockRefund): RefundSnapshot {
  return {
    providerRefundId: refund.providerRefundId,
    intentId: refund.intentId,
    state: "succeeded",
    amount: refund.amount,
    metadata: { refund_reference: refund.refundReference, shop_id: refund.shopId },
    createdAt: refund.createdAt,
  };
}
