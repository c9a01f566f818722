import { describe, expect, it } from "vitest";
import {
  describePaymentProvider,
  doneValue,
  newPayment,
} from "../../../../tests/conformance/payment-provider.js";
import type { MockIntent, MockLedger, MockRefund } from "./mock-ledger-port.js";
import { makeMockProvider } from "./mock-provider.js";

/** The ledger's rules in memory; the one that ships lives in PostgreSQL and passes the same suite. */
function makeMemoryLedger(): MockLedger {
  const intents = new Map<string, MockIntent>();
  const refunds = new Map<string, MockRefund>();
  const sumOf = (intentId: string) =>
    [...refunds.values()]
      .filter((refund) => refund.intentId === intentId)
      .reduce((sum, refund) => sum + refund.amount.minor, 0);
  const withSum = (intent: MockIntent) => ({ ...intent, refundedMinor: sumOf(intent.intentId) });
  const find = (isWanted: (intent: MockIntent) => boolean) => {
    const intent = [...intents.values()].find(isWanted);
    return intent ? withSum(intent) : null;
  };
  return {
    addIntent: async (intent) => {
      const there = find(({ idempotencyKey }) => idempotencyKey === intent.idempotencyKey);
      if (there) return there;
      const added: MockIntent = {
        ...intent,
        state: "requires_action",
        refundedMinor: 0,
        createdAt: new Date(),
      };
      intents.set(intent.intentId, added);
      return added;
    },
    findIntent: async (id) => find(({ intentId }) => intentId === id),
    findIntentOfPayment: async (shopId, paymentReference) =>
      find((intent) => intent.shopId === shopId && intent.paymentReference === paymentReference),
    moveIntent: async (intentId, from, to) => {
      const intent = intents.get(intentId);
      if (!intent) return null;
      if (from.includes(intent.state)) intents.set(intentId, { ...intent, state: to });
      return find((one) => one.intentId === intentId);
    },
    addRefund: async (refund) => {
      const there = [...refunds.values()].find((one) => one.idempotencyKey === refund.idempotencyKey);
      if (there) return there;
      const intent = find(({ intentId }) => intentId === refund.intentId);
      if (!intent) return "not_found";
      if (intent.state !== "succeeded") return "not_captured";
      if (intent.refundedMinor + refund.amount.minor > intent.amount.minor) return "exceeds_capture";
      const added = { ...refund, createdAt: new Date() };
      refunds.set(refund.providerRefundId, added);
      return added;
    },
    findRefund: async (shopId, refundReference) =>
      [...refunds.values()].find((one) => one.shopId === shopId && one.refundReference === refundReference) ??
      null,
    refundsOf: async (intentId) => [...refunds.values()].filter((refund) => refund.intentId === intentId),
    intentsSince: async (since) =>
      [...intents.values()]
        .filter(({ createdAt }) => createdAt >= since)
        .map(withSum)
        .reverse(),
    refundsSince: async (since) =>
      [...refunds.values()].filter(({ createdAt }) => createdAt >= since).reverse(),
  };
}

describePaymentProvider("The mock", async () => {
  const provider = makeMockProvider(makeMemoryLedger());
  return {
    provider,
    approve: async (intentId) => {
      const body = JSON.stringify({ intent_id: intentId, status: "succeeded" });
      await provider.verifyWebhook(Buffer.from(body), {}, Date.now());
    },
    loseNextAnswer: null,
    stop: async () => {},
  };
});

