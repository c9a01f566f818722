import { assertNoOpenTransaction, type Db, violatedConstraint } from "../../../db/database.js";
import { purchaseReference } from "../../../providers/esim/formats/purchase-reference.js";
import type {
  EsimSupplier,
  SupplierRefused,
  SupplierTopUp,
  TopUpSearch,
} from "../../../providers/esim/port.js";
import { isDefiniteNo } from "../../../providers/esim/refusal-port.js";
import type { Events } from "../../../telemetry/events.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import { isOpen } from "../esim-state.js";
import type { Sending } from "../provisioning/attempt-store.js";
import {
  answeredAgain,
  isOutOfPatience,
  pauseMillis,
  settlesInMillis,
} from "../provisioning/chain-timing.js";
import { type Attempt, chooseSupplier, expectedCostOf } from "../provisioning/choose-supplier.js";
import { mayCall } from "../provisioning/provisioning-work.js";
import * as store from "./top-up-store.js";
import { candidateOf, newAttempt, requestOf, search, type Work } from "./top-up-work.js";

export interface TopUpChainDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  /** Longer than any conversation with a supplier. */
  readonly leaseSeconds: number;
  /** The unit of every pause of the chain. */
  readonly paceMillis: number;
  readonly events: Events;
  readonly wakeWorkers: () => void;
  /** Notes what an operator has to mend at the supplier, and that the eSIM's list of top-ups has changed. */
  readonly onRefusal: (topUpId: number, supplier: string, refusal: SupplierRefused) => Promise<void>;
}

export type TopUpEsim = (orderId: number, options?: { includesParked?: boolean }) => Promise<void>;

type Next = Work | undefined;

/**
 * Brings a paid top-up as far as it goes now; the same shape as provision-esim.ts: an open attempt is settled first,
 * by asking; without one an attempt is committed, and then the supplier is called. There is one supplier, so a
 * definite no ends it and the refund is enqueued.
 */
export function makeTopUpEsim(deps: TopUpChainDeps): TopUpEsim {
  return async (orderId, options = {}) => {
    const leaseFrom = performance.now();
    const claim = await store.claimTopUp(deps.db, orderId, {
      includesParked: options.includesParked === true,
      leaseSeconds: deps.leaseSeconds,
    });
    if (claim === undefined) return;
    try {
      let work: Next = { claim, attempts: claim.attempts, leaseFrom };
      while (work !== undefined) work = await nextStep(deps, work);
    } catch (error) {
      // The run that follows need not wait for the lease to end. If the database is away, it ends by itself.
      await store.releaseTopUp(deps.db, claim, null).catch(() => undefined);
      throw error;
    }
    deps.wakeWorkers();
  };
}

async function nextStep(deps: TopUpChainDeps, work: Work): Promise<Next> {
  const { db } = deps;
  const { claim } = work;
  const open = work.attempts.find((one) => isOpen(one.status));
  if (open !== undefined) return settle(deps, work, open);
  if (claim.is_take_back_requested) return void (await store.cancelTopUp(db, claim));
  if (!claim.is_esim_alive) return fail(deps, work, "esim_not_alive");
  if (claim.is_parked) return void (await store.releaseTopUp(db, claim, null));
  const supplier = deps.suppliers.get(claim.supplier);
  if (supplier === undefined) return park(deps, work, "supplier_not_configured", null, null);
  const unforgiven = work.attempts.filter((one) => one.number > claim.forgiven_attempts);
  const choice = chooseSupplier(unforgiven, [candidateOf(claim)]);
  switch (choice.kind) {
    case "buy":
      return buy(deps, work, supplier);
    case "wait":
      return void (await store.releaseTopUp(db, claim, choice.millis));
    // Whether it has been read is known to the job that unparks it.
    case "wait_for_price":
      return park(deps, work, "price_changed", null, null);
    case "park":
      return park(deps, work, choice.reason, null, null);
    case "fail":
      return fail(deps, work, choice.reason);
  }
}

async function buy(deps: TopUpChainDeps, work: Work, supplier: EsimSupplier): Promise<Next> {
  const { claim } = work;
  const number = (work.attempts.at(-1)?.number ?? 0) + 1;
  const reference = purchaseReference(claim.order_reference, number);
  await failpoint("s9.before_attempt");
  const leaseFrom = performance.now();
  const begun = await store.beginTopUpAttempt(deps.db, claim, {
    number,
    reference,
    isExclusive: supplier.capabilities.lookup === "by_match",
    expectedCost: expectedCostOf(candidateOf(claim)),
  });
  if (begun === undefined) {
    if (await store.parkWithheldTopUp(deps.db, claim)) {
      deps.events.topUpParked({ reason: "money_withheld" }, { top_up_id: claim.top_up_id });
    } else await store.releaseTopUp(deps.db, claim, deps.paceMillis);
    return undefined;
  }
  const attempt = newAttempt(claim, { ...begun, number, reference });
  await failpoint("s9.after_attempt_row");
  return call(deps, { claim, attempts: [...work.attempts, attempt], leaseFrom }, attempt, supplier);
}

