import { statement, type Tx } from "../../../db/database.js";
import type { PaymentEvent, RefundSnapshot } from "../../../providers/payment/port.js";
import { hasEndedBefore, upsertDispute } from "../dispute-store.js";
import { REFUND_STATE_OF } from "../payment-state.js";
import { enqueueReread, lockPayment, type PaymentRow } from "../payment-store.js";
import {
  failParkedRefunds,
  hasRefundIn,
  insertRefundIfWithinCapture,
  lockRefund,
  moveRefund,
  type NewRefund,
} from "../refund-store.js";

/** What became of an event about a refund or a dispute that the settling statement let pass. */
export interface AsideOutcome {
  readonly outcome: "processed" | "ignored" | "waiting" | "parked";
  readonly reason: string;
}

const outcome = (kind: AsideOutcome["outcome"], reason: string): AsideOutcome => ({ outcome: kind, reason });

const CORRECT = statement(
  "webhook_events.correct",
  `update webhook_events set outcome = $3, reason = $4,
     applied_at = case when $3 = 'processed' then now() end,
     next_try_at = case when $3 = 'waiting' then now() end
   where provider = $1 and event_id = $2 and (outcome, reason) is distinct from ($3, $4)`,
);

/** Money is with us again: a refund at the provider that was heard of first, and was too much then, may be of it. */
const TAKE_UP_EXCEEDING = statement(
  "webhook_events.take_up_exceeding",
  `update webhook_events set outcome = 'waiting', next_try_at = now()
   where payment_id = $1 and outcome = 'parked' and reason = 'refund_exceeds_capture'`,
);

/**
 * A state that was read before, of a dispute that has had another one since. The event's row says when it had its effect
 * last.
 */
export async function applyAgain(tx: Tx, event: PaymentEvent, paymentId: number): Promise<boolean> {
  if (event.dispute === null) return false;
  await lockPayment(tx, paymentId);
  const { dispute, provider, eventId, createdAt } = event;
  if ((await upsertDispute(tx, provider, paymentId, dispute, createdAt)) !== "new") return false;
  await tx.run(CORRECT, [provider, eventId, "processed", `dispute_${dispute.state}`]);
  return true;
}

/**
 * Refunds and disputes as the provider tells of them, whoever made them; in the transaction that stored the event,
 * with the payment's row locked. States only rise, so the order of events does not matter.
 */
export async function applyAside(
  tx: Tx,
  event: PaymentEvent,
  payment: PaymentRow,
  isOfWhole: boolean,
): Promise<AsideOutcome> {
  const became = await effectOf(tx, event, payment, isOfWhole);
  await tx.run(CORRECT, [event.provider, event.eventId, became.outcome, became.reason]);
  return became;
}

async function effectOf(
  tx: Tx,
  event: PaymentEvent,
  payment: PaymentRow,
  isOfWhole: boolean,
): Promise<AsideOutcome> {
  if (event.refund !== null) return recordRefund(tx, event.refund, payment);
  if (event.dispute !== null) {
    const became = await upsertDispute(tx, event.provider, payment.id, event.dispute, event.createdAt);
    if (became === "new") return outcome("processed", `dispute_${event.dispute.state}`);
    // A repetition, or the money of the other: nobody here can tell.
    const { mayBeOf } = event.dispute;
    const before = { as: "lost", saidAt: event.createdAt } as const;
    if (mayBeOf !== undefined && (await hasEndedBefore(tx, event.provider, mayBeOf, before)))
      return outcome("parked", "dispute_won_again");
    // Where its money is counted as gone by another dispute of this payment, the word only ends the matter.
    return became === "contradicts" && payment.disputed_minor < event.dispute.amount.minor
      ? outcome("parked", "dispute_lost_after_won")
      : outcome("ignored", "dispute_known");
  }
  // The sum of a charge's refunds: each refund also has an event of its own, unless somebody switched those off.
  if ((event.amount?.minor ?? 0) <= payment.refunded_minor) return outcome("ignored", "refunds_known");
  if (!isOfWhole) await enqueueReread(tx, payment.id);
  return outcome("processed", "refunds_are_read");
}

async function recordRefund(tx: Tx, said: RefundSnapshot, payment: PaymentRow): Promise<AsideOutcome> {
  const ourReference = said.metadata.refund_reference ?? null;
  const known = await lockRefund(tx, payment.id, said.providerRefundId, ourReference);
  const to = REFUND_STATE_OF[said.state];
  if (known === undefined) {
    // Without our reference it may be the one that we are telling the provider of: its answer brings the id.
    if (said.mayBeOurs === true && (await hasRefundIn(tx, payment.id, "requested")))
      return outcome("waiting", "refund_under_way");
    if (to === "failed") return outcome("ignored", "refund_came_to_nothing");
    return insertTheirs(tx, said, payment, to);
  }
  const isOther = known.provider_refund_id !== null && known.provider_refund_id !== said.providerRefundId;
  if (isOther || known.amount_minor !== said.amount.minor) return outcome("parked", "refund_differs");
  const reason = said.failureReason ?? said.state;
  const moved = await moveRefund(tx, known.id, { to, reason, providerRefundId: said.providerRefundId });
  if (moved === undefined) {
    const isContradiction = known.status === "failed" && known.provider_refund_id === null && to !== "failed";
    return isContradiction
      ? outcome("parked", "refund_contradicts")
      : outcome("ignored", `refund_already_${known.status}`);
  }
  if (to === "failed") await tx.run(TAKE_UP_EXCEEDING, [payment.id]);
  // The order stays refunded (nothing moves backwards), but the money is with us again: a person decides.
  return known.status === "succeeded" && to === "failed"
    ? outcome("parked", "refund_failed_after_success")
    : outcome("processed", `refund_${to}`);
}

/**
 * A refund that they made is a fact, whatever a dispute withholds besides. One of ours that is parked had no effect and
 * gives way; one that is under way, also one that the provider has taken and not decided (Adyen), is refused soon, and then
 * there is room.
 */
async function insertTheirs(
  tx: Tx,
  said: RefundSnapshot,
  payment: PaymentRow,
  to: "pending" | "succeeded",
): Promise<AsideOutcome> {
  const theirs: NewRefund = {
    paymentId: payment.id,
    amountMinor: said.amount.minor,
    origin: "provider",
    reason: "Made at the provider",
    acceptsLoss: true,
    status: to,
    providerRefundId: said.providerRefundId,
  };
  if ((await insertRefundIfWithinCapture(tx, theirs)) !== undefined)
    return outcome("processed", `refund_${to}`);
  const isMakingRoom = await failParkedRefunds(tx, payment.id, "made_at_the_provider");
  if (isMakingRoom && (await insertRefundIfWithinCapture(tx, theirs)) !== undefined) {
    return outcome("processed", `refund_${to}`);
  }
  return (await hasRefundIn(tx, payment.id, "requested", "pending"))
    ? outcome("waiting", "refund_under_way")
    : outcome("parked", "refund_exceeds_capture");
}
