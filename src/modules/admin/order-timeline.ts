import { type Queryable, statement } from "../../db/database.js";

export interface TimelineEntry {
  readonly at: string;
  /** "order", "payment", "webhook", "refund", "dispute", "provisioning", "esim", "top_up", "mail" */
  readonly source: string;
  /** What happened, e.g. "payment.succeeded" or "intent_succeeded". */
  readonly what: string;
  /** What came of it: "processed", "ignored", "parked", … ; null for plain changes of state. */
  readonly outcome: string | null;
  /** Why, where something was refused, ignored or parked. */
  readonly reason: string | null;
  readonly actor: string | null;
}

/**
 * Everything that touched an order or was refused: changes of state from the audit log, what the providers said and
 * what came of it, purchases that were tried. What belongs to the order is gathered into arrays first: indexes find the
 * members of an array, and of `in (select …) or …` they find none.
 */
const TIMELINE = statement(
  "admin.order_timeline",
  `with own as (
     select array(select id from payments where order_id = $1) as payments,
       array(select intent_id from payments where order_id = $1) as intents,
       array(select id from esim_profiles where order_id = $1) as profiles,
       array(select id from top_ups where order_id = $1) as top_ups
   )
   select at, source, what, outcome, reason, actor from (
     select created_at as at, 'order' as source, 'order.created' as what, null::text as outcome,
            null::text as reason, 'user:' || user_id as actor, 0 as rank
     from orders where id = $1
     union all
     select created_at, 'payment', 'payment.created', provider, null, null, 1 from payments where order_id = $1
     union all
     select at, split_part(subject, ':', 1), action, null, after ->> 'reason', actor, 3 from audit_log
     where action not like '%.viewed' and subject = any (array(
       select 'order:' || $1::bigint
       union all select 'payment:' || unnest(payments) from own
       union all select 'esim:' || unnest(profiles) from own
       union all select 'top_up:' || unnest(top_ups) from own
       union all select 'mail:' || id from outgoing_mails where order_id = $1
       union all select 'refund:' || id from refunds where order_id = $1
       union all select 'dispute:' || d.id from disputes d where d.payment_id = any ((select payments from own)::bigint[])))
     union all
     select received_at, 'webhook', kind, outcome, reason, 'webhook:' || provider, 2 from webhook_events
     where payment_id = any ((select payments from own)::bigint[])
        or intent_id = any ((select intents from own)::text[])
     union all
     select created_at, 'provisioning', 'attempt ' || number || ' at ' || supplier, status, reason, null, 4
     from provisioning_attempts
     where profile_id = any ((select profiles from own)::bigint[])
        or top_up_id = any ((select top_ups from own)::bigint[])
   ) entries
   order by at, rank
   limit 1000`,
);

export async function readOrderTimeline(db: Queryable, orderId: number): Promise<readonly TimelineEntry[]> {
  return (await db.run<TimelineEntry>(TIMELINE, [orderId])).rows;
}