async function call(
  deps: TopUpChainDeps,
  work: Work,
  attempt: Attempt,
  supplier: EsimSupplier,
): Promise<Next> {
  const called = await send(deps, work, attempt, supplier);
  if (called === undefined) return undefined;
  const { outcome, callMillis } = called;
  switch (outcome.kind) {
    case "done":
      return delivered(deps, work, attempt, outcome.value, callMillis);
    case "refused":
      return refused(deps, work, attempt, outcome, callMillis);
    case "unknown":
      return waits(deps, work, attempt, supplier, {
        detail: outcome.cause,
        afterSeconds: null,
        sent: "first_unanswered",
        callMillis,
      });
  }
}

/** Sends the purchase. Undefined: this worker has slept, and the lease may be somebody else's. */
async function send(deps: TopUpChainDeps, work: Work, attempt: Attempt, supplier: EsimSupplier) {
  assertNoOpenTransaction(supplier.id);
  if (!mayCall(work)) return undefined;
  const startedAt = performance.now();
  const outcome = await supplier.topUp(requestOf(work.claim, attempt));
  const callMillis = Math.round(performance.now() - startedAt);
  await failpoint("s9.after_call_before_store");
  deps.events.provisioningAttempt(
    { supplier: supplier.id, outcome: outcome.kind === "refused" ? outcome.reason : outcome.kind },
    { attempt_id: attempt.id, millis: callMillis },
  );
  return { outcome, callMillis };
}

/** Finds out what became of an attempt that may have been sent. */
async function settle(deps: TopUpChainDeps, work: Work, attempt: Attempt): Promise<Next> {
  const supplier = deps.suppliers.get(attempt.supplier);
  if (supplier === undefined) return park(deps, work, "supplier_not_configured", attempt, null);
  assertNoOpenTransaction(supplier.id);
  if (!mayCall(work)) return undefined;
  const answer = await search(deps.db, work, attempt, supplier);
  if (answer.kind === "refused") {
    const { detail, retryAfterSeconds: afterSeconds } = answer;
    return waits(deps, work, attempt, supplier, { detail, afterSeconds });
  }
  if (answer.value.found !== "none") return found(deps, work, attempt, answer.value);
  const { toldFailure: told } = attempt;
  if (told !== null)
    return refused(deps, work, attempt, { kind: "refused", ...told, retryAfterSeconds: null }, null);
  const { isConclusive } = answer.value;
  const { lookupSettlesAfterSeconds, idempotency } = supplier.capabilities;
  if (isConclusive && settlesInMillis(attempt, lookupSettlesAfterSeconds, "decide") === 0) {
    const refusal = { reason: "never_arrived", detail: "the supplier has no such top-up" };
    return recordRefusal(deps, work, attempt, { ...refusal, callMillis: null, againMillis: 0 });
  }
  // Where the supplier knows a reference again, the same request once more is the question; it cannot buy twice.
  const mayRepeat = settlesInMillis(attempt, lookupSettlesAfterSeconds, "repeat") === 0;
  if (mayRepeat && !isConclusive && idempotency === "native") return repeat(deps, work, attempt, supplier);
  return waits(deps, work, attempt, supplier, { detail: null, afterSeconds: null });
}

function found(
  deps: TopUpChainDeps,
  work: Work,
  attempt: Attempt,
  what: Exclude<TopUpSearch, { found: "none" }>,
): Promise<Next> {
  if (what.found === "one") return delivered(deps, work, attempt, what.topUp, null);
  const detail = `candidates at the supplier: ${what.supplierTopUpIds.slice(0, 10).join(", ")}`;
  return park(deps, work, "several_orders", attempt, detail);
}

/**
 * A refusal about this moment or our credentials says nothing about the first sending, and a definite no is one only
 * together with a search that finds nothing, as in provisioning/attempt-outcomes.ts.
 */
async function repeat(
  deps: TopUpChainDeps,
  work: Work,
  attempt: Attempt,
  supplier: EsimSupplier,
): Promise<Next> {
  const leaseFrom = performance.now();
  if (!(await store.resendTopUpAttempt(deps.db, work.claim, attempt.id))) return undefined;
  const called = await send(deps, { ...work, leaseFrom }, attempt, supplier);
  if (called === undefined) return undefined;
  const { outcome, callMillis } = called;
  if (outcome.kind === "done") return delivered(deps, work, attempt, outcome.value, callMillis);
  const waiting = (detail: string | null, afterSeconds: number | null, sent: Sending) =>
    waits(deps, work, attempt, supplier, { detail, afterSeconds, sent, callMillis });
  if (outcome.kind === "unknown") return waiting(outcome.cause, null, "again_unanswered");
  const { isSettled, sent } = answeredAgain(attempt, supplier);
  if (!isSettled || !isDefiniteNo(outcome.reason))
    return waiting(outcome.detail, outcome.retryAfterSeconds, sent);
  const answer = await search(deps.db, work, attempt, supplier);
  if (answer.kind === "refused") return waiting(answer.detail, null, sent);
  if (answer.value.found !== "none") return found(deps, work, attempt, answer.value);
  return refused(deps, work, attempt, outcome, callMillis);
}

