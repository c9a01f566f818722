import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readActivationCode } from "../../src/providers/esim/formats/activation-code.js";
import type { PackagePage } from "../../src/providers/esim/package-port.js";
import type { EsimSupplier, OrderLookup, SupplierOrder } from "../../src/providers/esim/port.js";
import { type Bench, doneValue, only, type SupplierHarness } from "./supplier-bench.js";
import { describeFailures, type FaultRange } from "./supplier-faults.js";

/**
 * What every adapter promises (docs/write-a-supplier.md), as tests. An adapter's own test file calls
 * `describeSupplier` with a harness that starts its fake server and can play tricks on it.
 */
/** Time-outs of the adapter under test should be short: hanging answers are waited for. */
export function describeSupplier(name: string, start: () => Promise<SupplierHarness>): void {
  describeWith(name, start, "with answers that hang");
}

/** The same over every other shape in which the supplier writes its answers, one at a time. */
export function describeShapes<Shape extends object>(
  name: string,
  shapes: readonly Shape[],
  start: (shape: Shape) => Promise<SupplierHarness>,
): void {
  for (const shape of shapes)
    describeWith(`${name} ${JSON.stringify(shape)}`, () => start(shape), "without answers that hang");
}

function describeWith(name: string, start: () => Promise<SupplierHarness>, faults: FaultRange): void {
  describe(`${name} keeps the supplier port's promises`, () => {
    let harness: SupplierHarness;
    let lastReference = 0;
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness.stop());

    const lookupOf = (reference: string): OrderLookup => ({
      reference,
      packageId: harness.packageId,
      sentAfterMillis: Date.now() - 1_000,
      knownSupplierOrderIds: known,
    });
    const known: string[] = [];
    const newLookup = (): OrderLookup => {
      lastReference += 1;
      return lookupOf(`TRB-CONF${lastReference}-1`);
    };
    const orderWith = async (lookup: OrderLookup) => {
      const { reference, packageId } = lookup;
      const outcome = await harness.supplier.order({ reference, packageId, expectedCost: null });
      if (outcome.kind === "done") known.push(outcome.value.supplierOrderId);
      return outcome;
    };
    const deliver = async (lookup: OrderLookup): Promise<SupplierOrder> =>
      untilReady(harness.supplier, lookup, doneValue(await orderWith(lookup)));

    const bench: Bench = { harness: () => harness, known, newLookup, orderWith, deliver };
    describePurchases(bench);
    describeFailures(bench, faults);
    describeLife(bench);
  });
}

function describePurchases({ harness, newLookup, orderWith, deliver }: Bench): void {
  it("an order becomes one installable eSIM, and its data can be fetched again", async () => {
    const before = harness().purchases() ?? 0;
    const lookup = newLookup();
    const order = await deliver(lookup);
    expect(order.esims).toHaveLength(1);
    const esim = only(order.esims);
    expect(readActivationCode(esim.qrPayload, "strict")).toMatchObject({
      valid: true,
      canonical: esim.qrPayload,
      code: { smdpAddress: esim.smdpAddress, matchingId: esim.matchingId },
    });
    expect(esim.supplierReference).not.toBe("");
    expect(esim.iccid).toMatch(/^[0-9a-f]{17,22}$/);
    const again = doneValue(
      await harness().supplier.getOrder({ ...lookup, supplierOrderId: order.supplierOrderId }),
    );
    // One supplier shows its install link only when asked for the data again.
    expect(again.esims).toMatchObject(
      order.esims.map((entry) => ({ ...entry, installLinks: expect.toSatisfy(() => true) })),
    );
    if (harness().purchases() !== null) expect(harness().purchases()).toBe(before + 1);
  });

  it("two references are two eSIMs", async () => {
    const [first, second] = [await deliver(newLookup()), await deliver(newLookup())];
    expect(only(first.esims).supplierReference).not.toBe(only(second.esims).supplierReference);
    expect(only(first.esims).matchingId).not.toBe(only(second.esims).matchingId);
  });

  it("an order is found again by its reference, without buying", async () => {
    const lookup = newLookup();
    const order = await deliver(lookup);
    const before = harness().purchases();
    const others = lookup.knownSupplierOrderIds.filter((id) => id !== order.supplierOrderId);
    const search = doneValue(
      await harness().supplier.findOrder({ ...lookup, knownSupplierOrderIds: others }),
    );
    expect(search).toMatchObject({ found: "one", order: { supplierOrderId: order.supplierOrderId } });
    expect(harness().purchases()).toBe(before);
  });

  it("a reference that was never sent is found nowhere", async ({ skip }) => {
    if (harness().purchases() === null) return skip();
    const search = doneValue(await harness().supplier.findOrder(newLookup()));
    expect(search).toMatchObject({ found: "none" });
  });

  it("native idempotency: the same reference is the same order, also ten times at once", async ({ skip }) => {
    if (harness().supplier.capabilities.idempotency !== "native") return skip();
    const lookup = newLookup();
    const before = harness().purchases() ?? 0;
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => orderWith(lookup)));
    expect(new Set(outcomes.map((outcome) => doneValue(outcome).supplierOrderId)).size).toBe(1);
    if (harness().purchases() !== null) expect(harness().purchases()).toBe(before + 1);
  });

  it("the same ICCID twice over time is two eSIMs", async ({ skip }) => {
    if (!harness().repeatIccid) return skip();
    const first = only((await deliver(newLookup())).esims);
    harness().repeatIccid?.();
    const second = only((await deliver(newLookup())).esims);
    expect(second.iccid).toBe(first.iccid);
    expect(second.supplierReference).not.toBe(first.supplierReference);
  });
}

