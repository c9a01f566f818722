import { type Db, statement, type Tx } from "../../../db/database.js";
import type { PaymentEvent, RefundSnapshot } from "../../../providers/payment/port.js";
import { enqueueReread, lockPaymentByIntent, type PaymentRow } from "../payment-store.js";
import {
  failParkedRefunds,
  insertRefundIfWithinCapture,
  lockRefund,
  moveRefundIfIn,
  type NewRefund,
  REFUND_RISES,
  type RefundFollow,
  type RefundRow,
} from "../refunds/refund-store.js";
import { upsertDispute } from "./dispute-store.js";
import type { EventSource } from "./settle-store.js";
import { storeEventOnce, updateEventIfKept, type Verdict } from "./webhook-event-store.js";

export interface AsideContext {
  readonly source: EventSource;
  readonly requestId: string | null;
  /** The event has a row already: it waited, or was parked. */
  readonly isKept: boolean;
  readonly isOurs: boolean;
  readonly problem: string | null;
}

export interface AsideVerdict {
  readonly outcome: Verdict["outcome"] | "duplicate";
  readonly reason: string;
}

export type RecordAside = (event: PaymentEvent, context: AsideContext) => Promise<AsideVerdict>;

/**
 * Refunds and disputes as the provider tells of them, whoever made them. One transaction holds the event's row and
 * its effect. The payment's row is locked first, so that events of one payment take turns; states only rise, so
 * their order does not matter.
 */
export function makeRecordAside(deps: { db: Db; follow: RefundFollow }): RecordAside {
  return (event, context) =>
    deps.db.transactionAs(
      { actor: `${context.source}:${event.provider}`, requestId: context.requestId },
      async (tx) => {
        const payment = event.intentId === null ? undefined : await lockPaymentByIntent(tx, event.intentId);
        const refusal = refusalOf(event, context, payment);
        if (refusal !== null || payment === undefined) {
          return store(tx, event, context, payment, refusal ?? { outcome: "ignored", reason: "no_payment" });
        }
        if (payment.captured_minor === 0) {
          // Nothing was refunded that was not captured: the success is still on its way, so we go and look.
          await enqueueReread(tx, payment.id);
          return store(tx, event, context, payment, { outcome: "waiting", reason: "capture_unknown" });
        }
        // Stored first: a second delivery finds the row and has no effect.
        const first = { outcome: "processed", reason: event.kind } as const;
        const stored = await store(tx, event, context, payment, first);
        if (stored.outcome !== "processed") return stored;
        const verdict = await effectOf(tx, deps.follow, event, payment);
        await tx.run(CORRECT, [event.provider, event.eventId, verdict.outcome, verdict.reason]);
        return verdict;
      },
    );
}

const CORRECT = statement(
  "webhook_events.correct",
  `update webhook_events set outcome = $3, reason = $4,
     applied_at = case when $3 = 'processed' then now() end
   where provider = $1 and event_id = $2 and (outcome, reason) is distinct from ($3, $4)`,
);

type Judgement = Omit<Verdict, "paymentId">;

function refusalOf(
  event: PaymentEvent,
  context: AsideContext,
  payment: PaymentRow | undefined,
): Judgement | null {
  if (context.problem !== null) return { outcome: "parked", reason: context.problem };
  if (payment === undefined) {
    return context.isOurs
      ? { outcome: "waiting", reason: "payment_unknown" }
      : { outcome: "ignored", reason: "not_of_this_shop" };
  }
  if (payment.provider !== event.provider) return { outcome: "parked", reason: "provider_differs" };
  if (payment.livemode !== event.livemode) return { outcome: "parked", reason: "livemode_differs" };
  if (event.amount?.currency !== payment.currency) return { outcome: "parked", reason: "currency_differs" };
  return null;
}

