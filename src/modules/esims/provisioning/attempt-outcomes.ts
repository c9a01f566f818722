import { assertNoOpenTransaction } from "../../../db/database.js";
import { purchaseReference } from "../../../providers/esim/formats/purchase-reference.js";
import type {
  EsimSupplier,
  OrderLookup,
  OrderSearch,
  SupplierAnswer,
  SupplierOrder,
  SupplierOutcome,
  SupplierRefused,
} from "../../../providers/esim/port.js";
import { isDefiniteNo } from "../../../providers/esim/refusal-port.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import {
  type AttemptOutcomesDeps,
  parkAttempt,
  refuse,
  refusedPurchase,
  supplied,
  waits,
} from "./attempt-results.js";
import { beginAttempt, listKnownSupplierOrders, parkWithheld, resendAttempt } from "./attempt-store.js";
import { answeredAgain, settlesInMillis } from "./chain-timing.js";
import { type Attempt, type Candidate, expectedCostOf } from "./choose-supplier.js";
import * as store from "./provisioning-store.js";
import { mayCall, STOP, type Step, type Work } from "./provisioning-work.js";

export type AttemptOutcomes = ReturnType<typeof makeAttemptOutcomes>;

/** The steps of one purchase: begin and call, ask about it, store what came of it. */
export function makeAttemptOutcomes(deps: AttemptOutcomesDeps) {
  return {
    /** Commits the attempt, then calls. */
    async buy(work: Work, candidate: Candidate): Promise<Step> {
      const supplier = supplierOf(deps, candidate.supplier);
      const number = (work.attempts.at(-1)?.number ?? 0) + 1;
      const reference = purchaseReference(work.claim.order_reference, number);
      const expectedCost = expectedCostOf(candidate);
      await failpoint("s9.before_attempt");
      const leaseFrom = performance.now();
      const begun = await beginAttempt(deps.db, work.claim, {
        number,
        reference,
        supplier: candidate.supplier,
        packageId: candidate.packageId,
        isExclusive: supplier.capabilities.lookup === "by_match",
        expectedCost,
      });
      if (begun === undefined) {
        if (await parkWithheld(deps.db, work.claim)) {
          deps.events.esimParked({ reason: "money_withheld" }, { profile_id: work.claim.profile_id });
        } else await store.releaseLease(deps.db, work.claim, deps.paceMillis);
        return STOP;
      }
      const attempt: Attempt = {
        id: begun.id,
        number,
        reference,
        supplier: candidate.supplier,
        packageId: candidate.packageId,
        status: "intended",
        supplierOrderId: null,
        reason: null,
        lookups: 0,
        ageMillis: 0,
        settlingMillis: 0,
        resettlingMillis: 0,
        sentAfterMillis: begun.sentAfterMillis,
        askInMillis: null,
        expectedCost,
        toldFailure: null,
      };
      await failpoint("s9.after_attempt_row");
      return order(deps, { ...work, leaseFrom, attempts: [...work.attempts, attempt] }, attempt);
    },

    /** Finds out what became of an attempt that may have been sent, by asking about it. */
    async settle(work: Work, attempt: Attempt): Promise<Step> {
      const supplier = deps.suppliers.get(attempt.supplier);
      if (supplier === undefined) return parkAttempt(deps, work, attempt, "supplier_not_configured");
      assertNoOpenTransaction(supplier.id);
      if (!mayCall(work)) return STOP;
      const { supplierOrderId } = attempt;
      const lookup = await lookupOf(deps, supplier, attempt);
      if (supplierOrderId === null) {
        const search = await supplier.findOrder(lookup);
        const told = toldRefusal(attempt, search.kind === "done" ? foundBy(search.value) : "not_asked");
        if (told !== null) return refusedPurchase(deps, work, attempt, told, null);
        return searched(deps, work, attempt, supplier, search);
      }
      const answer = await supplier.getOrder({ ...lookup, supplierOrderId });
      const told = toldRefusal(attempt, answer.kind === "done" ? answer.value.state : answer.reason);
      if (told !== null) return refusedPurchase(deps, work, attempt, told, null);
      return asked(deps, work, attempt, answer);
    },
  };
}

const foundBy = (search: OrderSearch) => (search.found === "one" ? search.order.state : search.found);

/** The supplier's own word ends a purchase that its books do not show, or do not show as delivered. */
function toldRefusal({ toldFailure }: Attempt, books: string): SupplierRefused | null {
  if (toldFailure === null || !["none", "not_found", "pending", "failed"].includes(books)) return null;
  return { kind: "refused", ...toldFailure, retryAfterSeconds: null };
}

async function lookupOf(
  deps: AttemptOutcomesDeps,
  supplier: EsimSupplier,
  attempt: Attempt,
): Promise<OrderLookup> {
  const { reference, packageId, sentAfterMillis } = attempt;
  const knownSupplierOrderIds =
    supplier.capabilities.lookup === "by_match"
      ? await listKnownSupplierOrders(deps.db, supplier.id, packageId)
      : [];
  return { reference, packageId, sentAfterMillis, knownSupplierOrderIds };
}

