import { type Db, violatedConstraint } from "../../../db/database.js";
import { purchaseReference } from "../../../providers/esim/formats/purchase-reference.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import type { Events } from "../../../telemetry/events.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import { type Answered, type AskSupplier, makeAskSupplier } from "./ask-supplier.js";
import { type Attempt, type Candidate, expectedCostOf } from "./choose-supplier.js";
import type { Claim } from "./claim.js";
import type { Case, Refuse } from "./decide.js";
import { decideNext } from "./next-step.js";
import type { Delivered, Purchase, Subject } from "./subject.js";

export interface PurchaseDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  /** Longer than any conversation with a supplier. */
  readonly leaseSeconds: number;
  /** The unit of every pause of the chain. */
  readonly paceMillis: number;
  readonly events: Events;
  /** The mail and whatever else was enqueued begins at once. */
  readonly wakeWorkers: () => void;
}

/** Of one order. */
export type BringOn = (orderId: number, options?: { includesParked?: boolean }) => Promise<void>;

/** How long a worker that holds a lease may have slept and still call. */
const LEASE_GRACE_MILLIS = 2_000;

/** A supplier's answer may take several calls (a token, the order, once more after a renewed token). */
export const leaseSecondsFor = (supplierTimeoutMillis: number): number =>
  Math.ceil((4 * supplierTimeoutMillis + LEASE_GRACE_MILLIS) / 1000) + 1;

/** A claim in work: what the store said, and what has been done since. */
interface Work<C> {
  readonly claim: C;
  readonly attempts: readonly Attempt[];
  /** By this process's monotonic clock, before the statement that began or extended the lease. */
  readonly leaseFrom: number;
}
/** The next step is due now; undefined: settled, parked, or a job is enqueued for later. */
type Step<C> = Work<C> | undefined;

/** A worker that slept must not call: somebody else may hold the lease by now and have looked the order up. */
const mayCallSince = (leaseFrom: number) => (): boolean => performance.now() - leaseFrom < LEASE_GRACE_MILLIS;

interface Chain<C extends Claim, Thing> extends PurchaseDeps {
  readonly subject: Subject<C, Thing>;
  readonly ask: AskSupplier<Thing>;
}

/**
 * Brings what a paid order has to be bought as far as it goes now. Whoever calls, job, request or webhook, joins the
 * same chain: one holds the lease, the others find nothing to do. Each step is a row, a call, a row:
 *
 *   an open attempt is settled first, by asking the supplier about it;
 *   without one the next supplier is chosen, its attempt committed, and then it is called.
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
  const { db, subject } = chain;
  const { claim } = work;
  const supplier = chain.suppliers.get(candidate.supplier);
  if (supplier === undefined) throw new Error(`The supplier ${candidate.supplier} is not configured`);
  const number = (work.attempts.at(-1)?.number ?? 0) + 1;
  const wanted = {
    number,
    reference: purchaseReference(claim.order_reference, number),
    supplier: candidate.supplier,
    packageId: candidate.packageId,
    expectedCost: expectedCostOf(candidate),
  };
  await failpoint("s9.before_attempt");
  const leaseFrom = performance.now();
  const isExclusive = supplier.capabilities.lookup === "by_match";
  const begun = await subject.store.beginAttempt(db, claim, { ...wanted, isExclusive });
  if (begun === undefined) {
    if (await subject.store.parkWithheld(db, claim))
      subject.says.parked("money_withheld", idsOf(chain, claim));
    else await subject.store.release(db, claim, chain.paceMillis);
    return undefined;
  }
  const attempt: Attempt = { ...NEW, ...wanted, ...begun };
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

const NEW = {
  status: "intended",
  supplierOrderId: null,
  reason: null,
  lookups: 0,
  ageMillis: 0,
  settlingMillis: 0,
  resettlingMillis: 0,
  askInMillis: null,
  toldFailure: null,
} as const;

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
  const detail = result.duplicate;
  // Our own numbers may collide; the next attempt's reference makes others. A supplier's are evidence.
  if (result.isOurOwn) {
    const duplicate = { reason: "duplicate", detail, word: null, callMillis, againMillis: 0 };
    return refused(chain, work, attempt, { do: "refuse", ...duplicate });
  }
  const { supplierOrderId } = sold.bought;
  return park(chain, work.claim, { reason: "duplicate", attemptId: attempt.id, detail, supplierOrderId });
}

async function refused<C extends Claim, Thing>(
  { db, subject }: Chain<C, Thing>,
  work: Work<C>,
  attempt: Attempt,
  { reason, detail, word, callMillis, againMillis }: Refuse,
): Promise<Step<C>> {
  const { claim } = work;
  if (word !== null) await subject.onRefusal(claim, attempt, word);
  const leaseFrom = performance.now();
  const change = { status: "refused", reason, detail, callMillis, againMillis } as const;
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

async function park<C extends Claim, Thing>(
  chain: Chain<C, Thing>,
  claim: C,
  parking: { reason: string; attemptId?: number; detail?: string | null; supplierOrderId?: string | null },
): Promise<undefined> {
  const { reason, attemptId = null, detail = null, supplierOrderId = null } = parking;
  await failpoint("s9.before_park");
  const { store, says } = chain.subject;
  if (await store.park(chain.db, claim, { reason, attemptId, detail, supplierOrderId }))
    says.parked(reason, { ...idsOf(chain, claim), ...(attemptId !== null && { attempt_id: attemptId }) });
}

const idsOf = <C extends Claim, Thing>({ subject }: Chain<C, Thing>, { id }: C) => ({
  [subject.store.table.attemptColumn]: id,
});

const purchaseOf = <C extends Claim, Thing>(
  { subject }: Chain<C, Thing>,
  { claim }: Work<C>,
  attempt: Attempt,
): Purchase => ({ attempt, esim: subject.esimOf(claim) });

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
