import { type Db, type Queryable, statement, type Tx } from "../../db/database.js";
import { SUBJECT_JSON } from "./event-read-model.js";

export interface ShopEvent {
  readonly sequence: number;
  readonly type: string;
  readonly id: string;
  readonly created_at: string;
  readonly data: unknown;
}

const LOCK_STREAM = statement(
  "shop_events.lock_stream",
  "select last_sequence from shop_event_stream for update",
);

/**
 * The counter is read by a statement of its own: this one must not see the world from before the wait for its lock.
 * The deliveries of a number are there as soon as the number is.
 */
const NUMBER = statement(
  "shop_events.number",
  `with taken as (
     delete from new_shop_events where id in (select id from new_shop_events order by id limit $1)
     returning id, type, subject_id, created_at
   ), numbered as (
     insert into shop_events (sequence, type, subject_id, created_at, data)
     select $2::bigint + row_number() over (order by n.id), n.type, n.subject_id, n.created_at,
            coalesce(${SUBJECT_JSON}, json_build_object('id', n.subject_id)::text)::json
     from taken n
     returning sequence, type
   ), delivery as (
     insert into webhook_deliveries (endpoint_id, sequence, next_try_at)
     select w.id, n.sequence, now()
     from numbered n join webhook_endpoints w
       on w.paused_at is null and w.deleted_at is null and ('*' = any (w.types) or n.type = any (w.types))
   )
   update shop_event_stream set last_sequence = last_sequence + (select count(*) from numbered)
   returning last_sequence - $2::bigint as numbered`,
);

/** One transaction at a time gives numbers, and readers see them in order: its lock ends with its commit. */
export function numberEvents(db: Db, batch: number): Promise<number> {
  return db.transaction(async (tx: Tx) => {
    const [stream] = (await tx.run<{ last_sequence: number }>(LOCK_STREAM)).rows;
    const { rows } = await tx.run<{ numbered: number }>(NUMBER, [batch, stream?.last_sequence ?? 0]);
    return rows[0]?.numbered ?? 0;
  });
}

const LIST_AFTER = statement(
  "shop_events.list_after",
  "select sequence, type, id, created_at, data from shop_events where sequence > $1 order by sequence limit $2",
);

export async function listEventsAfter(
  db: Queryable,
  page: { after: number; limit: number },
): Promise<readonly ShopEvent[]> {
  return (await db.run<ShopEvent>(LIST_AFTER, [page.after, page.limit])).rows;
}

const PURGE_EVENTS = statement(
  "shop_events.purge",
  `delete from shop_events where sequence in (
     select sequence from shop_events where numbered_at < now() - $1 * interval '1 day' order by numbered_at limit $2)`,
);
const PURGE_DELIVERIES = statement(
  "shop_events.purge_deliveries",
  `delete from webhook_deliveries where id in (
     select id from webhook_deliveries where created_at < now() - $1 * interval '1 day' order by created_at limit $2)`,
);

/** Returns how many rows went; fewer than twice the batch means that nothing older is left. */
export async function purgeOldEvents(
  db: Db,
  keep: { eventDays: number; deliveryDays: number },
  batch: number,
): Promise<number> {
  const deliveries = await db.run(PURGE_DELIVERIES, [keep.deliveryDays, batch]);
  const events = await db.run(PURGE_EVENTS, [keep.eventDays, batch]);
  return Math.max(deliveries.count, events.count);
}

const OLDEST_NEW = statement(
  "shop_events.oldest_new",
  `select coalesce(extract(epoch from now() - min(created_at)), 0)::double precision as seconds from new_shop_events`,
);

/** How long the event that waits longest has had no number; it rises when no worker runs. */
export async function oldestNewEventSeconds(db: Queryable): Promise<number> {
  return (await db.run<{ seconds: number }>(OLDEST_NEW)).rows[0]?.seconds ?? 0;
}
