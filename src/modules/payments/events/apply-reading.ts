import type { Db, Tx } from "../../../db/database.js";
import type { PaymentEvent } from "../../../providers/payment/port.js";
import type { Events } from "../../../telemetry/events.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import { type PaymentProviders, problemOfEvent } from "../payment-providers.js";
import type { PaymentState } from "../payment-state.js";
import { enqueueReread, findPayment, findPaymentByIntent } from "../payment-store.js";
import type { RefundFollow } from "../refund-follow.js";
import { applyAgain, applyAside } from "./aside-effects.js";
import { isAside, reviveEvent, storableEvent } from "./event-facts.js";
import { adoptByMetadata, isPaidAgain, whyOther, withIntent } from "./own-intent.js";
import type { EventSource, SettleInput, SettleRow, SettleStore } from "./settle-store.js";
import { findEvent, type KeptEvent, listWaitingEvents, parkReading } from "./webhook-event-store.js";

/**
 * What a provider said of one payment at one moment. A webhook says one thing; our own look says all: the intent with
 * its refunds and disputes (`isWhole`), and is applied as one state or not at all.
 */
export interface Reading {
  readonly events: readonly PaymentEvent[];
  readonly isWhole: boolean;
}

export interface ApplyContext {
  readonly source: EventSource;
  readonly requestId: string | null;
}

export type ApplyStatus = "processed" | "ignored" | "duplicate" | "waiting" | "parked";

/** What became of one event of a reading. */
export interface Applied {
  readonly status: ApplyStatus;
  readonly reason: string | null;
  /** Null when we have no payment of that intent. */
  readonly paymentStatus: PaymentState | null;
  readonly hasPayment: boolean;
}

export interface ApplyReadingDeps {
  /** Webhooks and the work of paid orders have connections of their own. */
  readonly db: Db;
  readonly store: SettleStore;
  readonly follow: RefundFollow;
  readonly providers: PaymentProviders;
  readonly shopId: string;
  readonly events: Events;
  readonly wakeWorkers: () => void;
}

export type ApplyReading = (reading: Reading, context: ApplyContext) => Promise<readonly Applied[]>;

/** A part of the reading cannot be applied, so no part of it is. */
class PartialReading extends Error {
  override readonly name = "PartialReading";
}

/**
 * The one step by which webhooks, our own looks, answers to our calls and reconciliation change the books: each event
 * and its effect are committed together, once, by provider and event id. Whoever comes second changes nothing.
 */
export function makeApplyReading(deps: ApplyReadingDeps) {
  const applyReading: ApplyReading = async (said, context) => {
    const reading = { ...said, events: said.events.map(storableEvent) };
    const [only] = reading.events;
    const isAlone =
      !reading.isWhole && reading.events.length === 1 && only !== undefined && !isAside(only.kind);
    const rows = isAlone
      ? [await settleAlone(deps, only, context, false)]
      : await settleTogether(deps, reading, context, false);
    return rows.map(appliedOf);
  };
  return {
    applyReading,
    /** An event that waited, or an operator has looked at again; one that was applied stays as it is. */
    applyKept: (kept: KeptEvent, requestId: string | null) => applyKept(deps, kept, requestId),
    /** The payment of this intent is there now: what waited for it is applied, in the order of arrival. */
    async applyWaiting(intentId: string): Promise<void> {
      await lookAfterWaiting(deps, intentId);
    },
    /**
     * Where the provider cannot be asked: all that it has said of this intent and that waits, as one state. The money
     * comes first, then what became of it.
     */
    async applyHeard(intentId: string): Promise<void> {
      const waiting = (await listWaitingEvents(deps.db, intentId)).map(({ facts }) => reviveEvent(facts));
      if (waiting.length === 0) return;
      const events = waiting.toSorted((a, b) => Number(isAside(a.kind)) - Number(isAside(b.kind)));
      await settleTogether(deps, { events, isWhole: true }, { source: "webhook", requestId: null }, true);
    },
    async replayEvent(eventRowId: number, requestId: string | null): Promise<Applied | undefined> {
      const kept = await findEvent(deps.db, eventRowId);
      return kept === undefined ? undefined : applyKept(deps, kept, requestId);
    },
  };
}

