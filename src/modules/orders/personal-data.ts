import { type Queryable, statement } from "../../db/database.js";
import { ESIM_READY, ESIM_REMINDER, TOP_UP_DONE, TOP_UP_FAILED } from "../esims/esims.module.js";

/** Secrets of an eSIM are not in it: the person reads them at /esims, where every look is recorded. */
const COLLECT = statement(
  "orders.collect_personal_data",
  `select coalesce(json_agg(json_build_object(
     'id', o.id, 'reference', o.reference, 'status', o.status, 'currency', o.currency,
     'amount_minor_units', o.amount_minor, 'plan_snapshot', o.plan_snapshot, 'created_at', o.created_at,
     'paid_at', o.paid_at, 'failed_at', o.failed_at, 'refunded_at', o.refunded_at,
     'payments', (select coalesce(json_agg(json_build_object(
        'provider', p.provider, 'intent_id', p.intent_id, 'status', p.status, 'created_at', p.created_at,
        'currency', p.currency, 'amount_minor_units', p.amount_minor, 'succeeded_at', p.succeeded_at,
        'failed_at', p.failed_at, 'decline_code', p.decline_code, 'decline_message', p.decline_message,
        'language', p.payer_language)
        order by p.id), '[]') from payments p where p.order_id = o.id),
     'disputes', (select coalesce(json_agg(json_build_object(
        'amount_minor_units', d.amount_minor, 'currency', d.currency, 'status', d.status, 'reason', d.reason,
        'created_at', d.created_at, 'respond_by', d.respond_by, 'answered_at', d.answered_at, 'closed_at', d.closed_at) order by d.id), '[]')
        from disputes d join payments p on p.id = d.payment_id where p.order_id = o.id),
     'refunds', (select coalesce(json_agg(json_build_object(
        'amount_minor_units', r.amount_minor, 'currency', r.currency, 'status', r.status, 'reason', r.reason, 'created_at', r.created_at)
        order by r.id), '[]') from refunds r where r.order_id = o.id),
     'consent', (select json_build_object(
        'terms_version', c.terms_version, 'immediate_delivery', c.immediate_delivery, 'accepted_at', c.accepted_at)
        from order_consents c where c.order_id = o.id),
     'mails', (select coalesce(json_agg(json_build_object(
        'kind', m.kind, 'status', m.status, 'language', m.language, 'created_at', m.created_at, 'ended_at', m.ended_at)
        order by m.id), '[]') from outgoing_mails m where m.order_id = o.id),
     'kind', o.kind,
     'top_up', (select json_build_object(
        'id', t.id, 'esim_id', t.profile_id, 'status', t.status, 'created_at', t.created_at, 'done_at', t.done_at,
        'ended_at', t.ended_at, 'language', t.language, 'mailed_at', coalesce(${TOP_UP_DONE.sentAt("t.id")}, ${TOP_UP_FAILED.sentAt("t.id")}))
        from top_ups t where t.order_id = o.id),
     'esim', (select json_build_object(
        'id', e.id, 'status', e.status, 'iccid', e.iccid, 'created_at', e.created_at,
        'provisioned_at', e.provisioned_at, 'installed_at', e.installed_at, 'ended_at', e.ended_at,
        'plan_expires_at', e.plan_expires_at, 'usage_total_bytes', e.usage_total_bytes,
        'usage_remaining_bytes', e.usage_remaining_bytes, 'usage_as_of', e.usage_as_of,
        'language', e.language, 'mailed_at', ${ESIM_READY.sentAt("e.id")}, 'reminded_at', ${ESIM_REMINDER.sentAt("e.id")},
        'shown', (select coalesce(json_agg(json_build_object('at', s.at, 'channel', s.channel) order by s.id), '[]')
           from esim_reveals s where s.profile_id = e.id),
        'install_links', (select coalesce(json_agg(json_build_object(
           'created_at', l.created_at, 'expires_at', l.expires_at, 'revoked_at', l.revoked_at) order by l.id), '[]')
           from install_links l where l.profile_id = e.id))
        from esim_profiles e where e.order_id = o.id)
   ) order by o.id), '[]') as orders
   from orders o where o.user_id = $1`,
);

/** All that this store holds about a person's purchases, for the person's export. */
export async function collectOrdersOf(db: Queryable, userId: number): Promise<unknown> {
  return (await db.run<{ orders: unknown }>(COLLECT, [userId])).rows[0]?.orders ?? [];
}
