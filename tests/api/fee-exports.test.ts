import { type FakeAdyen, startFakeAdyen } from "@tribi/fakes/adyen/fake-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromAdyen } from "../../src/providers/payment/adyen/adyen-amount.js";
import { readFees } from "../../src/providers/payment/adyen/adyen-fees.js";
import { decimalFromStripe } from "../../src/providers/payment/stripe/stripe-amount.js";
import { adyenVariables, HMAC_KEY } from "../support/adyen-shop.js";
import { eventually } from "../support/eventually.js";
import { type StripeShop, startStripeShop } from "../support/stripe-shop.js";

/** Currencies with no, two and three decimals, and one that the providers count otherwise than ISO 4217 does. */
const CURRENCIES = ["JPY", "USD", "KWD", "ISK"];

interface Move {
  readonly kind: string;
  readonly direction: string;
  readonly amount: string;
  readonly amount_minor_units: number;
  readonly currency: string;
  readonly provider: string;
  readonly order_id: number;
  readonly reference: string;
}

let adyen: FakeAdyen;
let shop: StripeShop;
beforeAll(async () => {
  adyen = await startFakeAdyen();
  shop = await startStripeShop({ ...adyenVariables(adyen), PAYMENT_OFFERS: "STRIPE,ADYEN" });
  const { app, shopper } = shop;
  adyen.control.webhookTarget({ url: `${app.url}/payments/webhook/adyen`, hmacKey: HMAC_KEY });
  for (const [currency, minor] of [
    ["JPY", 1_500],
    ["KWD", 4_350],
    ["ISK", 1_490],
  ])
    await app.database.query(
      "insert into plan_prices (plan_id, currency, amount_minor) values ($1, $2, $3) on conflict do nothing",
      [shopper.planId, currency, minor],
    );
});
afterAll(async () => {
  await shop.stop();
  await adyen.stop();
});

/** An order with an open session at the fake Adyen. */
async function payingAtAdyen(currency = "USD"): Promise<{ orderId: number; sessionId: string }> {
  const order = await shop.shopper.order(currency);
  const { body } = await shop.shopper.create(order.id, "ADYEN");
  return { orderId: order.id, sessionId: body.intent_id };
}

async function payAtAdyen(currency: string): Promise<void> {
  adyen.control.approve((await payingAtAdyen(currency)).sessionId);
  await adyen.control.webhooksSettled();
}

/** A run as `tribi reconcile --apply` makes one. */
async function reconcile(): Promise<void> {
  const { database } = shop.app;
  const [before] = await database.query<{ id: number }>(
    "select coalesce(max(id), 0)::int as id from reconciliation_runs",
  );
  await database.query("update reconciliation_runs set started_at = started_at - interval '3 hours'");
  await database.query("select enqueue_job('reconcile_payments', '{}')");
  await eventually(async () => {
    const finished = await database.query(
      `select distinct provider from reconciliation_runs
       where id > $1 and provider in ('STRIPE', 'ADYEN') and finished_at is not null`,
      [before?.id],
    );
    return finished.length === 2;
  });
}

async function feesOf(wanted: string): Promise<Move[]> {
  const { app, adminToken } = shop;
  const { body } = await app.request("GET", "/admin/exports/journal?format=json", { bearer: adminToken });
  return body.items.filter(({ kind, provider }: Move) => kind === "fee" && provider === wanted);
}

/** Exact: decimals are compared as counts of millionths. */
const millionths = (decimal: string): number => Math.round(Number(decimal) * 1_000_000);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const sumOf = (fees: readonly Move[], currency: string): number =>
  sum(fees.filter((fee) => fee.currency === currency).map(({ amount }) => millionths(amount)));

/** What the sums by day say beside the journal, currency by currency. */
async function expectSummary(wanted: string, fees: readonly Move[]): Promise<void> {
  const { app, adminToken } = shop;
  const { body } = await app.request("GET", "/admin/exports/summary?format=json", { bearer: adminToken });
  for (const currency of new Set(fees.map((fee) => fee.currency))) {
    const rows = body.items.filter((row: Move) => row.currency === currency && row.provider === wanted);
    expect(sum(rows.map((row: { fees: string }) => millionths(row.fees)))).toBe(sumOf(fees, currency));
    for (const row of rows)
      expect(row.margin_minor_units).toBe(
        row.paid_minor_units -
          row.refunded_minor_units -
          row.charged_back_minor_units -
          row.fees_minor_units -
          row.cost_minor_units,
      );
  }
}

