import type { Db } from "../../../db/database.js";
import { type Outcome, unknown } from "../../../kernel/outcome.js";
import type {
  PaymentProvider,
  ReadRefusal,
  RefundCommand,
  RefundRefusal,
  RefundSnapshot,
} from "../../../providers/payment/port.js";
import { refundKey } from "../../../providers/payment/port.js";
import type { Events } from "../../../telemetry/events.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import type { ApplyReading } from "../events/apply-reading.js";
import { eventOfRefund } from "../events/event-facts.js";
import type { PaymentProviders } from "../payment-providers.js";
import { enqueueReread, findPayment, lockPayment, type PaymentRow } from "../payment-store.js";
import type { RefundFollow } from "../refund-follow.js";
import {
  type BegunRefund,
  beginRefundCall,
  beginTelling,
  findRefund,
  markEsimTakenBack,
  moveRefund,
  type RefundMove,
  type RefundRow,
} from "../refund-store.js";

/** not_delivered, cancelled: nothing usable is left. cannot: it was delivered and cannot be undone. */
export type TakeBackEsim = (
  orderId: number,
  options: { acceptLoss: boolean },
) => Promise<"not_delivered" | "cancelled" | "cannot" | "unknown">;

export interface ProceedRefundDeps {
  readonly db: Db;
  readonly providers: PaymentProviders;
  readonly applyReading: ApplyReading;
  readonly follow: RefundFollow;
  readonly takeBackEsim: TakeBackEsim;
  readonly shopId: string;
  readonly events: Events;
  readonly wakeWorkers: () => void;
}

/** unsettled: somebody must come back, since an answer is missing; nothing is lost. */
export type RefundProgress = "finished" | "running" | "unsettled" | "parked" | "failed" | "esim_cannot";

export type ProceedRefund = (refundId: number, actor: string) => Promise<RefundProgress>;

/**
 * Carries a written-down refund as far as it goes; may be called by anybody at any time, and again. The eSIM is
 * taken back before the money goes. The provider is told once: whoever finds that a call was begun asks first.
 */
export function makeProceedRefund(deps: ProceedRefundDeps): ProceedRefund {
  return async (refundId, actor) => {
    const refund = await findRefund(deps.db, refundId);
    if (refund === undefined || refund.status !== "requested") return progressOf(refund);
    const payment = await findPayment(deps.db, refund.payment_id);
    if (payment === undefined || payment.intent_id === null)
      return park(deps, refund, actor, "payment_unknown");
    if (needsTakeBack(refund, payment)) {
      const taken = await deps.takeBackEsim(refund.order_id, { acceptLoss: refund.accepts_loss });
      if (taken === "unknown") return "unsettled";
      if (taken === "cannot" && !refund.accepts_loss) {
        // Whoever was a moment faster may have taken it back, and be paying by now.
        const move = { to: "failed", reason: "esim_cannot_be_taken_back", forgetsKey: true } as const;
        const hasFailed = await endRefund(deps, refund, actor, { ...move, onlyIfUntouched: true });
        return hasFailed ? "esim_cannot" : progressOf(await findRefund(deps.db, refundId));
      }
      await markEsimTakenBack(deps.db, refund.id);
    }
    const begun = await beginRefundCall(deps.db, refundId);
    if (begun === undefined) return progressOf(await findRefund(deps.db, refundId));
    await failpoint("s12.after_row");
    return callProvider(deps, begun, { ...payment, intent_id: payment.intent_id }, actor);
  };
}

function progressOf(refund: RefundRow | undefined): RefundProgress {
  switch (refund?.status) {
    case "succeeded":
      return "finished";
    case "pending":
      return "running";
    case "requested":
      return "unsettled";
    case "parked":
      return "parked";
    case "failed":
    case undefined:
      return "failed";
  }
}

/** By a person, to whom an answer is given; the others go back by themselves. */
const wasAskedFor = ({ origin }: RefundRow): boolean => origin === "admin" || origin === "customer";

/**
 * Part of the money back is a kindness and leaves the eSIM; all of it ends the sale, and so does all that a dispute has
 * left of it. Surplus money bought nothing.
 */
function needsTakeBack(refund: RefundRow, payment: PaymentRow): boolean {
  const isAll = payment.refund_reserved_minor + payment.disputed_minor >= payment.captured_minor;
  return wasAskedFor(refund) && payment.is_counted && isAll && !refund.is_esim_taken_back;
}

type PayableRow = PaymentRow & { readonly intent_id: string };

async function callProvider(
  deps: ProceedRefundDeps,
  refund: BegunRefund,
  payment: PayableRow,
  actor: string,
): Promise<RefundProgress> {
  const provider = deps.providers.of(payment.provider);
  const command: UnkeyedCommand = {
    refundReference: refund.reference,
    shopId: deps.shopId,
    intentId: payment.intent_id,
    amount: { currency: refund.currency, minor: refund.amount_minor },
    reason: refund.reason,
  };
  const outcome = await askThenTell(deps, provider, command, refund);
  await failpoint("s12.after_psp_before_store");
  switch (outcome.kind) {
    case "done":
      return storeAnswer(deps, refund, payment, outcome.value, actor);
    case "unknown":
      return "unsettled";
    case "refused":
      return onRefusal(deps, refund, outcome.reason, actor);
  }
}

