import { type Db, statement } from "../../../db/database.js";
import type { SupplierEvent } from "../../../providers/esim/webhook-port.js";
import { defineJob } from "../../jobs/jobs.module.js";
import { isRuledOut } from "./ruled-out-store.js";

/** Acts on what a supplier told us. */
export const APPLY_SUPPLIER_EVENT = defineJob({
  task: "apply_supplier_event",
  payload: { event_id: "id" },
  attemptsMax: 12,
});

const KEEP = statement(
  "esims.keep_supplier_event",
  `with kept as (
     insert into supplier_events (supplier, dedup_key, kind, occurred_at, reference, supplier_order_id,
       supplier_reference, iccid, remaining_percent, order_failure)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb)
     on conflict on constraint supplier_events_one_per_key do nothing
     returning id
   )
   select id, ${APPLY_SUPPLIER_EVENT.enqueue({ event_id: "id" })} from kept`,
);

/** Stores an event once, together with the job that acts on it. False: it was stored before. */
export async function keepSupplierEvent(db: Db, supplier: string, event: SupplierEvent): Promise<boolean> {
  const { count } = await db.run(KEEP, [
    supplier,
    event.dedupKey.slice(0, 500),
    event.kind,
    event.occurredAt,
    event.reference,
    event.supplierOrderId,
    event.supplierReference,
    event.iccid,
    event.remainingPercent === null ? null : Math.round(event.remainingPercent),
    event.orderFailure === null ? null : JSON.stringify(event.orderFailure),
  ]);
  return count === 1;
}

const KEEP_UNREADABLE = statement(
  "esims.keep_unreadable_event",
  `insert into supplier_events (supplier, dedup_key, kind, problem) values ($1, $2, 'unreadable', $3)
   on conflict on constraint supplier_events_one_per_key do nothing`,
);

/** Authentic but not understood: an operator sees it. The body itself may hold codes and is not kept. */
export async function keepUnreadableEvent(
  db: Db,
  supplier: string,
  bodyDigest: string,
  why: string,
): Promise<void> {
  await db.run(KEEP_UNREADABLE, [supplier, `unreadable:${bodyDigest}`, why.slice(0, 200)]);
}

export interface EventSubject {
  readonly event_id: number;
  readonly kind: string;
  readonly supplier: string;
  readonly profile_id: number | null;
  readonly order_id: number | null;
  readonly status: string | null;
  /** The purchase that it names, by our reference or the supplier's number. */
  readonly attempt_id: number | null;
  /** Nothing was bought with it, by what was known. */
  readonly is_ruled_out: boolean;
  /** The order of the top-up that was bought with it, while that is pending. */
  readonly pending_top_up_order_id: number | null;
  /** By the supplier's word it came to nothing. */
  readonly is_failure: boolean;
}

/**
 * The purchase and the eSIM that an event is about: by our reference, else by the supplier's order, else by its own name
 * of the eSIM. An ICCID alone means the living one, since suppliers hand ICCIDs out again; beside a name that is not
 * known here it means nobody of ours.
 */
const FIND_SUBJECT = statement(
  "esims.find_event_subject",
  `select e.id as event_id, e.kind, e.supplier, p.profile_id, p.order_id, p.status, p.attempt_id,
     e.order_failure is not null as is_failure,
     coalesce(${isRuledOut("named")}, false) as is_ruled_out, t.order_id as pending_top_up_order_id
   from supplier_events e left join lateral (
     select p.id as profile_id, p.order_id, p.status, named.attempt_id
     from (
       select case when a.reference = e.reference then 1 else 2 end as rank, a.id as attempt_id,
         coalesce(a.profile_id, (select t.profile_id from top_ups t where t.id = a.top_up_id)) as profile_id
       from provisioning_attempts a
       where a.supplier = e.supplier and (a.reference = e.reference or a.supplier_order_id = e.supplier_order_id)
       union all
       select 3, null, q.id from esim_profiles q
       where q.supplier = e.supplier and q.supplier_reference = e.supplier_reference
       union all
       select 4, null, q.id from esim_profiles q
       where q.iccid = e.iccid and q.supplier = e.supplier and q.status in ('ready', 'active') and q.ended_at is null
         and num_nonnulls(e.reference, e.supplier_order_id, e.supplier_reference) = 0
     ) named join esim_profiles p on p.id = named.profile_id
     order by named.rank limit 1
   ) p on true
   left join provisioning_attempts named on named.id = p.attempt_id
   left join top_ups t on t.id = named.top_up_id and t.status = 'pending'
   where e.id = $1 and e.applied_at is null`,
);

export async function findEventSubject(db: Db, eventId: number): Promise<EventSubject | undefined> {
  return (await db.run<EventSubject>(FIND_SUBJECT, [eventId])).rows[0];
}

const NOTE_FAILURE = statement(
  "esims.note_told_failure",
  `update provisioning_attempts a set told_failure = e.order_failure
   from supplier_events e
   where e.id = $1 and a.id = $2 and e.order_failure is not null and a.told_failure is null
     and a.status in ('intended', 'unknown', 'accepted', 'parked', 'surplus')`,
);

/** The supplier's own word about a purchase that is not decided yet; the chain weighs it against the supplier's books. */
export async function noteToldFailure(db: Db, eventId: number, attemptId: number): Promise<void> {
  await db.run(NOTE_FAILURE, [eventId, attemptId]);
}

const SETTLE = statement(
  "esims.settle_supplier_event",
  `update supplier_events set profile_id = $2, applied_at = case when $3::text is null then now() end, problem = $3
   where id = $1`,
);

export async function settleEvent(
  db: Db,
  eventId: number,
  outcome: { profileId: number | null; problem: string | null },
): Promise<void> {
  await db.run(SETTLE, [eventId, outcome.profileId, outcome.problem]);
}
