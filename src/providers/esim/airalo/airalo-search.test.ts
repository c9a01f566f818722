import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EsimSupplier, OrderSearch } from "../port.js";
import { makeAiraloSupplier } from "./airalo-supplier.js";

const REFERENCE = "TRB-A1-1";
const PACKAGE = "moshi-7days-1gb";

describe("the search for an order of ours at Airalo", () => {
  let fake: FakeAiralo;
  let supplier: EsimSupplier & { close(): Promise<void> };
  const options = () => ({
    baseUrl: fake.url,
    clientId: FAKE_AIRALO_ID,
    clientSecret: FAKE_AIRALO_SECRET,
    timeoutMillis: 2_000,
  });
  beforeEach(async () => {
    fake = await startFakeAiralo();
    supplier = makeAiraloSupplier(options());
  });
  afterEach(async () => {
    await supplier.close();
    await fake.stop();
  });

  const request = { reference: REFERENCE, packageId: PACKAGE, expectedCost: null };
  const lookup = { ...request, sentAfterMillis: 0, knownSupplierOrderIds: [] };
  const search = async (): Promise<OrderSearch> => {
    const answer = await supplier.findOrder(lookup);
    if (answer.kind !== "done") throw new Error(answer.detail);
    return answer.value;
  };
  const nothing = (isConclusive: boolean) => ({ found: "none", isConclusive });
  const entry = {
    id: 9666,
    created_at: "2027-02-27 14:09:55",
    description: null,
    type: "sim",
    sims: [],
  };
  /** One page of the list as the supplier writes it. */
  const listWith = (list: unknown, meta: object = { current_page: 1, last_page: 1 }) => {
    const body = { data: list, meta: { message: "success", ...meta } };
    fake.http.script({ on: "^GET /v2/orders$", act: { kind: "reply", status: 200, body } });
  };

  test("is conclusive after its last page with every entry understood", async () => {
    listWith([entry, { ...entry, type: "topup", description: "Topup (8999)" }]);
    expect(await search()).toEqual(nothing(true));
  });

  test.each([
    ["a date that cannot be read", { created_at: "long ago" }],
    ["no date", { created_at: undefined }],
    ["no id", { id: null }],
    ["a type that no page names", { type: "voucher" }],
    ["no type", { type: undefined }],
    ["a description that is no text", { description: { text: REFERENCE } }],
  ])("one entry with %s makes the whole list prove nothing", async (_name, change) => {
    listWith([entry, { ...entry, ...change }]);
    expect(await search()).toEqual(nothing(false));
  });

  test.each([
    ["no mark", { current_page: undefined, last_page: undefined }],
    ["another page's mark", { current_page: 2, last_page: 2 }],
    ["an empty page before the last", { current_page: 1, last_page: 3 }],
  ])("a page with %s proves nothing", async (_name, meta) => {
    listWith([], meta);
    expect(await search()).toEqual(nothing(false));
  });

  test("an order that has our reference is ours, whatever else of it cannot be read", async () => {
    listWith([{ ...entry, description: REFERENCE, type: "esim", created_at: null }]);
    expect(await search()).toMatchObject({
      found: "one",
      order: { supplierOrderId: "9666", state: "pending" },
    });
  });

  test("two orders with one reference are not guessed about, and one that merely contains it is not ours", async () => {
    await supplier.order(request);
    await supplier.order({ ...request, reference: `${REFERENCE}0` });
    expect(await search()).toMatchObject({ found: "one", order: { supplierOrderId: "9001" } });
    await supplier.order(request);
    expect(await search()).toMatchObject({ found: "several", supplierOrderIds: ["9003", "9001"] });
  });

  test("an order that failed or was refunded delivers nothing", async () => {
    await supplier.order(request);
    const [order] = fake.ledger.orders;
    Object.assign(order ?? {}, { state: "failed" });
    expect(await search()).toMatchObject({ found: "one", order: { state: "failed", esims: [] } });
    Object.assign(order ?? {}, { state: "cancelled" });
    expect(await search()).toMatchObject({ found: "one", order: { state: "failed" } });
  });

  describe("where orders are asynchronous", () => {
    beforeEach(async () => {
      await supplier.close();
      supplier = makeAiraloSupplier({ ...options(), webhookUrl: "http://127.0.0.1:1/webhook" });
    });

    test("what was taken may be missing in the list: silence proves nothing before the webhook gives up", async () => {
      fake.ledger.settings.isStuck = true;
      fake.http.script({ on: "^POST /v2/orders-async$", act: { kind: "drop_after" } });
      expect(await supplier.order(request)).toMatchObject({ kind: "unknown" });
      expect(await search()).toEqual(nothing(true));
      // So the store may believe that only after twenty webhooks in a row could have come.
      expect(supplier.capabilities.lookupSettlesAfterSeconds).toBeGreaterThan(20 * 15 * 60);
      Object.assign(fake.ledger.esims[0] ?? {}, { readyAtMillis: 0 });
      expect(await search()).toMatchObject({ found: "one", order: { state: "ready" } });
    });

    test("without a webhook address the settling time is that of any request", async () => {
      const other = makeAiraloSupplier(options());
      expect(other.capabilities.lookupSettlesAfterSeconds).toBe(4);
      await other.close();
    });

    test("202 and 200 are taken, an answer without a request id is unknown", async () => {
      for (const asyncStatus of [202, 200] as const) {
        fake.settings.asyncStatus = asyncStatus;
        expect(await supplier.order(request)).toMatchObject({ kind: "done", value: { state: "pending" } });
      }
      const body = { data: { accepted_at: "2027-02-27 14:09:55" }, meta: { message: "success" } };
      fake.http.script({ on: "orders-async", act: { kind: "reply", status: 202, body } });
      expect(await supplier.order(request)).toMatchObject({ kind: "unknown" });
    });
  });
});

