import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeSupplier } from "../conformance.js";
import type { ExactMoney } from "../package-port.js";
import type { EsimSupplier } from "../port.js";
import { hmac } from "../signatures.js";
import { supplierReferenceOf } from "./esim-go-esims.js";
import { type EsimGoOptions, makeEsimGoSupplier } from "./esim-go-supplier.js";
import { readEsimGoWebhook } from "./esim-go-webhook.js";
import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "./fake-server.js";

const BUNDLE = "esim_1GB_7D_NL_V2";
const optionsFor = (fake: FakeEsimGo): EsimGoOptions => ({
  baseUrl: fake.url,
  apiKey: FAKE_ESIM_GO_KEY,
  areRefundsEnabled: true,
  timeoutMillis: 1_500,
});

describeSupplier("esim-go", async () => {
  const fake = await startFakeEsimGo();
  const supplier = makeEsimGoSupplier(optionsFor(fake));
  const unauthorised = makeEsimGoSupplier({ ...optionsFor(fake), apiKey: "wrong" });
  const unreachable = makeEsimGoSupplier({ ...optionsFor(fake), baseUrl: "http://127.0.0.1:1/v2.4" });
  const paths = { order: "^POST /v2.4/orders$", question: "^GET ", topUp: "^POST /v2.4/orders$" };
  return {
    supplier,
    unauthorised,
    unreachable,
    packageId: BUNDLE,
    topUpPackageId: BUNDLE,
    purchases: () => fake.ledger.orders.length,
    fault: (on, act) => fake.http.script({ on: paths[on], act }),
    setStock: (stock) => Object.assign(fake.ledger.packages[0] ?? {}, { stock }),
    setBalanceEmpty: (isEmpty) => {
      fake.ledger.balance = isEmpty ? 0 : 10_000_000_000;
    },
    use({ supplierReference }, percent) {
      const esim = fake.ledger.esims.find(
        (entry) => supplierReferenceOf(entry.orderId, entry.iccid) === supplierReference,
      );
      const usedBytes = ((esim?.totalBytes ?? 0) / 100) * percent;
      Object.assign(esim ?? {}, { plan: "active", profile: "installed", usedBytes });
    },
    repeatIccid: () => {
      fake.ledger.settings.iccidStyle = "duplicate";
    },
    async stop() {
      await Promise.all([supplier.close(), unauthorised.close(), unreachable.close()]);
      await fake.stop();
    },
  };
});

