import type { TestDatabase } from "./database.js";

/**
 * What must always hold (requirements §10), one query each; every query must return no rows. Tests of money and
 * eSIMs end by running them all, and operators may run them at any time.
 */
export const MONEY_INVARIANTS: Readonly<Record<string, string>> = {
  "a paid or refunded order has exactly one counted success of its provider, amount and currency": `
    select o.id from orders o
    where o.status in ('paid', 'refunded') and o.imported_at is null and 1 <> (
      select count(*) from payments p
      where p.order_id = o.id and p.is_counted and p.status = 'succeeded'
        and p.amount_minor = o.amount_minor and p.currency = o.currency and p.captured_minor = o.amount_minor)`,
  "captured money belongs to a paid order, or goes back, or is in front of an operator": `
    select p.id from payments p join orders o on o.id = p.order_id
    where p.captured_minor > 0
      and not (p.is_counted and o.status in ('paid', 'refunded'))
      and not (p.surplus_reason is not null and (
        p.refund_reserved_minor + p.disputed_minor >= p.captured_minor
        or exists (select from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
                   where t.identifier = 'refund_surplus' and (j.payload->>'payment_id')::bigint = p.id)))`,
  "at most one live payment and one counted success per order": `
    select order_id from payments group by order_id
    having count(*) filter (where status = 'requires_action') > 1 or count(*) filter (where is_counted) > 1`,
  "the sums on a payment are the sums of its refunds": `
    select p.id from payments p left join refunds r on r.payment_id = p.id
    group by p.id
    having p.refund_reserved_minor <> coalesce(sum(r.amount_minor) filter (where r.status <> 'failed'), 0)
        or p.refunded_minor <> coalesce(sum(r.amount_minor) filter (where r.status = 'succeeded'), 0)`,
  "the audit log of an order or payment is a path in its graph": `
    select subject from (
      select subject, before->>'status' as was, after->>'status' as became,
             lag(after->>'status') over (partition by subject order by id) as previous
      from audit_log where subject ~ '^(order|payment|refund|dispute):' and before ? 'status') moves
    where previous is not null and previous <> was`,
  "refunds never exceed the capture": `
    select id from payments where refund_reserved_minor > captured_minor or refunded_minor > refund_reserved_minor`,
  "a provider's event is stored once, and waits only with a next try": `
    select id from webhook_events
    where (outcome = 'waiting' and next_try_at is null) or (outcome = 'processed' and applied_at is null)`,
  "every move of an order or payment has exactly one audit row": `
    select 'order' as kind, o.id from orders o
    where o.version - 1 <> (select count(*) from audit_log a where a.subject = 'order:' || o.id and a.before ? 'status')
    union all
    select 'payment', p.id from payments p
    where p.version - 1 <> (select count(*) from audit_log a where a.subject = 'payment:' || p.id and a.before ? 'status')
    union all
    select 'refund', r.id from refunds r
    where r.version - 1 <> (select count(*) from audit_log a where a.subject = 'refund:' || r.id and a.before ? 'status')`,
  "money comes after the order, by the database's clock": `
    select p.id from payments p join orders o on o.id = p.order_id
    where p.created_at < o.created_at or p.succeeded_at < p.created_at or o.paid_at < o.created_at`,
  "a refunded order has all of its counted money back": `
    select o.id from orders o join payments p on p.order_id = o.id and p.is_counted
    where o.status = 'refunded' and p.refunded_minor + (select coalesce(sum(d.amount_minor), 0) from disputes d
        where d.payment_id = p.id and d.status = 'lost') < p.captured_minor
      and not exists (select from webhook_events e where e.payment_id = p.id and e.outcome = 'parked')`,
};

/** After everything has settled: the mock provider's books and ours agree. */
export const MOCK_LEDGER_AGREES: Readonly<Record<string, string>> = {
  "what the mock captured is what we captured": `
    select m.intent_id, m.state, p.captured_minor from mock_intents m left join payments p on p.intent_id = m.intent_id
    where (m.state = 'succeeded') <> (coalesce(p.captured_minor, 0) = m.amount_minor)`,
  "what the mock refunded is what we refunded": `
    select p.id from payments p join mock_intents m on m.intent_id = p.intent_id
    where m.refunded_minor <> p.refunded_minor`,
};

/** Answers what is violated, by name; an empty object is what a test wants to see. */
export async function violations(
  { query }: Pick<TestDatabase, "query">,
  invariants: Readonly<Record<string, string>> = MONEY_INVARIANTS,
): Promise<Record<string, unknown[]>> {
  const broken: Record<string, unknown[]> = {};
  for (const [name, sql] of Object.entries(invariants)) {
    const rows = await query(sql);
    if (rows.length > 0) broken[name] = rows.slice(0, 5);
  }
  return broken;
}

