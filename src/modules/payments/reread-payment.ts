import type { Db } from "../../db/database.js";
import { done, type Outcome } from "../../kernel/outcome.js";
import type {
  IntentSnapshot,
  PaymentProvider,
  PaymentReading,
  ReadRefusal,
} from "../../providers/payment/port.js";
import { makeAskingBudget } from "./asking-budget.js";
import type { ApplyReading } from "./events/apply-reading.js";
import { eventOfIntent, eventsOfReading } from "./events/event-facts.js";
import type { FindIntent } from "./find-intent.js";
import type { PaymentProviders } from "./payment-providers.js";
import { findPayment, handleOf, listPaymentsOfOrder, type PaymentRow } from "./payment-store.js";

export interface RereadDeps {
  readonly db: Db;
  readonly providers: PaymentProviders;
  readonly applyReading: ApplyReading;
  readonly applyHeard: (intentId: string) => Promise<void>;
  readonly findIntent: FindIntent;
}

/** What the provider says now, applied; unknown when it does not answer. */
export type Reread =
  | { readonly kind: "read" }
  | { readonly kind: "no_intent" }
  | { readonly kind: "unknown"; readonly cause: string };

export type RereadPayment = (paymentId: number) => Promise<Reread>;

/** An answer to a call of ours says how an intent stands; what it says is applied. */
export type ApplyAnswer = (payment: PaymentRow, intent: IntentSnapshot) => Promise<void>;

const READ = { source: "read", requestId: null } as const;

/**
 * Asks the provider how a payment stands and applies the answer by the same step as a webhook. Where money has come,
 * the intent is read together with its refunds and disputes and applied as one state.
 */
export function makeRereadPayment(deps: RereadDeps) {
  const assertMayAsk = makeAskingBudget();
  const rereadPayment: RereadPayment = async (paymentId) => {
    const payment = await findPayment(deps.db, paymentId);
    if (payment === undefined) return { kind: "no_intent" };
    const provider = deps.providers.of(payment.provider);
    if (provider.books !== "live") {
      if (payment.intent_id === null) return { kind: "no_intent" };
      await deps.applyHeard(payment.intent_id);
      return { kind: "read" };
    }
    const askedAt = new Date();
    const found = await readWhole(deps.findIntent, provider, payment);
    if (found.kind === "unknown") return { kind: "unknown", cause: found.cause };
    if (found.kind === "refused") {
      return found.reason === "not_found" ? { kind: "no_intent" } : { kind: "unknown", cause: found.detail };
    }
    const events = eventsOfReading(provider, found.value, askedAt);
    if (events.length > 0) await deps.applyReading({ events, isWhole: true }, READ);
    return { kind: "read" };
  };

  /** As above, and where there is no call that reads a payment, from what the provider's reports say of it. */
  const rereadFromBooks: RereadPayment = async (paymentId) => {
    const payment = await findPayment(deps.db, paymentId);
    const provider = payment && deps.providers.of(payment.provider);
    if (payment === undefined || provider === undefined || payment.intent_id === null)
      return { kind: "no_intent" };
    if (provider.books === "live") return rereadPayment(paymentId);
    const found = await provider.readPayment(payment.intent_id, { hasRefunds: true, hasDisputes: true });
    if (found.kind !== "done") return { kind: "no_intent" };
    const events = eventsOfReading(provider, found.value, null);
    await deps.applyReading({ events, isWhole: true }, READ);
    return { kind: "read" };
  };

  const applyAnswer: ApplyAnswer = async (payment, intent) => {
    switch (intent.state) {
      case "requires_action":
        return;
      case "succeeded":
        await rereadPayment(payment.id);
        return;
      case "processing":
      case "canceled": {
        const event = eventOfIntent(deps.providers.of(payment.provider), intent);
        await deps.applyReading({ events: [event], isWhole: false }, READ);
      }
    }
  };

  return {
    rereadPayment,
    rereadFromBooks,
    applyAnswer,
    /**
     * Used before somebody says that an order is unpaid: the browser's "paid" and the webhook race each other, and
     * whichever path sees the money first settles it. Tells whether the order's money has arrived; throws
     * `rate_limited` when it is asked in a loop.
     */
    async rereadIntent(orderId: number): Promise<"paid" | "unpaid" | "unknown"> {
      const payments = await listPaymentsOfOrder(deps.db, orderId);
      if (payments.some((payment) => payment.is_counted)) return "paid";
      const live = payments.find((payment) => payment.status === "requires_action");
      if (live === undefined) return "unpaid";
      assertMayAsk(orderId);
      const reread = await rereadPayment(live.id);
      if (reread.kind === "unknown") return "unknown";
      const now = await findPayment(deps.db, live.id);
      return now?.is_counted === true ? "paid" : "unpaid";
    },
  };
}

async function readWhole(
  findIntent: FindIntent,
  provider: PaymentProvider,
  payment: PaymentRow,
): Promise<Outcome<PaymentReading, ReadRefusal>> {
  const known = {
    hasRefunds: payment.refund_reserved_minor > 0,
    hasDisputes: payment.disputed_minor > 0,
  };
  const handle = handleOf(payment);
  if (handle !== null) return provider.readPayment(handle, known);
  const found = await findIntent(payment);
  if (found.kind !== "done") return found;
  const isPaid = found.value.state === "succeeded";
  return isPaid
    ? provider.readPayment(found.value.intentId, known)
    : done({ intent: found.value, refunds: [], disputes: [] });
}
