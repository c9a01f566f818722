import { refused } from "../../../kernel/outcome.js";
import type { PaymentRow } from "../payment-store.js";
import { type Comparison, mustHave, report, stayAlive } from "./comparison.js";
import { listOurPayments, listOurRefunds, type OurRefund } from "./reconcile-store.js";

const OUR_PAGE = 500;

/** Our side: what we hold for paid or refunded must be at the provider. */
export async function compareOurs(comparison: Comparison): Promise<void> {
  const { deps, provider, run, intentIds, refundIds } = comparison;
  // An hour later than the lists began: clocks differ, and an intent is younger than its row.
  const since = new Date(new Date(run.since).getTime() + 3_600_000).toISOString();
  let afterId = 0;
  for (;;) {
    const page = await listOurPayments(deps.db, provider.name, since, afterId, OUR_PAGE);
    for (const payment of page) {
      if (payment.captured_minor === 0 || payment.intent_id === null || intentIds.has(payment.intent_id))
        continue;
      if (mustHave(comparison, payment.created_at))
        await confirmMissing(comparison, payment, payment.intent_id);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < OUR_PAGE) break;
    afterId = last.id;
    await stayAlive(comparison);
  }
  for (const refund of await listOurRefunds(deps.db, provider.name, since)) {
    const isThere = refund.status !== "succeeded" || refundIds.has(refund.provider_refund_id);
    if (isThere || !mustHave(comparison, refund.created_at)) continue;
    if (!(await isMissing(comparison, refund))) continue;
    await report(comparison, {
      class: "refund_missing",
      subject: `refund:${refund.id}`,
      action: "reported",
      paymentId: refund.payment_id,
      orderId: refund.order_id,
      detail: {
        at: "provider",
        provider_refund_id: refund.provider_refund_id,
        amount_minor: refund.amount_minor,
      },
    });
  }
}

/** One that was heard of long after it was made is older than the lists: the payment itself is asked. */
async function isMissing({ provider }: Comparison, refund: OurRefund): Promise<boolean> {
  if (provider.books !== "live" || refund.intent_id === null) return true;
  const found = await provider.readPayment(refund.intent_id, { hasRefunds: true, hasDisputes: false });
  return found.kind === "done"
    ? found.value.refunds.every(({ providerRefundId }) => providerRefundId !== refund.provider_refund_id)
    : found.kind === "refused" && found.reason === "not_found";
}

/** A list can lack what was made while it was read: the intent itself is asked before anything is said. */
async function confirmMissing(comparison: Comparison, payment: PaymentRow, intentId: string): Promise<void> {
  const { books } = comparison.provider;
  const found =
    books === "live"
      ? await comparison.provider.fetchIntent(intentId)
      : refused("not_found", "no report has it");
  const isGone = found.kind === "refused" && found.reason === "not_found";
  const isUnpaid = found.kind === "done" && found.value.state !== "succeeded";
  if (!isGone && !isUnpaid) return;
  await report(comparison, {
    class: "recorded_not_paid",
    subject: `payment:${payment.id}`,
    action: "reported",
    paymentId: payment.id,
    orderId: payment.order_id,
    detail: {
      captured_minor: payment.captured_minor,
      provider_state: found.kind === "done" ? found.value.state : "not_found",
    },
  });
}
