import { done, unknown } from "../../src/kernel/outcome.js";
import type {
  EsimSupplier,
  InstallData,
  SupplierOrder,
  SupplierRefused,
  SupplierTopUp,
} from "../../src/providers/esim/port.js";
import type { RefusalReason } from "../../src/providers/esim/refusal-port.js";

export type OrderScript =
  | "sell"
  /** Sells, and the answer is lost. */
  | "sell_and_drop"
  /** The request is lost; nothing is sold. */
  | "drop"
  /** Sells; the eSIM comes later (see `ready`). */
  | "accept"
  | { readonly refuse: RefusalReason };

export interface ScriptedSupplier extends EsimSupplier {
  /** What happens to each next order or top-up; the last one stays. */
  script: OrderScript[];
  /** Every call that orders an eSIM or a top-up, in order, by its reference. */
  readonly calls: string[];
  readonly sold: Map<string, SupplierOrder>;
  readonly toppedUp: Map<string, SupplierTopUp>;
  readonly cancelled: string[];
  isReady: boolean;
  cancelResult: "refunded" | "revoked" | "impossible" | { readonly refuse: RefusalReason };
  /** False: a search that finds nothing proves nothing, as at eSIM Access. */
  isSearchConclusive: boolean;
  /** What is sold does not show in a search yet. */
  isSearchBlind: boolean;
  iccid: string | null;
  /** Waited for inside every order call. */
  gate: Promise<void> | undefined;
}

const refusal = (reason: RefusalReason): SupplierRefused => ({
  kind: "refused",
  reason,
  detail: `scripted ${reason}`,
  retryAfterSeconds: null,
});

/** A supplier with books of its own that does what the test says, without a wire. */
export function makeScriptedSupplier(
  id = "scripted",
  capabilities: Partial<EsimSupplier["capabilities"]> = {},
): ScriptedSupplier {
  let number = 0;
  const sell = (reference: string, isReady: boolean): SupplierOrder => {
    const earlier = supplier.sold.get(reference);
    if (earlier !== undefined && supplier.capabilities.idempotency === "native") return asNow(earlier);
    number += 1;
    const order: SupplierOrder = {
      supplierOrderId: `${id}-order-${number}`,
      reference,
      state: isReady ? "ready" : "pending",
      problem: null,
      esims: isReady ? [installData(id, number, supplier.iccid)] : [],
      cost: null,
      askAgainSeconds: null,
    };
    supplier.sold.set(reference, order);
    return order;
  };
  const asNow = (order: SupplierOrder): SupplierOrder => {
    if (order.state !== "pending" || !supplier.isReady) return order;
    const ready: SupplierOrder = {
      ...order,
      state: "ready",
      esims: [installData(id, Number(order.supplierOrderId.split("-").at(-1)), supplier.iccid)],
    };
    supplier.sold.set(order.reference ?? "", ready);
    return ready;
  };
  const topUp = (reference: string): SupplierTopUp => {
    const earlier = supplier.toppedUp.get(reference);
    if (earlier !== undefined && supplier.capabilities.idempotency === "native") return earlier;
    number += 1;
    const added: SupplierTopUp = {
      supplierTopUpId: `${id}-top-up-${number}`,
      state: "done",
      cost: null,
      expiresAt: null,
    };
    supplier.toppedUp.set(reference, added);
    return added;
  };
  const nextStep = async (reference: string): Promise<OrderScript | undefined> => {
    supplier.calls.push(reference);
    await supplier.gate;
    return supplier.script.length > 1 ? supplier.script.shift() : supplier.script[0];
  };
  const supplier: ScriptedSupplier = {
    id,
    script: ["sell"],
    calls: [],
    sold: new Map(),
    toppedUp: new Map(),
    cancelled: [],
    isReady: true,
    cancelResult: "refunded",
    isSearchConclusive: true,
    isSearchBlind: false,
    iccid: null,
    gate: undefined,
    capabilities: {
      idempotency: "lookup",
      lookup: "by_reference",
      lookupSettlesAfterSeconds: 0,
      delivery: "immediate",
      cancellable: "until_used",
      webhookAuth: "native",
      dataUnitBase: 1000,
      hasTopUps: false,
      isPrepaid: true,
      ...capabilities,
    },
    listPackages: async () => done({ packages: [], nextCursor: null, skipped: [] }),
    async order({ reference }) {
      const step = await nextStep(reference);
      if (step === undefined || step === "sell") return done(sell(reference, true));
      if (step === "accept") return done(sell(reference, false));
      if (step === "sell_and_drop") sell(reference, true);
      if (step === "sell_and_drop" || step === "drop") return unknown("connection reset after sending");
      return refusal(step.refuse);
    },
    findOrder: async ({ reference }) => {
      const order = supplier.isSearchBlind ? undefined : supplier.sold.get(reference);
      return done(
        order === undefined
          ? { found: "none", isConclusive: supplier.isSearchConclusive }
          : { found: "one", order: asNow(order) },
      );
    },
    getOrder: async ({ reference }) => {
      const order = supplier.sold.get(reference);
      return order === undefined ? refusal("not_found") : done(asNow(order));
    },
    getStatus: async () =>
      done({ profileState: "unknown", planState: "unknown", usage: null, expiresAt: null, useBy: null }),
    listTopUps: async () => done([]),
    async topUp({ reference }) {
      const step = await nextStep(reference);
      if (step === undefined || step === "sell" || step === "accept") return done(topUp(reference));
      if (step === "sell_and_drop") topUp(reference);
      if (step === "sell_and_drop" || step === "drop") return unknown("connection reset after sending");
      return refusal(step.refuse);
    },
    findTopUp: async ({ reference }) => {
      const found = supplier.isSearchBlind ? undefined : supplier.toppedUp.get(reference);
      return done(
        found === undefined
          ? { found: "none", isConclusive: supplier.isSearchConclusive }
          : { found: "one", topUp: found },
      );
    },
    cancel: async ({ supplierReference }) => {
      if (typeof supplier.cancelResult === "object") return refusal(supplier.cancelResult.refuse);
      if (supplier.cancelResult === "impossible") return done({ result: "impossible", why: "in use" });
      supplier.cancelled.push(supplierReference);
      return supplier.cancelResult === "revoked"
        ? done({ result: "revoked", why: "scripted" })
        : done({ result: "refunded" });
    },
    balance: async () => done({ amountText: "100.00", currency: "USD", amountMinor: 10_000 }),
    readWebhook: () => ({ verdict: "forged", why: "scripted" }),
  };
  return supplier;
}

export function installData(id: string, number: number, iccid: string | null): InstallData {
  const matchingId = `${id.toUpperCase()}-${String(number).padStart(6, "0")}`;
  const issuer = String([...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)).padStart(6, "0");
  const text = iccid ?? `89${issuer}${String(number).padStart(11, "0")}`;
  return {
    supplierReference: `${id}-esim-${number}`,
    smdpAddress: "smdp.supplier.example",
    matchingId,
    confirmationCode: null,
    isConfirmationCodeRequired: false,
    activationCodeText: `LPA:1$smdp.supplier.example$${matchingId}`,
    qrPayload: `LPA:1$smdp.supplier.example$${matchingId}`,
    iccid: text,
    iccidAsGiven: text,
    warnings: [],
    installLinks: null,
    apn: null,
    activationCode: null,
    useBy: null,
    validityStarts: "unknown",
  };
}
