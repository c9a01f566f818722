import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { FaultName } from "@tribi/fakes/stripe/fake-faults";
import { type FakeStripe, startFakeStripe } from "@tribi/fakes/stripe/fake-server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { doneValue, newPayment } from "../../../../tests/conformance/payment-provider.js";
import type { PaymentProvider } from "../port.js";
import { makeStripeProvider } from "./stripe-provider.js";

const TIMEOUT_MILLIS = 250;

const providerAt = (
  apiBase: string,
  { secretKey = "sk_test_faults", timeoutMillis = TIMEOUT_MILLIS } = {},
): PaymentProvider =>
  makeStripeProvider({
    secretKey,
    publishableKey: null,
    apiBase,
    webhookSecrets: ["whsec_faults"],
    timeoutMillis,
  });

const window = () => ({ from: new Date(Date.now() - 60_000), until: new Date(Date.now() + 60_000) });

let fake: FakeStripe;
let provider: PaymentProvider;

beforeEach(async () => {
  fake = await startFakeStripe();
  provider = providerAt(fake.url);
});
afterEach(() => fake.stop());

/** What the caller hears, and whether the effect took place. */
const FAULT_TABLE: readonly [fault: FaultName, heard: object, hasEffect: boolean][] = [
  ["timeout_before", { kind: "unknown" }, false],
  ["error_500_before", { kind: "unknown" }, false],
  ["rate_limit", { kind: "refused", reason: "unavailable" }, false],
  ["unauthorized", { kind: "refused", reason: "credentials_refused" }, false],
  ["timeout_after_success", { kind: "unknown" }, true],
  ["error_500_after_success", { kind: "unknown" }, true],
  ["half_answer", { kind: "unknown" }, true],
  // The SDK repeats a call whose connection was cut; our key makes one effect of the two.
  ["drop_before", { kind: "done" }, true],
  ["drop_after_success", { kind: "done" }, true],
];

describe("a create that meets a fault", () => {
  it.each(FAULT_TABLE)(
    "%s: what is heard is true, and the look-up settles it",
    async (fault, heard, hasEffect) => {
      const payment = newPayment();
      fake.control.fault({ operation: "create_intent", fault });
      expect(await provider.createIntent(payment)).toMatchObject(heard);
      expect(fake.ledger().intents).toHaveLength(hasEffect ? 1 : 0);

      const found = await provider.findIntentFor(payment, window());
      expect(found).toMatchObject(hasEffect ? { kind: "done" } : { kind: "refused", reason: "not_found" });
      const intentId =
        found.kind === "done"
          ? found.value.intentId
          : doneValue(await provider.createIntent(payment)).intentId;
      expect(fake.ledger().intents.map(({ id }) => id)).toEqual([intentId]);
    },
  );

  it("stays unknown when Stripe replays its own 500, however often it is sent", async () => {
    const payment = newPayment();
    fake.control.fault({ operation: "create_intent", fault: "error_500_after_success" });
    for (let sent = 0; sent < 3; sent += 1) {
      expect(await provider.createIntent(payment)).toMatchObject({ kind: "unknown" });
    }
    expect(doneValue(await provider.findIntentFor(payment, window())).state).toBe("requires_action");
    expect(fake.ledger().intents).toHaveLength(1);
  });

  it("is unknown too while another call with its key is under way", async () => {
    const payment = newPayment();
    // Whichever call arrives first is slow, and the other one meets it under way.
    fake.control.fault({ operation: "create_intent", fault: "delay", delayMillis: 200 });
    const slow = provider.createIntent(payment);
    const heard: string[] = [];
    await expect
      .poll(async () => {
        heard.push((await provider.createIntent(payment)).kind);
        return heard;
      })
      .toContain("done");
    heard.push((await slow).kind);
    expect(heard).toContain("unknown");
    expect(heard).not.toContain("refused");
    expect(fake.ledger().intents).toHaveLength(1);
  });
});

describe("a refund that meets a fault", () => {
  it.each(FAULT_TABLE)(
    "%s: what is heard is true, and the look-up settles it",
    async (fault, heard, hasEffect) => {
      const { intentId } = doneValue(await provider.createIntent(newPayment()));
      fake.control.approve(intentId);
      const command = {
        refundReference: "r-7",
        shopId: "conformance",
        intentId,
        idempotencyKey: `refund-${fault}`,
        amount: { currency: "USD", minor: 400 },
        reason: "test",
      };
      fake.control.fault({ operation: "create_refund", fault });
      expect(await provider.refund(command)).toMatchObject(heard);
      expect(fake.ledger().refunds).toHaveLength(hasEffect ? 1 : 0);

      const found = await provider.findRefund(command);
      expect(found).toMatchObject(hasEffect ? { kind: "done" } : { kind: "refused", reason: "not_found" });
      if (found.kind !== "done") doneValue(await provider.refund(command));
      expect(fake.ledger().charges[0]?.amount_refunded).toBe(400);
    },
  );
});

