import type { FaultAct } from "@tribi/fakes/supplier/fake-http";
import { expect, it } from "vitest";
import { type Bench, doneValue, only } from "./supplier-bench.js";

/** The part of the conformance suite about answers that fail: what is unknown, what is refused, what is neither. */
export function describeFailures(bench: Bench, range: FaultRange): void {
  const acts = afterTheSale.filter(({ kind }) => kind !== "hang_after" || range === "with answers that hang");
  describeFaults(bench, acts);
  describeTopUpFaults(bench);
  describeRefusals(bench);
  describeQuestions(bench, acts);
}

/** Each answer that hangs is waited for, so a suite that is run many times leaves them to its first run. */
export type FaultRange = "with answers that hang" | "without answers that hang";

const afterTheSale: FaultAct[] = [
  { kind: "drop_after" },
  { kind: "malformed_after" },
  { kind: "huge_after" },
  { kind: "hang_after" },
  { kind: "status_after", status: 500 },
  { kind: "status_after", status: 502 },
  { kind: "status_after", status: 408 },
];

function describeFaults({ harness, known, newLookup, orderWith }: Bench, acts: readonly FaultAct[]): void {
  for (const act of acts) {
    const title = act.kind === "status_after" ? `HTTP ${act.status}` : act.kind;
    it(`sold, then ${title}: unknown, not sent twice, and found by a search or by the same reference`, async ({
      skip,
    }) => {
      const { fault, supplier } = harness();
      if (!fault) return skip();
      const lookup = newLookup();
      const before = harness().purchases() ?? 0;
      fault("order", act);
      expect(await orderWith(lookup)).toMatchObject({ kind: "unknown" });
      expect(harness().purchases()).toBe(before + 1);
      const search = doneValue(await supplier.findOrder(lookup));
      if (search.found === "one") known.push(search.order.supplierOrderId);
      else {
        expect(supplier.capabilities.idempotency).toBe("native");
        doneValue(await orderWith(lookup));
      }
      expect(harness().purchases()).toBe(before + 1);
    });
  }
}

function describeTopUpFaults({ harness, known, newLookup, deliver }: Bench): void {
  it("a top-up that was sold and then dropped is unknown, not sent twice, and found like an order", async ({
    skip,
  }) => {
    const { fault, supplier, topUpPackageId } = harness();
    if (!fault || !topUpPackageId) return skip();
    const order = await deliver(newLookup());
    const esim = { ...only(order.esims), supplierOrderId: order.supplierOrderId };
    const request = { reference: newLookup().reference, esim, packageId: topUpPackageId, expectedCost: null };
    const before = harness().purchases() ?? 0;
    fault("topUp", { kind: "drop_after" });
    expect(await supplier.topUp(request)).toMatchObject({ kind: "unknown" });
    const lookup = { ...request, sentAfterMillis: Date.now() - 1_000, knownSupplierTopUpIds: [] };
    const search = doneValue(await supplier.findTopUp(lookup));
    if (search.found === "one") known.push(search.topUp.supplierTopUpId);
    else {
      expect(supplier.capabilities.idempotency).toBe("native");
      doneValue(await supplier.topUp(request));
    }
    expect(harness().purchases()).toBe(before + 1);
  });
}

function describeRefusals({ harness, newLookup, orderWith }: Bench): void {
  it("dropped before the sale: unknown, and a search finds nothing", async ({ skip }) => {
    const { fault, supplier } = harness();
    if (!fault) return skip();
    const lookup = newLookup();
    const before = harness().purchases();
    fault("order", { kind: "drop_before" });
    expect(await orderWith(lookup)).toMatchObject({ kind: "unknown" });
    expect(doneValue(await supplier.findOrder(lookup))).toMatchObject({ found: "none" });
    expect(harness().purchases()).toBe(before);
  });

  it("429: refused with the supplier's own wait, or unknown where the same reference may be sent again", async ({
    skip,
  }) => {
    const { fault, supplier } = harness();
    if (!fault) return skip();
    const before = harness().purchases() ?? 0;
    const lookup = newLookup();
    fault("order", { kind: "status_before", status: 429, retryAfterSeconds: 7 });
    const outcome = await orderWith(lookup);
    expect(harness().purchases()).toBe(before);
    if (supplier.capabilities.idempotency === "lookup") {
      expect(outcome).toMatchObject({ kind: "refused", reason: "retryable", retryAfterSeconds: 7 });
      return;
    }
    // It may as well come after the sale: only the same reference tells, and it cannot buy twice.
    expect(outcome).toMatchObject({ kind: "unknown" });
    fault("order", { kind: "status_after", status: 429 });
    expect(await orderWith(lookup)).toMatchObject({ kind: "unknown" });
    doneValue(await orderWith(lookup));
    expect(harness().purchases()).toBe(before + 1);
  });

  it("nobody listens: refused as retryable, because no byte was sent", async ({ skip }) => {
    const { unreachable } = harness();
    if (!unreachable) return skip();
    const { reference, packageId } = newLookup();
    const outcome = await unreachable.order({ reference, packageId, expectedCost: null });
    expect(outcome).toMatchObject({ kind: "refused", reason: "retryable" });
  });

  it("refused credentials are auth, for orders and for questions", async ({ skip }) => {
    const { unauthorised } = harness();
    if (!unauthorised) return skip();
    const { reference, packageId } = newLookup();
    const outcome = await unauthorised.order({ reference, packageId, expectedCost: null });
    expect(outcome).toMatchObject({ kind: "refused", reason: "auth" });
    expect(await unauthorised.balance()).toMatchObject({ kind: "refused", reason: "auth" });
  });

  it("out of stock, no funds and an unknown package are definite and told apart", async ({ skip }) => {
    const { supplier, setStock, setBalanceEmpty } = harness();
    if (harness().purchases() === null) return skip();
    const before = harness().purchases();
    setStock(0);
    expect(await orderWith(newLookup())).toMatchObject({ kind: "refused", reason: "out_of_stock" });
    setStock(1_000);
    if (setBalanceEmpty) {
      setBalanceEmpty(true);
      expect(await orderWith(newLookup())).toMatchObject({ kind: "refused", reason: "no_funds" });
      setBalanceEmpty(false);
    }
    const { reference } = newLookup();
    const outcome = await supplier.order({ reference, packageId: "no-such-package", expectedCost: null });
    expect(outcome).toMatchObject({ kind: "refused" });
    expect(["bad_package", "out_of_stock"]).toContain(outcome.kind === "refused" ? outcome.reason : "");
    expect(harness().purchases()).toBe(before);
  });
}

function describeQuestions({ harness }: Bench, acts: readonly FaultAct[]): void {
  for (const act of [...acts, { kind: "drop_before" } as const]) {
    it(`a question that meets ${act.kind} is never unknown`, async ({ skip }) => {
      const { fault, supplier } = harness();
      if (!fault) return skip();
      fault("question", act);
      expect(await supplier.balance()).toMatchObject({ kind: "refused", reason: "retryable" });
      expect(await supplier.balance()).toMatchObject({ kind: "done" });
    });
  }
}