async function delivered(
  deps: TopUpChainDeps,
  work: Work,
  attempt: Attempt,
  topUp: SupplierTopUp,
  callMillis: number | null,
): Promise<Next> {
  try {
    const isStored = await store.deliverTopUp(deps.db, work.claim, {
      attemptId: attempt.id,
      supplierTopUpId: topUp.supplierTopUpId,
      expiresAt: topUp.expiresAt,
      callMillis,
      cost: topUp.cost,
      isMeteredHere: attempt.supplier === "local",
    });
    if (!isStored) return undefined;
  } catch (error) {
    // Another purchase owns this id: what was found is not ours.
    if (violatedConstraint(error) !== "provisioning_attempts_one_per_supplier_order") throw error;
    return park(deps, work, "duplicate", attempt, `found ${topUp.supplierTopUpId}`);
  }
  deps.events.topUpDone({ supplier: attempt.supplier }, { top_up_id: work.claim.top_up_id });
  return undefined;
}

async function refused(
  deps: TopUpChainDeps,
  work: Work,
  attempt: Attempt,
  refusal: SupplierRefused,
  callMillis: number | null,
): Promise<Next> {
  await deps.onRefusal(work.claim.top_up_id, attempt.supplier, refusal);
  const { reason, detail } = refusal;
  const tries = work.attempts.filter((one) => one.reason === "retryable").length;
  const { paceMillis } = deps;
  const againMillis =
    reason === "retryable"
      ? pauseMillis({ tries, paceMillis, supplierSeconds: refusal.retryAfterSeconds })
      : 0;
  return recordRefusal(deps, work, attempt, { reason, detail, callMillis, againMillis });
}

async function recordRefusal(
  deps: TopUpChainDeps,
  work: Work,
  attempt: Attempt,
  change: { reason: string; detail: string | null; callMillis: number | null; againMillis: number },
): Promise<Next> {
  const leaseFrom = performance.now();
  const isStored = await store.recordTopUpAttempt(deps.db, work.claim, attempt.id, {
    status: "refused",
    ...change,
  });
  if (!isStored || change.againMillis > 0) return undefined;
  await failpoint("s9.after_store_before_outbox");
  const attempts = work.attempts.map((one) =>
    one.id === attempt.id
      ? { ...one, status: "refused" as const, reason: change.reason, askInMillis: null }
      : one,
  );
  return { claim: { ...work.claim, is_parked: false }, attempts, leaseFrom };
}

/** Nothing certain. The chain asks again, until it has waited long enough for an operator to hear of it. */
async function waits(
  deps: TopUpChainDeps,
  work: Work,
  attempt: Attempt,
  supplier: EsimSupplier,
  news: {
    detail: string | null;
    afterSeconds: number | null;
    sent?: Sending;
    callMillis?: number | null;
  },
): Promise<Next> {
  if (attempt.status === "parked") return void (await store.releaseTopUp(deps.db, work.claim, null));
  if (isOutOfPatience(attempt)) return park(deps, work, "outcome_unknown", attempt, news.detail);
  const { lookupSettlesAfterSeconds } = supplier.capabilities;
  const asSent = news.sent === "first_unanswered" ? { ...attempt, settlingMillis: 0 } : attempt;
  await store.recordTopUpAttempt(deps.db, work.claim, attempt.id, {
    status: "unknown",
    detail: news.detail,
    wasLookup: attempt.status !== "intended",
    sent: news.sent ?? null,
    callMillis: news.callMillis ?? null,
    againMillis: pauseMillis({
      tries: attempt.lookups,
      paceMillis: deps.paceMillis,
      supplierSeconds: news.afterSeconds,
      settlesInMillis: settlesInMillis(asSent, lookupSettlesAfterSeconds, "repeat"),
    }),
  });
  return undefined;
}

async function park(
  deps: TopUpChainDeps,
  work: Work,
  reason: string,
  attempt: Attempt | null,
  detail: string | null,
): Promise<undefined> {
  await failpoint("s9.before_park");
  if (await store.parkTopUp(deps.db, work.claim, { reason, attemptId: attempt?.id ?? null, detail }))
    deps.events.topUpParked({ reason }, { top_up_id: work.claim.top_up_id });
}

async function fail(deps: TopUpChainDeps, work: Work, reason: string): Promise<undefined> {
  await failpoint("s9.before_fail");
  if (await store.failTopUp(deps.db, work.claim, reason))
    deps.events.topUpFailed({ reason }, { top_up_id: work.claim.top_up_id });
}
