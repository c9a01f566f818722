import { assertNoOpenTransaction } from "../../db/database.js";
import { purchaseReference } from "../../providers/esim/formats/purchase-reference.js";
import type {
  EsimSupplier,
  OrderRequest,
  OrderSearch,
  SupplierAnswer,
  SupplierOrder,
  SupplierOutcome,
} from "../../providers/esim/port.js";
import { failpoint } from "../../telemetry/failpoints.js";
import {
  type AttemptOutcomesDeps,
  parkAttempt,
  refuse,
  refusedPurchase,
  supplied,
  waits,
} from "./attempt-results.js";
import { beginAttempt, listKnownSupplierOrders, recordAttempt } from "./attempt-store.js";
import { pauseMillis, settlesInMillis } from "./chain-timing.js";
import type { Attempt, Candidate } from "./choose-supplier.js";
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
      const leaseFrom = performance.now();
      const begun = await beginAttempt(deps.db, work.claim, {
        number,
        reference,
        supplier: candidate.supplier,
        packageId: candidate.packageId,
        isExclusive: supplier.capabilities.lookup === "by_match",
      });
      if (begun === undefined) {
        await store.releaseLease(deps.db, work.claim, deps.paceMillis);
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
        sentAfterMillis: begun.sentAfterMillis,
        askInMillis: null,
      };
      await failpoint("s9.after_attempt_row");
      const expectedCost =
        candidate.costText === null || candidate.costCurrency === null
          ? null
          : {
              amountText: candidate.costText,
              currency: candidate.costCurrency,
              amountMinor: candidate.costMinor,
            };
      return order(deps, { ...work, leaseFrom, attempts: [...work.attempts, attempt] }, attempt, {
        reference,
        packageId: candidate.packageId,
        expectedCost,
      });
    },

    /**
     * Finds out what became of an attempt that may have been sent; sends nothing. Not even where the supplier knows a
     * reference again: "not now" to a second sending would say nothing about the first, which may still arrive.
     */
    async settle(work: Work, attempt: Attempt): Promise<Step> {
      const supplier = deps.suppliers.get(attempt.supplier);
      if (supplier === undefined) return parkAttempt(deps, work, attempt, "supplier_not_configured");
      assertNoOpenTransaction(supplier.id);
      if (!mayCall(work)) return STOP;
      const { reference, packageId, supplierOrderId, sentAfterMillis } = attempt;
      const knownSupplierOrderIds =
        supplier.capabilities.lookup === "by_match"
          ? await listKnownSupplierOrders(deps.db, supplier.id, packageId)
          : [];
      const lookup = { reference, packageId, sentAfterMillis, knownSupplierOrderIds };
      if (supplierOrderId === null) return searched(deps, work, attempt, await supplier.findOrder(lookup));
      return asked(deps, work, attempt, await supplier.getOrder({ ...lookup, supplierOrderId }));
    },
  };
}

function supplierOf(deps: AttemptOutcomesDeps, id: string): EsimSupplier {
  const supplier = deps.suppliers.get(id);
  if (supplier === undefined) throw new Error(`The supplier ${id} is not configured`);
  return supplier;
}

async function order(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
  request: OrderRequest,
): Promise<Step> {
  const supplier = supplierOf(deps, attempt.supplier);
  assertNoOpenTransaction(supplier.id);
  if (!mayCall(work)) return STOP;
  const startedAt = performance.now();
  const outcome: SupplierOutcome<SupplierOrder> = await supplier.order(request);
  const callMillis = Math.round(performance.now() - startedAt);
  await failpoint("s9.after_call_before_store");
  deps.events.provisioningAttempt(
    { supplier: supplier.id, outcome: outcome.kind === "refused" ? outcome.reason : outcome.kind },
    { attempt_id: attempt.id, millis: callMillis },
  );
  if (outcome.kind === "done") return supplied(deps, work, attempt, outcome.value, callMillis);
  if (outcome.kind === "refused") return refusedPurchase(deps, work, attempt, outcome, callMillis);
  const settleMillis = settlesInMillis(attempt, supplier.capabilities.lookupSettlesAfterSeconds);
  await recordAttempt(deps.db, work.claim, attempt.id, {
    status: "unknown",
    detail: outcome.cause,
    callMillis,
    againMillis: Math.max(settleMillis, pauseMillis(attempt.lookups, deps.paceMillis, null)),
  });
  return STOP;
}

async function searched(
  deps: AttemptOutcomesDeps,
  work: Work,
  attempt: Attempt,
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
  if (search.found === "several") {
    const detail = `candidates at the supplier: ${search.supplierOrderIds.slice(0, 10).join(", ")}`;
    return parkAttempt(deps, work, attempt, "several_orders", detail);
  }
  const settleSeconds = supplierOf(deps, attempt.supplier).capabilities.lookupSettlesAfterSeconds;
  const settleMillis = settlesInMillis(attempt, settleSeconds);
  if (search.isConclusive && settleMillis === 0) {
    return refuse(deps, work, attempt, {
      reason: "never_arrived",
      detail: "the supplier has no such order",
      callMillis: null,
      againMillis: 0,
    });
  }
  return waits(deps, work, attempt, { afterSeconds: settleMillis / 1000 });
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
