import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EsimSupplier } from "../port.js";
import { airaloSignature, phpJson } from "./airalo-client.js";
import { airaloOrderOf, airaloStatusOf } from "./airalo-esims.js";
import { makeAiraloSupplier } from "./airalo-supplier.js";
import { readAiraloWebhook } from "./airalo-webhook.js";

const optionsFor = (fake: FakeAiralo) => ({
  baseUrl: fake.url,
  clientId: FAKE_AIRALO_ID,
  clientSecret: FAKE_AIRALO_SECRET,
  timeoutMillis: 1_500,
});

describe("airalo", () => {
  let fake: FakeAiralo;
  let supplier: EsimSupplier & { close(): Promise<void> };
  beforeEach(async () => {
    fake = await startFakeAiralo();
    supplier = makeAiraloSupplier(optionsFor(fake));
  });
  afterEach(async () => {
    await supplier.close();
    await fake.stop();
  });
  const order = (packageId = "moshi-7days-1gb", reference = "TRB-A1-1") =>
    supplier.order({ reference, packageId, expectedCost: null });
  const tokenCalls = () => fake.http.calls.filter((call) => call.path === "/v2/token").length;

  test("a purchase whose new token took longer than a call may is not sent any more", async () => {
    await supplier.balance();
    fake.revokeTokens();
    fake.http.script({ on: "^POST /v2/orders$", act: { kind: "answer_late", millis: 900 } });
    fake.http.script({ on: "^POST /v2/token$", act: { kind: "answer_late", millis: 900 } });
    expect(await order()).toMatchObject({ kind: "refused", reason: "retryable" });
    expect(fake.ledger.orders).toEqual([]);
    expect(await order()).toMatchObject({ kind: "done" });
  });

  test("thirty calls at once fetch one token, and a revoked token is renewed once for all of them", async () => {
    await Promise.all(Array.from({ length: 30 }, () => supplier.balance()));
    expect(tokenCalls()).toBe(1);
    fake.revokeTokens();
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => supplier.balance()));
    expect(outcomes.every((outcome) => outcome.kind === "done")).toBe(true);
    expect(tokenCalls()).toBe(2);
  });

  test("a token is trusted for a day at most, whatever expires_in says", async () => {
    let now = 0;
    const other = makeAiraloSupplier({ ...optionsFor(fake), clock: { nowMillis: () => now } });
    await other.balance();
    now = 23 * 3_600_000;
    await other.balance();
    expect(tokenCalls()).toBe(1);
    now = 24 * 3_600_000;
    await other.balance();
    expect(tokenCalls()).toBe(2);
    await other.close();
  });

  test("an order that meets a revoked token is sent again after the renewal and bought once", async () => {
    await supplier.balance();
    fake.revokeTokens();
    expect(await order()).toMatchObject({ kind: "done" });
    expect(fake.ledger.orders).toHaveLength(1);
  });

  test("an address that is not on the allow list is auth and costs no new token", async () => {
    await supplier.balance();
    fake.settings.isAddressAllowed = false;
    expect(await order()).toMatchObject({ kind: "refused", reason: "auth" });
    expect(tokenCalls()).toBe(1);
  });

  test.each([
    ["test-insufficient-balance-7days-1gb", "no_funds"],
    ["test-maintenance-mode-7days-1gb", "retryable"],
    ["test-disabled-top-up-7days-1gb", "terminal"],
    ["test-not-enough-7days-1gb", "out_of_stock"],
    ["test-out-of-stock-7days-1gb", "out_of_stock"],
    ["no-such-package", "bad_package"],
  ])("both error shapes: %s is %s", async (packageId, reason) => {
    expect(await order(packageId)).toMatchObject({ kind: "refused", reason });
  });

  test("code 53 may have sold: unknown", async () => {
    fake.http.script({
      on: "POST /v2/orders",
      act: { kind: "reply", status: 422, body: { code: 53, reason: "Unexpected" } },
    });
    expect(await order()).toMatchObject({ kind: "unknown" });
  });

  test("the vendor's link is passed on, its expiring picture is not, and an odd ICCID keeps the order", async () => {
    fake.ledger.settings.iccidStyle = "shapeless";
    const outcome = await order();
    if (outcome.kind !== "done") throw new Error(outcome.kind);
    const [esim] = outcome.value.esims;
    expect(outcome.value.state).toBe("ready");
    expect(esim).toMatchObject({ iccid: null, iccidAsGiven: "SIM-1", warnings: ["iccid_shape"] });
    expect(esim?.installLinks?.apple).toContain(`carddata=${esim?.qrPayload}`);
    expect(JSON.stringify(esim)).not.toContain("qr.example.com");
  });

  test("page two comes as an object and is read like a list", async () => {
    fake.ledger.packages.push(
      ...Array.from({ length: 120 }, (_, index) => ({
        id: `extra-${index}`,
        kind: "esim" as const,
        countries: ["US"],
        gigabytes: 3,
        days: 10,
        price: 50_000,
        stock: 9,
      })),
    );
    const first = await supplier.listPackages(null);
    if (first.kind !== "done") throw new Error(first.kind);
    expect(first.value.nextCursor).toBe("2");
    const [{ countryCodes: [country] = [], networks } = {}] = first.value.packages;
    expect(networks?.[0]).toEqual({ country, name: "Moshi", speeds: ["4G", "5G"] });
    const second = await supplier.listPackages("2");
    expect(second).toMatchObject({ kind: "done", value: { nextCursor: null } });
    expect(second.kind === "done" && second.value.packages.length).toBe(24);
  });

  test("published limits: a call over them says how long to wait", async () => {
    fake.limits.isEnforced = true;
    fake.ledger.freezeClock();
    await order();
    const esim = {
      supplierReference: "11001",
      supplierOrderId: "9001",
      iccid: fake.ledger.esims[0]?.iccid ?? "",
    };
    const outcomes = await Promise.all(Array.from({ length: 7 }, () => supplier.getStatus(esim)));
    const refused = outcomes.filter((outcome) => outcome.kind === "refused");
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ reason: "retryable", retryAfterSeconds: 1 });
  });

  test("an unlimited plan's usage is marked by the supplier's flag", () => {
    const usage = airaloStatusOf({ status: "ACTIVE", total: "0", remaining: "0", is_unlimited: true });
    expect(usage.usage).toMatchObject({ isUnlimited: true, total: { bytes: 0n } });
  });
});