describe("a cancel that meets a fault", () => {
  it.each(FAULT_TABLE)("%s: sent again it ends at the state that is", async (fault, heard) => {
    const { intentId } = doneValue(await provider.createIntent(newPayment()));
    fake.control.fault({ operation: "cancel_intent", fault });
    expect(await provider.cancelIntent(intentId)).toMatchObject(heard);
    expect(doneValue(await provider.cancelIntent(intentId)).state).toBe("canceled");
  });

  it("does not cancel what is being processed, and says so", async () => {
    const { intentId } = doneValue(await provider.createIntent(newPayment()));
    fake.control.process(intentId);
    expect(doneValue(await provider.cancelIntent(intentId)).state).toBe("processing");
  });
});

describe("looking up", () => {
  it("finds an intent that the search does not know yet", async () => {
    fake.control.searchLag(3600);
    const payment = newPayment();
    const made = doneValue(await provider.createIntent(payment));
    expect(doneValue(await provider.findIntentFor(payment, window())).intentId).toBe(made.intentId);
    const operations = fake.ledger().calls.map(({ operation }) => operation);
    expect(operations).toContain("list_intents");
  });

  it("finds it behind a hundred others, and when the search itself fails", async () => {
    // No call is to time out here, however busy the machine is.
    const patient = providerAt(fake.url, { timeoutMillis: 10_000 });
    fake.control.searchLag(3600);
    const payment = newPayment();
    const made = doneValue(await patient.createIntent(payment));
    for (let other = 0; other < 120; other += 1) doneValue(await patient.createIntent(newPayment()));
    expect(doneValue(await patient.findIntentFor(payment, window())).intentId).toBe(made.intentId);
    fake.control.fault({ operation: "search_intents", fault: "error_500_before", times: 9 });
    expect(doneValue(await patient.findIntentFor(payment, window())).intentId).toBe(made.intentId);
  });

  it("does not call it missing when the list breaks off", async () => {
    const payment = newPayment();
    fake.control.fault({ operation: "list_intents", fault: "error_500_before", times: 9 });
    expect(await provider.findIntentFor(payment, window())).toMatchObject({ kind: "unknown" });
  });

  it("repeats a read that failed once", async () => {
    const made = doneValue(await provider.createIntent(newPayment()));
    fake.control.fault({ operation: "retrieve_intent", fault: "error_500_before" });
    expect(doneValue(await provider.fetchIntent(made.intentId)).intentId).toBe(made.intentId);
  });

  it("breaks a list off with an error of the port, not with an end", async () => {
    fake.control.fault({ operation: "list_intents", fault: "error_500_before", times: 9 });
    const reading = (async () => {
      for await (const _ of provider.listIntents(new Date(0)));
    })();
    await expect(reading).rejects.toMatchObject({ name: "PaymentProviderUnavailable" });
  });
});

describe("declines, pending refunds and disputes", () => {
  it("records a decline, and the intent can still be paid", async () => {
    const { intentId } = doneValue(await provider.createIntent(newPayment()));
    fake.control.decline(intentId, "insufficient_funds");
    expect(doneValue(await provider.fetchIntent(intentId))).toMatchObject({
      state: "requires_action",
      amountReceivedMinor: 0,
      amountRefundedMinor: 0,
      lastDecline: { code: "insufficient_funds" },
    });
    fake.control.approve(intentId);
    expect(doneValue(await provider.fetchIntent(intentId)).state).toBe("succeeded");
  });

  it("tells a refund that fails later, and the money is back on the charge", async () => {
    fake.control.refundsStartAs("pending");
    const { intentId } = doneValue(await provider.createIntent(newPayment()));
    fake.control.approve(intentId);
    const command = {
      refundReference: "r-8",
      shopId: "conformance",
      intentId,
      idempotencyKey: "refund-pending",
      amount: { currency: "USD", minor: 999 },
      reason: "test",
    };
    const made = doneValue(await provider.refund(command));
    expect(made.state).toBe("pending");
    fake.control.failRefund(made.providerRefundId, "expired_or_canceled_card");
    expect(doneValue(await provider.findRefund(command))).toMatchObject({
      state: "failed",
      failureReason: "expired_or_canceled_card",
    });
    expect(doneValue(await provider.fetchIntent(intentId)).amountRefundedMinor).toBe(0);
  });

  it("refuses to refund a disputed charge, and lists the dispute and its money", async () => {
    const { intentId } = doneValue(await provider.createIntent(newPayment()));
    fake.control.approve(intentId);
    const dispute = fake.control.openDispute(intentId);
    const command = {
      refundReference: "r-9",
      shopId: "conformance",
      intentId,
      idempotencyKey: "refund-disputed",
      amount: { currency: "USD", minor: 999 },
      reason: "test",
    };
    expect(await provider.refund(command)).toMatchObject({ kind: "refused", reason: "disputed" });
    fake.control.closeDispute(dispute.id, "lost");
    const disputes = [];
    for await (const one of provider.listDisputes(new Date(0))) disputes.push(one);
    expect(disputes).toMatchObject([{ disputeId: dispute.id, intentId, state: "lost" }]);
    const known = { hasRefunds: false, hasDisputes: false };
    expect(doneValue(await provider.readPayment(intentId, known)).disputes).toMatchObject([
      { disputeId: dispute.id, state: "lost" },
    ]);
    const moved = fake.ledger().balance.map(({ type, amount }) => [type, amount]);
    expect(moved).toEqual([
      ["charge", 999],
      ["adjustment", -999],
    ]);
  });
});

