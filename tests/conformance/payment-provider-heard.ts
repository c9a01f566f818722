import { expect, it } from "vitest";
import type { PaymentEvent, RefundCommand } from "../../src/providers/payment/port.js";
import {
  collect,
  describeProvider,
  doneValue,
  HOUR_MILLIS,
  lately,
  lazily,
  newPayment,
  type ProviderTraits,
  type ProviderWorld,
  refundRow,
} from "./payment-provider.js";

type HeardWorld = ProviderWorld & Required<Pick<ProviderWorld, "heard" | "makeReports">>;

/**
 * What every adapter must do whose provider cannot be asked: what is elsewhere read is heard here, by its events and
 * in its reports. Run it against the adapter's fake server, never against a real account.
 */
export function describeHeardProvider(
  name: string,
  makeWorld: () => Promise<HeardWorld>,
  traits: ProviderTraits,
): void {
  describeProvider(name, makeWorld, traits, (world) => {
    const heardWorld = world as () => HeardWorld;
    describePayments(heardWorld, traits);
    describeRefunds(heardWorld);
    describeReports(heardWorld);
  });
}

const of = (events: readonly PaymentEvent[], kind: PaymentEvent["kind"], reference: string) =>
  events.filter(
    (event) =>
      event.kind === kind &&
      [event.metadata.payment_reference, event.metadata.refund_reference].includes(reference),
  );

function describePayments(world: () => HeardWorld, { currencies }: ProviderTraits): void {
  const { createIntent, findIntentFor, fetchIntent } = lazily(world);

  it.each(currencies)(
    "hears of a payment in %s by our reference, with what was captured",
    async (currency) => {
      const payment = newPayment({ amount: { currency, minor: 5000 } });
      const made = doneValue(await createIntent(payment));
      await world().approve(made.intentId);
      const [paid, ...more] = of(await world().heard(), "intent_succeeded", payment.paymentReference);
      expect(more).toEqual([]);
      expect(paid).toMatchObject({
        problem: null,
        amount: payment.amount,
        livemode: world().provider.livemode,
        account: null,
        metadata: {
          order_id: String(payment.orderId),
          payment_reference: payment.paymentReference,
          shop_id: payment.shopId,
        },
      });
      expect(paid?.intentId).not.toBe(made.intentId);
    },
  );

  it("says that it cannot be asked, and that nobody can pay what was lost", async () => {
    const payment = newPayment();
    const { intentId } = doneValue(await createIntent(payment));
    expect(await fetchIntent(intentId)).toMatchObject({ kind: "refused", reason: "unavailable" });
    const window = { from: lately(), until: new Date() };
    expect(await findIntentFor(payment, window)).toMatchObject({ kind: "refused", reason: "not_found" });
  });
}

function describeRefunds(world: () => HeardWorld): void {
  const { refund } = lazily(world);
  const decided = async ({ refundReference }: RefundCommand) => {
    const events = of(await world().heard(), "refund_updated", refundReference);
    return events.map((event) => event.refund?.state);
  };

  it("refunds in parts up to the capture and not a cent further", async () => {
    const first = await refundable(world(), 400);
    const second = { ...first, ...refundRow(), amount: { currency: "USD", minor: 599 } };
    const third = { ...first, ...refundRow(), amount: { currency: "USD", minor: 1 } };
    expect(doneValue(await refund(first))).toMatchObject({
      intentId: first.intentId,
      amount: first.amount,
      state: "pending",
      metadata: { refund_reference: first.refundReference, shop_id: first.shopId },
    });
    doneValue(await refund(second));
    doneValue(await refund(third));
    expect(await decided(first)).toEqual(["succeeded"]);
    expect(await decided(second)).toEqual(["succeeded"]);
    expect(await decided(third)).toEqual(["failed"]);
  });

  it("makes one refund of one key, and refuses the key with another amount", async () => {
    const command = await refundable(world(), 300);
    const made = doneValue(await refund(command));
    expect(doneValue(await refund(command)).providerRefundId).toBe(made.providerRefundId);
    const other = { ...command, amount: { currency: "USD", minor: 301 } };
    expect(await refund(other)).toMatchObject({ kind: "refused", reason: "key_reused" });
    expect(await decided(command)).toEqual(["succeeded"]);
  });

  it("calls a lost refund unknown; the same key ends at the one refund", async (context) => {
    const lose = world().loseNextAnswer;
    if (!lose) return context.skip();
    const command = await refundable(world(), 400);
    lose("refund");
    expect(await refund(command)).toMatchObject({ kind: "unknown" });
    const made = doneValue(await refund(command));
    expect(doneValue(await refund(command)).providerRefundId).toBe(made.providerRefundId);
    expect(await decided(command)).toEqual(["succeeded"]);
  });

  it("ten refunds at once never exceed the capture", async () => {
    const command = await refundable(world(), 200);
    const commands = Array.from({ length: 10 }, () => ({ ...command, ...refundRow() }));
    await Promise.all(commands.map((one) => refund(one)));
    const states = (await Promise.all(commands.map(decided))).flat();
    expect(states.filter((state) => state === "succeeded")).toHaveLength(4);
    expect(states).toHaveLength(10);
  });
}

function describeReports(world: () => HeardWorld): void {
  const provider = () => world().provider;

  it("reads paid intents and refunds from the reports, newest first", async () => {
    const command = await refundable(world(), 250);
    const made = doneValue(await provider().refund(command));
    await world().heard();
    await world().makeReports();
    const intents = await collect(provider().listIntents(lately()));
    expect(intents.find(({ intentId }) => intentId === command.intentId)).toMatchObject({
      state: "succeeded",
      amount: { currency: "USD", minor: 999 },
      amountReceivedMinor: 999,
    });
    const times = intents.map(({ createdAt }) => -createdAt.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const refunds = await collect(provider().listRefunds(lately()));
    expect(refunds.find(({ providerRefundId }) => providerRefundId === made.providerRefundId)).toMatchObject({
      intentId: command.intentId,
      state: "succeeded",
      amount: command.amount,
      metadata: { refund_reference: command.refundReference },
    });
    const known = { hasRefunds: false, hasDisputes: false };
    const reading = doneValue(await provider().readPayment(command.intentId, known));
    expect(reading.refunds.map(({ providerRefundId }) => providerRefundId)).toEqual([made.providerRefundId]);
    expect(await provider().readPayment("NOWHERE", known)).toMatchObject({
      kind: "refused",
      reason: "not_found",
    });
  });

  it("lists nothing from the future", async () => {
    const future = new Date(Date.now() + HOUR_MILLIS);
    expect(await collect(provider().listIntents(future))).toEqual([]);
    expect(await collect(provider().listRefunds(future))).toEqual([]);
  });
}

/** A paid intent, under the id that its payment has, and a refund of it that has not been made yet. */
async function refundable({ provider, approve, heard }: HeardWorld, minor: number): Promise<RefundCommand> {
  const payment = newPayment();
  await approve(doneValue(await provider.createIntent(payment)).intentId);
  const [paid] = of(await heard(), "intent_succeeded", payment.paymentReference);
  return {
    ...refundRow(),
    intentId: paid?.intentId ?? "never heard of",
    amount: { currency: "USD", minor },
    reason: "asked for by the customer",
  };
}
