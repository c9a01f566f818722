import { type Queryable, statement, type Tx } from "../../../db/database.js";
import type { PaymentEvent } from "../../../providers/payment/port.js";
import type { EventOutcome } from "../payment-state.js";
import type { EventFacts } from "./event-facts.js";
import type { EventSource, SettleRow } from "./settle-store.js";

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

const PARK = statement(
  "webhook_events.park",
  `with target as (select id, order_id, status from payments where intent_id = $5 for update), stored as (
     insert into webhook_events as e
       (provider, event_id, source, type, kind, intent_id, payment_id, outcome, reason, facts, provider_created_at)
     select $1, $2, $6, $3, $4, $5, (select id from target), 'parked', 'reading_incomplete', $7, $8
     on conflict on constraint webhook_events_once_per_provider_and_id do update set
       outcome = 'parked', reason = 'reading_incomplete', next_try_at = null
       where e.outcome = 'waiting'
     returning e.outcome, e.reason
   )
   select s.outcome, s.reason, t.id as payment_id, t.order_id, t.status as payment_status, false as has_moved,
          null::text as surplus_reason, false as has_waiting
   from (select) one left join stored s on true left join target t on true`,
);

/** A part of a reading cannot be true of this payment: all of it waits for an operator, and nothing has moved. */
export async function parkReading(
  tx: Tx,
  events: readonly PaymentEvent[],
  source: EventSource,
): Promise<readonly SettleRow[]> {
  const rows: SettleRow[] = [];
  for (const event of events) {
    const { provider, eventId, type, kind, intentId, createdAt } = event;
    const facts = JSON.stringify(event);
    const values = [provider, eventId, type, kind, intentId, source, facts, createdAt.toISOString()];
    rows.push(...(await tx.run<SettleRow>(PARK, values)).rows);
  }
  return rows;
}
