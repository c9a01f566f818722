import type { RefundSnapshot } from "../../../providers/payment/port.js";
import { eventOfDispute, eventOfRefund } from "../events/event-facts.js";
import { findPaymentByIntent } from "../payment-store.js";
import { REFUND_RISES } from "../refunds/refund-store.js";
import { type Comparison, PAGE, report, stayAlive } from "./comparison.js";
import { listOurRefunds } from "./reconcile-store.js";

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
    const known = ours.get(refund.providerRefundId);
    const { to } = REFUND_RISES[refund.state];
    if (refund.intentId === null || known?.status === to || (known === undefined && to === "failed"))
      continue;
    await readRefund(comparison, refund);
  }
}

async function readRefund(comparison: Comparison, refund: RefundSnapshot): Promise<void> {
  const { deps, provider, run } = comparison;
  const payment = refund.intentId === null ? undefined : await findPaymentByIntent(deps.db, refund.intentId);
  if (payment === undefined) return;
  const applied = run.applies
    ? await deps.applyEvent(eventOfRefund(provider, refund), { source: "read", requestId: null })
    : undefined;
  if (applied !== undefined && (applied.status === "duplicate" || applied.status === "ignored")) return;
  await report(comparison, {
    class: "refund_missing",
    subject: `refund:${refund.providerRefundId}`,
    action: applied?.status === "processed" ? "repaired" : "reported",
    paymentId: payment.id,
    orderId: payment.order_id,
    detail: { at: "ours", provider_state: refund.state, amount_minor: refund.amount.minor },
  });
}

/** Their disputes, by the step that their webhooks take. */
export async function readDisputes({ deps, provider, run }: Comparison): Promise<void> {
  if (!run.applies) return;
  for await (const dispute of provider.listDisputes(new Date(run.since))) {
    await deps.applyEvent(eventOfDispute(provider, dispute), { source: "read", requestId: null });
  }
}
