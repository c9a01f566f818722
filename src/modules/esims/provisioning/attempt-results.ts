import { randomUUID } from "node:crypto";
import { type Db, violatedConstraint } from "../../../db/database.js";
import type {
  EsimSupplier,
  InstallData,
  SupplierOrder,
  SupplierRefused,
} from "../../../providers/esim/port.js";
import type { Events } from "../../../telemetry/events.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import type { InstallSecrets, InstallVault } from "../install-secrets.js";
import { recordAttempt, recordSurplus, type Sending } from "./attempt-store.js";
import { isOutOfPatience, pauseMillis, settlesInMillis } from "./chain-timing.js";
import type { Attempt } from "./choose-supplier.js";
import * as store from "./provisioning-store.js";
import { STOP, type Step, type Work } from "./provisioning-work.js";

export interface AttemptOutcomesDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  readonly vault: InstallVault;
  readonly events: Events;
  readonly ttlDays: number;
  /** The unit of every pause of the chain. */
  readonly paceMillis: number;
  /** Stops selling what a supplier does not have, and notes what an operator has to mend. */
  readonly onRefusal: (attempt: Attempt, refusal: SupplierRefused) => Promise<void>;
}

/** A definite no to a purchase: nothing was bought. */
export async function refusedPurchase(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  refusal: SupplierRefused,
  callMillis: number | null,
): Promise<Step> {
  await deps.onRefusal(attempt, refusal);
  const tries = work.attempts.filter((one) => one.reason === "retryable").length;
  const { paceMillis } = deps;
  const againMillis =
    refusal.reason === "retryable"
      ? pauseMillis({ tries, paceMillis, supplierSeconds: refusal.retryAfterSeconds })
      : 0;
  return refuse(deps, work, attempt, {
    reason: refusal.reason,
    detail: refusal.detail,
    callMillis,
    againMillis,
  });
}

export async function refuse(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  change: { reason: string; detail: string | null; callMillis: number | null; againMillis: number },
): Promise<Step> {
  const leaseFrom = performance.now();
  const isStored = await recordAttempt(deps.db, work.claim, attempt.id, {
    status: "refused",
    ...change,
  });
  if (!isStored || change.againMillis > 0) return STOP;
  // What follows, the next supplier or the end, is another commit; the lease and the sweep bring a dead process's work on.
  await failpoint("s9.after_store_before_outbox");
  const attempts = work.attempts.map((one) =>
    one.id === attempt.id
      ? { ...one, status: "refused" as const, reason: change.reason, askInMillis: null }
      : one,
  );
  // The refusal has stopped the sale of what it was about.
  const suppliers = work.claim.suppliers.map((one) =>
    change.reason === "price_changed" &&
    one.supplier === attempt.supplier &&
    one.packageId === attempt.packageId
      ? { ...one, pausedReason: change.reason }
      : one,
  );
  return {
    next: "again",
    work: { claim: { ...work.claim, suppliers, is_parked: false }, attempts, leaseFrom },
  };
}

/** The supplier has the order. */
export async function supplied(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  found: SupplierOrder,
  callMillis: number | null,
): Promise<Step> {
  const [data] = found.esims;
  if (found.state === "failed") {
    const detail = found.problem ?? "the supplier gave up";
    return refuse(deps, work, attempt, { reason: "terminal", detail, callMillis, againMillis: 0 });
  }
  if (found.state === "unusable") {
    return parkAttempt(deps, work, attempt, "unusable", found.problem, found.supplierOrderId);
  }
  if (found.state === "pending" || data === undefined) {
    return waits(deps, work, attempt, {
      supplierOrderId: found.supplierOrderId,
      detail: found.problem,
      afterSeconds: found.askAgainSeconds,
      callMillis,
      cost: found.cost,
    });
  }
  return delivered(deps, work, attempt, found, data, callMillis);
}

