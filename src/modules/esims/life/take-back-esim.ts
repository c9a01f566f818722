import { assertNoOpenTransaction, type Db } from "../../../db/database.js";
import type {
  CancelResult,
  EsimSupplier,
  OrderLookup,
  SupplierOrder,
  SupplierOutcome,
} from "../../../providers/esim/port.js";
import { isDefiniteNo } from "../../../providers/esim/refusal-port.js";
import type { Events } from "../../../telemetry/events.js";
import { listKnownSupplierOrders } from "../provisioning/attempt-store.js";
import type { ProvisionEsim } from "../provisioning/provision-esim.js";
import * as store from "./take-back-store.js";

export interface TakeBackDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  readonly provisionEsim: ProvisionEsim;
  readonly events: Events;
}

/**
 * not_delivered, cancelled: nothing usable is left, the money may go. cannot: it was delivered and cannot be undone.
 * unknown: a purchase or a cancellation has no answer yet; ask again, and do not pay before.
 */
export type TakenBack = "not_delivered" | "cancelled" | "cannot" | "unknown";
export type TakeBackEsim = (orderId: number, options: { acceptLoss: boolean }) => Promise<TakenBack>;

/**
 * Takes an order's eSIM out of the world before its money goes back. Safe to repeat. With `acceptLoss` the eSIM is
 * given up even where the supplier keeps our money; without it nothing is given up that could still be used.
 */
export function makeTakeBackEsim(deps: TakeBackDeps): TakeBackEsim {
  return async (orderId, { acceptLoss }) => {
    let row = await store.requestTakeBack(deps.db, orderId);
    if (row?.status === "pending") {
      // The chain settles what is open, buys nothing more, and cancels the profile.
      await deps.provisionEsim(orderId, { includesParked: true });
      row = await store.findTakeBackRow(deps.db, orderId);
    }
    if (row === undefined) return "not_delivered";
    switch (row.status) {
      case "pending":
        if (!acceptLoss) return "unknown";
        await store.giveUpPending(deps.db, orderId);
        return "not_delivered";
      case "failed":
      case "expired":
        return "not_delivered";
      case "cancelled":
        return "cancelled";
      case "ready":
      case "active":
        return takeBackDelivered(deps, row, acceptLoss);
    }
  };
}

async function takeBackDelivered(
  deps: TakeBackDeps,
  row: store.TakeBackRow,
  acceptLoss: boolean,
): Promise<TakenBack> {
  const result = await askBack(deps, row);
  if (result === "cancelled") {
    await store.cancelDelivered(deps.db, row.id, null);
    return "cancelled";
  }
  if (result === "revoked") {
    // Nobody can use it any more, so the customer's money may go; that ours came back is not known.
    await store.cancelDelivered(deps.db, row.id, "revoked_unpaid");
    deps.events.esimParked({ reason: "revoked_unpaid" }, { profile_id: row.id });
    return "cancelled";
  }
  if (result === "cannot" && acceptLoss) {
    await store.cancelDelivered(deps.db, row.id, "refunded_with_loss");
    deps.events.esimParked({ reason: "refunded_with_loss" }, { profile_id: row.id });
  }
  return result;
}

async function askBack(
  deps: TakeBackDeps,
  row: store.TakeBackRow,
): Promise<"cancelled" | "revoked" | "cannot" | "unknown"> {
  if (row.has_ended) return "cannot";
  if (row.supplier === "local" || row.supplier === "stock") {
    if (await store.cancelOwnIfUnused(deps.db, row.id)) return "cancelled";
    const now = await store.findTakeBackRow(deps.db, row.order_id);
    return now?.status === "cancelled" ? "cancelled" : "cannot";
  }
  const supplier = deps.suppliers.get(row.supplier ?? "");
  if (supplier === undefined || supplier.capabilities.cancellable === "never") return "cannot";
  assertNoOpenTransaction(supplier.id);
  const outcome = await supplier.cancel({
    supplierReference: row.supplier_reference ?? "",
    supplierOrderId: row.supplier_order_id ?? "",
    iccid: row.iccid,
  });
  return takenBack(outcome);
}

function takenBack(outcome: SupplierOutcome<CancelResult>): "cancelled" | "revoked" | "cannot" | "unknown" {
  if (outcome.kind === "unknown") return "unknown";
  // A refusal about this moment or our credentials says nothing about the eSIM.
  if (outcome.kind === "refused") return isDefiniteNo(outcome.reason) ? "cannot" : "unknown";
  switch (outcome.value.result) {
    case "refunded":
      return "cancelled";
    case "revoked":
      return "revoked";
    // A person at the supplier decides; until then the money may be lost, so it is not a yes.
    case "requested":
    case "impossible":
      return "cannot";
  }
}

const SEARCH_AGAIN = "The surplus eSIM is not decided yet";