function appliedOf(row: SettleRow): Applied {
  return {
    status: row.outcome ?? "duplicate",
    reason: row.reason,
    paymentStatus: row.payment_status,
    hasPayment: row.payment_id !== null,
  };
}

async function applyKept(
  deps: ApplyReadingDeps,
  kept: KeptEvent,
  requestId: string | null,
): Promise<Applied> {
  const event = reviveEvent(kept.facts);
  const context = { source: kept.source, requestId };
  const rows = isAside(event.kind)
    ? await settleTogether(deps, { events: [event], isWhole: false }, context, true)
    : [await settleAlone(deps, event, context, true)];
  return appliedOf(rows[0] as SettleRow);
}

/** An event of the intent itself, when nothing else is known: one statement. */
async function settleAlone(
  deps: ApplyReadingDeps,
  event: PaymentEvent,
  context: ApplyContext,
  isKept: boolean,
): Promise<SettleRow> {
  await failpoint("s8.before_commit");
  const row = await settleOne(deps, deps.db, event, context, { isKept, isOfWhole: false });
  await failpoint("s7.after_insert_before_2xx");
  tell(deps, event, row, context);
  if (row.reason === "refunds_first" && row.payment_id !== null) await readSoon(deps, row.payment_id);
  // It may be what others wait for; its own row is not among them any more.
  const isAwaited = row.has_waiting && row.outcome !== "waiting" && row.payment_id !== null;
  if (isAwaited && !isKept && event.intentId !== null) await lookAfterWaiting(deps, event.intentId);
  return row;
}

async function settleOne(
  deps: ApplyReadingDeps,
  db: Db | Tx,
  said: PaymentEvent,
  context: ApplyContext,
  { isKept, isOfWhole }: { readonly isKept: boolean; readonly isOfWhole: boolean },
): Promise<SettleRow> {
  const provider = deps.providers.of(said.provider);
  const problem = problemOfEvent(said, provider);
  const event = await withIntent(db, said);
  const input: SettleInput = {
    event,
    said,
    ...context,
    isOurs: event.metadata.shop_id === deps.shopId && problem !== "account_differs",
    problem,
    keepsUnknown: event.provider !== "MOCK",
    isOfWhole,
  };
  const row = await (isKept ? deps.store.settleKept(db, input) : deps.store.settle(db, input));
  if (row.reason !== "payment_unknown") return row;
  const other = await whyOther(db, provider, event);
  if (other !== null) return deps.store.settleKept(db, { ...input, problem: other });
  const isAdopted = (await adoptByMetadata(db, event)) || (await isPaidAgain(db, provider, event));
  return isAdopted ? deps.store.settleKept(db, input) : row;
}

/**
 * The events of a reading, in their order, in one transaction with all of their effects. A whole reading takes with it
 * what has waited for this payment.
 */
async function settleTogether(
  deps: ApplyReadingDeps,
  reading: Reading,
  context: ApplyContext,
  isKept: boolean,
): Promise<readonly SettleRow[]> {
  const act = {
    actor: `${context.source}:${reading.events[0]?.provider ?? "?"}`,
    requestId: context.requestId,
  };
  const { settled, parked } = await deps.db
    .transactionAs(act, (tx) => settleWithin(deps, tx, reading, context, isKept))
    .catch(async (error: unknown) => {
      if (!(error instanceof PartialReading)) throw error;
      const rows = await deps.db.transactionAs(act, (tx) => parkReading(tx, reading.events, context.source));
      return { settled: rows, parked: 0 };
    });
  for (const [index, row] of settled.entries()) {
    const event = reading.events[index];
    if (event !== undefined) tell(deps, event, row, context);
  }
  if (parked > 0) {
    const order_id = settled.find((row) => row.order_id !== null)?.order_id;
    deps.events.moneyParked({ reason: "money_withheld" }, { order_id });
  }
  deps.wakeWorkers();
  return settled;
}