describe("a reading of the whole payment", () => {
  const known = { hasRefunds: false, hasDisputes: false };
  const refunded = async (): Promise<string> => {
    const { intentId } = doneValue(await provider.createIntent(newPayment()));
    fake.control.approve(intentId);
    const command = {
      refundReference: "r-whole",
      shopId: "conformance",
      intentId,
      idempotencyKey: `refund-${intentId}`,
      amount: { currency: "USD", minor: 999 },
      reason: "test",
    };
    doneValue(await provider.refund(command));
    return intentId;
  };

  it.each(["retrieve_intent", "list_refunds"] as const)(
    "is no answer when %s breaks off",
    async (operation) => {
      const intentId = await refunded();
      fake.control.fault({ operation, fault: "error_500_before", times: 9 });
      expect(await provider.readPayment(intentId, known)).toMatchObject({ kind: "unknown" });
      fake.control.clearFaults();
      expect(doneValue(await provider.readPayment(intentId, known)).refunds).toHaveLength(1);
    },
  );

  it("is no answer when the list of disputes breaks off", async () => {
    const { intentId } = doneValue(await provider.createIntent(newPayment()));
    fake.control.approve(intentId);
    fake.control.openDispute(intentId);
    fake.control.fault({ operation: "list_disputes", fault: "error_500_before", times: 9 });
    expect(await provider.readPayment(intentId, known)).toMatchObject({ kind: "unknown" });
  });

  it("sees a refund that has failed since our books had it", async () => {
    const intentId = await refunded();
    fake.control.failRefund(fake.ledger().refunds[0]?.id ?? "");
    expect(
      doneValue(await provider.readPayment(intentId, { ...known, hasRefunds: true })).refunds,
    ).toMatchObject([{ state: "failed" }]);
  });

  it("asks for nothing but the intent when neither side knows of more", async () => {
    const { intentId } = doneValue(await provider.createIntent(newPayment()));
    fake.control.approve(intentId);
    const before = fake.ledger().calls.length;
    doneValue(await provider.readPayment(intentId, known));
    expect(
      fake
        .ledger()
        .calls.slice(before)
        .map(({ operation }) => operation),
    ).toEqual(["retrieve_intent"]);
  });
});

describe("the connection", () => {
  it("that is refused had no effect", async () => {
    const { url } = fake;
    await fake.stop();
    expect(await providerAt(url).createIntent(newPayment())).toMatchObject({
      kind: "refused",
      reason: "unavailable",
    });
  });

  it("that trickles without an end is unknown after the deadline", async () => {
    const timers: NodeJS.Timeout[] = [];
    const trickle = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      timers.push(setInterval(() => response.write(" "), TIMEOUT_MILLIS / 4));
    });
    await new Promise<void>((resolve) => trickle.listen(0, "127.0.0.1", resolve));
    const { port } = trickle.address() as AddressInfo;
    const outcome = await providerAt(`http://127.0.0.1:${port}`).createIntent(newPayment());
    expect(outcome).toMatchObject({ kind: "unknown" });
    for (const timer of timers) clearInterval(timer);
    trickle.closeAllConnections();
    await new Promise((resolve) => trickle.close(resolve));
  });

  it("takes an origin only as its base", () => {
    for (const base of ["http://127.0.0.1:1/v1", "ftp://x", "not a url", "https://a.b/?x"]) {
      expect(() => providerAt(base)).toThrow();
    }
  });

  it("knows its mode by its key", () => {
    expect(providerAt("https://api.stripe.com", { secretKey: "sk_live_1" }).livemode).toBe(true);
    expect(providerAt("https://api.stripe.com", { secretKey: "rk_live_1" }).livemode).toBe(true);
    expect(providerAt("https://api.stripe.com", { secretKey: "sk_test_1" }).livemode).toBe(false);
  });

  it("never sends an amount that Stripe cannot carry", async () => {
    const amounts = [
      { currency: "KWD", minor: 5124 },
      { currency: "UGX", minor: 500 },
      { currency: "MGA", minor: 12345 },
    ];
    for (const amount of amounts) {
      expect(await provider.createIntent(newPayment({ amount }))).toMatchObject({
        kind: "refused",
        reason: "amount_not_chargeable",
      });
    }
    const below = newPayment({ amount: { currency: "USD", minor: 10 } });
    expect(await provider.createIntent(below)).toMatchObject({ reason: "amount_not_chargeable" });
    expect(fake.ledger().intents).toEqual([]);
  });
});