describe("Adyen's fees in the exports", () => {
  function theirs(currency: string): number {
    const parts = adyen.ledger().entries.flatMap(({ costs, amount }) => {
      const { processing, ...settled } = costs;
      const ours = Object.values(settled).map((value) => ({ value, currency: amount.currency }));
      return processing === undefined ? ours : [...ours, processing];
    });
    const of = parts.filter((part) => part.currency === currency);
    // Adyen counts krónur in hundredths, and its report has none.
    return sum(
      of.map((part) => {
        const read = fromAdyen(
          currency === "ISK" ? Math.round(part.value / 100) * 100 : part.value,
          currency,
        );
        const decimals = { JPY: 0, ISK: 0, KWD: 3 }[currency] ?? 2;
        return read.ok ? read.money.minor * 10 ** (6 - decimals) : Number.NaN;
      }),
    );
  }

  it("are those of its payments accounting report: blended, in parts, and of tries that were declined", async () => {
    for (const currency of CURRENCIES) await payAtAdyen(currency);
    adyen.control.shapes({ pricing: "interchange++" });
    for (const currency of CURRENCIES) await payAtAdyen(currency);
    const declined = await payingAtAdyen();
    adyen.control.decline(declined.sessionId);
    adyen.control.approve(declined.sessionId);
    await adyen.control.webhooksSettled();
    adyen.control.makeReports();
    // What its reports said is remembered for two seconds, and a run before this one may have found none.
    const fees = await eventually(async () => {
      await reconcile();
      const found = await feesOf("ADYEN");
      return found.length > 0 && found;
    });
    for (const currency of [...CURRENCIES, "EUR"]) {
      expect(sumOf(fees, currency)).toBe(theirs(currency));
      expect(sumOf(fees, currency)).toBeGreaterThan(0);
    }
    expect(fees.filter((fee) => fee.order_id === declined.orderId && fee.currency === "EUR")).toHaveLength(2);
    await expectSummary("ADYEN", fees);
  });

  it("keep every decimal, are money back with a minus, and are reported where they cannot be read", () => {
    const problems: string[] = [];
    const row = {
      "Psp Reference": "P",
      "Record Type": "Refunded",
      "Booking Date": "2026-11-30 10:00:00",
      TimeZone: "UTC",
      "Settlement Currency": "EUR",
      "Commission (SC)": "-0.10",
      "Markup (SC)": "0.0012345",
      "Scheme Fees (SC)": "0.00",
      "Interchange (SC)": "1,20",
      "Processing Fee (FC)": "-0.11",
      "Processing Fee Currency": "EUR",
    };
    const fees = readFees([row], (_, problem) => problems.push(problem));
    expect(fees.map(({ kind, amount }) => [kind, amount])).toEqual([
      ["commission", "-0.10"],
      ["markup", "0.0012345"],
      ["processing_fee", "0.11"],
    ]);
    expect(problems).toEqual(["interchange_not_an_amount"]);
    expect(readFees([row], () => {})).toEqual(fees);
    expect(new Set(fees.map(({ feeId }) => feeId)).size).toBe(3);
  });
});

describe("Stripe's fees in the exports", () => {
  const theirs = (currency: string): number =>
    sum(
      shop.stripe
        .ledger()
        .balance.filter((entry) => entry.currency === currency.toLowerCase())
        .map(({ fee }) => millionths(decimalFromStripe(fee, currency) ?? "")),
    );

  it("are those of its balance transactions in every currency, once, also of disputes and refunds", async () => {
    for (const currency of CURRENCIES) await shop.paid(currency);
    const [back, disputed] = [await shop.paid(), await shop.paid("KWD")];
    await shop.refund(back.orderId, { reason: "gone", accept_loss: true });
    shop.stripe.control.openDispute(disputed.intentId);
    await shop.settled();
    await reconcile();
    await reconcile();
    const fees = await feesOf("STRIPE");
    for (const currency of CURRENCIES) {
      expect(sumOf(fees, currency)).toBe(theirs(currency));
      expect(sumOf(fees, currency)).toBeGreaterThan(0);
    }
    expect(fees.filter((fee) => fee.order_id === disputed.orderId)).toHaveLength(2);
    expect(fees.every(({ amount_minor_units: minor, direction }) => minor < 0 && direction === "out")).toBe(
      true,
    );
    await expectSummary("STRIPE", fees);
  });

  it("stand in the currency that the account is paid out in", async () => {
    shop.stripe.control.settlesIn("eur", 0.0061);
    const { orderId } = await shop.paid("JPY");
    shop.stripe.control.settlesIn(null);
    await reconcile();
    const fees = await feesOf("STRIPE");
    const [fee] = fees.filter((one) => one.order_id === orderId);
    expect(fee).toMatchObject({ currency: "EUR", provider: "STRIPE" });
    expect(sumOf(fees, "EUR")).toBe(theirs("EUR"));
    await expectSummary("STRIPE", fees);
  });

  it("are left out where they are of no payment of this shop", async () => {
    const [before] = [(await feesOf("STRIPE")).length];
    const elsewhere = await fetch(`${shop.stripe.url}/v1/payment_intents`, {
      method: "POST",
      headers: { authorization: "Bearer sk_test_of_the_fake" },
      body: new URLSearchParams({ amount: "500", currency: "usd" }),
    });
    const { id } = (await elsewhere.json()) as { id: string };
    shop.stripe.control.approve(id);
    await reconcile();
    expect(await feesOf("STRIPE")).toHaveLength(before);
  });
});
