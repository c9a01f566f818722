import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Done, Outcome } from "../../src/kernel/outcome.js";
import {
  type CreateIntent,
  type PaymentEvent,
  type PaymentProvider,
  paymentKey,
  refundKey,
} from "../../src/providers/payment/port.js";

/** The world around a provider: what the payer and the network do. Each adapter's test supplies one. */
export interface ProviderWorld {
  readonly provider: PaymentProvider;
  /** The payer pays. */
  approve(intentId: string): Promise<void>;
  /** The next create loses its answer after it has had its effect; null when the provider cannot. */
  loseNextAnswer: ((operation: "create" | "refund") => void) | null;
  /** What the provider has told so far, verified and in our terms; for one whose books cannot be read live. */
  heard?(): Promise<readonly PaymentEvent[]>;
  /** The provider makes its reports of what has happened until now. */
  makeReports?(): Promise<void>;
  stop(): Promise<void>;
}

/** What is not the same of every provider. */
export interface ProviderTraits {
  /** Currencies with decimals of every kind. */
  readonly currencies: readonly string[];
}

const LIVE: ProviderTraits = { currencies: ["USD", "JPY", "KWD", "ISK", "MGA"] };

let nextRow = 1;
const expiresAt = new Date(Date.now() + 4 * 3_600_000);
const PAGE = {
  title: "Spain",
  language: "en",
  returnUrl: "https://shop.example/",
  expiresAt,
  orderExpiresAt: expiresAt,
} as const;

/** A payment row that no other test uses, as the database would give it. */
export function newPayment(over: Partial<CreateIntent> = {}): CreateIntent {
  const row = nextRow++;
  const paymentReference = over.paymentReference ?? randomUUID();
  const shopId = over.shopId ?? "conformance";
  return {
    paymentReference,
    orderId: 1000 + row,
    shopId,
    idempotencyKey: paymentKey(shopId, paymentReference),
    amount: { currency: "USD", minor: 999 },
    page: PAGE,
    ...over,
  };
}