describe("airalo signatures and webhooks", () => {
  const vector =
    '{"level":"3days","package_name":"bonbon-7gb-10days","remaining_percentage":43,"iccid":"87123123456889019"}';
  const digest =
    "03d1d1026a92a9355f645d209a1c353e951bb3cc7549bd8f11c448eef8df87cee6fc2035bb50f0da6b934ba1002ad4dfbc35f62cceba736291b5f2af2ec19d3a";
  const read = (body: string, signature: string | undefined) =>
    readAiraloWebhook(
      { rawBody: Buffer.from(body), headers: { "airalo-signature": signature }, clientAddress: "192.0.2.1" },
      "test-secret",
    );

  test("the published vectors", () => {
    expect(airaloSignature(vector, "test-secret")).toBe(digest);
    const json = phpJson({ package_id: "a", webhook_url: "https://x.test/h" });
    expect(json).toBe(String.raw`{"package_id":"a","webhook_url":"https:\/\/x.test\/h"}`);
    expect(airaloSignature(json, "test-secret")).toBe(
      "ae4d032e2c73daebb3d885a6adb8c14a0a2c17db67be0f6fd9247232c7b984e13c0f7ceb542cfc129633fbffa14f8c35ab9996c111d642988f1238710b4d8539",
    );
    expect(phpJson({ name: "é" })).toBe(String.raw`{"name":"\u00e9"}`);
  });

  test("a signed notice is accepted with the same key every time", () => {
    const [first, second] = [read(vector, digest), read(vector, digest.toUpperCase())];
    expect(first).toEqual(second);
    expect(first).toMatchObject({
      verdict: "accepted",
      events: [
        { kind: "expiry_notice", iccid: "87123123456889019", remainingPercent: 43, orderFailure: null },
      ],
    });
  });

  test("no signature, a wrong one, and one changed byte are forged", () => {
    expect(read(vector, undefined)).toMatchObject({ verdict: "forged" });
    expect(read(vector, "00")).toMatchObject({ verdict: "forged" });
    expect(read(vector.replace("43", "44"), digest)).toMatchObject({ verdict: "forged" });
  });

  test("an asynchronous order's end names our reference, and its failure is told", () => {
    const done = JSON.stringify({ request_id: "R1", id: 9, description: "TRB-A1-1", sims: [{}] });
    expect(read(done, airaloSignature(done, "test-secret"))).toMatchObject({
      events: [
        { kind: "order_changed", reference: "TRB-A1-1", supplierOrderId: "request:R1", orderFailure: null },
      ],
    });
  });

  test.each([
    [
      { description: "TRB-A1-1", code: 33, reason: "Insufficient stock of eSIMs remaining: 0." },
      "out_of_stock",
    ],
    [{ code: "33", reason: null, sims: [] }, "out_of_stock"],
    [{ reason: "Insufficient stock of eSIMs remaining: 0.", sims: null }, "out_of_stock"],
    [{ code: 11, reason: "Insufficient Airalo Credit: 0" }, "no_funds"],
    [{ code: 999, reason: "Something that no page lists" }, "terminal"],
    [{ data: { request_id: "R1", code: 34, reason: "out of stock" } }, "out_of_stock"],
  ])("a signed failure decides: %j is %s", (failure, reason) => {
    const body = JSON.stringify("data" in failure ? failure : { request_id: "R1", ...failure });
    expect(read(body, airaloSignature(body, "test-secret"))).toMatchObject({
      events: [{ kind: "order_changed", supplierOrderId: "request:R1", orderFailure: { reason } }],
    });
  });

  test("an authentic body that cannot be read is parked, not refused", () => {
    for (const body of ["{", "[]", "null", '"text"', "7"])
      expect(read(body, airaloSignature(body, "test-secret"))).toMatchObject({ verdict: "unreadable" });
  });
});

test("a code without a matching id, as it may be written before there is one, is not there yet", () => {
  const sim = { id: "1", iccid: "8999999100000000006", lpa: "rsp.example.com" };
  for (const [qrcode, matching_id] of [
    ["LPA:1$rsp.example.com$", ""],
    ["LPA:1$rsp.example.com$", null],
    ["LPA:1$rsp.example.com$$$1", "AAAA-1"],
    [null, ""],
  ])
    expect(airaloOrderOf({ id: "9", sims: [{ ...sim, qrcode, matching_id }] })?.state).toBe("pending");
  const whole = { ...sim, qrcode: "LPA:1$rsp.example.com$AAAA-1", matching_id: "AAAA-1" };
  expect(airaloOrderOf({ id: "9", sims: [whole] })?.state).toBe("ready");
  expect(airaloOrderOf({ id: "9", sims: [{ ...whole, qrcode: "not a code" }] })?.state).toBe("unusable");
});