describe("esim go", () => {
  let fake: FakeEsimGo;
  let supplier: EsimSupplier & { close(): Promise<void> };
  beforeEach(async () => {
    fake = await startFakeEsimGo();
    supplier = makeEsimGoSupplier(optionsFor(fake));
  });
  afterEach(async () => {
    await supplier.close();
    await fake.stop();
  });
  const usd = (amountText: string, amountMinor: number): ExactMoney => ({
    amountText,
    amountMinor,
    currency: "USD",
  });
  const order = (reference = "TRB-G1-1", expectedCost: ExactMoney | null = null) =>
    supplier.order({ reference, packageId: BUNDLE, expectedCost });
  const placed = async () => {
    const outcome = await order();
    if (outcome.kind !== "done") throw new Error(outcome.kind);
    return outcome.value;
  };
  const lookup = (known: readonly string[] = []) => ({
    reference: "TRB-G1-1",
    packageId: BUNDLE,
    sentAfterMillis: Date.now() - 1_000,
    knownSupplierOrderIds: known,
  });
  const refOf = async () => {
    const { supplierOrderId, esims } = await placed();
    return {
      supplierReference: esims[0]?.supplierReference ?? "",
      supplierOrderId,
      iccid: esims[0]?.iccid ?? null,
    };
  };

  test.each(["object", "array", "wrapped"] as const)(
    "install data as %s, with and without scheme",
    async (shape) => {
      for (const hasScheme of [true, false]) {
        Object.assign(fake.settings, { assignmentShape: shape, hasScheme, isIccidNumber: true });
        const { supplierOrderId, esims } = await placed();
        const again = await supplier.getOrder({ ...lookup(), supplierOrderId });
        const [esim] = again.kind === "done" ? again.value.esims : [];
        expect(esim).toMatchObject({ smdpAddress: "rsp.example.com", matchingId: esims[0]?.matchingId });
        expect(esim?.iccid).toMatch(/^8999999\d{12}$/);
        expect(esim?.installLinks?.apple).toContain("carddata=LPA%3A1%24rsp.example.com%24");
        expect(esim?.installLinks?.apple).not.toContain("%25");
      }
    },
  );

  test("503 while assigning is pending with the supplier's wait, then the eSIM", async () => {
    fake.ledger.settings.readyAfterPolls = 3;
    const { supplierOrderId, state } = await placed();
    expect(state).toBe("pending");
    const where = { ...lookup(), supplierOrderId };
    expect(await supplier.getOrder(where)).toMatchObject({ value: { state: "pending", askAgainSeconds: 3 } });
    expect(await supplier.getOrder(where)).toMatchObject({ value: { state: "pending" } });
    expect(await supplier.getOrder(where)).toMatchObject({ value: { state: "ready" } });
  });

  test("a search passes over orders that other attempts own and over other bundles", async () => {
    const first = await placed();
    await supplier.order({ reference: "x", packageId: "esim_UL_3D_NL_V2", expectedCost: null });
    expect(await supplier.findOrder(lookup())).toMatchObject({ value: { found: "one" } });
    expect(await supplier.findOrder(lookup([first.supplierOrderId]))).toMatchObject({
      value: { found: "none", isConclusive: true },
    });
    await placed();
    expect(await supplier.findOrder(lookup())).toMatchObject({ value: { found: "several" } });
  });

  test("a list newest first is read back to our call only, and nothing found in it is conclusive", async () => {
    for (let number = 0; number < 2_100; number += 1) fake.ledger.sell({ reference: "", packageId: BUNDLE });
    for (const sale of fake.ledger.orders) Object.assign(sale, { createdAtMillis: Date.now() - 3_600_000 });
    fake.http.calls.length = 0;
    expect(await supplier.findOrder(lookup())).toMatchObject({
      value: { found: "none", isConclusive: true },
    });
    expect(fake.http.calls).toHaveLength(2);
    // Out of order: all that may be read is read, and since that is not everything it proves nothing.
    Object.assign(fake.ledger.orders[2_080] ?? {}, { createdAtMillis: Date.now() - 7_200_000 });
    expect(await supplier.findOrder(lookup())).toMatchObject({
      value: { found: "none", isConclusive: false },
    });
  });

  test("an order of the same bundle from before our call is not ours", async () => {
    await placed();
    fake.ledger.advanceClock(-3_600_000);
    await placed();
    const found = await supplier.findOrder(lookup());
    expect(found).toMatchObject({
      value: { found: "one", order: { supplierOrderId: fake.ledger.orders[0]?.id } },
    });
  });

  test("a changed price is noticed by validating, before anything is bought", async () => {
    expect(await order("TRB-G1-1", usd("1.15", 115))).toMatchObject({ kind: "done" });
    expect(await order("TRB-G2-1", usd("1.14", 114))).toMatchObject({
      kind: "refused",
      reason: "price_changed",
    });
    expect(fake.ledger.orders).toHaveLength(1);
  });

  test("503 to an order is unknown: it may have been sold", async () => {
    fake.http.script({
      on: "POST /v2.4/orders",
      act: { kind: "status_after", status: 503, retryAfterSeconds: 3 },
    });
    expect(await order()).toMatchObject({ kind: "unknown" });
    expect(await supplier.findOrder(lookup())).toMatchObject({ value: { found: "one" } });
  });

  test("without refunds enabled nothing is revoked, and no call is made", async () => {
    const other = makeEsimGoSupplier({ ...optionsFor(fake), areRefundsEnabled: false });
    const esim = await refOf();
    expect(other.capabilities.cancellable).toBe("never");
    expect(await other.cancel(esim)).toMatchObject({ value: { result: "impossible" } });
    expect(fake.http.calls.some((call) => call.method === "DELETE")).toBe(false);
    await other.close();
  });

  test("a bundle that has started is validated first and then left alone", async () => {
    const esim = await refOf();
    Object.assign(fake.ledger.esims[0] ?? {}, { plan: "active" });
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "impossible" } });
    expect(fake.ledger.esims[0]?.plan).toBe("active");
  });

  test("state names are read without regard to case; a top-up adds to the usage", async () => {
    fake.settings.areStatesCapitalised = true;
    const esim = await refOf();
    expect(await supplier.getStatus(esim)).toMatchObject({
      value: { planState: "queued", profileState: "released" },
    });
    await supplier.topUp({ reference: "TRB-T1-1", esim, packageId: BUNDLE, expectedCost: null });
    expect(await supplier.getStatus(esim)).toMatchObject({
      value: { usage: { total: { bytes: 2_000_000_000n, base: 1000 } } },
    });
  });

  test("prices come in the organisation's currency, unlimited bundles without a volume", async () => {
    const outcome = await supplier.listPackages(null);
    const packages = outcome.kind === "done" ? outcome.value.packages : [];
    expect(packages[1]).toMatchObject({ cost: { amountText: "8.29", amountMinor: 829, currency: "USD" } });
    expect(packages[2]).toMatchObject({ isUnlimited: true, data: null });
  });
});

describe("esim go callbacks", () => {
  const vector =
    '{"iccid":"8944538532008160222","alertType":"Utilisation","bundle":{"name":"esim_1GB_7D_GB_V2","initialQuantity":1000000000,"remainingQuantity":200000000}}';
  const hex = "3d8064c72e1e6ada9df99921da4cab7ed3204ea7ae74ef4057f2910442e0e43c";
  const base64 = "PYBkxy4eatqd+Zkh2kyrftMgTqeudO9AV/KRBELg5Dw=";
  const read = (body: string, signature: string | undefined, version: "v2" | "v3" = "v3") =>
    readEsimGoWebhook(
      {
        rawBody: Buffer.from(body),
        headers: { "x-signature-sha256": signature },
        clientAddress: "192.0.2.1",
      },
      "test-api-key",
      version,
    );

  test("the published vector, in hexadecimal and in base64", () => {
    const expected = { verdict: "accepted", events: [{ kind: "usage_notice", remainingPercent: 20 }] };
    expect(read(vector, hex)).toMatchObject(expected);
    expect(read(vector, base64)).toMatchObject(expected);
  });

  test("missing and wrong signatures are forged, also when V2 would have none", () => {
    expect(read(vector, undefined)).toMatchObject({ verdict: "forged" });
    expect(read(vector.replace("200000000", "200000001"), hex)).toMatchObject({ verdict: "forged" });
    expect(read(vector, undefined, "v2")).toMatchObject({ verdict: "accepted" });
  });

  test("an ICCID that comes as a number keeps all its digits, and the bundle names the order", () => {
    const body =
      '{"iccid":89445385320081602226,"alertType":"Utilisation","bundle":{"reference":"11111111-2222-4333-8444-555555555555-0"}}';
    expect(read(body, hmac("sha256", "test-api-key", body).toString("hex"))).toMatchObject({
      events: [{ iccid: "89445385320081602226", supplierOrderId: "11111111-2222-4333-8444-555555555555" }],
    });
  });
});