describe("the mock's webhook", () => {
  const makeScene = async () => {
    const provider = makeMockProvider(makeMemoryLedger());
    const payment = newPayment();
    const { intentId } = doneValue(await provider.createIntent(payment));
    const say = (body: unknown) =>
      provider.verifyWebhook(
        Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
        {},
        Date.now(),
      );
    const stateNow = async () => doneValue(await provider.fetchIntent(intentId)).state;
    return { provider, intentId, say, stateNow };
  };

  it.each([
    [{ status: "succeeded" }, "intent_succeeded", "succeeded"],
    [{ action: "succeed" }, "intent_succeeded", "succeeded"],
    [{}, "intent_succeeded", "succeeded"],
    [{ status: "failed" }, "intent_canceled", "canceled"],
    [{ action: "fail", status: null }, "intent_canceled", "canceled"],
    [{ status: "succeeded", action: "succeed", unknown_member: [1] }, "intent_succeeded", "succeeded"],
  ])("takes %j for %s", async (said, kind, state) => {
    const { intentId, say, stateNow } = await makeScene();
    expect(await say({ intent_id: intentId, ...said })).toMatchObject({
      ok: true,
      events: [{ provider: "MOCK", kind, intentId, amount: { currency: "USD", minor: 999 }, problem: null }],
    });
    expect(await stateNow()).toBe(state);
  });

  it.each([
    ["{", "malformed"],
    ["", "malformed"],
    ["[]", "invalid"],
    ["null", "invalid"],
    ['"x"', "invalid"],
    ["7", "invalid"],
    ["{}", "missing_intent_id"],
    ['{"intent_id":""}', "missing_intent_id"],
    ['{"intent_id":7}', "invalid"],
    ['{"intent_id":"a\\u0000"}', "invalid"],
    ['{"intent_id":"a","status":"paid"}', "invalid"],
    ['{"intent_id":"a","status":"__proto__"}', "invalid"],
    ['{"intent_id":"a","status":"succeeded","action":"fail"}', "invalid"],
    ['{"intent_id":"a","amount_minor_units":"999"}', "invalid"],
    ['{"intent_id":"a","amount_minor_units":9.5}', "invalid"],
    ['{"intent_id":"a","currency":7}', "invalid"],
  ])("turns %s away as %s", async (body, reason) => {
    const { say } = await makeScene();
    expect(await say(body)).toMatchObject({ ok: false, reason });
  });

  it("gives the same notice the same event id, and a different notice another", async () => {
    const { intentId, say } = await makeScene();
    const idOf = async (over: object) => {
      const verdict = await say({ intent_id: intentId, ...over });
      return verdict.ok ? verdict.events[0]?.eventId : null;
    };
    const first = await idOf({ status: "succeeded" });
    expect(await idOf({ action: "succeed", amount_minor_units: 999, currency: "usd" })).toBe(first);
    expect(await idOf({ status: "succeeded", amount_minor_units: 1 })).not.toBe(first);
    expect(await idOf({ status: "failed" })).not.toBe(first);
  });

  it("moves nothing for another amount or currency, and says which was claimed", async () => {
    const { intentId, say, stateNow } = await makeScene();
    expect(await say({ intent_id: intentId, amount_minor_units: 1 })).toMatchObject({
      events: [{ amount: { currency: "USD", minor: 1 } }],
    });
    expect(await say({ intent_id: intentId, amount_minor_units: 1, currency: "XXX" })).toMatchObject({
      events: [{ amount: null, problem: "unknown_currency" }],
    });
    expect(await stateNow()).toBe("requires_action");
  });

  it("keeps a success when a failure comes late, and books a success that comes late", async () => {
    const paid = await makeScene();
    await paid.say({ intent_id: paid.intentId, status: "succeeded" });
    await paid.say({ intent_id: paid.intentId, status: "failed" });
    expect(await paid.stateNow()).toBe("succeeded");

    const late = await makeScene();
    await late.provider.cancelIntent(late.intentId);
    await late.say({ intent_id: late.intentId, status: "succeeded" });
    expect(await late.stateNow()).toBe("succeeded");
  });

  it("translates a notice about an intent that it does not know; whoever reads it answers 404", async () => {
    const { say } = await makeScene();
    expect(await say({ intent_id: "pi_of_another" })).toMatchObject({
      ok: true,
      events: [{ intentId: "pi_of_another", amount: null, metadata: {} }],
    });
  });
});
