import { done, unknown } from "../../../kernel/outcome.js";
import { readInstallData } from "../formats/install-data.js";
import { refusal } from "../outcomes.js";
import type { EsimSupplier, SupplierAnswer, SupplierOrder } from "../port.js";
import type { StockItem, StockShelf } from "./port.js";

/** Codes from our own shelf as a supplier like every other. The purchase reference is the order id and the key. */
export function makeStockSupplier(shelf: StockShelf): EsimSupplier {
  const noTopUps = () => refusal("unsupported", "codes from stock have no top-ups");

  async function question<Value>(ask: () => Promise<SupplierAnswer<Value>>): Promise<SupplierAnswer<Value>> {
    try {
      return await ask();
    } catch (error) {
      return refusal("retryable", reasonOf(error));
    }
  }

  return {
    id: "stock",
    capabilities: {
      idempotency: "native",
      lookup: "by_reference",
      lookupSettlesAfterSeconds: 0,
      delivery: "immediate",
      cancellable: "until_used",
      webhookAuth: "none",
      dataUnitBase: 1000,
      hasTopUps: false,
      isPrepaid: false,
    },
    listPackages: async () => done({ packages: [], nextCursor: null, skipped: [] }),
    async order({ reference, packageId }) {
      try {
        const item = await shelf.take({ reference, packageId });
        return item
          ? done(orderOf(reference, item))
          : refusal("out_of_stock", `no item left of ${packageId}`);
      } catch (error) {
        return unknown(reasonOf(error));
      }
    },
    findOrder: ({ reference }) =>
      question(async () => {
        const item = await shelf.find(reference);
        return done(
          // A taking whose connection was lost may still commit; taking again waits for it and gets the same item.
          item ? { found: "one", order: orderOf(reference, item) } : { found: "none", isConclusive: false },
        );
      }),
    getOrder: ({ reference }) =>
      question(async () => {
        const item = await shelf.find(reference);
        return item ? done(orderOf(reference, item)) : refusal("not_found", reference);
      }),
    // Nobody tells the shop what becomes of a code from stock.
    getStatus: async () =>
      done({ profileState: "unknown", planState: "unknown", usage: null, expiresAt: null, useBy: null }),
    listTopUps: async () => done([]),
    topUp: async () => noTopUps(),
    findTopUp: async () => noTopUps(),
    async cancel({ supplierOrderId }) {
      try {
        const result = await shelf.giveBack(supplierOrderId);
        if (result === "not_found") return refusal("not_found", supplierOrderId);
        if (result === "given_back") return done({ result: "refunded" });
        return done({ result: "impossible", why: "the code has been shown" });
      } catch (error) {
        return unknown(reasonOf(error));
      }
    },
    balance: async () => refusal("unsupported", "stock is paid for"),
    readWebhook: () => ({ verdict: "forged", why: "stock sends nothing" }),
  };
}

function orderOf(reference: string, item: StockItem): SupplierOrder {
  const reading = readInstallData({
    supplierReference: item.itemId,
    code: item.activationCodeText,
    smdpAddress: null,
    matchingId: null,
    confirmationCode: item.confirmationCode,
    iccid: item.iccid ?? "",
  });
  return {
    supplierOrderId: reference,
    reference,
    state: reading.ok ? "ready" : "unusable",
    problem: reading.ok ? null : reading.problem,
    esims: reading.ok ? [reading.data] : [],
    cost: null,
    askAgainSeconds: null,
  };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
