import { type Queryable, statement, type Tx } from "../../../db/database.js";
import type { PaymentEvent } from "../../../providers/payment/port.js";
import type { EventOutcome } from "../payment-state.js";
import type { EventFacts } from "./event-facts.js";
import type { EventSource } from "./settle-store.js";

export interface KeptEvent {
  readonly id: number;
  readonly source: EventSource;
  readonly outcome: EventOutcome;
  readonly facts: EventFacts;
  readonly attempts: number;
}

const FIND = statement(
  "webhook_events.find",
  "select id, source, outcome, facts, attempts from webhook_events where id = $1",
);
const LIST_WAITING = statement(
  "webhook_events.list_waiting",
  `select id, source, outcome, facts, attempts from webhook_events
   where outcome = 'waiting' and intent_id = $1 order by id limit 200`,
);
const LIST_DUE = statement(
  "webhook_events.list_due",
  `select id, source, outcome, facts, attempts from webhook_events
   where outcome = 'waiting' and next_try_at <= now() order by next_try_at limit $1`,
);

export async function findEvent(db: Queryable, eventRowId: number): Promise<KeptEvent | undefined> {
  return (await db.run<KeptEvent>(FIND, [eventRowId])).rows[0];
}

export async function listWaitingEvents(db: Queryable, intentId: string): Promise<readonly KeptEvent[]> {
  return (await db.run<KeptEvent>(LIST_WAITING, [intentId])).rows;
}

export async function listDueEvents(db: Queryable, limit: number): Promise<readonly KeptEvent[]> {
  return (await db.run<KeptEvent>(LIST_DUE, [limit])).rows;
}

const COUNT_OLD_WAITING = statement(
  "webhook_events.count_old_waiting",
  `select count(*)::int as count from webhook_events
   where outcome = 'waiting' and received_at < now() - interval '3 days'`,
);

/** Events whose payment did not appear within three days: an alarm, they are never dropped. */
export async function countOldWaitingEvents(db: Queryable): Promise<number> {
  return (await db.run<{ count: number }>(COUNT_OLD_WAITING)).rows[0]?.count ?? 0;
}

const STORE = statement(
  "webhook_events.store",
  `insert into webhook_events
     (provider, event_id, source, type, kind, intent_id, payment_id, outcome, reason, facts, provider_created_at,
      applied_at, next_try_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
           case when $8 = 'processed' then now() end, case when $8 = 'waiting' then now() end)
   on conflict on constraint webhook_events_once_per_provider_and_id do nothing`,
);
const UPDATE_KEPT = statement(
  "webhook_events.update_kept",
  `update webhook_events set
     payment_id = $3, outcome = $4, reason = $5, attempts = attempts + 1,
     applied_at = case when $4 = 'processed' then now() end,
     next_try_at = case when $4 = 'waiting' then now() + least(attempts + 1, 30) * interval '1 minute' end
   where provider = $1 and event_id = $2 and outcome in ('waiting', 'parked')`,
);
export interface Verdict {
  readonly outcome: EventOutcome;
  readonly reason: string;
  readonly paymentId: number | null;
}

/** False when the event had been stored before: then it must have no effect. */
export async function storeEventOnce(
  tx: Tx,
  event: PaymentEvent,
  source: EventSource,
  verdict: Verdict,
): Promise<boolean> {
  const { count } = await tx.run(STORE, [
    event.provider,
    event.eventId,
    source,
    event.type,
    event.kind,
    event.intentId,
    verdict.paymentId,
    verdict.outcome,
    verdict.reason,
    JSON.stringify(event),
    event.createdAt.toISOString(),
  ]);
  return count === 1;
}

/** False when somebody else has applied it meanwhile. */
export async function updateEventIfKept(tx: Tx, event: PaymentEvent, verdict: Verdict): Promise<boolean> {
  const values = [event.provider, event.eventId, verdict.paymentId, verdict.outcome, verdict.reason];
  return (await tx.run(UPDATE_KEPT, values)).count === 1;
}
