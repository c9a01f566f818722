import type { Db } from "../../../db/database.js";
import type { PaymentEvent } from "../../../providers/payment/port.js";
import type { Events } from "../../../telemetry/events.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import { type PaymentProviders, problemOfEvent } from "../payment-providers.js";
import type { PaymentState } from "../payment-state.js";
import { adoptIntent, findPaymentByIntent } from "../payment-store.js";
import { reviveEvent, storableEvent } from "./event-facts.js";
import type { RecordAside } from "./record-aside.js";
import type { EventSource, SettleInput, SettleRow, SettleStore } from "./settle-store.js";
import { findEvent, type KeptEvent, listWaitingEvents } from "./webhook-event-store.js";

export type ApplyStatus = "processed" | "ignored" | "duplicate" | "waiting" | "parked";

export interface Applied {
  readonly status: ApplyStatus;
  readonly reason: string | null;
  /** Null when we have no payment of that intent. */
  readonly paymentStatus: PaymentState | null;
  readonly hasPayment: boolean;
}

export interface ApplyEventDeps {
  /** Webhooks and the work of paid orders have connections of their own. */
  readonly db: Db;
  readonly store: SettleStore;
  readonly providers: PaymentProviders;
  readonly recordAside: RecordAside;
  readonly shopId: string;
  readonly events: Events;
  readonly wakeWorkers: () => void;
}

export interface ApplyContext {
  readonly source: EventSource;
  readonly requestId: string | null;
}

export type ApplyEvent = ReturnType<typeof makeApplyEvent>["applyEvent"];

/**
 * The one settle step that webhooks, our own reads and reconciliation share: the event and its effect are committed
 * together, once, by provider and event id. Whoever comes second changes nothing.
 */
export function makeApplyEvent(deps: ApplyEventDeps) {
  const applyEvent = async (said: PaymentEvent, context: ApplyContext): Promise<Applied> => {
    const event = storableEvent(said);
    const applied = isAside(event)
      ? await applyAside(deps, event, context, false)
      : await settleIntent(deps, event, context, false);
    // The event of a refund or a success may be what others wait for; its own row is not among them any more.
    if (applied.hasWaiting && event.intentId !== null) await applyWaiting(event.intentId);
    return applied;
  };

  const applyKept = async (kept: KeptEvent, requestId: string | null): Promise<Applied> => {
    const event = reviveEvent(kept.facts);
    const context = { source: kept.source, requestId };
    return isAside(event) ? applyAside(deps, event, context, true) : settleIntent(deps, event, context, true);
  };

  /** Applies what has been waiting for this intent's payment, or for its capture, in the order of arrival. */
  const applyWaiting = async (intentId: string): Promise<void> => {
    for (const kept of await listWaitingEvents(deps.db, intentId)) await applyKept(kept, null);
  };

  return {
    applyEvent,
    applyWaiting,
    applyKept,
    /** An operator has another event looked at again; one that was applied stays as it is. */
    async replayEvent(eventRowId: number, requestId: string | null): Promise<Applied | undefined> {
      const kept = await findEvent(deps.db, eventRowId);
      return kept === undefined ? undefined : applyKept(kept, requestId);
    },
  };
}

type AppliedNow = Applied & { readonly hasWaiting: boolean };

/** Events about refunds and disputes stand beside the payment's own course. */
function isAside(event: PaymentEvent): boolean {
  return /^(refund|dispute)/.test(event.kind);
}

async function settleIntent(
  deps: ApplyEventDeps,
  event: PaymentEvent,
  context: ApplyContext,
  isKept: boolean,
): Promise<AppliedNow> {
  const provider = deps.providers.of(event.provider);
  const input: SettleInput = {
    event,
    ...context,
    isOurs: event.metadata.shop_id === deps.shopId,
    problem: problemOfEvent(event, provider),
    keepsUnknown: event.provider !== "MOCK",
  };
  await failpoint("s8.before_commit");
  let row = await (isKept ? deps.store.settleKept(deps.db, input) : deps.store.settle(deps.db, input));
  await failpoint("s7.after_insert_before_2xx");
  if (row.outcome === "waiting" && (await adoptByMetadata(deps, event))) {
    row = await deps.store.settleKept(deps.db, input);
  }
  tell(deps, event, row, context);
  return {
    status: row.outcome ?? "duplicate",
    reason: row.reason,
    paymentStatus: row.payment_status,
    hasPayment: row.payment_id !== null,
    hasWaiting: row.has_waiting && row.outcome !== "waiting" && row.payment_id !== null,
  };
}

/** The signed metadata of our own intent name our row: the webhook overtook the answer of the create call. */
async function adoptByMetadata(deps: ApplyEventDeps, event: PaymentEvent): Promise<boolean> {
  const reference = event.metadata.payment_reference;
  const orderId = Number(event.metadata.order_id);
  if (event.intentId === null || reference === undefined || !Number.isSafeInteger(orderId)) return false;
  return adoptIntent(deps.db, { reference, orderId, provider: event.provider, intentId: event.intentId });
}

function tell(deps: ApplyEventDeps, event: PaymentEvent, row: SettleRow, context: ApplyContext): void {
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

async function applyAside(
  deps: ApplyEventDeps,
  event: PaymentEvent,
  context: ApplyContext,
  isKept: boolean,
): Promise<AppliedNow> {
  const provider = deps.providers.of(event.provider);
  const verdict = await deps.recordAside(event, {
    ...context,
    isKept,
    isOurs: event.metadata.shop_id === deps.shopId,
    problem: problemOfEvent(event, provider),
  });
  const payment = event.intentId === null ? undefined : await findPaymentByIntent(deps.db, event.intentId);
  const ids = { payment_id: payment?.id ?? null, order_id: payment?.order_id ?? null };
  if (context.source === "webhook") {
    const labels = { provider: event.provider, outcome: verdict.outcome };
    deps.events.webhookReceived(labels, { ...ids, event_id: event.eventId, type: event.type });
  }
  if (verdict.outcome === "parked") deps.events.moneyParked({ reason: verdict.reason }, ids);
  deps.wakeWorkers();
  return {
    status: verdict.outcome,
    reason: verdict.reason,
    paymentStatus: payment?.status ?? null,
    hasPayment: payment !== undefined,
    hasWaiting: false,
  };
}