function describeLife({ harness, newLookup, deliver }: Bench): void {
  it("status follows the customer and usage is exact", async ({ skip }) => {
    const { supplier } = harness();
    const { use } = harness();
    if (!use) return skip();
    const order = await deliver(newLookup());
    const esim = { ...only(order.esims), supplierOrderId: order.supplierOrderId };
    const fresh = doneValue(await supplier.getStatus(esim));
    expect(["installed", "enabled"]).not.toContain(fresh.profileState);
    use(esim, 25);
    const used = doneValue(await supplier.getStatus(esim));
    expect(["installed", "enabled"]).toContain(used.profileState);
    expect(used.planState).toBe("active");
    if (!used.usage) throw new Error("no usage");
    expect(used.usage.total.base).toBe(supplier.capabilities.dataUnitBase);
    expect(used.usage.remaining.bytes * 4n).toBe(used.usage.total.bytes * 3n);
  });

  it("an unused eSIM is cancelled as declared, also when asked twice", async () => {
    const { supplier } = harness();
    const order = await deliver(newLookup());
    const esim = { ...only(order.esims), supplierOrderId: order.supplierOrderId };
    const expected = {
      never: "impossible",
      manual_review: "requested",
      until_installed: "refunded",
      until_used: "refunded",
    }[supplier.capabilities.cancellable];
    expect(doneValue(await supplier.cancel(esim)).result).toBe(expected);
    const again = doneValue(await supplier.cancel(esim)).result;
    // The second answer may know that it is gone and not whether it was paid for.
    expect(expected === "refunded" ? ["refunded", "revoked"] : [expected]).toContain(again);
  });

  it("the balance falls by the cost of an order, to the last digit", async ({ skip }) => {
    const { supplier } = harness();
    if (!supplier.capabilities.isPrepaid) return skip();
    const before = doneValue(await supplier.balance());
    const order = await deliver(newLookup());
    const after = doneValue(await supplier.balance());
    if (order.cost) expect(after.amountMinor).toBe((before.amountMinor ?? 0) - (order.cost.amountMinor ?? 0));
    expect(after.amountMinor).toBeLessThan(before.amountMinor ?? 0);
  });

  it("the catalogue is read to its last page, every entry complete", async () => {
    const { supplier, packageId } = harness();
    const ids: string[] = [];
    for (let cursor: string | null = null, page = 0; page < 50; page += 1) {
      const answer: PackagePage = doneValue(await supplier.listPackages(cursor));
      expect(answer.skipped).toEqual([]);
      for (const entry of answer.packages) {
        expect(entry.cost.amountMinor).toBeGreaterThan(0);
        expect(entry.countryCodes.every((code) => /^[A-Z]{2}$/.test(code))).toBe(true);
        expect(entry.isUnlimited).toBe(entry.data === null);
      }
      ids.push(...answer.packages.map((entry) => `${entry.kind} ${entry.packageId}`));
      cursor = answer.nextCursor;
      if (cursor === null) break;
    }
    expect(new Set(ids).size).toBe(ids.length);
    if (harness().purchases() !== null && supplier.id !== "stock") expect(ids).toContain(`esim ${packageId}`);
  });

  it("a top-up is bought once and found again by its reference", async ({ skip }) => {
    const { supplier, topUpPackageId } = harness();
    if (!topUpPackageId) return skip();
    const order = await deliver(newLookup());
    const esim = { ...only(order.esims), supplierOrderId: order.supplierOrderId };
    harness().use?.(esim, 50);
    const offered = doneValue(await supplier.listTopUps(esim));
    expect(offered.map((entry) => entry.packageId)).toContain(topUpPackageId);
    const request = { reference: newLookup().reference, esim, packageId: topUpPackageId, expectedCost: null };
    const before = harness().purchases() ?? 0;
    const topUp = doneValue(await supplier.topUp(request));
    expect(harness().purchases()).toBe(before + 1);
    const search = doneValue(
      await supplier.findTopUp({
        ...request,
        sentAfterMillis: Date.now() - 1_000,
        knownSupplierTopUpIds: [],
      }),
    );
    if (search.found === "one") expect(search.topUp.supplierTopUpId).toBe(topUp.supplierTopUpId);
    else expect(supplier.capabilities.idempotency).toBe("native");
  });
}

async function untilReady(
  supplier: EsimSupplier,
  lookup: OrderLookup,
  placed: SupplierOrder,
): Promise<SupplierOrder> {
  const { supplierOrderId } = placed;
  let order = placed;
  for (let poll = 0; order.state === "pending" && poll < 200; poll += 1) {
    order = doneValue(await supplier.getOrder({ ...lookup, supplierOrderId }));
  }
  expect(order.state).toBe("ready");
  return order;
}
