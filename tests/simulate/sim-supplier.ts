import { done, unknown } from "../../src/kernel/outcome.js";
import type {
  EsimRef,
  EsimStatus,
  EsimSupplier,
  SupplierOrder,
  SupplierRefused,
  SupplierTopUp,
} from "../../src/providers/esim/port.js";
import type { RefusalReason } from "../../src/providers/esim/refusal-port.js";
import { installData } from "../support/scripted-supplier.js";
import type { Choices } from "./choices.js";
import { virtualMicros } from "./virtual-time.js";

export interface Sold {
  readonly reference: string;
  readonly number: number;
  /** Microseconds. */
  readonly soldAt: number;
  /** When it is known there what becomes of it. */
  readonly readyAt: number;
  readonly fate: "ready" | "failed" | "unusable";
  isCancelled: boolean;
  /** What became of it on the phone; moved on by the traveller. */
  phone: "new" | "installed" | "enabled" | "disabled" | "deleted" | "expired";
}
export interface SoldTopUp {
  readonly reference: string;
  readonly id: string;
  readonly soldAt: number;
}

export type SimSupplier = ReturnType<typeof makeSimSupplier>;

/** A search does not show what was sold a moment ago, but never longer than it promises. */
export const SETTLES_SECONDS = 120;
const LISTED_AFTER_SECONDS = 90;
/**
 * Of one in sixty the answer is lost and the list breaks the promise: the shop has ruled the purchase out, and finds it
 * when it looks back an hour later.
 */
const BREAKS_PROMISE = 0.016;
const BREAKS_BY_SECONDS = 3_000;
/** About some purchases a supplier says nothing for half a day: whether it sold shows its own book alone. */
const SILENT = 0.015;
const SILENT_SECONDS = 12 * 3_600;
const refusal = (reason: RefusalReason): SupplierRefused => ({
  kind: "refused",
  reason,
  detail: `simulated ${reason}`,
  retryAfterSeconds: null,
});
const REFUSALS: readonly RefusalReason[] = [
  ...Array.from({ length: 6 }, () => ["terminal", "retryable"] as const).flat(),
  "out_of_stock",
  "no_funds",
  "auth",
  "price_changed",
];

