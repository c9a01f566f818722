import { assertNoOpenTransaction, type Db } from "../../../db/database.js";
import type { CancelResult, EsimSupplier, SupplierOutcome } from "../../../providers/esim/port.js";
import { isDefiniteNo } from "../../../providers/esim/refusal-port.js";
import type { Events } from "../../../telemetry/events.js";
import { inCall } from "../../../telemetry/spans.js";
import type { BringOn } from "../purchase/purchase.js";
import { makeSettleSurplus, type SurplusDeps } from "../purchase/settle-surplus.js";
import { ESIM_WARES } from "../purchase/subjects/esim.js";
import * as store from "./take-back-store.js";

export interface TakeBackDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  readonly provisionEsim: BringOn;
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
  const result = await askBack(deps, row, acceptLoss);
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
  acceptLoss: boolean,
): Promise<"cancelled" | "revoked" | "cannot" | "unknown"> {
  if (row.has_ended) return "cannot";
  if (row.supplier === "local" || row.supplier === "stock") {
    if (await store.cancelOwnIfUnused(deps.db, row.id)) return "cancelled";
    const now = await store.findTakeBackRow(deps.db, row.order_id);
    return now?.status === "cancelled" ? "cancelled" : "cannot";
  }
  const supplier = deps.suppliers.get(row.supplier ?? "");
  const cancellable = supplier?.capabilities.cancellable ?? "never";
  if (supplier === undefined || cancellable === "never") return "cannot";
  // A person there may say yes days later: what ends then must not be what somebody still pays for.
  if (cancellable === "manual_review" && !acceptLoss && !row.is_refunded) return "cannot";
  assertNoOpenTransaction(supplier.id);
  const esim = {
    supplierReference: row.supplier_reference ?? "",
    supplierOrderId: row.supplier_order_id ?? "",
    iccid: row.iccid,
  };
  const outcome = await inCall(supplier.id, "cancel", () => supplier.cancel(esim));
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

/** An eSIM that nobody waits for any more: cancelled at its supplier where that is possible. */
export const makeTakeBackSurplus = (deps: SurplusDeps) =>
  makeSettleSurplus(deps, {
    wares: ESIM_WARES,
    maySendAgain: true,
    saysParked: (reason, ids) => deps.events.esimParked({ reason }, ids),
    async takeBack(supplier, { supplierOrderId, thing }) {
      for (const { supplierReference, iccid } of thing.esims) {
        const result = takenBack(await supplier.cancel({ supplierReference, supplierOrderId, iccid }));
        if (result !== "cancelled") return result;
      }
      return thing.esims.length === 0 ? "cannot" : "cancelled";
    },
  });