async function delivered(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  found: SupplierOrder,
  data: InstallData,
  callMillis: number | null,
): Promise<Step> {
  const { db, vault, events } = deps;
  const secrets: InstallSecrets = {
    activationCode: data.activationCode ?? randomUUID(),
    smdpAddress: data.smdpAddress,
    matchingId: data.matchingId,
    confirmationCode: data.confirmationCode,
    isConfirmationCodeRequired: data.isConfirmationCodeRequired,
    activationCodeText: data.activationCodeText,
    qrPayload: data.qrPayload,
    installLinks: data.installLinks,
    apn: data.apn,
    iccidAsGiven: data.iccidAsGiven,
    warnings: data.warnings,
  };
  const isOurs = attempt.supplier === "local" || attempt.supplier === "stock";
  const delivery: store.Delivery = {
    attemptId: attempt.id,
    supplier: attempt.supplier,
    packageId: attempt.packageId,
    supplierOrderId: found.supplierOrderId,
    supplierReference: data.supplierReference,
    sealed: vault.sealProfile(work.claim.profile_id, secrets),
    codeFingerprint: vault.codeFingerprint(data),
    activationCodeFingerprint: vault.activationCodeFingerprint(secrets.activationCode),
    iccid: data.iccid,
    ttlDays: deps.ttlDays,
    useBy: data.useBy,
    validityStarts: data.validityStarts,
    callMillis,
    cost: found.cost,
    pollSeconds: isOurs ? null : 600,
  };
  const result = await deliverFreely(db, work.claim, delivery);
  if (result === true) {
    events.esimReady({ supplier: attempt.supplier }, { profile_id: work.claim.profile_id });
    await failpoint("s10.after_ready");
    return STOP;
  }
  if (result !== false) {
    // Our own numbers may collide; the next attempt's reference makes others. A supplier's are evidence.
    if (attempt.supplier === "local") {
      const refusal = { reason: "duplicate", detail: result, callMillis, againMillis: 0 };
      return refuse(deps, work, attempt, refusal);
    }
    return parkAttempt(deps, work, attempt, "duplicate", result, found.supplierOrderId);
  }
  // Either the lease is lost, and then this changes nothing, or a refund wants the order back.
  await recordSurplus(db, work.claim, attempt.id, found.supplierOrderId);
  return STOP;
}

/** A text: the constraint by which another eSIM has a code or number of this one. One that has ended gives its ICCID free. */
async function deliverFreely(
  db: Db,
  claim: store.Claim,
  delivery: store.Delivery,
): Promise<boolean | string> {
  for (const isLastTry of [false, true]) {
    try {
      return await store.deliver(db, claim, delivery);
    } catch (error) {
      const constraint = violatedConstraint(error);
      if (constraint?.startsWith("esim_profiles_one_") !== true) throw error;
      const isFreed =
        !isLastTry &&
        constraint === "esim_profiles_one_live_per_iccid" &&
        (await store.freeIccidOfEnded(db, delivery.iccid ?? ""));
      if (!isFreed) return constraint;
    }
  }
  return false;
}

/** Nothing new. The chain asks again, until it has waited long enough for an operator to hear of it. */
export async function waits(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  news: {
    supplierOrderId?: string;
    detail?: string | null;
    afterSeconds?: number | null;
    sent?: Sending;
    callMillis?: number | null;
    cost?: SupplierOrder["cost"];
  },
): Promise<Step> {
  const supplierOrderId = news.supplierOrderId ?? attempt.supplierOrderId;
  if (attempt.status === "parked" && supplierOrderId === attempt.supplierOrderId) {
    await store.releaseLease(deps.db, work.claim, null);
    return STOP;
  }
  if (isOutOfPatience(attempt)) {
    const reason = supplierOrderId === null ? "outcome_unknown" : "stuck_at_supplier";
    return parkAttempt(deps, work, attempt, reason, news.detail, supplierOrderId ?? undefined);
  }
  await recordAttempt(deps.db, work.claim, attempt.id, {
    status: supplierOrderId === null ? "unknown" : "accepted",
    supplierOrderId,
    detail: news.detail ?? null,
    wasLookup: attempt.status !== "intended",
    sent: news.sent ?? null,
    callMillis: news.callMillis ?? null,
    cost: news.cost ?? null,
    againMillis: pauseMillis({
      tries: attempt.lookups,
      paceMillis: deps.paceMillis,
      supplierSeconds: news.afterSeconds ?? null,
      settlesInMillis: supplierOrderId === null ? settlesIn(deps, attempt, news.sent) : 0,
    }),
  });
  return STOP;
}

/** When the next look has something new to say. */
function settlesIn(deps: AttemptOutcomesDeps, attempt: Attempt, sent: Sending | undefined): number {
  const settleSeconds = deps.suppliers.get(attempt.supplier)?.capabilities.lookupSettlesAfterSeconds ?? 0;
  const asSent = sent === "first_unanswered" ? { ...attempt, settlingMillis: 0 } : attempt;
  return settlesInMillis(asSent, settleSeconds, "repeat");
}

export async function parkAttempt(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  reason: string,
  detail?: string | null,
  supplierOrderId?: string,
): Promise<Step> {
  await failpoint("s9.before_park");
  const isParked = await store.park(deps.db, work.claim, {
    reason,
    attemptId: attempt.id,
    detail: detail ?? null,
    supplierOrderId: supplierOrderId ?? null,
  });
  if (isParked)
    deps.events.esimParked({ reason }, { profile_id: work.claim.profile_id, attempt_id: attempt.id });
  return STOP;
}
