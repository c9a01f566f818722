import { volumeFromBytes } from "../formats/data-volume.js";
import type { GivenInstallData } from "../formats/install-data.js";
import { hasNoMatchingId, readInstallData } from "../formats/install-data.js";
import { utcTimeOf } from "../formats/supplier-time.js";
import { filledTextOf, textOf } from "../json.js";
import type { ValidityStarts } from "../package-port.js";
import {
  type EsimStatus,
  type EsimUsage,
  hasEnded,
  type PlanState,
  type ProfileState,
  type SupplierOrder,
} from "../port.js";

type Fields = Readonly<Record<string, unknown>>;

/** One entry of `esimList`. `ac` is the whole code; ICCIDs are reused, so the key is `esimTranNo`. */
export function givenByEsimAccess(esim: Fields): GivenInstallData {
  const apn = filledTextOf(esim.apn);
  return {
    supplierReference: textOf(esim.esimTranNo) ?? "",
    code: filledTextOf(esim.ac),
    smdpAddress: null,
    matchingId: null,
    confirmationCode: null,
    iccid: textOf(esim.iccid) ?? "",
    apn: apn === null ? null : { ios: apn, android: apn },
    useBy: esimAccessStatusOf(esim).useBy,
    validityStarts: validityStartsOf(esim.activeType),
  };
}

/** `activeType` of packages and of eSIMs: 1 first installation, 2 first network. */
export function validityStartsOf(activeType: unknown): ValidityStarts {
  const text = textOf(activeType);
  return text === "1" ? "installation" : text === "2" ? "first_use" : "unknown";
}

export function pendingOrder(supplierOrderId: string, reference: string | null): SupplierOrder {
  return {
    supplierOrderId,
    reference,
    state: "pending",
    problem: null,
    esims: [],
    cost: null,
    askAgainSeconds: 3,
  };
}

/** The eSIMs of one order. Without a code yet it is still being allocated. */
export function esimAccessOrderOf(supplierOrderId: string, esims: readonly Fields[]): SupplierOrder {
  const reference = filledTextOf(esims[0]?.transactionId);
  const allocated = esims.filter(({ ac }) => {
    const code = filledTextOf(ac);
    return code !== null && !hasNoMatchingId(code);
  });
  if (allocated.length === 0) return pendingOrder(supplierOrderId, reference);
  const readings = allocated.map((esim) => readInstallData(givenByEsimAccess(esim)));
  const fault = readings.find((reading) => !reading.ok);
  const ended = endedOrderState(allocated);
  return {
    supplierOrderId,
    reference,
    state: ended?.state ?? (fault ? "unusable" : "ready"),
    problem: ended?.problem ?? (fault && !fault.ok ? fault.problem : null),
    esims: ended ? [] : readings.flatMap((reading) => (reading.ok ? [reading.data] : [])),
    cost: null,
    askAgainSeconds: null,
  };
}

/** Cancelled: the price went back. Ended in another way before anybody had it: a person has to look. */
function endedOrderState(esims: readonly Fields[]): Pick<SupplierOrder, "state" | "problem"> | null {
  if (!esims.every((esim) => hasEnded(esimAccessStatusOf(esim)))) return null;
  const states = [...new Set(esims.map((esim) => textOf(esim.esimStatus)))].join(", ");
  const isCancelled = esims.every((esim) => esim.esimStatus === "CANCEL");
  return isCancelled
    ? { state: "failed", problem: "cancelled" }
    : { state: "unusable", problem: `the eSIM has ended before it was delivered: ${states}` };
}

export function esimAccessStatusOf(esim: Fields): EsimStatus {
  const esimStatus = (textOf(esim.esimStatus) ?? "").toUpperCase();
  const until = utcTimeOf(textOf(esim.expiredTime));
  // Before first use `expiredTime` is the date to install by.
  const isUnused = esimStatus === "GOT_RESOURCE";
  return {
    profileState: PROFILE_STATES.get((textOf(esim.smdpStatus) ?? "").toUpperCase()) ?? "unknown",
    planState: PLAN_STATES.get(esimStatus) ?? "unknown",
    usage: usageOf(esim),
    expiresAt: isUnused ? null : until,
    useBy: isUnused ? until : null,
  };
}

function usageOf(esim: Fields): EsimUsage | null {
  const total = volumeFromBytes(textOf(esim.totalVolume) ?? "", 1024);
  const used = volumeFromBytes(textOf(esim.orderUsage) ?? "", 1024);
  if (!total || !used) return null;
  const bytes = used.bytes > total.bytes ? 0n : total.bytes - used.bytes;
  return { total, remaining: { bytes, base: 1024 }, isUnlimited: textOf(esim.dataType) === "4", asOf: null };
}

const PROFILE_STATES: ReadonlyMap<string, ProfileState> = new Map([
  ["RELEASED", "released"],
  ["DOWNLOAD", "downloaded"],
  ["INSTALLATION", "installed"],
  ["ENABLED", "enabled"],
  ["DISABLED", "disabled"],
  ["DELETED", "deleted"],
]);

/** REVOKE in queries is REVOKED in webhooks. */
const PLAN_STATES: ReadonlyMap<string, PlanState> = new Map([
  ["CREATE", "pending"],
  ["PAYING", "pending"],
  ["PAID", "pending"],
  ["GETTING_RESOURCE", "pending"],
  ["GOT_RESOURCE", "queued"],
  ["IN_USE", "active"],
  ["USED_UP", "depleted"],
  ["UNUSED_EXPIRED", "expired"],
  ["USED_EXPIRED", "expired"],
  ["CANCEL", "cancelled"],
  ["SUSPENDED", "suspended"],
  ["REVOKE", "revoked"],
  ["REVOKED", "revoked"],
]);
