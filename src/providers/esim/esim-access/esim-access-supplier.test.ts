import {
  FAKE_ESIM_ACCESS_CODE,
  FAKE_ESIM_ACCESS_SECRET,
  type FakeEsimAccess,
  startFakeEsimAccess,
} from "@tribi/fakes/esim-access/fake-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { doneValue } from "../../../../tests/conformance/supplier-bench.js";
import type { ExactMoney } from "../package-port.js";
import { type EsimSupplier, hasEnded } from "../port.js";
import { esimAccessSignature } from "./esim-access-client.js";
import { esimAccessOrderOf } from "./esim-access-esims.js";
import { makeEsimAccessSupplier } from "./esim-access-supplier.js";
import { readEsimAccessWebhook } from "./esim-access-webhook.js";

const optionsFor = (fake: FakeEsimAccess) => ({
  baseUrl: fake.url,
  accessCode: FAKE_ESIM_ACCESS_CODE,
  secretKey: FAKE_ESIM_ACCESS_SECRET,
  timeoutMillis: 1_500,
});

describe("esim access", () => {
  let fake: FakeEsimAccess;
  let supplier: EsimSupplier & { close(): Promise<void> };
  beforeEach(async () => {
    fake = await startFakeEsimAccess();
    supplier = makeEsimAccessSupplier(optionsFor(fake));
  });
  afterEach(async () => {
    await supplier.close();
    await fake.stop();
  });
  const lookup = {
    reference: "TRB-E1-1",
    packageId: "AU1GB7D",
    sentAfterMillis: Date.now(),
    knownSupplierOrderIds: [],
  };
  const usd = (amountText: string, amountMinor: number): ExactMoney => ({
    amountText,
    amountMinor,
    currency: "USD",
  });
  const order = (expectedCost: ExactMoney | null = null) => supplier.order({ ...lookup, expectedCost });
  const placed = async () => {
    const outcome = await order();
    if (outcome.kind !== "done") throw new Error(outcome.kind);
    return { ...lookup, supplierOrderId: outcome.value.supplierOrderId };
  };
  const delivered = async () => {
    const where = await placed();
    const outcome = await supplier.getOrder(where);
    const esim = outcome.kind === "done" ? outcome.value.esims[0] : undefined;
    if (!esim) throw new Error(outcome.kind);
    return { ...esim, supplierOrderId: where.supplierOrderId };
  };

  test("200010 three times is pending three times, then the eSIM (ac-200)", async () => {
    fake.ledger.settings.readyAfterPolls = 3;
    const where = await placed();
    const states: string[] = [];
    for (let poll = 0; poll < 4; poll += 1) {
      const outcome = await supplier.getOrder(where);
      states.push(outcome.kind === "done" ? outcome.value.state : outcome.kind);
    }
    expect(states).toEqual(["pending", "pending", "pending", "ready"]);
    expect(fake.ledger.orders).toHaveLength(1);
  });

  test("stuck in allocation stays pending and proves nothing to a search", async () => {
    fake.ledger.settings.isStuck = true;
    const where = await placed();
    expect(await supplier.getOrder(where)).toMatchObject({ value: { state: "pending" } });
    expect(await supplier.findOrder(where)).toMatchObject({ value: { found: "none", isConclusive: false } });
  });

  test("the expected cost is sent: a changed price is refused before anything is bought", async () => {
    expect(await order(usd("1.8", 180))).toMatchObject({ kind: "done" });
    Object.assign(fake.ledger.packages[0] ?? {}, { price: 18_001 });
    const outcome = await supplier.order({ ...lookup, reference: "TRB-E2-1", expectedCost: usd("1.8", 180) });
    expect(outcome).toMatchObject({ kind: "refused", reason: "price_changed" });
    expect(fake.ledger.orders).toHaveLength(1);
  });

  test.each([
    ["000001", "unknown", undefined],
    ["900001", "unknown", undefined],
    ["200011", "refused", "out_of_stock"],
    ["101001", "refused", "auth"],
    ["310241", "refused", "bad_package"],
    ["200009", "refused", "terminal"],
    ["999999", "unknown", undefined],
    ["", "unknown", undefined],
  ])(
    "code %s to an order is %s %s, whichever way the envelope is written",
    async (errorCode, kind, reason) => {
      for (const body of [
        { success: false, errorCode, errorMsg: "x" },
        { success: "false", errorCode, errorMessage: "x" },
      ]) {
        fake.http.script({ on: "esim/order$", act: { kind: "reply", status: 200, body } });
        expect(await order()).toMatchObject({ kind, ...(reason ? { reason } : {}) });
      }
    },
  );

  test.each([
    [{ success: true, errorCode: "" }],
    [{ success: true, errorCode: "000000" }],
    [{ success: "true", errorCode: "success" }],
    [{ success: "true", errorCode: 200 }],
    [{ success: 1, errorCode: 0 }],
    [{ success: null, errorCode: "0" }],
    [{ errorCode: "SUCCESS" }],
  ])("an order number makes it an order, however the envelope says yes: %j", async (envelope) => {
    const obj = { orderNo: "B1", transactionId: "TRB-E1-1" };
    fake.http.script({
      on: "esim/order$",
      act: { kind: "reply", status: 200, body: { ...envelope, obj } },
    });
    expect(await order()).toMatchObject({ kind: "done", value: { supplierOrderId: "B1", state: "pending" } });
  });

  test.each([
    [{ success: false, errorCode: "0" }],
    [{ success: true, errorCode: "200007" }],
    [{ success: true, errorCode: "999999" }],
  ])("an envelope that says yes and no is unknown, also with an order number in it: %j", async (envelope) => {
    const body = { ...envelope, obj: { orderNo: "B1" } };
    fake.http.script({ on: "esim/order$", act: { kind: "reply", status: 200, body } });
    expect(await order()).toMatchObject({ kind: "unknown" });
  });

  test("sold, and then busy, too many or silent: the same reference again is the same order", async () => {
    for (const [number, act] of (
      [
        { kind: "status_after", status: 429 },
        { kind: "drop_after" },
        { kind: "reply", status: 200, body: { success: false, errorCode: "900001", errorMsg: "busy" } },
      ] as const
    ).entries()) {
      const request = { ...lookup, reference: `TRB-E9-${number + 1}`, expectedCost: null };
      fake.http.script({ on: "esim/order$", act });
      expect(await supplier.order(request)).toMatchObject({ kind: "unknown" });
      expect(await supplier.order(request)).toMatchObject({ kind: "done" });
      expect(await supplier.order(request)).toMatchObject({ kind: "done" });
      expect(fake.ledger.orders).toHaveLength(number + 1);
    }
  });

  test("the search by time writes it as the supplier's table has it", async () => {
    await supplier.findOrder(lookup);
    const body = fake.http.calls.at(-1)?.body ?? "";
    expect(body).toMatch(/"startTime":"\d{4}-\d\d-\d\dT\d\d:\d\d\+00:00"/);
    expect(body).toMatch(/"endTime":"\d{4}-\d\d-\d\dT\d\d:\d\d\+00:00"/);
  });

  test("a catalogue entry keeps exact cost, base 1024, its countries and their networks", async () => {
    const outcome = await supplier.listPackages(null);
    const entry = outcome.kind === "done" ? outcome.value.packages[1] : undefined;
    expect(entry).toMatchObject({
      countryCodes: ["DE", "ES", "FR"],
      cost: { amountText: "15.23", amountMinor: 1523, currency: "USD" },
      data: { bytes: 10_737_418_240n, base: 1024 },
      useWithinDays: 180,
      canTopUp: true,
      networks: [
        { country: null, name: null, speeds: ["3G", "4G", "5G"] },
        { country: "DE", name: "Optus", speeds: ["5G"] },
        { country: "ES", name: "Optus", speeds: ["5G"] },
        { country: "FR", name: "Optus", speeds: ["5G"] },
      ],
    });
  });

  test("an installed eSIM cannot be given back, a cancelled one is refunded when asked again", async () => {
    const esim = await delivered();
    const [own] = fake.ledger.esims;
    if (!own) throw new Error("nothing sold");
    own.profile = "enabled";
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "impossible" } });
    own.profile = "released";
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "refunded" } });
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "refunded" } });
    const balance = await supplier.balance();
    expect(balance).toMatchObject({ value: { amountMinor: 100_000_000 } });
  });

  test("a cancel whose answer is lost is unknown and may be asked again", async () => {
    const esim = await delivered();
    fake.http.script({ on: "esim/cancel$", act: { kind: "drop_after" } });
    expect(await supplier.cancel(esim)).toMatchObject({ kind: "unknown" });
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "refunded" } });
  });

  test("the date to install by and what begins the plan come with the eSIM", async () => {
    fake.settings.unusedValidDays = 20;
    const { useBy, validityStarts } = await delivered();
    const days = (Date.parse(useBy ?? "") - fake.ledger.nowMillis()) / 86_400_000;
    expect(Math.round(days)).toBe(20);
    expect(validityStarts).toBe("first_use");
    const [entry] = doneValue(await supplier.listPackages(null)).packages;
    expect(entry).toMatchObject({ useWithinDays: 20, validityStarts: "first_use" });
  });

  test.each([
    ["expired", "released", "expired"],
    ["revoked", "enabled", "revoked"],
    ["cancelled", "released", "cancelled"],
  ] as const)("an eSIM that is %s has ended", async (plan, profile, planState) => {
    const esim = await delivered();
    Object.assign(fake.ledger.esims[0] ?? {}, { plan, profile });
    const status = doneValue(await supplier.getStatus(esim));
    expect(status).toMatchObject({ planState, useBy: null });
    expect(hasEnded(status)).toBe(true);
  });

  test("one that ended before anybody had it is not delivered; a cancelled one cost nothing", async () => {
    const where = await placed();
    Object.assign(fake.ledger.esims[0] ?? {}, { plan: "expired" });
    expect(await supplier.getOrder(where)).toMatchObject({ value: { state: "unusable", esims: [] } });
    Object.assign(fake.ledger.esims[0] ?? {}, { plan: "cancelled" });
    expect(await supplier.getOrder(where)).toMatchObject({ value: { state: "failed", esims: [] } });
  });

  test("one that was revoked elsewhere is gone, and nothing says that the money came back", async () => {
    const esim = await delivered();
    Object.assign(fake.ledger.esims[0] ?? {}, { plan: "revoked" });
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "revoked" } });
  });

  test("before first use the end date is the date to install by", async () => {
    const esim = await delivered();
    const fresh = await supplier.getStatus(esim);
    expect(fresh).toMatchObject({
      value: { planState: "queued", profileState: "released", expiresAt: null },
    });
    expect(fresh.kind === "done" && fresh.value.useBy).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  });

  test("eight calls a second, then 429 with the wait", async () => {
    fake.limits.isEnforced = true;
    fake.ledger.freezeClock();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => supplier.balance()));
    expect(outcomes.filter((outcome) => outcome.kind === "done")).toHaveLength(8);
    expect(outcomes.find((outcome) => outcome.kind === "refused")).toMatchObject({ retryAfterSeconds: 1 });
  });
});