describe("refusals of an order at Airalo", () => {
  let fake: FakeAiralo;
  let supplier: EsimSupplier & { close(): Promise<void> };
  beforeEach(async () => {
    fake = await startFakeAiralo();
    const account = { clientId: FAKE_AIRALO_ID, clientSecret: FAKE_AIRALO_SECRET };
    supplier = makeAiraloSupplier({ baseUrl: fake.url, ...account });
  });
  afterEach(async () => {
    await supplier.close();
    await fake.stop();
  });

  test.each([
    [422, { data: { quantity: ["SIM quantity is not available. Available quantity: 0."] } }, "out_of_stock"],
    [422, { data: { package_id: ["The selected package is invalid."] } }, "bad_package"],
    [200, { data: { quantity: "SIM quantity is not available. Available quantity: 9." } }, "out_of_stock"],
    [422, { data: { brand_settings_name: "Brand settings name doesn't exist." } }, "terminal"],
    [422, { code: 33, reason: "Insufficient stock of eSIMs remaining: 0." }, "out_of_stock"],
    [200, { code: 11, reason: "Insufficient Airalo Credit" }, "no_funds"],
    [403, { code: 89, reason: "The address is not allowed" }, "auth"],
    [422, { reason: "User is not opted in and no webhook URL provided." }, "terminal"],
  ])("%i %j is %s", async (status, faults, reason) => {
    const meta = "data" in faults ? { meta: { message: "the parameter is invalid" } } : {};
    const body = { ...faults, ...meta };
    fake.http.script({ on: "^POST /v2/orders$", act: { kind: "reply", status, body } });
    const outcome = await supplier.order({ reference: REFERENCE, packageId: PACKAGE, expectedCost: null });
    expect(outcome).toMatchObject({ kind: "refused", reason });
    expect(fake.ledger.orders).toEqual([]);
  });

  test("an order's cost is what it costs us, under both ways of pricing; a retail price is none", async () => {
    for (const pricing of ["net", "discount"] as const) {
      fake.settings.pricing = pricing;
      const outcome = await supplier.order({ reference: REFERENCE, packageId: PACKAGE, expectedCost: null });
      expect(outcome).toMatchObject({ kind: "done", value: { cost: { amountText: "3.5" } } });
    }
    const order = await supplier.getOrder({
      supplierOrderId: "9001",
      reference: REFERENCE,
      packageId: PACKAGE,
      sentAfterMillis: 0,
      knownSupplierOrderIds: [],
    });
    expect(order).toMatchObject({ kind: "done", value: { state: "ready", cost: null } });
  });

  test("an eSIM that the supplier has recycled has ended, told as a state and as a code", async () => {
    const esim = { supplierReference: "1", supplierOrderId: "9001", iccid: "8999999100000000006" };
    const reply = (status: number, body: object) =>
      fake.http.script({ on: "/usage$", act: { kind: "reply", status, body } });
    reply(200, { data: { status: "recycled" }, meta: { message: "api.succes" } });
    const ended = { value: { profileState: "recycled", planState: "expired" } };
    expect(await supplier.getStatus(esim)).toMatchObject(ended);
    reply(422, { code: 73, reason: "The eSIM with iccid 8999999100000000006 has been recycled." });
    expect(await supplier.getStatus(esim)).toMatchObject(ended);
  });
});