async function settleWithin(
  deps: ApplyReadingDeps,
  tx: Tx,
  { events, isWhole }: Reading,
  context: ApplyContext,
  isKept: boolean,
): Promise<{ readonly settled: readonly SettleRow[]; readonly parked: number }> {
  const settled: SettleRow[] = [];
  for (const event of events) {
    settled.push(await settleWithEffect(deps, tx, event, context, { isKept, isOfWhole: isWhole }));
  }
  const intentId = events[0]?.intentId ?? null;
  const waited: SettleRow[] = [];
  if (isWhole && intentId !== null) {
    for (const kept of await listWaitingEvents(tx, intentId)) {
      const event = reviveEvent(kept.facts);
      const options = { isKept: true, isOfWhole: true };
      waited.push(await settleWithEffect(deps, tx, event, { ...context, source: kept.source }, options));
    }
  }
  const all = [...settled, ...waited];
  const isPaidNow = all.some((row) => row.has_moved && row.payment_status === "succeeded");
  if (isPaidNow && all.some((row) => row.outcome === "parked" || row.outcome === "waiting"))
    throw new PartialReading();
  const paymentId = all.find((row) => row.payment_id !== null)?.payment_id ?? null;
  const hasEffects = events.some(({ kind }) => isAside(kind)) || waited.length > 0;
  const parked = hasEffects && paymentId !== null ? await deps.follow.moneyMoved(tx, paymentId) : 0;
  return { settled, parked };
}

async function settleWithEffect(
  deps: ApplyReadingDeps,
  tx: Tx,
  event: PaymentEvent,
  context: ApplyContext,
  options: { readonly isKept: boolean; readonly isOfWhole: boolean },
): Promise<SettleRow> {
  const row = await settleOne(deps, tx, event, context, options);
  if (row.payment_id === null) return row;
  // Nothing is refunded that was not captured: the success is still on its way, so we go and look. Where we have just
  // looked, and it does not count, the event has its own time (carry-on-money.ts): otherwise we would ask for ever.
  if (row.reason === "capture_unknown" && row.outcome === "waiting" && !options.isOfWhole)
    await enqueueReread(tx, row.payment_id);
  if (row.outcome === null && options.isOfWhole && context.source === "read")
    await applyAgain(tx, event, row.payment_id);
  if (!isAside(event.kind) || row.outcome !== "processed") return row;
  const payment = await findPayment(tx, row.payment_id);
  if (payment === undefined) return row;
  return { ...row, ...(await applyAside(tx, event, payment, options.isOfWhole)) };
}

/** What waits for this intent, whose payment is known: refunds and disputes by a reading of the whole payment. */
async function lookAfterWaiting(deps: ApplyReadingDeps, intentId: string): Promise<void> {
  const waiting = await listWaitingEvents(deps.db, intentId);
  if (waiting.some(({ facts }) => isAside(facts.kind))) {
    const payment = await findPaymentByIntent(deps.db, intentId);
    if (payment !== undefined) await readSoon(deps, payment.id);
    return;
  }
  for (const kept of waiting) await applyKept(deps, kept, null);
}

async function readSoon(deps: ApplyReadingDeps, paymentId: number): Promise<void> {
  await enqueueReread(deps.db, paymentId);
  deps.wakeWorkers();
}

function tell(deps: ApplyReadingDeps, event: PaymentEvent, row: SettleRow, context: ApplyContext): void {
  const { provider } = event;
  const outcome = row.outcome ?? "duplicate";
  const ids = { payment_id: row.payment_id, order_id: row.order_id, request_id: context.requestId };
  if (context.source === "webhook") {
    deps.events.webhookReceived({ provider, outcome }, { ...ids, event_id: event.eventId, type: event.type });
  }
  if (row.has_moved && row.payment_status !== null) {
    deps.events.paymentSettled({ provider, status: row.payment_status }, ids);
  }
  if (outcome === "parked") deps.events.moneyParked({ reason: row.reason ?? "unknown" }, ids);
  if (row.has_moved || row.surplus_reason !== null) deps.wakeWorkers();
}