/** What must always hold of eSIMs (requirements §10). */
export const ESIM_INVARIANTS: Readonly<Record<string, string>> = {
  "one live eSIM per ICCID, one profile per code and per supplier's reference": `
    select iccid from esim_profiles where status in ('ready', 'active') and ended_at is null and iccid is not null
    group by iccid having count(*) > 1
    union all
    select encode(code_fingerprint, 'hex') from esim_profiles where code_fingerprint is not null
    group by code_fingerprint having count(*) > 1`,
  "every order of an eSIM has exactly one profile": `
    select o.id from orders o left join esim_profiles e on e.order_id = o.id
    where o.kind = 'esim' group by o.id having count(e.id) <> 1`,
  "a profile and a top-up have the person and the plan of their order": `
    select o.id from orders o join esim_profiles e on e.order_id = o.id
    where (e.user_id, e.plan_id) <> (o.user_id, o.plan_id)
    union all
    select o.id from orders o join top_ups t on t.order_id = o.id
    where (t.user_id, t.plan_id) <> (o.user_id, o.plan_id)`,
  "a top-up order has exactly one top-up and no profile, and no other order has one": `
    select o.id from orders o
    where (select count(*) from top_ups t where t.order_id = o.id) <> (o.kind = 'top_up')::int
       or (o.kind = 'top_up' and exists (select from esim_profiles e where e.order_id = o.id))`,
  "a top-up that is done has exactly one delivered attempt, and no other has one": `
    select t.id from top_ups t
    where (t.status = 'done') <> (1 = (
        select count(*) from provisioning_attempts a where a.top_up_id = t.id and a.status = 'delivered'))
      and not (t.status = 'cancelled' and t.failure_reason = 'refunded_with_loss')`,
  "a deliverable profile has exactly one delivered attempt, and a stock item has one owner": `
    select e.id from esim_profiles e
    where e.status in ('ready', 'active')
      and 1 <> (select count(*) from provisioning_attempts a where a.profile_id = e.id and a.status = 'delivered')
    union all
    select s.id from stock_items s
    where s.status = 'assigned' and not exists (
      select from provisioning_attempts a where a.reference = s.reference
        and a.status in ('delivered', 'intended', 'surplus', 'parked', 'taken_back'))`,
  "nothing is bought for one order twice and kept": `
    select profile_id from provisioning_attempts where status = 'delivered'
    group by profile_id, top_up_id having count(*) > 1`,
  "the audit log of an eSIM is a path in its graph": `
    select subject from (
      select subject, before->>'status' as was, after->>'status' as became,
             lag(after->>'status') over (partition by subject order by id) as previous
      from audit_log where subject ~ '^(esim|top_up):' and before ? 'status' and after ? 'status') moves
    where previous is not null and previous <> was`,
  "what is paid and not there yet has a time by which somebody must know": `
    select 'esim' as kind, e.id from esim_profiles e join orders o on o.id = e.order_id
    where e.status = 'pending' and o.status = 'paid' and e.due_at is null
    union all
    select 'top_up', t.id from top_ups t join orders o on o.id = t.order_id
    where t.status = 'pending' and o.status = 'paid' and t.due_at is null`,
  "every move of an eSIM has exactly one audit row": `
    select e.id from esim_profiles e
    where e.version - 1 <> (
      select count(*) from audit_log a
      where a.subject = 'esim:' || e.id and a.before ? 'status' and a.after ? 'status')`,
  "every move of a top-up has exactly one audit row": `
    select t.id from top_ups t
    where t.version - 1 <> (
      select count(*) from audit_log a
      where a.subject = 'top_up:' || t.id and a.before ? 'status' and a.after ? 'status')`,
  "a top-up is done after its order is paid": `
    select t.id from top_ups t join orders o on o.id = t.order_id
    where t.done_at is not null and (o.paid_at is null or t.done_at < o.paid_at)`,
  "an eSIM is provisioned after its order is paid": `
    select e.id from esim_profiles e join orders o on o.id = e.order_id
    where e.provisioned_at is not null and (o.paid_at is null or e.provisioned_at < o.paid_at)`,
  "a code that was revealed is never for sale": `
    select id from stock_items where revealed_at is not null and status in ('available', 'held')`,
};

/** After everything has settled: of persons who left or were locked out, and of what is not to be had any more. */
export const SETTLED_LAWS: Readonly<Record<string, string>> = {
  "nobody who is gone has an order that could still be paid": `
    select o.id from orders o join users u on u.id = o.user_id
    where o.status = 'created' and (u.deleted_at is not null or u.disabled_at is not null)`,
  "nobody who is gone has a session": `
    select s.sid from sessions s join users u on u.id = s.user_id
    where s.revoked_at is null and (u.deleted_at is not null or u.disabled_at is not null)`,
  "a deleted person waits for nothing that was paid": `
    select o.id from orders o join users u on u.id = o.user_id
      left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id
    where u.deleted_at is not null and o.status = 'paid' and coalesce(e.status, t.status) = 'pending'`,
  "the money for what ended is back, with the payer's bank, or in front of an operator": `
    select o.id from orders o join payments p on p.order_id = o.id and p.is_counted
      left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id
    where o.status = 'paid' and coalesce(e.status, t.status) in ('failed', 'cancelled')
      and p.captured_minor > p.refund_reserved_minor + p.disputed_minor`,
};
