import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roundedMinor } from "../../src/modules/admin/exports/money-moves.js";
import { eventually } from "../support/eventually.js";
import { type StripeShop, startStripeShop } from "../support/stripe-shop.js";

const EVIL = '=HYPERLINK("http://evil.test")';

let go: FakeEsimGo;
let shop: StripeShop;
let planId: number;
beforeAll(async () => {
  go = await startFakeEsimGo();
  shop = await startStripeShop({
    PROVISIONING_PACE_MILLIS: "20",
    ESIM_GO_API_BASE: go.url,
    ESIM_GO_API_KEY: FAKE_ESIM_GO_KEY,
    ESIM_GO_REFUNDS_ENABLED: "true",
  });
  const [plan] = await query<{ id: number }>(
    `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
     select 'exported', $1, 1, 7, (select id from countries where iso2 = 'NL'), min(id) from carriers returning id`,
    [EVIL],
  );
  planId = plan?.id ?? 0;
  await query(
    "insert into plan_prices (plan_id, currency, amount_minor) values ($1, 'USD', 1234), ($1, 'JPY', 1500)",
    [planId],
  );
  await query(
    `insert into plan_suppliers (plan_id, supplier, package_id, cost_minor, cost_text, cost_currency)
     values ($1, 'esim-go', 'esim_1GB_7D_NL_V2', 115, '1.15', 'USD')`,
    [planId],
  );
});
afterAll(async () => {
  await shop.stop();
  await go.stop();
});

const query = <Row>(sql: string, values: unknown[] = []) => shop.app.database.query<Row>(sql, values);
const ask = (path: string) => shop.app.request("GET", path, { bearer: shop.adminToken });

interface Sale {
  readonly orderId: number;
  readonly intentId: string;
}

async function sell(currency: string): Promise<Sale> {
  const bearer = shop.shopper.token;
  const order = await shop.app.request("POST", "/orders", { bearer, body: { plan_id: planId, currency } });
  const { body } = await shop.shopper.create(order.body.id, "STRIPE");
  shop.stripe.control.approve(body.intent_id);
  await shop.settled();
  await eventually(async () => {
    const activated = { bearer, body: { order_id: order.body.id } };
    return (await shop.app.request("POST", "/esims/activate", activated)).status === 200;
  });
  return { orderId: order.body.id, intentId: body.intent_id };
}

interface Move {
  readonly kind: string;
  readonly amount: string;
  readonly amount_minor_units: number;
  readonly currency: string;
  readonly supplier: string;
  readonly order_id: number;
  readonly at: string;
}

const sumOf = (moves: readonly Move[], kind: string, currency: string): number =>
  moves
    .filter((move) => move.kind === kind && move.currency === currency)
    .reduce((sum, move) => sum + move.amount_minor_units, 0);

describe("the exports for accountants", () => {
  it("add up to the books of the payment provider and of the supplier, to the last minor unit", async () => {
    const [whole, part, disputed] = [await sell("USD"), await sell("USD"), await sell("USD")];
    await sell("JPY");
    await shop.refund(whole.orderId, { reason: "all" });
    const key = { "idempotency-key": "a-part" };
    await shop.refund(part.orderId, { reason: "a part", amount_minor_units: 101 }, key);
    const { id } = shop.stripe.control.openDispute(disputed.intentId);
    await shop.settled();
    shop.stripe.control.closeDispute(id, "lost");
    await shop.settled();
    await eventually(async () => (await shop.orderStatus(whole.orderId)) === "refunded");

    const { body } = await ask("/admin/exports/journal?format=json");
    const moves: readonly Move[] = body.items;
    const { intents, refunds, disputes } = shop.stripe.ledger();
    for (const currency of ["USD", "JPY"]) {
      const of = (one: { readonly currency: string }): boolean => one.currency.toUpperCase() === currency;
      const total = (amounts: readonly number[]): number => amounts.reduce((sum, one) => sum + one, 0);
      expect(sumOf(moves, "payment", currency)).toBe(
        total(intents.filter(of).map((intent) => intent.amount_received)),
      );
      expect(sumOf(moves, "refund", currency) + total(refunds.filter(of).map(({ amount }) => amount))).toBe(
        0,
      );
      expect(
        sumOf(moves, "chargeback", currency) + total(disputes.filter(of).map(({ amount }) => amount)),
      ).toBe(0);
    }
    expect(sumOf(moves, "refund", "USD")).toBe(-1234 - 101);
    // In ten-thousandths of a dollar, as the supplier counts; what it took back it gave back.
    const kept = go.ledger.orders.filter(({ refundedAtMillis }) => refundedAtMillis === null);
    expect(kept).toHaveLength(3);
    const costs = moves.filter(({ kind, supplier }) => kind === "cost" && supplier === "esim-go");
    const ours = costs.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 10_000), 0);
    expect(ours).toBe(kept.reduce((sum, { price }) => sum + price, 0));

    const { body: summary } = await ask("/admin/exports/summary?format=json");
    const usd = summary.items.filter((row: { currency: string }) => row.currency === "USD");
    const sum = (member: string): number =>
      usd.reduce((total: number, row: Record<string, number>) => total + (row[member] ?? 0), 0);
    expect([sum("payments"), sum("paid_minor_units"), sum("refunded_minor_units")]).toEqual([3, 3702, 1335]);
    expect(sum("charged_back_minor_units")).toBe(1234);
    expect(sum("margin_minor_units")).toBe(3702 - 1335 - 1234 - sum("cost_minor_units"));
    expect(usd[0]).toMatchObject({ plan: EVIL, supplier: "esim-go", provider: "STRIPE" });
  });

  it("are the same as CSV, in which no cell can be run and amounts out are numbers", async () => {
    for (const name of ["journal", "summary"]) {
      const [csv, json] = [
        await ask(`/admin/exports/${name}`),
        await ask(`/admin/exports/${name}?format=json`),
      ];
      const rows = parse(csv.text, { bom: true, columns: true }) as Record<string, string>[];
      expect(rows).toEqual(
        json.body.items.map((item: Record<string, unknown>) =>
          Object.fromEntries(
            Object.entries(item).map(([column, value]) => [
              column,
              value === EVIL ? `'${EVIL}` : String(value ?? ""),
            ]),
          ),
        ),
      );
      expect(rows.length).toBeGreaterThan(1);
    }
    const [seen] = await query(
      "select subject from audit_log where action = 'list.exported' order by id desc",
    );
    expect(seen).toEqual({ subject: "exports:summary" });
  });

  it("are of a range of time; an empty one is empty, and a wrong one is 422", async () => {
    const later = await ask("/admin/exports/journal?from=2100-01-01&format=json");
    expect(later.body).toEqual({ items: [] });
    const earlier = await ask("/admin/exports/summary?to=2020-01-01");
    expect(earlier.text.trim().split("\r\n")).toHaveLength(1);
    for (const search of ["from=yesterday", "from=2026-02-31", "from=2026-02-02&to=2026-02-01", "format=xml"])
      expect((await ask(`/admin/exports/journal?${search}`)).status).toBe(422);
  });

  it.each([
    ["1.15", "USD", 115],
    ["1.1549", "USD", 115],
    ["1.155", "USD", 116],
    ["0.9999", "USD", 100],
    ["12", "USD", 1200],
    ["1499.5", "JPY", 1500],
    ["0", "JPY", 0],
    ["1.0005", "KWD", 1001],
    ["-1.155", "USD", -116],
    ["-0.001", "USD", 0],
  ])("%s %s is %i in minor units", (decimal, currency, minor) => {
    expect(roundedMinor(decimal, currency)).toBe(minor);
  });
});