async function store(
  tx: Tx,
  event: PaymentEvent,
  context: AsideContext,
  payment: PaymentRow | undefined,
  judgement: Judgement,
): Promise<AsideVerdict> {
  const verdict = { ...judgement, paymentId: payment?.id ?? null };
  const isFirst = context.isKept
    ? await updateEventIfKept(tx, event, verdict)
    : await storeEventOnce(tx, event, context.source, verdict);
  return isFirst ? judgement : { outcome: "duplicate", reason: "stored_before" };
}

async function effectOf(
  tx: Tx,
  follow: RefundFollow,
  event: PaymentEvent,
  payment: PaymentRow,
): Promise<Judgement> {
  if (event.refund !== null) return recordRefund(tx, follow, event.refund, payment);
  if (event.dispute !== null) {
    const isNew = await upsertDispute(tx, event.provider, payment.id, event.dispute);
    return isNew
      ? { outcome: "processed", reason: `dispute_${event.dispute.state}` }
      : { outcome: "ignored", reason: "dispute_known" };
  }
  // The sum of a charge's refunds: each refund also has an event of its own, unless somebody switched those off.
  if ((event.amount?.minor ?? 0) <= payment.refunded_minor) {
    return { outcome: "ignored", reason: "refunds_known" };
  }
  await enqueueReread(tx, payment.id);
  return { outcome: "processed", reason: "refunds_are_read" };
}

async function recordRefund(
  tx: Tx,
  follow: RefundFollow,
  said: RefundSnapshot,
  payment: PaymentRow,
): Promise<Judgement> {
  const ourReference = said.metadata.refund_reference ?? null;
  const known = await lockRefund(tx, payment.id, said.providerRefundId, ourReference);
  const { to, from } = REFUND_RISES[said.state];
  if (known === undefined) {
    if (to === "failed") return { outcome: "ignored", reason: "refund_came_to_nothing" };
    const made = await insertTheirs(tx, said, payment);
    if (made === undefined) return { outcome: "parked", reason: "refund_exceeds_capture" };
  } else {
    const isOther = known.provider_refund_id !== null && known.provider_refund_id !== said.providerRefundId;
    if (isOther || known.amount_minor !== said.amount.minor) {
      return { outcome: "parked", reason: "refund_differs" };
    }
    const move = {
      to,
      reason: said.failureReason ?? said.state,
      providerRefundId: said.providerRefundId,
    };
    const moved = await moveRefundIfIn(tx, known.id, from, move);
    if (moved === undefined) {
      const isContradiction =
        known.status === "failed" && known.provider_refund_id === null && to !== "failed";
      return isContradiction
        ? { outcome: "parked", reason: "refund_contradicts" }
        : { outcome: "ignored", reason: `refund_already_${known.status}` };
    }
    // The order stays refunded (nothing moves backwards), but the money is with us again: a person decides.
    if (known.status === "succeeded" && to === "failed") {
      return { outcome: "parked", reason: "refund_failed_after_success" };
    }
  }
  if (to === "succeeded") await follow.orderIsRefunded(tx, payment.id);
  return { outcome: "processed", reason: `refund_${to}` };
}

/** A refund that they made. One of ours that is parked had no effect and gives way to it. */
async function insertTheirs(
  tx: Tx,
  said: RefundSnapshot,
  payment: PaymentRow,
): Promise<RefundRow | undefined> {
  const theirs: NewRefund = {
    paymentId: payment.id,
    amountMinor: said.amount.minor,
    origin: "provider",
    reason: "Made at the provider",
    acceptsLoss: true,
    status: REFUND_RISES[said.state].to === "succeeded" ? "succeeded" : "pending",
    providerRefundId: said.providerRefundId,
  };
  const made = await insertRefundIfWithinCapture(tx, theirs);
  if (made !== undefined) return made;
  const isMakingRoom = await failParkedRefunds(tx, payment.id, "made_at_the_provider");
  return isMakingRoom ? insertRefundIfWithinCapture(tx, theirs) : undefined;
}
