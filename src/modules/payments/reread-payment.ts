import type { Db } from "../../db/database.js";
import type { IntentSnapshot, PaymentProvider } from "../../providers/payment/port.js";
import type { Applied, ApplyEvent } from "./events/apply-event.js";
import { eventOfIntent, eventOfRefund } from "./events/event-facts.js";
import type { FindIntent } from "./find-intent.js";
import type { PaymentProviders } from "./payment-providers.js";
import type { PaymentState } from "./payment-state.js";
import { findPayment, listPaymentsOfOrder, type PaymentRow } from "./payment-store.js";

export interface RereadDeps {
  readonly db: Db;
  readonly providers: PaymentProviders;
  readonly applyEvent: ApplyEvent;
  readonly findIntent: FindIntent;
}

/** What the provider says now, applied; unknown when it does not answer. */
export type Reread =
  | { readonly kind: "read"; readonly intent: IntentSnapshot; readonly status: PaymentState | null }
  | { readonly kind: "no_intent" }
  | { readonly kind: "unknown"; readonly cause: string };

export type RereadPayment = (paymentId: number) => Promise<Reread>;

/**
 * Asks the provider how a payment stands and applies the answer by the same step as a webhook. Refunds that the
 * provider counts and we do not are read one by one.
 */
export function makeRereadPayment(deps: RereadDeps) {
  const applyRead = { source: "read", requestId: null } as const;

  const rereadPayment: RereadPayment = async (paymentId) => {
    const payment = await findPayment(deps.db, paymentId);
    if (payment === undefined) return { kind: "no_intent" };
    const provider = deps.providers.of(payment.provider);
    const found = await deps.findIntent(payment);
    if (found.kind === "unknown") return { kind: "unknown", cause: found.cause };
    if (found.kind === "refused") {
      return found.reason === "not_found" ? { kind: "no_intent" } : { kind: "unknown", cause: found.detail };
    }
    const applied = await applySnapshot(provider, found.value);
    await readRefunds(provider, payment, found.value);
    return { kind: "read", intent: found.value, status: applied?.paymentStatus ?? payment.status };
  };

  const applySnapshot = async (
    provider: PaymentProvider,
    intent: IntentSnapshot,
  ): Promise<Applied | undefined> =>
    intent.state === "requires_action"
      ? undefined
      : deps.applyEvent(eventOfIntent(provider, intent), applyRead);

  const readRefunds = async (
    provider: PaymentProvider,
    payment: PaymentRow,
    intent: IntentSnapshot,
  ): Promise<void> => {
    if ((intent.amountRefundedMinor ?? 0) <= payment.refunded_minor) return;
    // Refunds are never older than their payment; the hour makes up for clocks that differ.
    const since = new Date(new Date(payment.created_at).getTime() - 3_600_000);
    for await (const refund of provider.listRefunds(since)) {
      if (refund.intentId === intent.intentId) {
        await deps.applyEvent(eventOfRefund(provider, refund), applyRead);
      }
    }
  };

  return {
    rereadPayment,
    /**
     * Used before somebody says that an order is unpaid: the browser's "paid" and the webhook race each other, and
     * whichever path sees the money first settles it. Answers whether the order's money has arrived.
     */
    async rereadIntent(orderId: number): Promise<"paid" | "unpaid" | "unknown"> {
      const payments = await listPaymentsOfOrder(deps.db, orderId);
      if (payments.some((payment) => payment.is_counted)) return "paid";
      const live = payments.find((payment) => payment.status === "requires_action");
      if (live === undefined) return "unpaid";
      const reread = await rereadPayment(live.id);
      if (reread.kind === "unknown") return "unknown";
      const now = await findPayment(deps.db, live.id);
      return now?.is_counted === true ? "paid" : "unpaid";
    },
  };
}
