import type { RefundSnapshot } from "../../../providers/payment/port.js";
import { findDisputeState, listDisputeStates, listPaymentsInDispute } from "../dispute-store.js";
import { disputeMovesInto, REFUND_STATE_OF, type RefundStatus, refundMovesInto } from "../payment-state.js";
import { findPaymentByIntent } from "../payment-store.js";
import { type Comparison, PAGE, report, stayAlive } from "./comparison.js";
import { findRefundStatus, listOurRefunds } from "./reconcile-store.js";

/** Their refunds: those that our books do not have, or have in an earlier state. */
export async function compareRefunds(comparison: Comparison): Promise<void> {
  await stayAlive(comparison);
  const { deps, provider, run, seen, refundIds } = comparison;
  const ours = new Map(
    (await listOurRefunds(deps.db, provider.name, run.since)).map((refund) => [
      refund.provider_refund_id,
      refund,
    ]),
  );
  for await (const refund of provider.listRefunds(new Date(run.since))) {
    refundIds.add(refund.providerRefundId);
    seen.refunds += 1;
    if (seen.refunds % PAGE === 0) await stayAlive(comparison);
    if (isBehind(ours.get(refund.providerRefundId)?.status, refund)) await readRefund(comparison, refund);
  }
}

/** Our books may come to what the provider says; where they are further on, the list is merely older. */
function isBehind(ours: RefundStatus | undefined, theirs: RefundSnapshot): boolean {
  const to = REFUND_STATE_OF[theirs.state];
  return ours === undefined ? to !== "failed" : refundMovesInto(to).includes(ours);
}

/** The whole payment is read again: the refund, and what else we have not heard of, is applied as one state. */
async function readRefund(comparison: Comparison, refund: RefundSnapshot): Promise<void> {
  const { deps, run } = comparison;
  const payment = refund.intentId === null ? undefined : await findPaymentByIntent(deps.db, refund.intentId);
  if (payment === undefined) return;
  if (run.applies) await deps.rereadPayment(payment.id);
  const now = await findRefundStatus(deps.db, refund.providerRefundId);
  await report(comparison, {
    class: "refund_missing",
    subject: `refund:${refund.providerRefundId}`,
    action: isBehind(now, refund) ? "reported" : "repaired",
    paymentId: payment.id,
    orderId: payment.order_id,
    detail: { at: "ours", provider_state: refund.state, amount_minor: refund.amount.minor },
  });
}

/** Of the disputes that are older than a run, each run asks about so many. */
const OLD_DISPUTES_MAX = 20;

/**
 * Their disputes: each one that says more than our books. One lasts for weeks, so what was opened before the days of
 * this run is asked about by itself while it is open.
 */
export async function readDisputes(comparison: Comparison): Promise<void> {
  const { deps, provider, run } = comparison;
  if (!run.applies) return;
  const ours = await listDisputeStates(deps.db, provider.name, run.since);
  for await (const { disputeId, intentId, state } of provider.listDisputes(new Date(run.since))) {
    const known = ours.get(disputeId);
    const isNews = known === undefined || disputeMovesInto(state).includes(known);
    const payment = !isNews || intentId === null ? undefined : await findPaymentByIntent(deps.db, intentId);
    if (payment !== undefined) await deps.rereadPayment(payment.id);
  }
  // A report has the step of a dispute on the day of the step.
  if (provider.books !== "live") return;
  for (const id of await listPaymentsInDispute(deps.db, provider.name, run.since, OLD_DISPUTES_MAX)) {
    await stayAlive(comparison);
    await deps.rereadPayment(id);
  }
}

/**
 * What has changed of refunds and disputes that may be older than a run: a refund that failed after all, a dispute that
 * was lost or won after it had ended the other way. The newest word about each counts.
 */
export async function readChanges(comparison: Comparison): Promise<void> {
  const { deps, provider, run } = comparison;
  if (!run.applies || provider.listChanges === undefined) return;
  const seen = new Set<string>();
  for await (const { refund, dispute, intentId } of provider.listChanges(new Date(run.since))) {
    const id = refund?.providerRefundId ?? dispute?.disputeId;
    if (id === undefined || seen.has(id)) continue;
    seen.add(id);
    if (seen.size % PAGE === 0) await stayAlive(comparison);
    if (refund !== null && REFUND_STATE_OF[refund.state] === "failed") {
      if (isBehind(await findRefundStatus(deps.db, id), refund)) await readRefund(comparison, refund);
    }
    if (dispute === null || intentId === null || !["won", "lost"].includes(dispute.state)) continue;
    const ours = await findDisputeState(deps.db, provider.name, id);
    const payment = ours === dispute.state ? undefined : await findPaymentByIntent(deps.db, intentId);
    if (payment !== undefined) await deps.rereadPayment(payment.id);
  }
}
