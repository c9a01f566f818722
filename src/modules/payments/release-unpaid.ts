import type { Db } from "../../db/database.js";
import { CREATE_CALL_SECONDS_MAX } from "./create-call.js";
import type { FailUnpaid, UnpaidOrder } from "./fail-unpaid.js";
import type { FindIntent } from "./find-intent.js";
import type { PaymentProviders } from "./payment-providers.js";
import { findPayment, handleOf, listPaymentsOfOrder, type PaymentRow } from "./payment-store.js";
import type { ApplyAnswer } from "./reread-payment.js";

/**
 * - released: the order has failed and holds nothing any more (also when it had before)
 * - paid: the payer was faster; the order has been paid
 * - processing: the money is on its way, so the order goes on waiting
 * - unknown: the provider did not answer; ask again later
 */
export type Release = "released" | "paid" | "processing" | "unknown";

/** Why an unpaid order ends; written to its payment and to the audit log. */
export type ReleaseReason = "expired" | "person_gone";

export type ReleaseUnpaid = (orderId: number, reason: ReleaseReason) => Promise<Release>;

export interface ReleaseUnpaidDeps {
  readonly db: Db;
  readonly providers: PaymentProviders;
  readonly findIntent: FindIntent;
  readonly applyAnswer: ApplyAnswer;
  readonly failUnpaid: FailUnpaid;
}

/**
 * Ends an unpaid order: its intent is cancelled at the provider first, so that nobody can pay for nothing, and what
 * the provider answers decides. Only then the order fails.
 */
export function makeReleaseUnpaid(deps: ReleaseUnpaidDeps): ReleaseUnpaid {
  return async (orderId, reason) => {
    const payments = await listPaymentsOfOrder(deps.db, orderId);
    if (payments.some((payment) => payment.is_counted)) return "paid";
    const live = payments.find((payment) => payment.status === "requires_action");
    if (live === undefined) return failNow(deps, { orderId, paymentId: null, reason });
    return releasePayment(deps, live, reason);
  };
}

async function failNow(deps: ReleaseUnpaidDeps, unpaid: UnpaidOrder): Promise<Release> {
  if (await deps.failUnpaid(unpaid)) return "released";
  const now = await listPaymentsOfOrder(deps.db, unpaid.orderId);
  if (now.some((payment) => payment.is_counted)) return "paid";
  return now.some((payment) => payment.status === "requires_action") ? "unknown" : "released";
}

async function releasePayment(
  deps: ReleaseUnpaidDeps,
  live: PaymentRow,
  reason: ReleaseReason,
): Promise<Release> {
  const unpaid: UnpaidOrder = { orderId: live.order_id, paymentId: live.id, reason };
  const provider = deps.providers.of(live.provider);
  let intentId = handleOf(live);
  if (intentId === null) {
    if (live.age_seconds < CREATE_CALL_SECONDS_MAX) return "unknown";
    const found = await deps.findIntent(live);
    if (found.kind === "refused" && found.reason === "not_found") return failNow(deps, unpaid);
    if (found.kind !== "done") return "unknown";
    intentId = found.value.page?.pageId ?? found.value.intentId;
  }
  const canceled = await provider.cancelIntent(intentId);
  if (canceled.kind !== "done") {
    // The provider has no such intent: it cannot be paid either. One that ends by itself at the order's time may have
    // been paid in its last moment: such money goes back.
    const isOver =
      canceled.kind === "refused" &&
      (canceled.reason === "not_found" || (canceled.reason === "not_allowed" && provider.books !== "live"));
    return isOver ? failNow(deps, unpaid) : "unknown";
  }
  const { state } = canceled.value;
  if (state === "requires_action") return "unknown";
  await deps.applyAnswer(live, canceled.value);
  if (state === "processing") return "processing";
  // What was applied decides: money for somebody who left, or of another amount, does not pay the order.
  const now = await findPayment(deps.db, live.id);
  if (now?.is_counted === true) return "paid";
  return now?.status === "requires_action" ? "unknown" : "released";
}
