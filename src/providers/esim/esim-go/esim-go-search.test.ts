import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { EsimSupplier, OrderSearch, TopUpLookup } from "../port.js";
import { makeEsimGoSupplier } from "./esim-go-supplier.js";

const BUNDLE = "esim_1GB_7D_NL_V2";
const OTHER = "esim_UL_3D_NL_V2";
const MINUTE = 60_000;

/** The supplier keeps no reference: whether an order was made is read out of its whole list. */
describe("the search for an order of ours at eSIM Go", () => {
  let fake: FakeEsimGo;
  let supplier: EsimSupplier & { close(): Promise<void> };
  beforeEach(async () => {
    fake = await startFakeEsimGo();
    supplier = makeEsimGoSupplier({ baseUrl: fake.url, apiKey: FAKE_ESIM_GO_KEY, areRefundsEnabled: true });
  });
  afterEach(async () => {
    await supplier.close();
    await fake.stop();
  });

  const lookup = (known: readonly string[] = []) => ({
    reference: "TRB-G1-1",
    packageId: BUNDLE,
    sentAfterMillis: Date.now() - 1_000,
    knownSupplierOrderIds: known,
  });
  const search = async (known: readonly string[] = []): Promise<OrderSearch> => {
    const answer = await supplier.findOrder(lookup(known));
    if (answer.kind !== "done") throw new Error(answer.detail);
    return answer.value;
  };
  const sell = (count: number, packageId = BUNDLE, minutesAgo = 0) => {
    for (let number = 0; number < count; number += 1) {
      const sale = fake.ledger.sell({ reference: "", packageId });
      if (!sale.sold) throw new Error(sale.why);
      const createdAtMillis = Date.now() - minutesAgo * MINUTE + number * 1_000;
      Object.assign(sale.order, { createdAtMillis });
    }
  };
  const topUpRequest = (): TopUpLookup => ({
    reference: "TRB-G1-1",
    packageId: OTHER,
    expectedCost: null,
    esim: { supplierReference: "r", supplierOrderId: "o", iccid: "8943108161000000017" },
    sentAfterMillis: Date.now() - 1_000,
    knownSupplierTopUpIds: [],
  });
  const nothing = (isConclusive: boolean) => ({ found: "none", isConclusive });
  /** The list as the supplier writes it, with one entry changed by the test. */
  const listWith = (change: object, entry: object = {}) => {
    const order = {
      order: [{ type: "bundle", item: OTHER, quantity: 1, ...entry }],
      orderReference: "a-1",
      createdDate: new Date().toISOString(),
      status: "completed",
      ...change,
    };
    fake.http.script({ on: "^GET /v2.4/orders$", act: { kind: "reply", status: 200, body: [order] } });
  };

  test("an order whose answer was lost is found behind ten newer ones, whatever a page holds", async () => {
    for (const pageMax of [10_000, 10, 2] as const) {
      fake.settings.pageMax = pageMax;
      fake.http.script({ on: "POST /v2.4/orders", act: { kind: "drop_after" } });
      const known = fake.ledger.orders.map(({ id }) => id);
      expect(await supplier.order({ ...lookup(), expectedCost: null })).toMatchObject({ kind: "unknown" });
      const own = fake.ledger.orders.at(-1)?.id;
      sell(11, OTHER);
      expect(await search(known)).toMatchObject({ found: "one", order: { supplierOrderId: own } });
    }
  });

  test("where the supplier's clock is behind ours by more than the search allows for, finding nothing is no answer", async () => {
    sell(1);
    const since = Date.now() - 1_000;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5 * MINUTE });
    try {
      expect(await supplier.findOrder(lookup())).toMatchObject({
        kind: "refused",
        reason: "retryable",
        detail: expect.stringMatching(/^nothing found, but its clock is (299|300) seconds behind ours$/),
      });
      expect(await supplier.findTopUp(topUpRequest())).toMatchObject({ kind: "refused" });
      // What is found counts all the same.
      const found = await supplier.findOrder({ ...lookup(), sentAfterMillis: since });
      expect(found).toMatchObject({ kind: "done", value: { found: "one" } });
      vi.setSystemTime(Date.now() - 4 * MINUTE);
      expect(await search([fake.ledger.orders[0]?.id ?? ""])).toEqual(nothing(true));
    } finally {
      vi.useRealTimers();
    }
  });

  test("orders that other attempts own and other bundles are passed over; two of ours are not guessed about", async () => {
    sell(1);
    const [first] = fake.ledger.orders;
    sell(1, OTHER);
    expect(await search()).toMatchObject({ found: "one" });
    expect(await search([first?.id ?? ""])).toEqual(nothing(true));
    sell(1);
    expect(await search()).toMatchObject({ found: "several" });
  });

  test("an order of the same bundle from before our call is not ours", async () => {
    sell(1, BUNDLE, 60);
    sell(1);
    expect(await search()).toMatchObject({
      found: "one",
      order: { supplierOrderId: fake.ledger.orders[1]?.id },
    });
  });

  test("an order that came to nothing counts only where there is no other", async () => {
    sell(1);
    Object.assign(fake.ledger.orders[0] ?? {}, { state: "failed" });
    expect(await search()).toMatchObject({ found: "one", order: { state: "failed" } });
    sell(1);
    expect(await search()).toMatchObject({
      found: "one",
      order: { supplierOrderId: fake.ledger.orders[1]?.id, state: "ready" },
    });
  });

  test("a bundle that was given back is no purchase, and money paid into the account neither", async () => {
    sell(1);
    const [esim] = fake.ledger.esims;
    if (!esim) throw new Error("nothing sold");
    fake.ledger.takeBack(esim);
    expect(await search([fake.ledger.orders[0]?.id ?? ""])).toEqual(nothing(true));
    for (const type of ["bundleRefund", "autoTopup", "apiTopup", "topup"]) {
      listWith({}, { type, item: BUNDLE });
      expect(await search()).toEqual(nothing(true));
    }
  });

  test.each([
    ["a date that is missing", { createdDate: undefined }, {}],
    ["a date that cannot be read", { createdDate: "a while ago" }, {}],
    ["no reference", { orderReference: null }, {}],
    ["no items", { order: null }, {}],
    ["a type that no page names", {}, { type: "bundleSwap", item: BUNDLE }],
    ["no type", {}, { type: null, item: BUNDLE }],
    ["no bundle's name", {}, { item: null }],
    ["a quantity that cannot be read", {}, { quantity: "some" }],
  ])("one entry with %s makes the whole list prove nothing", async (_name, change, entry) => {
    listWith(change, entry);
    expect(await search()).toEqual(nothing(false));
  });

  test("ICCID, quantity and reference may be numbers and texts", async () => {
    listWith(
      { orderReference: 77, createdDate: Math.floor(Date.now() / 1000) },
      { item: BUNDLE, quantity: "1" },
    );
    expect(await search()).toMatchObject({ found: "one", order: { supplierOrderId: "77" } });
  });

  test("a list newest first is read back to an entry that is older than our call, and no further", async () => {
    sell(300, OTHER, 60);
    fake.http.calls.length = 0;
    expect(await search()).toEqual(nothing(true));
    expect(fake.http.calls).toHaveLength(1);
  });

  test("a list in another order is read to its end, which an empty page marks", async () => {
    sell(150, OTHER, 60);
    sell(1, OTHER, 600);
    fake.http.calls.length = 0;
    const oldestFirst = fake.ledger.orders.toSorted((a, b) => a.createdAtMillis - b.createdAtMillis);
    fake.ledger.orders.splice(0, fake.ledger.orders.length, ...oldestFirst);
    // The fake sorts by time; here the supplier does not.
    const times = oldestFirst.map(({ createdAtMillis }) => createdAtMillis);
    for (const [index, order] of oldestFirst.entries())
      Object.assign(order, { createdAtMillis: times[(index * 7) % times.length] });
    fake.settings.isListSorted = false;
    expect(await search()).toEqual(nothing(true));
    expect(fake.http.calls).toHaveLength(3);
  });

  test("an announced page that is empty, and one that repeats, prove nothing", async () => {
    const page = { on: "^GET /v2.4/orders$", times: 9 } as const;
    fake.http.script({
      ...page,
      times: 1,
      act: { kind: "reply", status: 200, body: { orders: [], pageCount: 3 } },
    });
    expect(await search()).toEqual(nothing(false));
    sell(3, OTHER);
    fake.settings.ignoresPages = true;
    expect(await search()).toEqual(nothing(false));
  });

  test("one order alone, as one of the samples has it, is found and proves nothing about others", async () => {
    sell(1);
    const answer = await fetch(`${fake.url}/orders`, { headers: { "x-api-key": FAKE_ESIM_GO_KEY } });
    const [body] = (await answer.json()) as object[];
    const act = { kind: "reply", status: 200, body } as const;
    fake.http.script({ on: "^GET /v2.4/orders$", act });
    expect(await search()).toMatchObject({ found: "one" });
    fake.http.script({ on: "^GET /v2.4/orders$", act });
    expect(await search([fake.ledger.orders[0]?.id ?? ""])).toEqual(nothing(false));
  });

  test("that nothing is found says nothing before the ten minutes that an order may take", () => {
    const { lookupSettlesAfterSeconds, lookup: kind } = supplier.capabilities;
    expect(kind).toBe("by_match");
    expect(lookupSettlesAfterSeconds).toBe(600 + 60);
  });

  const soldWithTopUpRequest = () => {
    sell(1, BUNDLE, 60);
    const [esim] = fake.ledger.esims;
    if (!esim) throw new Error("nothing sold");
    const request: TopUpLookup = {
      reference: "TRB-T1-1",
      esim: { supplierReference: "x", supplierOrderId: esim.orderId, iccid: esim.iccid },
      packageId: BUNDLE,
      expectedCost: null,
      sentAfterMillis: Date.now() - 1_000,
      knownSupplierTopUpIds: [],
    };
    return { esim, request };
  };

  test("a top-up that failed has added nothing; it is found by its eSIM, in either of its places", async () => {
    const { request } = soldWithTopUpRequest();
    fake.http.script({ on: "POST /v2.4/orders", act: { kind: "drop_after" } });
    expect(await supplier.topUp(request)).toMatchObject({ kind: "unknown" });
    expect(await supplier.findTopUp(request)).toMatchObject({ value: { found: "one" } });
    Object.assign(fake.ledger.orders[1] ?? {}, { state: "failed" });
    expect(await supplier.findTopUp(request)).toMatchObject({ value: nothing(true) });
  });

  test.each(["always", "asked_for", "never"] as const)(
    "a top-up whose answer was lost is found where the list has eSIMs %s",
    async (listedEsims) => {
      fake.settings.listedEsims = listedEsims;
      const { request } = soldWithTopUpRequest();
      fake.http.script({ on: "POST /v2.4/orders", act: { kind: "drop_after" } });
      expect(await supplier.topUp(request)).toMatchObject({ kind: "unknown" });
      sell(1);
      expect(await supplier.findTopUp(request)).toMatchObject({
        value: { found: "one", topUp: { supplierTopUpId: fake.ledger.orders[1]?.id } },
      });
    },
  );

  test("an order of our bundle whose eSIM nothing names proves nothing about a top-up", async () => {
    const { request } = soldWithTopUpRequest();
    listWith({}, { item: BUNDLE });
    expect(await supplier.findTopUp(request)).toMatchObject({ value: nothing(false) });
    listWith({}, { item: BUNDLE, iccids: ["not a number"] });
    expect(await supplier.findTopUp(request)).toMatchObject({ value: nothing(false) });
    listWith({}, { item: BUNDLE, iccids: ["8999999400000000099"] });
    expect(await supplier.findTopUp(request)).toMatchObject({ value: nothing(true) });
  });

  test("a top-up is found by its eSIM's number in another writing", async () => {
    const { esim, request } = soldWithTopUpRequest();
    listWith({}, { item: BUNDLE, iccids: [`${esim.iccid}F`] });
    expect(await supplier.findTopUp(request)).toMatchObject({ value: { found: "one" } });
  });
});
