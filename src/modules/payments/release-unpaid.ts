import type { Db } from "../../db/database.js";
import type { ApplyEvent } from "./events/apply-event.js";
import { eventOfIntent } from "./events/event-facts.js";
import type { FailUnpaid } from "./fail-unpaid.js";
import type { FindIntent } from "./find-intent.js";
import type { PaymentProviders } from "./payment-providers.js";
import { listPaymentsOfOrder, type PaymentRow } from "./payment-store.js";

/**
 * - released: the order has failed and holds nothing any more (also when it had before)
 * - paid: the payer was faster; the order has been paid
 * - processing: the money is on its way, so the order goes on waiting
 * - unknown: the provider did not answer; ask again later
 */
export type Release = "released" | "paid" | "processing" | "unknown";

export type ReleaseUnpaid = (orderId: number) => Promise<Release>;

export interface ReleaseUnpaidDeps {
  readonly db: Db;
  readonly providers: PaymentProviders;
  readonly findIntent: FindIntent;
  readonly applyEvent: ApplyEvent;
  readonly failUnpaid: FailUnpaid;
}

/** A create call that began this recently may still reach the provider. */
const CREATE_CALL_SECONDS = 60;

/**
 * Ends an unpaid order: its intent is cancelled at the provider first, so that nobody can pay for nothing, and what
 * the provider answers decides. Only then the order fails.
 */
export function makeReleaseUnpaid(deps: ReleaseUnpaidDeps): ReleaseUnpaid {
  return async (orderId) => {
    const payments = await listPaymentsOfOrder(deps.db, orderId);
    if (payments.some((payment) => payment.is_counted)) return "paid";
    const live = payments.find((payment) => payment.status === "requires_action");
    if (live === undefined) return failNow(deps, orderId, null);
    return releasePayment(deps, live);
  };
}

async function failNow(deps: ReleaseUnpaidDeps, orderId: number, paymentId: number | null): Promise<Release> {
  if (await deps.failUnpaid({ orderId, paymentId, reason: "expired" })) return "released";
  const now = await listPaymentsOfOrder(deps.db, orderId);
  if (now.some((payment) => payment.is_counted)) return "paid";
  return now.some((payment) => payment.status === "requires_action") ? "unknown" : "released";
}

async function releasePayment(deps: ReleaseUnpaidDeps, live: PaymentRow): Promise<Release> {
  const provider = deps.providers.of(live.provider);
  let intentId = live.intent_id;
  if (intentId === null) {
    if (live.age_seconds < CREATE_CALL_SECONDS) return "unknown";
    const found = await deps.findIntent(live);
    if (found.kind === "refused" && found.reason === "not_found")
      return failNow(deps, live.order_id, live.id);
    if (found.kind !== "done") return "unknown";
    intentId = found.value.intentId;
  }
  const canceled = await provider.cancelIntent(intentId);
  if (canceled.kind !== "done") {
    // The provider has no such intent: it cannot be paid either.
    if (canceled.kind === "refused" && canceled.reason === "not_found") {
      return failNow(deps, live.order_id, live.id);
    }
    return "unknown";
  }
  const { state } = canceled.value;
  if (state === "requires_action") return "unknown";
  await deps.applyEvent(eventOfIntent(provider, canceled.value), { source: "read", requestId: null });
  if (state === "processing") return "processing";
  return state === "succeeded" ? "paid" : "released";
}
