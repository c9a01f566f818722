import { violatedConstraint } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import { type Answered, makeAskSupplier } from "./ask-supplier.js";
import {
  attemptOf,
  beginAttempt,
  type Chain,
  type PurchaseDeps,
  park,
  purchaseOf,
  type Step,
  type Work,
} from "./chain.js";
import type { Attempt, Candidate } from "./choose-supplier.js";
import type { Claim } from "./claim.js";
import type { Case, Refuse } from "./decide.js";
import { lookBack } from "./look-back.js";
import { decideNext } from "./next-step.js";
import type { Delivered, Subject } from "./subject.js";

/** Of one order. */
export type BringOn = (orderId: number, options?: { includesParked?: boolean }) => Promise<void>;

/** How long a worker that holds a lease may have slept and still call. */
const LEASE_GRACE_MILLIS = 2_000;

/** A supplier's answer may take several calls (a token, the order, once more after a renewed token). */
export const leaseSecondsFor = (supplierTimeoutMillis: number): number =>
  Math.ceil((4 * supplierTimeoutMillis + LEASE_GRACE_MILLIS) / 1000) + 1;

/** A worker that slept must not call: somebody else may hold the lease by now and have looked the order up. */
const mayCallSince = (leaseFrom: number) => (): boolean => performance.now() - leaseFrom < LEASE_GRACE_MILLIS;

/**
 * Brings what a paid order has to be bought as far as it goes now. Whoever calls, job, request or webhook, joins the
 * same chain: one holds the lease, the others find nothing to do. Each step is a row, a call, a row:
 *
 *   an open attempt is settled first, by asking the supplier about it;
 *   without one the next supplier is chosen, its attempt committed, and then it is called;
 *   after a restored backup all suppliers are asked first for what the database may have lost (look-back.ts).
 *
 * Only a definite no leads to the next supplier. When nobody can deliver, it fails and the refund is enqueued.
 */
export function makePurchase<C extends Claim, Thing>(
  deps: PurchaseDeps,
  subject: Subject<C, Thing>,
): BringOn {
  const chain: Chain<C, Thing> = { ...deps, subject, ask: makeAskSupplier(deps, subject.wares) };
  return async (orderId, options = {}) => {
    const leaseFrom = performance.now();
    const claim = await subject.store.claim(deps.db, orderId, {
      includesParked: options.includesParked === true,
      leaseSeconds: deps.leaseSeconds,
    });
    if (claim === undefined) return;
    let step: Step<C> = { claim, attempts: claim.attempts, leaseFrom };
    try {
      while (step !== undefined) step = await nextStep(chain, step);
    } catch (error) {
      // The run that follows need not wait for the lease to end. If the database is away, it ends by itself.
      await subject.store.release(deps.db, claim, null).catch(() => undefined);
      throw error;
    }
    deps.wakeWorkers();
  };
}

async function nextStep<C extends Claim, Thing>(chain: Chain<C, Thing>, work: Work<C>): Promise<Step<C>> {
  const { db, subject } = chain;
  const { claim } = work;
  const next = decideNext({
    claim,
    attempts: work.attempts,
    candidates: subject.candidatesOf(claim).filter(({ supplier }) => chain.suppliers.has(supplier)),
    withoutSupplier: subject.withoutSupplier,
    unwantedBecause: subject.unwantedBecause(claim),
    paceMillis: chain.paceMillis,
  });
  switch (next.do) {
    case "settle":
      return settle(chain, work, next.attempt);
    case "buy":
      return buy(chain, work, next.candidate);
    case "look_back":
      return lookBack(chain, work, next.restoration);
    case "release":
      return void (await subject.store.release(db, claim, next.againMillis));
    case "cancel":
      return void (await subject.store.cancelPending(db, claim));
    case "park":
      return park(chain, claim, { reason: next.reason });
    case "fail":
      await failpoint("s9.before_fail");
      if (await subject.store.fail(db, claim, next.reason)) subject.says.failed(claim, next.reason);
      return undefined;
  }
}

/** Commits the attempt, then calls. */
async function buy<C extends Claim, Thing>(
  chain: Chain<C, Thing>,
  work: Work<C>,
  candidate: Candidate,
): Promise<Step<C>> {
  const { claim } = work;
  const supplier = chain.suppliers.get(candidate.supplier);
  if (supplier === undefined) throw new Error(`The supplier ${candidate.supplier} is not configured`);
  const number = (work.attempts.at(-1)?.number ?? 0) + 1;
  const isExclusive = supplier.capabilities.lookup === "by_match";
  const leaseFrom = performance.now();
  const attempt = await beginAttempt(chain, claim, attemptOf(claim, candidate, number), {
    isExclusive,
    lostSinceMillis: null,
    againMillis: chain.paceMillis,
  });
  if (attempt === undefined) return undefined;
  await failpoint("s9.after_attempt_row");
  const now = { ...work, leaseFrom, attempts: [...work.attempts, attempt] };
  const bought = await chain.ask.buy(
    supplier,
    purchaseOf(chain, now, attempt),
    caseOf(chain, now, attempt, supplier),
    mayCallSince(leaseFrom),
  );
  return bought && carryOut(chain, now, attempt, bought);
}

