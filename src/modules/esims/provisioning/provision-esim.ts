import type { Db } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import type { Events } from "../../../telemetry/events.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import { isOpen } from "../esim-state.js";
import type { AttemptOutcomes } from "./attempt-outcomes.js";
import { pauseForPriceMillis } from "./chain-timing.js";
import { type Candidate, chooseSupplier } from "./choose-supplier.js";
import * as store from "./provisioning-store.js";
import { STOP, type Step, type Work } from "./provisioning-work.js";

export interface ProvisionDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  /** For plans that name no supplier: "local" or "stock"; null when every plan must name its own. */
  readonly defaultSupplier: "local" | "stock" | null;
  /** Longer than any conversation with a supplier. */
  readonly leaseSeconds: number;
  /** The unit of every pause of the chain. */
  readonly paceMillis: number;
  readonly events: Events;
  readonly outcomes: AttemptOutcomes;
  /** The mail and whatever else was enqueued begins at once. */
  readonly wakeWorkers: () => void;
}

export type ProvisionEsim = (orderId: number, options?: { includesParked?: boolean }) => Promise<void>;

/**
 * Brings a paid order's eSIM as far as it goes now. Whoever calls, job, request or webhook, joins the same chain:
 * one holds the lease, the others find nothing to do. Each step is a row, a call, a row:
 *
 *   an open attempt is settled first, by asking the supplier about it;
 *   without one the next supplier is chosen, its attempt committed, and then it is called.
 *
 * Only a definite no leads to the next supplier. When nobody can deliver, the eSIM fails and the refund is enqueued.
 */
export function makeProvisionEsim(deps: ProvisionDeps): ProvisionEsim {
  const { db } = deps;
  return async (orderId, options = {}) => {
    const leaseFrom = performance.now();
    const claim = await store.claimProvisioning(db, orderId, {
      includesParked: options.includesParked === true,
      leaseSeconds: deps.leaseSeconds,
    });
    if (claim === undefined) return;
    let step: Step = { next: "again", work: { claim, attempts: claim.attempts, leaseFrom } };
    try {
      while (step.next === "again") step = await nextStep(deps, step.work);
    } catch (error) {
      // The run that follows need not wait for the lease to end. If the database is away, it ends by itself.
      await store.releaseLease(db, claim, null).catch(() => undefined);
      throw error;
    }
    deps.wakeWorkers();
  };
}

async function nextStep(deps: ProvisionDeps, work: Work): Promise<Step> {
  const { db, events } = deps;
  const open = work.attempts.find((one) => isOpen(one.status));
  if (open !== undefined) return deps.outcomes.settle(work, open);
  if (work.claim.is_take_back_requested) {
    await store.cancelPending(db, work.claim);
    return STOP;
  }
  if (work.claim.is_parked) {
    await store.releaseLease(db, work.claim, null);
    return STOP;
  }
  const unforgiven = work.attempts.filter((one) => one.number > work.claim.forgiven_attempts);
  const choice = chooseSupplier(unforgiven, candidatesOf(deps, work.claim));
  switch (choice.kind) {
    case "buy":
      return deps.outcomes.buy(work, choice.candidate);
    case "wait":
      await store.releaseLease(db, work.claim, choice.millis);
      return STOP;
    case "wait_for_price": {
      const pause = pauseForPriceMillis(choice.since, deps.paceMillis);
      if (pause === undefined) return park(deps, work, "price_changed");
      await store.releaseLease(db, work.claim, pause);
      return STOP;
    }
    case "park":
      return park(deps, work, choice.reason);
    case "fail":
      await failpoint("s9.before_fail");
      if (await store.failProfile(db, work.claim, choice.reason))
        events.esimFailed({ reason: choice.reason }, { profile_id: work.claim.profile_id });
      return STOP;
  }
}

async function park({ db, events }: ProvisionDeps, { claim }: Work, reason: string): Promise<Step> {
  await failpoint("s9.before_park");
  if (await store.park(db, claim, { reason, attemptId: null }))
    events.esimParked({ reason }, { profile_id: claim.profile_id });
  return STOP;
}

/** The plan's own list; a plan without one is served by the shop's default, if that can serve any plan. */
function candidatesOf(deps: ProvisionDeps, claim: store.Claim): readonly Candidate[] {
  if (claim.suppliers.length > 0)
    return claim.suppliers.filter(({ supplier }) => deps.suppliers.has(supplier));
  if (deps.defaultSupplier === null) return [];
  return [
    {
      supplier: deps.defaultSupplier,
      packageId: String(claim.plan_id),
      costText: null,
      costCurrency: null,
      costMinor: null,
      pausedReason: null,
      isAbovePaid: false,
    },
  ];
}
