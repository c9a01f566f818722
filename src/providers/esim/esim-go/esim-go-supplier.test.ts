import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ExactMoney } from "../package-port.js";
import type { EsimSupplier } from "../port.js";
import { hmac } from "../signatures.js";
import { type EsimGoOptions, makeEsimGoSupplier } from "./esim-go-supplier.js";
import { readEsimGoWebhook } from "./esim-go-webhook.js";

const BUNDLE = "esim_1GB_7D_NL_V2";
const optionsFor = (fake: FakeEsimGo): EsimGoOptions => ({
  baseUrl: fake.url,
  apiKey: FAKE_ESIM_GO_KEY,
  areRefundsEnabled: true,
  timeoutMillis: 1_500,
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
        Object.assign(fake.settings, { assignments: shape, hasScheme, isIccidNumber: true });
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
    for (const _poll of [2, 3])
      expect(await supplier.getOrder(where)).toMatchObject({ value: { state: "pending" } });
    expect(await supplier.getOrder(where)).toMatchObject({ value: { state: "ready" } });
  });

  test("a changed price is noticed by validating, before anything is bought", async () => {
    expect(await order("TRB-G1-1", usd("1.15", 115))).toMatchObject({ kind: "done" });
    expect(await order("TRB-G2-1", usd("1.14", 114))).toMatchObject({
      kind: "refused",
      reason: "price_changed",
    });
    expect(fake.ledger.orders).toHaveLength(1);
  });

  test("403 with a key that is accepted elsewhere is about the eSIM or the bundle, and no fault of the key", async () => {
    const esim = { ...(await refOf()), iccid: "8999999400000000099" };
    const request = { reference: "TRB-T1-1", esim, packageId: BUNDLE };
    const bought = fake.ledger.orders.length;
    for (const expectedCost of [null, usd("1.15", 115)])
      expect(await supplier.topUp({ ...request, expectedCost })).toMatchObject({ reason: "terminal" });
    const body = { message: "the user does not have any available Bundles left" };
    fake.http.script({ on: "^POST /v2.4/orders$", act: { kind: "reply", status: 403, body } });
    expect(await order()).toMatchObject({ kind: "refused", reason: "bad_package" });
    expect(fake.ledger.orders).toHaveLength(bought);

    const denied = { kind: "reply", status: 403, body: { message: "access denied" } } as const;
    for (const on of ["^POST /v2.4/orders$", "^GET /v2.4/organisation$"])
      fake.http.script({ on, act: denied });
    expect(await order()).toMatchObject({ kind: "refused", reason: "auth" });
    fake.http.script({ on: "^POST /v2.4/orders$", act: denied });
    fake.http.script({ on: "^GET /v2.4/organisation$", act: { kind: "drop_before" } });
    expect(await order()).toMatchObject({ kind: "refused", reason: "retryable" });
  });

  test("503 to an order is unknown: it may have been sold", async () => {
    fake.http.script({
      on: "POST /v2.4/orders",
      act: { kind: "status_after", status: 503, retryAfterSeconds: 3 },
    });
    expect(await order()).toMatchObject({ kind: "unknown" });
    expect(await supplier.findOrder(lookup())).toMatchObject({ value: { found: "one" } });
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

  test("a bare array ends with an empty page; one that has others behind it is a lost one", async () => {
    const [first] = fake.ledger.packages;
    fake.settings.catalogue = "array";
    const page = async (cursor: string | null) => {
      const outcome = await supplier.listPackages(cursor);
      if (outcome.kind !== "done") throw new Error(outcome.detail);
      return outcome.value;
    };
    fake.ledger.packages.splice(
      0,
      fake.ledger.packages.length,
      ...Array.from({ length: 400 }, (_, index) => ({ ...first!, id: `bundle-${index}` })),
    );
    const second = await page((await page(null)).nextCursor);
    expect(second.packages).toHaveLength(200);
    const empty = { on: "^GET /v2.4/catalogue", act: { kind: "reply", status: 200, body: [] } } as const;
    expect(await page(second.nextCursor)).toMatchObject({ packages: [], nextCursor: null, isEndMark: true });
    const { nextCursor } = await page(null);
    fake.ledger.packages.push({ ...first!, id: "bundle-400" });
    fake.http.script(empty);
    expect(await supplier.listPackages(nextCursor)).toMatchObject({
      kind: "refused",
      detail: expect.stringContaining("empty among others"),
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
