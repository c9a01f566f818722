import { volumeFromBytes } from "../formats/data-volume.js";
import { type GivenInstallData, readInstallData } from "../formats/install-data.js";
import { moneyFromDecimal } from "../formats/supplier-amount.js";
import { utcTimeOf } from "../formats/supplier-time.js";
import { filledTextOf, isRecord, isTrue, listOf, readableListOf, recordOf, textOf } from "../json.js";
import type { EsimUsage, PlanState, ProfileState, SupplierOrder } from "../port.js";

type Fields = Readonly<Record<string, unknown>>;

/** ICCIDs are recycled and an eSIM has no other key: order reference and ICCID together are unique. */
export const supplierReferenceOf = (orderReference: string, iccid: string): string =>
  `${orderReference}:${iccid}`;

/** An entry of `esims` in an order, or an assignment. `smdpAddress` comes with a scheme at times. */
export function givenByEsimGo(esim: Fields, orderReference: string): GivenInstallData {
  const iccid = textOf(esim.iccid) ?? "";
  return {
    supplierReference: supplierReferenceOf(orderReference, iccid),
    code: null,
    smdpAddress: filledTextOf(esim.smdpAddress),
    matchingId: textOf(esim.matchingId),
    confirmationCode: null,
    iccid,
    appleLink: textOf(esim.appleInstallUrl),
    androidLink: textOf(esim.androidInstallUrl),
  };
}

/** The answer of `GET /esims/assignments`: an object, an array, or `{esims}`; null when it is none of these. */
export function assignmentsOf(body: unknown): readonly Fields[] | null {
  if (isRecord(body) && !("esims" in body)) return filledTextOf(body.iccid) === null ? null : [body];
  const list = readableListOf(isRecord(body) ? body.esims : body);
  return list?.map(recordOf) ?? null;
}

/** `POST /orders`, an entry of `GET /orders`, `GET /orders/{reference}`: null when it has no reference. */
export function esimGoOrderOf(order: Fields): SupplierOrder | null {
  const orderReference = filledTextOf(order.orderReference);
  if (!orderReference) return null;
  const esims = listOf(order.order).flatMap((item) => listOf(recordOf(item).esims).map(recordOf));
  const total = textOf(order.total);
  const cost = total === null ? null : moneyFromDecimal(total, textOf(order.currency) ?? "USD");
  const status = (textOf(order.status) ?? "").toLowerCase();
  if (/fail|reject|cancel/.test(status)) {
    const problem = textOf(order.statusMessage) ?? status;
    return { ...orderWith(orderReference, []), state: "failed", problem, cost, askAgainSeconds: null };
  }
  return { ...orderWith(orderReference, esims), cost };
}

/** While an order is processed its eSIM is not there, or there without a matching id: null, or an empty text. */
export function orderWith(orderReference: string, esims: readonly Fields[]): SupplierOrder {
  const complete = esims.filter(
    (esim) => filledTextOf(esim.matchingId) !== null && filledTextOf(esim.smdpAddress) !== null,
  );
  const readings = complete.map((esim) => readInstallData(givenByEsimGo(esim, orderReference)));
  const fault = readings.find((reading) => !reading.ok);
  return {
    supplierOrderId: orderReference,
    reference: null,
    state: fault ? "unusable" : readings.length > 0 ? "ready" : "pending",
    problem: fault && !fault.ok ? fault.problem : null,
    esims: readings.flatMap((reading) => (reading.ok ? [reading.data] : [])),
    cost: null,
    askAgainSeconds: readings.length > 0 ? null : 3,
  };
}

export interface Assignment {
  readonly bundleName: string;
  readonly id: string;
  readonly reference: string;
  readonly state: PlanState;
  readonly usage: EsimUsage | null;
  readonly endsAt: string | null;
}

/** `GET /esims/{iccid}/bundles`, with state names in lower case and capitalised; null when it is no such list. */
export function bundleAssignmentsOf(body: unknown): readonly Assignment[] | null {
  const bundles = readableListOf(recordOf(body).bundles)?.map(recordOf);
  if (!bundles) return null;
  return bundles.flatMap((bundle) => listOf(bundle.assignments).map((entry) => assignmentOf(bundle, entry)));
}

function assignmentOf(bundle: Fields, given: unknown): Assignment {
  const entry = recordOf(given);
  return {
    bundleName: textOf(bundle.name) ?? "",
    id: textOf(entry.id) ?? "",
    reference: textOf(entry.assignmentReference) ?? "",
    state: PLAN_STATES.get((textOf(entry.bundleState) ?? "").toLowerCase()) ?? "unknown",
    usage: (textOf(entry.callTypeGroup) ?? "data") === "data" ? usageOf(entry) : null,
    endsAt: utcTimeOf(textOf(entry.endTime)),
  };
}

/** An assignment's reference is the order's with a running number behind it. */
export const isOfOrder = ({ reference }: Assignment, orderReference: string): boolean =>
  reference === orderReference || reference.startsWith(`${orderReference}-`);

/** What an eSIM can still do: a bundle that waits behind one that has ended keeps it alive. */
export function planStateOf(assignments: readonly Assignment[], orderReference: string): PlanState {
  const states = assignments.map(({ state }) => state);
  const living = (["active", "queued", "pending"] as const).find((state) => states.includes(state));
  return living ?? assignments.find((entry) => isOfOrder(entry, orderReference))?.state ?? "unknown";
}

/** Sum of what still counts; null when nothing is metered. */
export function totalUsageOf(assignments: readonly Assignment[]): EsimUsage | null {
  const live = assignments.filter((entry) =>
    ["pending", "queued", "active", "depleted"].includes(entry.state),
  );
  const metered = live.flatMap((entry) => entry.usage ?? []);
  if (metered.length === 0) return null;
  const sum = (pick: (usage: EsimUsage) => bigint) =>
    metered.reduce((bytes, usage) => bytes + pick(usage), 0n);
  return {
    total: { bytes: sum((usage) => usage.total.bytes), base: 1000 },
    remaining: { bytes: sum((usage) => usage.remaining.bytes), base: 1000 },
    isUnlimited: metered.some((usage) => usage.isUnlimited),
    asOf: null,
  };
}

export function profileStateOf(text: string | null): ProfileState {
  return PROFILE_STATES.get((text ?? "").toLowerCase()) ?? "unknown";
}

function usageOf(entry: Fields): EsimUsage | null {
  const total = volumeFromBytes(textOf(entry.initialQuantity) ?? "", 1000);
  const remaining = volumeFromBytes(textOf(entry.remainingQuantity) ?? "", 1000);
  return total && remaining ? { total, remaining, isUnlimited: isTrue(entry.unlimited), asOf: null } : null;
}

const PLAN_STATES: ReadonlyMap<string, PlanState> = new Map([
  ["processing", "pending"],
  ["queued", "queued"],
  ["active", "active"],
  ["depleted", "depleted"],
  ["expired", "expired"],
  ["lapsed", "expired"],
  ["revoked", "revoked"],
]);

const PROFILE_STATES: ReadonlyMap<string, ProfileState> = new Map([
  ["released", "released"],
  ["downloaded", "downloaded"],
  ["installed", "installed"],
  ["enabled", "enabled"],
  ["disabled", "disabled"],
  ["deleted", "deleted"],
  ["error", "error"],
]);
