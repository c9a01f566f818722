import { describe, expect, test } from "vitest";
import { describeSupplier } from "../../../../tests/conformance/supplier.js";
import type { StockItem, StockShelf } from "./port.js";
import { makeStockSupplier } from "./stock-supplier.js";

/** The smallest shelf that keeps the interface's promises; the real one is tested over its tables. */
function makeShelf(itemsMax: number) {
  const taken = new Map<string, StockItem>();
  const revealed = new Set<string>();
  let left = itemsMax;
  const shelf: StockShelf = {
    async take({ reference, packageId }) {
      const own = taken.get(reference);
      if (own) return own;
      if (left < 1 || packageId !== "es-1gb") return null;
      left -= 1;
      const number = taken.size + 1;
      const item: StockItem = {
        itemId: String(number),
        activationCodeText: `LPA:1$rsp.example.com$STOCK-${number}`,
        confirmationCode: null,
        iccid: `8999999${String(30_000_000_000 + number)}0`,
      };
      taken.set(reference, item);
      return item;
    },
    find: async (reference) => taken.get(reference) ?? null,
    async giveBack(reference) {
      if (!taken.has(reference)) return "not_found";
      return revealed.has(reference) ? "kept" : "given_back";
    },
  };
  return {
    shelf,
    taken,
    revealed,
    setLeft: (count: number) => {
      left = count;
    },
  };
}

describeSupplier("stock", async () => {
  const { shelf, taken, setLeft } = makeShelf(1_000);
  return {
    supplier: makeStockSupplier(shelf),
    packageId: "es-1gb",
    topUpPackageId: null,
    purchases: () => taken.size,
    unreachable: null,
    unauthorised: null,
    fault: null,
    setStock: setLeft,
    setBalanceEmpty: null,
    use: null,
    repeatIccid: null,
    stop: async () => undefined,
  };
});

describe("stock supplier", () => {
  test("a code that was shown is not given back", async () => {
    const { shelf, revealed } = makeShelf(1);
    const supplier = makeStockSupplier(shelf);
    await supplier.order({ reference: "TRB-1-1", packageId: "es-1gb", expectedCost: null });
    revealed.add("TRB-1-1");
    const outcome = await supplier.cancel({
      supplierReference: "1",
      supplierOrderId: "TRB-1-1",
      iccid: null,
    });
    expect(outcome).toMatchObject({ kind: "done", value: { result: "impossible" } });
  });

  test("a database that fails while taking leaves the outcome unknown, while asking it is retryable", async () => {
    const fail = async () => {
      throw new Error("connection lost");
    };
    const supplier = makeStockSupplier({ take: fail, find: fail, giveBack: fail });
    const order = { reference: "TRB-1-1", packageId: "es-1gb", expectedCost: null };
    expect(await supplier.order(order)).toMatchObject({ kind: "unknown", cause: "connection lost" });
    const lookup = { ...order, sentAfterMillis: 0, knownSupplierOrderIds: [] };
    expect(await supplier.findOrder(lookup)).toMatchObject({ kind: "refused", reason: "retryable" });
  });

  test("an item whose code no phone can install is delivered as unusable, without the code in the words", async () => {
    const item: StockItem = {
      itemId: "9",
      activationCodeText: "SECRET",
      confirmationCode: null,
      iccid: null,
    };
    const supplier = makeStockSupplier({
      take: async () => item,
      find: async () => item,
      giveBack: async () => "kept",
    });
    const outcome = await supplier.order({ reference: "TRB-1-1", packageId: "es-1gb", expectedCost: null });
    expect(outcome).toMatchObject({ kind: "done", value: { state: "unusable", esims: [] } });
    expect(JSON.stringify(outcome)).not.toContain("SECRET");
  });
});
