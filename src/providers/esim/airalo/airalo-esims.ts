import { volumeFromMegabytes } from "../formats/data-volume.js";
import { type GivenInstallData, hasNoMatchingId, readInstallData } from "../formats/install-data.js";
import { moneyFromDecimal } from "../formats/supplier-amount.js";
import { utcTimeOf } from "../formats/supplier-time.js";
import { filledTextOf, isTrue, listOf, recordOf, textOf } from "../json.js";
import type { ExactMoney } from "../package-port.js";
import type { EsimStatus, InstallData, PlanState, ProfileState, SupplierOrder } from "../port.js";

type Fields = Readonly<Record<string, unknown>>;

/** One entry of `sims`: `lpa` is the host alone, `qrcode` the whole code. `qrcode_url` expires and is not kept. */
export function givenByAiraloSim(sim: Fields): GivenInstallData {
  return {
    supplierReference: textOf(sim.id) ?? "",
    code: filledTextOf(sim.qrcode),
    smdpAddress: filledTextOf(sim.lpa),
    matchingId: textOf(sim.matching_id),
    confirmationCode: textOf(sim.confirmation_code),
    iccid: textOf(sim.iccid) ?? "",
    appleLink: textOf(sim.direct_apple_installation_url),
    apn: apnOf(recordOf(sim.apn)),
  };
}

/** An order of `POST /orders`, `GET /orders` or `GET /orders/{id}`; null when it has no id. */
export function airaloOrderOf(order: Fields): SupplierOrder | null {
  const supplierOrderId = filledTextOf(order.id);
  if (!supplierOrderId) return null;
  const sims = listOf(order.sims).map(recordOf).filter(hasCode);
  const readings = sims.map((sim) => readInstallData(givenByAiraloSim(sim)));
  const esims = readings.flatMap((reading) => (reading.ok ? [reading.data] : []));
  const fault = readings.find((reading) => !reading.ok);
  const statusText = airaloStatusTextOf(order);
  const hasFailed = hasAiraloFailed(order);
  const isOdd = fault !== undefined || (hasFailed && statusText !== "refunded" && esims.length > 0);
  return {
    supplierOrderId,
    reference: filledTextOf(order.description),
    state: isOdd ? "unusable" : hasFailed ? "failed" : esims.length > 0 ? "ready" : "pending",
    problem: fault && !fault.ok ? fault.problem : hasFailed ? `the order is ${statusText}` : null,
    esims,
    cost: costOf(order),
    askAgainSeconds: null,
  };
}

/** Before delivery an entry of `sims` may be there without its code, or with one that is not whole. */
function hasCode(sim: Fields): boolean {
  const code = filledTextOf(sim.qrcode);
  if (code !== null) return !hasNoMatchingId(code);
  return filledTextOf(sim.lpa) !== null && filledTextOf(sim.matching_id) !== null;
}

/** `{name, slug}` where `include=status` was asked for; the filter names completed, failed, refunded and one more. */
function airaloStatusTextOf(order: Fields): string {
  const status = recordOf(order.status);
  return (textOf(status.slug) ?? textOf(status.name) ?? textOf(order.status) ?? "").toLowerCase();
}

/** The order came to nothing: it failed, or the supplier has given its price back. */
export function hasAiraloFailed(order: Fields): boolean {
  return /^(failed|cancell?ed|refunded)$/.test(airaloStatusTextOf(order));
}

/** `GET /sims/{iccid}/usage`. Airalo tells nothing about the profile, but who uses data has installed it. */
export function airaloStatusOf(data: Fields): EsimStatus {
  const status = (textOf(data.status) ?? "").toUpperCase();
  const [profileState, planState] = STATES.get(status) ?? ["unknown", "unknown"];
  const total = volumeFromMegabytes(textOf(data.total) ?? "", 1024);
  const remaining = volumeFromMegabytes(textOf(data.remaining) ?? "", 1024);
  return {
    profileState,
    planState,
    usage:
      total && remaining ? { total, remaining, isUnlimited: isTrue(data.is_unlimited), asOf: null } : null,
    expiresAt: utcTimeOf(textOf(data.expired_at)),
    useBy: null,
  };
}

/** Net price under net pricing, what was paid under discount pricing. `price` is the retail price and no cost. */
export function costOf(order: Fields): ExactMoney | null {
  const text = textOf(order.net_price) ?? textOf(order.total_amount_paid) ?? textOf(order.unit_paid_price);
  return text === null ? null : moneyFromDecimal(text, textOf(order.currency) ?? "USD");
}

const STATES: ReadonlyMap<string, readonly [ProfileState, PlanState]> = new Map([
  ["NOT_ACTIVE", ["unknown", "pending"]],
  ["ACTIVE", ["installed", "active"]],
  ["FINISHED", ["installed", "depleted"]],
  ["EXPIRED", ["unknown", "expired"]],
  ["RECYCLED", ["recycled", "expired"]],
]);

function apnOf(apn: Fields): InstallData["apn"] {
  const ios = manualApn(recordOf(apn.ios));
  const android = manualApn(recordOf(apn.android));
  return ios === null && android === null ? null : { ios, android };
}

const manualApn = (entry: Fields): string | null =>
  entry.apn_type === "manual" ? filledTextOf(entry.apn_value) : null;