export function doneValue<Value, Refusal>(outcome: Outcome<Value, Refusal>): Value {
  expect(outcome).toMatchObject({ kind: "done" });
  return (outcome as Done<Value>).value;
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export const HOUR_MILLIS = 3_600_000;
export const lately = () => new Date(Date.now() - HOUR_MILLIS);
const window = () => ({ from: lately(), until: new Date(Date.now() + HOUR_MILLIS) });

type Describe = (world: () => ProviderWorld) => void;

/** What every adapter must do. Run it against the adapter's fake server, never against a real account. */
export function describePaymentProvider(name: string, makeWorld: () => Promise<ProviderWorld>): void {
  describeProvider(name, makeWorld, LIVE, (world) => {
    describeIntents(world);
    describeUnknowns(world);
    describeRefunds(world);
    describeBooks(world);
  });
}

/** The part that is the same whether a provider's books are live or not, and what is to be said of this kind. */
export function describeProvider(
  name: string,
  makeWorld: () => Promise<ProviderWorld>,
  traits: ProviderTraits,
  describeMore: Describe,
): void {
  describe(`${name} as a payment provider`, () => {
    const held: { world?: ProviderWorld } = {};
    const world = () => held.world as ProviderWorld;
    beforeAll(async () => {
      held.world = await makeWorld();
    });
    afterAll(() => held.world?.stop());

    describeMaking(world, traits);
    describeMore(world);
  });
}

function describeMaking(world: () => ProviderWorld, { currencies }: ProviderTraits): void {
  const { createIntent, refund } = lazily(world);

  it("makes an intent with our amount, our metadata and no money on it", async () => {
    const payment = newPayment();
    const made = doneValue(await createIntent(payment));
    expect(made).toMatchObject({
      state: "requires_action",
      amount: payment.amount,
      amountReceivedMinor: 0,
      amountRefundedMinor: 0,
      livemode: world().provider.livemode,
      metadata: {
        order_id: String(payment.orderId),
        payment_reference: payment.paymentReference,
        shop_id: payment.shopId,
      },
    });
  });

  it.each(currencies)("makes one in %s", async (currency) => {
    const amount = { currency, minor: 5000 };
    expect(doneValue(await createIntent(newPayment({ amount }))).amount).toEqual(amount);
  });

  it("makes one intent of one key, one after the other or at once", async () => {
    const payment = newPayment();
    const first = doneValue(await createIntent(payment));
    const again = await Promise.all(Array.from({ length: 5 }, () => createIntent(payment)));
    const ids = again.map((outcome) => doneValue(outcome).intentId);
    expect(new Set(ids)).toEqual(new Set([first.intentId]));

    const other = newPayment();
    const raced = await Promise.all(Array.from({ length: 10 }, () => createIntent(other)));
    const done = raced.flatMap((outcome) => (outcome.kind === "done" ? [outcome.value.intentId] : []));
    expect(raced.every(({ kind }) => kind !== "refused")).toBe(true);
    expect(new Set(done).size).toBe(1);
  });

  it("refuses the same key with another amount", async () => {
    const payment = newPayment();
    doneValue(await createIntent(payment));
    const other = { ...payment, amount: { currency: "USD", minor: 1 + payment.amount.minor } };
    expect(await createIntent(other)).toMatchObject({ kind: "refused", reason: "key_reused" });
  });

  it("calls a lost answer unknown; the same key ends at one intent", async (context) => {
    const lose = world().loseNextAnswer;
    if (!lose) return context.skip();
    const payment = newPayment();
    lose("create");
    expect(await createIntent(payment)).toMatchObject({ kind: "unknown" });
    const made = doneValue(await createIntent(payment));
    expect(doneValue(await createIntent(payment)).intentId).toBe(made.intentId);
  });

  it("refuses a refund of what is not there", async () => {
    const nowhere = {
      ...refundRow(),
      intentId: "pi_nowhere",
      amount: { currency: "USD", minor: 1 },
      reason: "r",
    };
    expect(await refund(nowhere)).toMatchObject({ kind: "refused", reason: "not_found" });
  });

  it("has no webhook that throws", async () => {
    for (const body of ["", "{", "[]", "null", '"x"', "{}", '{"intent_id":7}', "\u0000"]) {
      const verdict = await world().provider.verifyWebhook(Buffer.from(body), {}, Date.now());
      expect(verdict.ok).toBe(false);
    }
  });
}

function describeIntents(world: () => ProviderWorld): void {
  const { createIntent, fetchIntent, cancelIntent } = lazily(world);

  it("gives an intent again, with its amount and our metadata", async () => {
    const payment = newPayment();
    const made = doneValue(await createIntent(payment));
    expect(doneValue(await fetchIntent(made.intentId))).toMatchObject({
      intentId: made.intentId,
      amount: payment.amount,
      metadata: made.metadata,
    });
  });

  it.each(["USD", "JPY", "KWD", "ISK", "MGA"])("carries %s there and back", async (currency) => {
    const amount = { currency, minor: 5000 };
    const made = doneValue(await createIntent(newPayment({ amount })));
    expect(doneValue(await fetchIntent(made.intentId)).amount).toEqual(amount);
  });

  it("refuses the same key with another amount, and the first intent stays", async () => {
    const payment = newPayment();
    const made = doneValue(await createIntent(payment));
    const other = { ...payment, amount: { currency: "USD", minor: 1 + payment.amount.minor } };
    expect(await createIntent(other)).toMatchObject({ kind: "refused", reason: "key_reused" });
    expect(doneValue(await fetchIntent(made.intentId)).amount).toEqual(payment.amount);
  });

  it("says not_found of an intent that is not there", async () => {
    expect(await fetchIntent("pi_nowhere")).toMatchObject({ kind: "refused", reason: "not_found" });
    expect(await cancelIntent("pi_nowhere")).toMatchObject({ kind: "refused", reason: "not_found" });
  });

  it("tells a payment by its captured amount", async () => {
    const made = doneValue(await createIntent(newPayment()));
    await world().approve(made.intentId);
    expect(doneValue(await fetchIntent(made.intentId))).toMatchObject({
      state: "succeeded",
      amountReceivedMinor: 999,
      amountRefundedMinor: 0,
    });
  });

  it("cancels an open intent, again harmlessly", async () => {
    const made = doneValue(await createIntent(newPayment()));
    expect(doneValue(await cancelIntent(made.intentId)).state).toBe("canceled");
    expect(doneValue(await cancelIntent(made.intentId)).state).toBe("canceled");
  });

  it("answers a cancel with succeeded when the payer was faster", async () => {
    const made = doneValue(await createIntent(newPayment()));
    await world().approve(made.intentId);
    expect(doneValue(await cancelIntent(made.intentId))).toMatchObject({
      state: "succeeded",
      amountReceivedMinor: 999,
    });
  });
}

function describeUnknowns(world: () => ProviderWorld): void {
  const { createIntent, findIntentFor, refund, findRefund } = lazily(world);

  it("finds an intent by our payment, and no intent of another shop or payment", async () => {
    const payment = newPayment();
    const made = doneValue(await createIntent(payment));
    expect(doneValue(await findIntentFor(payment, window())).intentId).toBe(made.intentId);
    for (const other of [{ shopId: "another shop's" }, { paymentReference: randomUUID() }]) {
      expect(await findIntentFor({ ...payment, ...other }, window())).toMatchObject({
        kind: "refused",
        reason: "not_found",
      });
    }
  });

  it("calls a lost answer unknown; the look-up and the same key both end at the one intent", async (context) => {
    const lose = world().loseNextAnswer;
    if (!lose) return context.skip();
    const payment = newPayment();
    lose("create");
    expect(await createIntent(payment)).toMatchObject({ kind: "unknown" });
    const found = doneValue(await findIntentFor(payment, window()));
    expect(doneValue(await createIntent(payment)).intentId).toBe(found.intentId);
  });

  it("calls a lost refund unknown; the look-up and the same key both end at the one refund", async (context) => {
    const lose = world().loseNextAnswer;
    if (!lose) return context.skip();
    const command = await refundable(world(), 400);
    lose("refund");
    expect(await refund(command)).toMatchObject({ kind: "unknown" });
    const found = doneValue(await findRefund(command));
    expect(doneValue(await refund(command)).providerRefundId).toBe(found.providerRefundId);
  });
}

function describeRefunds(world: () => ProviderWorld): void {
  const { createIntent, fetchIntent, refund, findRefund } = lazily(world);

  it("refunds in parts up to the capture and not a cent further", async () => {
    const first = await refundable(world(), 400);
    const second = { ...first, ...refundRow(), amount: { currency: "USD", minor: 599 } };
    const third = { ...first, ...refundRow(), amount: { currency: "USD", minor: 1 } };
    expect(doneValue(await refund(first))).toMatchObject({
      intentId: first.intentId,
      amount: first.amount,
      state: "succeeded",
      metadata: { refund_reference: first.refundReference, shop_id: first.shopId },
    });
    expect(await refund({ ...third, amount: { currency: "USD", minor: 600 } })).toMatchObject({
      kind: "refused",
      reason: "exceeds_capture",
    });
    doneValue(await refund(second));
    const none = { ...third, ...refundRow() };
    expect(await refund(none)).toMatchObject({ kind: "refused", reason: "exceeds_capture" });
    expect(doneValue(await fetchIntent(first.intentId)).amountRefundedMinor).toBe(999);
    expect(await findRefund(none)).toMatchObject({ kind: "refused", reason: "not_found" });
  });

  it("makes one refund of one key, and refuses the key with another amount", async () => {
    const command = await refundable(world(), 300);
    const made = doneValue(await refund(command));
    expect(doneValue(await refund(command)).providerRefundId).toBe(made.providerRefundId);
    const other = { ...command, amount: { currency: "USD", minor: 301 } };
    expect(await refund(other)).toMatchObject({ kind: "refused", reason: "key_reused" });
    expect(doneValue(await fetchIntent(command.intentId)).amountRefundedMinor).toBe(300);
  });

  it("ten refunds at once never exceed the capture", async () => {
    const command = await refundable(world(), 200);
    const commands = Array.from({ length: 10 }, () => ({ ...command, ...refundRow() }));
    const outcomes = await Promise.all(commands.map((one) => refund(one)));
    expect(outcomes.filter(({ kind }) => kind === "done")).toHaveLength(4);
    expect(doneValue(await fetchIntent(command.intentId)).amountRefundedMinor).toBe(800);
  });

  it("refuses what was never captured and what is not there", async () => {
    const open = doneValue(await createIntent(newPayment()));
    const command = {
      ...refundRow(),
      intentId: open.intentId,
      amount: { currency: "USD", minor: 1 },
      reason: "r",
    };
    expect(await refund(command)).toMatchObject({ kind: "refused", reason: "not_captured" });
    const nowhere = { ...command, ...refundRow(), intentId: "pi_nowhere" };
    expect(await refund(nowhere)).toMatchObject({ kind: "refused", reason: "not_found" });
  });
}

function describeBooks(world: () => ProviderWorld): void {
  const provider = () => world().provider;

  it("lists intents and refunds since a time, newest first", async () => {
    const command = await refundable(world(), 250);
    const made = doneValue(await provider().refund(command));
    const intents = await collect(provider().listIntents(lately()));
    expect(intents.find(({ intentId }) => intentId === command.intentId)).toMatchObject({
      state: "succeeded",
      amountReceivedMinor: 999,
      amountRefundedMinor: 250,
    });
    expect(intents.map(({ createdAt }) => -createdAt.getTime())).toEqual(
      intents.map(({ createdAt }) => -createdAt.getTime()).sort((a, b) => a - b),
    );
    const refunds = await collect(provider().listRefunds(lately()));
    expect(refunds.map(({ providerRefundId }) => providerRefundId)).toContain(made.providerRefundId);
  });

  it("lists nothing from the future", async () => {
    const future = new Date(Date.now() + HOUR_MILLIS);
    expect(await collect(provider().listIntents(future))).toEqual([]);
    expect(await collect(provider().listRefunds(future))).toEqual([]);
  });

  it("reads a payment with all of its refunds as one state, whatever our books know of them", async () => {
    const first = await refundable(world(), 400);
    const second = { ...first, ...refundRow(), amount: { currency: "USD", minor: 599 } };
    const made = [doneValue(await provider().refund(first)), doneValue(await provider().refund(second))];
    for (const known of [NOTHING_KNOWN, { hasRefunds: true, hasDisputes: true }]) {
      const reading = doneValue(await provider().readPayment(first.intentId, known));
      expect(reading.intent).toMatchObject({
        intentId: first.intentId,
        state: "succeeded",
        amountReceivedMinor: 999,
        amountRefundedMinor: 999,
      });
      expect(reading.refunds.map(({ providerRefundId }) => providerRefundId).sort()).toEqual(
        made.map(({ providerRefundId }) => providerRefundId).sort(),
      );
      expect(reading.disputes).toEqual([]);
    }
  });

  it("reads an open and an unknown payment", async () => {
    const { intentId } = doneValue(await provider().createIntent(newPayment()));
    expect(doneValue(await provider().readPayment(intentId, NOTHING_KNOWN))).toMatchObject({
      intent: { intentId, state: "requires_action" },
      refunds: [],
      disputes: [],
    });
    expect(await provider().readPayment("pi_nowhere", NOTHING_KNOWN)).toMatchObject({
      kind: "refused",
      reason: "not_found",
    });
  });
}

const NOTHING_KNOWN = { hasRefunds: false, hasDisputes: false };

export function refundRow() {
  const refundReference = randomUUID();
  return {
    refundReference,
    shopId: "conformance",
    idempotencyKey: refundKey("conformance", refundReference),
  };
}

/** A paid intent and a refund of it that has not been made yet. */
async function refundable({ provider, approve }: ProviderWorld, minor: number) {
  const made = doneValue(await provider.createIntent(newPayment()));
  await approve(made.intentId);
  // Where the payer pays on the provider's page there is an intent only now.
  const { intentId } = doneValue(await provider.fetchIntent(made.intentId));
  return {
    ...refundRow(),
    intentId,
    amount: { currency: "USD", minor },
    reason: "asked for by the customer",
  };
}

/** The provider is made in beforeAll, after the tests are declared. */
export function lazily(world: () => ProviderWorld) {
  const provider = () => world().provider;
  return {
    createIntent: (...args: Parameters<PaymentProvider["createIntent"]>) => provider().createIntent(...args),
    fetchIntent: (...args: Parameters<PaymentProvider["fetchIntent"]>) => provider().fetchIntent(...args),
    findIntentFor: (...args: Parameters<PaymentProvider["findIntentFor"]>) =>
      provider().findIntentFor(...args),
    cancelIntent: (...args: Parameters<PaymentProvider["cancelIntent"]>) => provider().cancelIntent(...args),
    refund: (...args: Parameters<PaymentProvider["refund"]>) => provider().refund(...args),
    findRefund: (...args: Parameters<PaymentProvider["findRefund"]>) => provider().findRefund(...args),
  };
}