describe("esim access signatures and webhooks", () => {
  const event = {
    notifyType: "ORDER_STATUS",
    notifyId: "n-1",
    eventGenerateTime: "2027-03-01T08:30:15+0000",
    content: { orderNo: "B1", transactionId: "TRB-E1-1", orderStatus: "GOT_RESOURCE" },
  };
  const read = (body: unknown, clientAddress: string) => {
    const rawBody = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    return readEsimAccessWebhook({ rawBody, headers: {}, clientAddress }, ["192.0.2.7"]);
  };

  test("the vendor's vector", () => {
    const parts = {
      timestamp: "1628670421",
      requestId: "4ce9d9cdac9e4e17b3a2c66c358c1ce2",
      accessCode: "11111",
      body: '{"imsi":"326543826"}',
    };
    expect(esimAccessSignature(parts, "1111")).toBe(
      "7eb765e27df5373dea2dbc8c41a7d9557743e46c8054750f3d851b3fd01d0835",
    );
  });

  test("an event from a known sender names the order, one from elsewhere is forged", () => {
    const expected = {
      verdict: "accepted",
      events: [
        {
          dedupKey: "n-1",
          kind: "order_changed",
          occurredAt: "2027-03-01T08:30:15.000Z",
          reference: "TRB-E1-1",
          supplierOrderId: "B1",
          orderFailure: null,
        },
      ],
    };
    expect(read(event, "192.0.2.7")).toMatchObject(expected);
    expect(read(event, "::ffff:192.0.2.7")).toMatchObject(expected);
    expect(read(event, "192.0.2.8")).toMatchObject({ verdict: "forged" });
  });

  test("the health check is a probe, a usage notice says what is left, the rest is unreadable", () => {
    expect(read({ ...event, notifyType: "CHECK_HEALTH" }, "192.0.2.7")).toMatchObject({
      events: [{ kind: "probe" }],
    });
    const usage = {
      ...event,
      notifyType: "DATA_USAGE",
      content: { iccid: "8999999100000000006", remainThreshold: 0.25 },
    };
    expect(read(usage, "192.0.2.7")).toMatchObject({
      events: [{ kind: "usage_notice", remainingPercent: 25 }],
    });
    expect(read("orderNo=1&iccid=2", "192.0.2.7")).toMatchObject({ verdict: "unreadable" });
  });
});

test("a code without a matching id, as it may be written before there is one, is not there yet", () => {
  const esim = { esimTranNo: "1", iccid: "8999999100000000006", esimStatus: "GOT_RESOURCE" };
  const stateOf = (ac: string) => esimAccessOrderOf("B1", [{ ...esim, ac }]).state;
  expect(["LPA:1$rsp.example.com$", " lpa:1$rsp.example.com$ ", ""].map(stateOf)).toEqual(
    Array(3).fill("pending"),
  );
  expect([stateOf("LPA:1$rsp.example.com$AAAA-1"), stateOf("not a code")]).toEqual(["ready", "unusable"]);
});