type RefundAnswer = Outcome<RefundSnapshot, RefundRefusal>;
type UnkeyedCommand = Omit<RefundCommand, "idempotencyKey">;

/**
 * Unknown is settled by asking: before the call when an earlier one may have had its effect, and after it. What the
 * provider has none of, long after it was told, is told under the next key: under the old one it may repeat for a day
 * that it failed. Where the provider cannot be asked, the same key is told again until there is an answer.
 */
async function askThenTell(
  deps: ProceedRefundDeps,
  provider: PaymentProvider,
  command: UnkeyedCommand,
  refund: BegunRefund,
): Promise<RefundAnswer> {
  const isLive = provider.books === "live";
  if (refund.was_called && isLive) {
    const found = await provider.findRefund(command);
    if (!isDefiniteNo(found)) return found;
  }
  const keyNumber = await beginTelling(
    deps.db,
    refund,
    isLive && refund.was_called && refund.was_told_long_ago,
  );
  const told: RefundAnswer =
    keyNumber === undefined
      ? unknown("somebody else is telling the provider")
      : await provider.refund({
          ...command,
          idempotencyKey: refundKey(deps.shopId, refund.reference, keyNumber),
        });
  if (told.kind !== "unknown" || !isLive) return told;
  const found = await provider.findRefund(command);
  return found.kind === "done" ? found : told;
}

function isDefiniteNo(outcome: Outcome<RefundSnapshot, ReadRefusal>): boolean {
  return outcome.kind === "refused" && outcome.reason === "not_found";
}

/** The answer takes the step that the provider's webhook about this refund takes. */
async function storeAnswer(
  deps: ProceedRefundDeps,
  refund: RefundRow,
  payment: PayableRow,
  answer: RefundSnapshot,
  actor: string,
): Promise<RefundProgress> {
  const isSame = answer.amount.minor === refund.amount_minor && answer.amount.currency === refund.currency;
  // Somebody changed the metadata at the provider: another amount under our name is not this refund.
  if (!isSame) return park(deps, refund, actor, "refund_differs");
  const provider = deps.providers.of(payment.provider);
  const events = [eventOfRefund(provider, answer, payment.intent_id)];
  await deps.applyReading({ events, isWhole: false }, { source: "read", requestId: null });
  const now = await findRefund(deps.db, refund.id);
  if (now !== undefined) tellRefund(deps, payment, now);
  return progressOf(now);
}

async function onRefusal(
  deps: ProceedRefundDeps,
  refund: RefundRow,
  reason: RefundRefusal,
  actor: string,
): Promise<RefundProgress> {
  switch (reason) {
    case "unavailable":
    case "credentials_refused":
      return "unsettled";
    case "exceeds_capture":
      // Somebody refunded it at the provider: ours gives way, and what is there is read and recorded.
      await endRefund(deps, refund, actor, { to: "failed", reason: `refused_${reason}`, readsAgain: true });
      return "failed";
    case "not_captured":
    case "disputed":
    case "not_found":
    case "not_allowed":
    case "key_reused":
    case "amount_not_chargeable":
      return endRefused(deps, refund, reason, actor);
  }
}

/** It had no effect. Who asked is told; money that goes back by itself must not be forgotten, so it is parked. */
async function endRefused(
  deps: ProceedRefundDeps,
  refund: RefundRow,
  reason: RefundRefusal,
  actor: string,
): Promise<RefundProgress> {
  if (wasAskedFor(refund)) {
    await endRefund(deps, refund, actor, { to: "failed", reason: `refused_${reason}` });
    return "failed";
  }
  return park(deps, refund, actor, `refused_${reason}`);
}

async function park(
  deps: ProceedRefundDeps,
  refund: RefundRow,
  actor: string,
  reason: string,
): Promise<RefundProgress> {
  await endRefund(deps, refund, actor, { to: "parked", reason });
  deps.events.moneyParked({ reason }, { refund_id: refund.id, order_id: refund.order_id });
  return "parked";
}

/**
 * What we conclude ourselves moves a refund only while the provider's word has not: a webhook may have been faster. What
 * it reserved is free again, in the same transaction.
 */
async function endRefund(
  deps: ProceedRefundDeps,
  refund: RefundRow,
  actor: string,
  move: Omit<RefundMove, "from"> & { readonly readsAgain?: boolean },
): Promise<boolean> {
  const moved = await deps.db.transactionAs({ actor, requestId: null }, async (tx) => {
    await lockPayment(tx, refund.payment_id);
    const row = await moveRefund(tx, refund.id, { ...move, from: ["requested"] });
    if (row?.status === "failed") await deps.follow.moneyMoved(tx, row.payment_id);
    if (move.readsAgain === true) await enqueueReread(tx, refund.payment_id);
    return row;
  });
  if (moved === undefined) return false;
  const payment = await findPayment(deps.db, refund.payment_id);
  tellRefund(deps, payment, moved);
  deps.wakeWorkers();
  return true;
}

function tellRefund(deps: ProceedRefundDeps, payment: PaymentRow | undefined, refund: RefundRow): void {
  const labels = { provider: payment?.provider ?? "?", status: refund.status };
  deps.events.refundMade(labels, { refund_id: refund.id, order_id: refund.order_id });
}