/** Finds out what became of an attempt that may have been sent, by asking about it. */
async function settle<C extends Claim, Thing>(
  chain: Chain<C, Thing>,
  work: Work<C>,
  attempt: Attempt,
): Promise<Step<C>> {
  const supplier = chain.suppliers.get(attempt.supplier);
  if (supplier === undefined)
    return park(chain, work.claim, { reason: "supplier_not_configured", attemptId: attempt.id });
  if (!mayCallSince(work.leaseFrom)()) return undefined;
  const answered = await chain.ask.settle(
    supplier,
    purchaseOf(chain, work, attempt),
    caseOf(chain, work, attempt, supplier),
    async () => {
      const leaseFrom = performance.now();
      if (!(await chain.subject.store.resendAttempt(chain.db, work.claim, attempt.id))) return undefined;
      return mayCallSince(leaseFrom);
    },
  );
  return answered && carryOut(chain, work, attempt, answered);
}

/** Stores what was decided of an attempt. */
async function carryOut<C extends Claim, Thing>(
  chain: Chain<C, Thing>,
  work: Work<C>,
  attempt: Attempt,
  decision: Answered<Thing>,
): Promise<Step<C>> {
  const { db, subject } = chain;
  const { claim } = work;
  const { store } = subject;
  try {
    switch (decision.do) {
      case "deliver":
        return await delivered(chain, work, attempt, decision);
      case "refuse":
        return await refused(chain, work, attempt, decision);
      case "wait": {
        const wasLookup = attempt.status !== "intended";
        const cost = decision.bought?.cost ?? null;
        await store.recordAttempt(db, claim, attempt.id, { ...decision, wasLookup, cost });
        return undefined;
      }
      case "park":
        return await park(chain, claim, { ...decision, attemptId: attempt.id });
      case "leave":
        return void (await store.release(db, claim, null));
    }
  } catch (error) {
    if (violatedConstraint(error) !== "provisioning_attempts_one_per_supplier_order") throw error;
    // Another purchase owns this id: what was found is not ours, and it would not be at the next look either.
    const found = "bought" in decision ? decision.bought?.supplierOrderId : null;
    return park(chain, claim, { reason: "duplicate", attemptId: attempt.id, detail: `found ${found}` });
  }
}

async function delivered<C extends Claim, Thing>(
  chain: Chain<C, Thing>,
  work: Work<C>,
  attempt: Attempt,
  sold: Extract<Answered<Thing>, { do: "deliver" }>,
): Promise<Step<C>> {
  const { callMillis } = sold;
  const result: Delivered = await chain.subject.deliver(chain.db, work.claim, attempt, sold);
  if (result === "done") return undefined;
  const { supplierOrderId } = sold.bought;
  if ("unusable" in result) {
    const parking = { reason: "unusable", attemptId: attempt.id, detail: result.unusable, supplierOrderId };
    return park(chain, work.claim, parking);
  }
  const detail = result.duplicate;
  // Our own numbers may collide; the next attempt's reference makes others. A supplier's are evidence.
  if (result.isOurOwn) {
    const duplicate = {
      reason: "duplicate",
      detail,
      word: null,
      supplierOrderId: null,
      callMillis,
      againMillis: 0,
    };
    return refused(chain, work, attempt, { do: "refuse", ...duplicate });
  }
  return park(chain, work.claim, { reason: "duplicate", attemptId: attempt.id, detail, supplierOrderId });
}

async function refused<C extends Claim, Thing>(
  { db, subject }: Chain<C, Thing>,
  work: Work<C>,
  attempt: Attempt,
  { reason, detail, word, supplierOrderId, callMillis, againMillis }: Refuse,
): Promise<Step<C>> {
  const { claim } = work;
  if (word !== null) await subject.onRefusal(claim, attempt, word);
  const leaseFrom = performance.now();
  const change = { status: "refused", reason, detail, supplierOrderId, callMillis, againMillis } as const;
  const isStored = await subject.store.recordAttempt(db, claim, attempt.id, change);
  if (!isStored || againMillis > 0) return undefined;
  // What follows, the next supplier or the end, is another commit; the lease and the sweep bring a dead process's work on.
  await failpoint("s9.after_store_before_outbox");
  const attempts = work.attempts.map((one) =>
    one.id === attempt.id ? { ...one, status: "refused" as const, reason, askInMillis: null } : one,
  );
  const now = { ...subject.afterRefusal(claim, attempt, reason), is_parked: false };
  return { claim: now, attempts, leaseFrom };
}

const caseOf = <C extends Claim, Thing>(
  { paceMillis }: Chain<C, Thing>,
  { attempts }: Work<C>,
  attempt: Attempt,
  { capabilities }: EsimSupplier,
): Case => ({
  attempt,
  terms: capabilities,
  paceMillis,
  retries: attempts.filter((one) => one.reason === "retryable").length,
});
