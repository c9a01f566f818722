import type { IntentSnapshot } from "../../../providers/payment/port.js";
import {
  adoptIntent,
  findIntentOfReference,
  findPayment,
  findPaymentByIntent,
  listPaymentsOfOrder,
  type PaymentRow,
  recordPaidAgain,
} from "../payment-store.js";
import { type Comparison, PAGE, report, stayAlive, wholeBefore } from "./comparison.js";
import type { Finding } from "./reconcile-store.js";

/** Their side: every intent that names this shop. */
export async function compareIntents(comparison: Comparison): Promise<void> {
  const { deps, provider, run, seen, intentIds } = comparison;
  for await (const intent of provider.listIntents(new Date(run.since))) {
    // Newest first.
    comparison.wholeUntil ??= wholeBefore(intent.createdAt);
    if (intent.metadata.shop_id !== deps.shopId) continue;
    intentIds.add(intent.intentId);
    seen.intents += 1;
    if (seen.intents % PAGE === 0) await stayAlive(comparison);
    await compareIntent(comparison, intent);
  }
}

async function compareIntent(comparison: Comparison, intent: IntentSnapshot): Promise<void> {
  const { deps, run } = comparison;
  const payment = await findOrAdopt(comparison, intent);
  if (payment === undefined) {
    if (intent.state === "succeeded") await reportOrphan(comparison, intent);
    return;
  }
  if (!hasSameMoney(payment, intent)) {
    await report(comparison, findingOf("amount_differs", payment, intent, "reported"));
    return;
  }
  if (payment.status === "failed" && intent.state === "requires_action")
    return endOpenIntent(comparison, payment, intent);
  const isBehind =
    (intent.state === "succeeded" && payment.captured_minor === 0) ||
    (intent.state === "canceled" && payment.status === "requires_action");
  if (!isBehind) return;
  if (run.applies) await deps.rereadPayment(payment.id);
  if (intent.state !== "succeeded") return;
  const now = (await findPayment(deps.db, payment.id)) ?? payment;
  const isRepaired = now.captured_minor > 0;
  await report(
    comparison,
    findingOf("paid_not_recorded", payment, intent, isRepaired ? "repaired" : "reported"),
  );
  if (now.surplus_reason !== null) await reportIfChargedTwice(comparison, now, intent);
}

/** The order ended while the call that made the intent had no answer: nobody shall pay it any more. */
async function endOpenIntent(
  { deps, provider, run }: Comparison,
  payment: PaymentRow,
  intent: IntentSnapshot,
): Promise<void> {
  if (!run.applies) return;
  const canceled = await provider.cancelIntent(payment.page_id ?? intent.intentId);
  if (canceled.kind === "done") await deps.applyAnswer(payment, canceled.value);
}

async function findOrAdopt(
  { deps, provider, run }: Comparison,
  intent: IntentSnapshot,
): Promise<PaymentRow | undefined> {
  const found = await findPaymentByIntent(deps.db, intent.intentId);
  const reference = intent.metadata.payment_reference;
  const orderId = Number(intent.metadata.order_id);
  if (found !== undefined || !run.applies || reference === undefined || !Number.isSafeInteger(orderId)) {
    return found;
  }
  const named = { reference, orderId, provider: provider.name, intentId: intent.intentId };
  // A part of the price is not the payment (own-intent.ts).
  const payment = provider.books === "live" ? undefined : await findIntentOfReference(deps.db, named);
  if (payment !== undefined && !hasSameMoney(payment, intent)) return undefined;
  const isKept =
    (await adoptIntent(deps.db, named)) ||
    (provider.books !== "live" && (await recordPaidAgain(deps.db, named)));
  return isKept ? findPaymentByIntent(deps.db, intent.intentId) : undefined;
}
async function reportOrphan(comparison: Comparison, intent: IntentSnapshot): Promise<void> {
  await report(comparison, {
    class: "orphan_intent",
    subject: `intent:${intent.intentId}`,
    action: "reported",
    paymentId: null,
    orderId: null,
    detail: theirsOf(intent),
  });
}

async function reportIfChargedTwice(
  comparison: Comparison,
  payment: PaymentRow,
  intent: IntentSnapshot,
): Promise<void> {
  const others = await listPaymentsOfOrder(comparison.deps.db, payment.order_id);
  const isTwice = others.some((other) => other.id !== payment.id && other.captured_minor > 0);
  if (isTwice) await report(comparison, findingOf("charged_twice", payment, intent, "reported"));
}

function hasSameMoney(
  payment: Pick<PaymentRow, "amount_minor" | "currency">,
  intent: IntentSnapshot,
): boolean {
  const isSameAsked =
    intent.amount.minor === payment.amount_minor && intent.amount.currency === payment.currency;
  const isSameReceived = intent.state !== "succeeded" || intent.amountReceivedMinor === payment.amount_minor;
  return isSameAsked && isSameReceived;
}

function theirsOf(intent: IntentSnapshot): Record<string, unknown> {
  return {
    provider_state: intent.state,
    provider_amount_minor: intent.amount.minor,
    provider_received_minor: intent.amountReceivedMinor,
    provider_currency: intent.amount.currency,
    metadata: intent.metadata,
  };
}

function findingOf(
  findingClass: Finding["class"],
  payment: PaymentRow,
  intent: IntentSnapshot,
  action: Finding["action"],
): Finding {
  return {
    class: findingClass,
    subject: `payment:${payment.id}`,
    action,
    paymentId: payment.id,
    orderId: payment.order_id,
    detail: {
      ...theirsOf(intent),
      our_status: payment.status,
      our_amount_minor: payment.amount_minor,
      our_captured_minor: payment.captured_minor,
    },
  };
}