/** What was bought although nobody waits for it goes back to the supplier, or is parked as a loss. */
export function makeTakeBackSurplus(deps: TakeBackDeps) {
  return async (attemptId: number, isLastTry: boolean): Promise<void> => {
    const surplus = await store.findSurplus(deps.db, attemptId);
    if (surplus === undefined) return;
    const supplier = deps.suppliers.get(surplus.supplier);
    const known = await listKnownSupplierOrders(deps.db, surplus.supplier, surplus.package_id);
    const result = supplier === undefined ? "cannot" : await cancelSurplus(deps.db, supplier, surplus, known);
    if (result === "unknown" && !isLastTry) throw new Error(SEARCH_AGAIN);
    if (result === "cancelled" || result === "never_sold") {
      await store.settleSurplus(deps.db, surplus.id, "taken_back", result);
      return;
    }
    await store.settleSurplus(deps.db, surplus.id, "parked", `surplus_${result}`);
    deps.events.esimParked({ reason: `surplus_${result}` }, { attempt_id: surplus.id });
  };
}

async function cancelSurplus(
  db: Db,
  supplier: EsimSupplier,
  surplus: store.SurplusRow,
  known: readonly string[],
): Promise<"cancelled" | "revoked" | "never_sold" | "cannot" | "unknown"> {
  assertNoOpenTransaction(supplier.id);
  const found = await findSold(db, supplier, surplus, known);
  if (found === "never_sold" || found === "unknown") return found;
  if (surplus.supplier_order_id === null) await store.noteSurplusOrder(db, surplus.id, found.supplierOrderId);
  if (found.state === "failed") return "never_sold";
  if (found.state === "pending") return surplus.is_told_failed ? "never_sold" : "unknown";
  for (const esim of found.esims) {
    const outcome = await supplier.cancel({
      supplierReference: esim.supplierReference,
      supplierOrderId: found.supplierOrderId,
      iccid: esim.iccid,
    });
    const result = takenBack(outcome);
    if (result !== "cancelled") return result;
  }
  return found.esims.length === 0 ? "cannot" : "cancelled";
}

async function findSold(
  db: Db,
  supplier: EsimSupplier,
  surplus: store.SurplusRow,
  knownSupplierOrderIds: readonly string[],
): Promise<SupplierOrder | "never_sold" | "unknown"> {
  const lookup = {
    reference: surplus.reference,
    packageId: surplus.package_id,
    sentAfterMillis: Number(surplus.sent_after_millis),
    knownSupplierOrderIds,
  };
  if (surplus.supplier_order_id !== null) {
    const answer = await supplier.getOrder({ ...lookup, supplierOrderId: surplus.supplier_order_id });
    return answer.kind === "done" ? answer.value : "unknown";
  }
  const answer = await supplier.findOrder(lookup);
  if (answer.kind === "refused") return "unknown";
  if (answer.value.found === "one") return answer.value.order;
  if (answer.value.found === "none" && surplus.is_told_failed) return "never_sold";
  const { lookupSettlesAfterSeconds, idempotency } = supplier.capabilities;
  const settleMillis = lookupSettlesAfterSeconds * 1000;
  if (answer.value.found === "several" || surplus.settling_millis <= settleMillis) return "unknown";
  if (answer.value.isConclusive) return surplus.resettling_millis > settleMillis ? "never_sold" : "unknown";
  return idempotency === "native" ? sendAgain(db, supplier, surplus, lookup) : "unknown";
}

/**
 * The very same request names the order that there is, or makes one; either is taken back then. A definite no counts
 * together with a search that finds nothing, as in the chain (attempt-outcomes.ts).
 */
async function sendAgain(
  db: Db,
  supplier: EsimSupplier,
  surplus: store.SurplusRow,
  lookup: OrderLookup,
): Promise<SupplierOrder | "never_sold" | "unknown"> {
  const { reference, package_id: packageId, expected_cost: expectedCost } = surplus;
  await store.noteSurplusSending(db, surplus.id, 0);
  const outcome = await supplier.order({ reference, packageId, expectedCost });
  if (outcome.kind === "done") return outcome.value;
  if (outcome.kind === "unknown") return "unknown";
  // Of an earlier repetition nobody knows yet.
  const isSettled = surplus.resettling_millis > supplier.capabilities.lookupSettlesAfterSeconds * 1000;
  await store.noteSurplusSending(db, surplus.id, isSettled ? null : 2 * surplus.resettling_millis);
  if (!isSettled) return "unknown";
  if (!isDefiniteNo(outcome.reason)) return "unknown";
  const answer = await supplier.findOrder(lookup);
  if (answer.kind === "refused" || answer.value.found === "several") return "unknown";
  return answer.value.found === "one" ? answer.value.order : "never_sold";
}
