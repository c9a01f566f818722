import type { Attempt } from "./choose-supplier.js";
import { type Claim, LEASE_GRACE_MILLIS } from "./provisioning-store.js";

/** A claim in work: what the store said, and what has been done since. */
export interface Work {
  readonly claim: Claim;
  readonly attempts: readonly Attempt[];
  /** By this process's monotonic clock, before the statement that began or extended the lease. */
  readonly leaseFrom: number;
}

/** "again": the next step is due now. "stop": settled, parked, or a job is enqueued for later. */
export type Step = { readonly next: "stop" } | { readonly next: "again"; readonly work: Work };
export const STOP: Step = { next: "stop" };

/** A worker that slept must not call: somebody else may hold the lease by now and have looked the order up. */
export function mayCall(work: Pick<Work, "leaseFrom">): boolean {
  return performance.now() - work.leaseFrom < LEASE_GRACE_MILLIS;
}