/** A supplier with books of its own. What it does to each order is decided by the order's reference. */
export function makeSimSupplier(
  id: string,
  choices: () => Choices,
  nature: Pick<EsimSupplier["capabilities"], "idempotency" | "delivery"> & {
    readonly saysNoOnceSold?: boolean;
  },
) {
  const sold: Sold[] = [];
  const toppedUp: SoldTopUp[] = [];
  const isNative = nature.idempotency === "native";
  const now = virtualMicros;
  let calls = 0;
  const chance = (...name: (string | number)[]): number => choices().of(id, ...name);

  const orderOf = (one: Sold): SupplierOrder => {
    const state = one.readyAt <= now() ? one.fate : "pending";
    return {
      supplierOrderId: `${id}-order-${one.number}`,
      reference: one.reference,
      state,
      problem: state === "unusable" ? "no code that a phone takes" : null,
      esims: state === "ready" ? [installData(id, one.number, null)] : [],
      cost: null,
      askAgainSeconds: null,
    };
  };
  const sell = (reference: string): Sold => {
    const earlier = isNative ? sold.find((one) => one.reference === reference) : undefined;
    if (earlier !== undefined) return earlier;
    const number = sold.length + 1;
    const draw = chance("ready", number);
    const waits = nature.delivery === "deferred" ? Math.floor(draw * 300) : 0;
    const one: Sold = {
      reference,
      number,
      soldAt: now(),
      readyAt: now() + waits * 1_000_000,
      fate: draw > 0.98 ? "unusable" : nature.delivery === "deferred" && draw > 0.95 ? "failed" : "ready",
      isCancelled: false,
      phone: "new",
    };
    sold.push(one);
    return one;
  };
  const breaksPromise = (reference: string): boolean =>
    !isNative && chance("breaks", reference) < BREAKS_PROMISE;
  const isListed = ({ soldAt, reference }: { soldAt: number; reference: string }): boolean => {
    const promised = Math.floor(
      chance("listed", Math.floor(soldAt / 1_000) % 1_000_000) * LISTED_AFTER_SECONDS,
    );
    const late = breaksPromise(reference) ? BREAKS_BY_SECONDS : promised;
    return soldAt + late * 1_000_000 <= now();
  };
  /** When it was first asked about those purchases that it is silent about. */
  const silentSince = new Map<string, number>();
  const isSilent = (reference: string): boolean => {
    if (chance("silent", reference) >= SILENT) return false;
    const since = silentSince.get(reference) ?? now();
    silentSince.set(reference, since);
    return now() - since < SILENT_SECONDS * 1_000_000;
  };
  const sellsInSilence = (reference: string): boolean => chance("sells in silence", reference) < 0.5;
  const refuses = (rate: number): SupplierRefused | undefined => {
    calls += 1;
    const draw = chance("refuses", calls);
    if (draw >= rate) return undefined;
    return refusal(REFUSALS[Math.floor((draw / rate) * REFUSALS.length)] ?? "terminal");
  };
  const byOrderId = (supplierOrderId: string): Sold | undefined =>
    sold.find(({ number }) => `${id}-order-${number}` === supplierOrderId);

  const supplier: EsimSupplier = {
    id,
    capabilities: {
      ...nature,
      lookup: "by_reference",
      lookupSettlesAfterSeconds: SETTLES_SECONDS,
      cancellable: "until_used",
      webhookAuth: "none",
      dataUnitBase: 1000,
      hasTopUps: true,
      isPrepaid: true,
    },
    listPackages: async () => done({ packages: [], nextCursor: null, skipped: [] }),
    async order({ reference }) {
      if (nature.saysNoOnceSold === true) {
        sell(reference);
        return refusal("out_of_stock");
      }
      if (isSilent(reference)) {
        if (sellsInSilence(reference) && !sold.some((one) => one.reference === reference)) sell(reference);
        return unknown("no answer in time");
      }
      const known = isNative && sold.some((one) => one.reference === reference);
      const no = known ? undefined : refuses(0.12);
      if (no !== undefined) return no;
      const one = orderOf(sell(reference));
      return breaksPromise(reference) ? unknown("no answer in time") : done(one);
    },
    async findOrder({ reference }) {
      if (isSilent(reference)) return refusal("retryable");
      const found = sold.filter((one) => one.reference === reference && isListed(one));
      const [first] = found;
      if (found.length > 1)
        return done({ found: "several", supplierOrderIds: found.map((one) => orderOf(one).supplierOrderId) });
      if (first === undefined) return done({ found: "none", isConclusive: !isNative });
      return done({ found: "one", order: orderOf(first) });
    },
    async getOrder({ reference, supplierOrderId }) {
      if (isSilent(reference)) return refusal("retryable");
      const one = byOrderId(supplierOrderId) ?? sold.find((each) => each.reference === reference);
      return one === undefined ? refusal("not_found") : done(orderOf(one));
    },
    getStatus: async (ref) => {
      const one = soldAs(ref);
      return one === undefined ? refusal("not_found") : done(statusOf(one));
    },
    listTopUps: async () => done([{ packageId: "more", cost: COST } as never]),
    async topUp({ reference }) {
      const known = toppedUp.find((one) => one.reference === reference);
      if (isSilent(reference) && (known !== undefined || !sellsInSilence(reference)))
        return unknown("no answer in time");
      if (known !== undefined && isNative) return done(topUpOf(known));
      const no = isSilent(reference) ? undefined : refuses(0.12);
      if (no !== undefined) return no;
      const one = { reference, id: `${id}-top-up-${toppedUp.length + 1}`, soldAt: now() };
      toppedUp.push(one);
      return isSilent(reference) ? unknown("no answer in time") : done(topUpOf(one));
    },
    async findTopUp({ reference }) {
      if (isSilent(reference)) return refusal("retryable");
      const found = toppedUp.filter((one) => one.reference === reference && isListed(one));
      const [first] = found;
      if (found.length > 1) return done({ found: "several", supplierTopUpIds: found.map((one) => one.id) });
      if (first === undefined) return done({ found: "none", isConclusive: !isNative });
      return done({ found: "one", topUp: topUpOf(first) });
    },
    async cancel(ref) {
      const one = soldAs(ref);
      if (one === undefined) return refusal("not_found");
      if (one.isCancelled) return done({ result: "refunded" });
      if (one.phone !== "new" || chance("cancel", one.number) < 0.1)
        return done({ result: "impossible", why: "in use" });
      const no = refuses(0.05);
      if (no !== undefined) return no;
      one.isCancelled = true;
      return chance("cancel", one.number) < 0.2
        ? done({ result: "revoked", why: "simulated" })
        : done({ result: "refunded" });
    },
    balance: async () => done({ amountText: "100000.00", currency: "USD", amountMinor: 10_000_000 }),
    readWebhook: () => ({ verdict: "forged", why: "simulated" }),
  };
  const soldAs = ({ supplierReference }: EsimRef): Sold | undefined =>
    sold.find(({ number }) => `${id}-esim-${number}` === supplierReference);

  return {
    id,
    supplier,
    sold,
    toppedUp,
    breaksPromise,
    forget(): void {
      silentSince.clear();
      sold.length = 0;
      toppedUp.length = 0;
      calls = 0;
    },
  };
}

const COST = { amountText: "0.50", currency: "USD", amountMinor: 50 };
const topUpOf = ({ id }: SoldTopUp): SupplierTopUp => ({
  supplierTopUpId: id,
  state: "done",
  cost: null,
  expiresAt: null,
});

function statusOf(one: Sold): EsimStatus {
  const nothing = { usage: null, expiresAt: null, useBy: null };
  if (one.isCancelled) return { profileState: "unknown", planState: "cancelled", ...nothing };
  if (one.phone === "expired") return { profileState: "unknown", planState: "expired", ...nothing };
  if (one.phone === "new") return { profileState: "released", planState: "pending", ...nothing };
  return { profileState: one.phone, planState: "active", ...nothing };
}