function supplierOf(deps: AttemptOutcomesDeps, id: string): EsimSupplier {
  const supplier = deps.suppliers.get(id);
  if (supplier === undefined) throw new Error(`The supplier ${id} is not configured`);
  return supplier;
}

async function order(deps: AttemptOutcomesDeps, work: Work, attempt: Attempt): Promise<Step> {
  const supplier = supplierOf(deps, attempt.supplier);
  const called = await call(deps, work, attempt, supplier);
  if (called === undefined) return STOP;
  const { outcome, callMillis } = called;
  if (outcome.kind === "done") return supplied(deps, work, attempt, outcome.value, callMillis);
  if (outcome.kind === "refused") return refusedPurchase(deps, work, attempt, outcome, callMillis);
  return waits(deps, work, attempt, { detail: outcome.cause, sent: "first_unanswered", callMillis });
}

/** Sends the purchase. Undefined: this worker has slept, and the lease may be somebody else's. */
async function call(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  supplier: EsimSupplier,
): Promise<{ outcome: SupplierOutcome<SupplierOrder>; callMillis: number } | undefined> {
  assertNoOpenTransaction(supplier.id);
  if (!mayCall(work)) return undefined;
  const { reference, packageId, expectedCost } = attempt;
  const startedAt = performance.now();
  const outcome = await supplier.order({ reference, packageId, expectedCost });
  const callMillis = Math.round(performance.now() - startedAt);
  await failpoint("s9.after_call_before_store");
  deps.events.provisioningAttempt(
    { supplier: supplier.id, outcome: outcome.kind === "refused" ? outcome.reason : outcome.kind },
    { attempt_id: attempt.id, millis: callMillis },
  );
  return { outcome, callMillis };
}

async function searched(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  supplier: EsimSupplier,
  answer: SupplierAnswer<OrderSearch>,
): Promise<Step> {
  if (answer.kind === "refused") {
    return waits(deps, work, attempt, {
      detail: answer.detail,
      afterSeconds: answer.retryAfterSeconds,
    });
  }
  const search = answer.value;
  if (search.found === "one") return supplied(deps, work, attempt, search.order, null);
  if (search.found === "several") return severalOrders(deps, work, attempt, search.supplierOrderIds);
  const { lookupSettlesAfterSeconds, idempotency } = supplier.capabilities;
  if (search.isConclusive && settlesInMillis(attempt, lookupSettlesAfterSeconds, "decide") === 0) {
    return refuse(deps, work, attempt, {
      reason: "never_arrived",
      detail: "the supplier has no such order",
      callMillis: null,
      againMillis: 0,
    });
  }
  const mayRepeat = settlesInMillis(attempt, lookupSettlesAfterSeconds, "repeat") === 0;
  if (mayRepeat && !search.isConclusive && idempotency === "native")
    return sendAgain(deps, work, attempt, supplier);
  return waits(deps, work, attempt, {});
}

function severalOrders(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  supplierOrderIds: readonly string[],
): Promise<Step> {
  const detail = `candidates at the supplier: ${supplierOrderIds.slice(0, 10).join(", ")}`;
  return parkAttempt(deps, work, attempt, "several_orders", detail);
}

/**
 * Where the supplier knows a reference again, sending the very same request is the conclusive question: the answer is
 * the order that there is, or the one that this makes. "Not now" says nothing about the first sending, so the attempt
 * stays open. Nor does a definite no alone: the supplier may look at stock or balance before it looks at the
 * reference. Together with a search that finds nothing, both after the settling time, it is one.
 */
async function sendAgain(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  supplier: EsimSupplier,
): Promise<Step> {
  const leaseFrom = performance.now();
  if (!(await resendAttempt(deps.db, work.claim, attempt.id))) return STOP;
  const called = await call(deps, { ...work, leaseFrom }, attempt, supplier);
  if (called === undefined) return STOP;
  const { outcome, callMillis } = called;
  if (outcome.kind === "done") return supplied(deps, work, attempt, outcome.value, callMillis);
  if (outcome.kind === "unknown")
    return waits(deps, work, attempt, { detail: outcome.cause, sent: "again_unanswered", callMillis });
  const { isSettled, sent } = answeredAgain(attempt, supplier);
  const answered = { sent, callMillis };
  const { detail, retryAfterSeconds: afterSeconds } = outcome;
  if (!isSettled || !isDefiniteNo(outcome.reason))
    return waits(deps, work, attempt, { detail, afterSeconds, ...answered });
  const answer = await supplier.findOrder(await lookupOf(deps, supplier, attempt));
  if (answer.kind === "refused") return waits(deps, work, attempt, { detail: answer.detail, ...answered });
  if (answer.value.found === "one") return supplied(deps, work, attempt, answer.value.order, callMillis);
  if (answer.value.found === "several")
    return severalOrders(deps, work, attempt, answer.value.supplierOrderIds);
  return refusedPurchase(deps, work, attempt, outcome, callMillis);
}

async function asked(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  answer: SupplierAnswer<SupplierOrder>,
): Promise<Step> {
  if (answer.kind === "done") return supplied(deps, work, attempt, answer.value, null);
  return waits(deps, work, attempt, {
    detail: answer.detail,
    afterSeconds: answer.retryAfterSeconds,
  });
}
