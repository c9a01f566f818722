import { type Queryable, statement } from "../../db/database.js";

const MARK = statement(
  "esims.mark_revealed",
  `with shown as (
     update esim_profiles set revealed_at = now()
     where id = $1 and revealed_at is null and status in ('ready', 'active') and ended_at is null
     returning id, supplier, supplier_order_id
   ), item as (
     update stock_items s set revealed_at = now()
     from shown
     where shown.supplier = 'stock' and s.reference = shown.supplier_order_id and s.revealed_at is null
   )
   select id from shown`,
);

/**
 * Written before a code is shown for the first time: a code that somebody saw is never sold again, whatever becomes
 * of this process afterwards. False: somebody else was first, or there is nothing to show any more.
 */
export async function markRevealed(db: Queryable, profileId: number): Promise<boolean> {
  return (await db.run(MARK, [profileId])).count === 1;
}

/** One showing of one code. A session's showings of one profile in one channel count once an hour. */
export interface Reveal {
  readonly profileId: number;
  readonly actor: string;
  readonly sessionId: string | null;
  readonly channel: "api" | "qr" | "mail" | "page" | "admin";
  readonly requestId: string | null;
}

const LOG = statement(
  "esims.log_reveals",
  `insert into esim_reveals (profile_id, actor, session_id, channel, hour, request_id)
   select r.profile_id, r.actor, r.session_id, r.channel, date_trunc('hour', now()), r.request_id
   from jsonb_to_recordset($1::jsonb) as r(profile_id bigint, actor text, session_id text, channel text, request_id text)
   on conflict (profile_id, actor, session_id, channel, hour) where session_id is not null do nothing`,
);

export async function logReveals(db: Queryable, reveals: readonly Reveal[]): Promise<void> {
  const rows = reveals.map((one) => ({
    profile_id: one.profileId,
    actor: one.actor,
    session_id: one.sessionId,
    channel: one.channel,
    request_id: one.requestId,
  }));
  await db.run(LOG, [JSON.stringify(rows)]);
}
