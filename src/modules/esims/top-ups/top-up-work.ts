import type { Db } from "../../../db/database.js";
import type { EsimSupplier, TopUpRequest } from "../../../providers/esim/port.js";
import { listKnownSupplierOrders } from "../provisioning/attempt-store.js";
import { type Attempt, type Candidate, expectedCostOf } from "../provisioning/choose-supplier.js";
import type { TopUpClaim } from "./top-up-store.js";

/** A claim in work: what the store said, and what has been done since. */
export interface Work {
  readonly claim: TopUpClaim;
  readonly attempts: readonly Attempt[];
  /** By this process's monotonic clock, before the statement that took or kept the lease. */
  readonly leaseFrom: number;
}

export const candidateOf = (claim: TopUpClaim): Candidate => ({
  supplier: claim.supplier,
  packageId: claim.package_id,
  costText: claim.cost_text,
  costCurrency: claim.cost_currency,
  costMinor: claim.cost_minor,
  pausedReason: null,
  isAbovePaid: false,
});

export const newAttempt = (
  claim: TopUpClaim,
  begun: { id: number; number: number; reference: string; sentAfterMillis: number },
): Attempt => ({
  ...begun,
  supplier: claim.supplier,
  packageId: claim.package_id,
  status: "intended",
  supplierOrderId: null,
  reason: null,
  lookups: 0,
  ageMillis: 0,
  settlingMillis: 0,
  resettlingMillis: 0,
  askInMillis: null,
  expectedCost: expectedCostOf(candidateOf(claim)),
  toldFailure: null,
});

/** The same for every sending of one attempt: the cost changes only while none is open. */
export function requestOf(claim: TopUpClaim, attempt: Attempt): TopUpRequest {
  const expectedCost = expectedCostOf(candidateOf(claim));
  const esim = {
    supplierReference: claim.supplier_reference ?? "",
    supplierOrderId: claim.supplier_order_id ?? "",
    iccid: claim.iccid,
  };
  return { reference: attempt.reference, esim, packageId: attempt.packageId, expectedCost };
}

/** Looks an attempt up in the supplier's books. */
export async function search(db: Db, work: Work, attempt: Attempt, supplier: EsimSupplier) {
  return supplier.findTopUp({
    ...requestOf(work.claim, attempt),
    sentAfterMillis: attempt.sentAfterMillis,
    knownSupplierTopUpIds: await listKnownSupplierOrders(db, supplier.id, attempt.packageId),
  });
}
