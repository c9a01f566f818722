import { type Queryable, statement, type Tx } from "../../../db/database.js";
import { rolesWith } from "../../../kernel/permissions.js";
import { SYNC_WAITS } from "../../supply/supply.module.js";
import { ALARM_KINDS, ALARMS, type AlarmKind } from "./alarm-kinds.js";
import { OPERATOR_ALARM } from "./alarm-mail.js";

/** Of each kind so many, the oldest first: more of them say no more. */
const FOUND_MAX = 500;
/** Less than this is left of a dispute's time: it is told once more. */
const NEARLY_OVER = "interval '3 days'";

/** A plan that nobody sells any more stays off sale for good: it is told while it is news. */
const NEWS = "interval '2 days'";

const found = (kind: AlarmKind, rows: string): string =>
  `select '${kind}' as kind, subject, due_at, except_user from (${rows} limit ${FOUND_MAX}) ${kind}`;
const NO_MORE = "null::timestamptz as due_at, null::bigint as except_user";

/** What waits now. $1: codes that are few, $2: whether plans without a supplier sell from stock, $3: days of balance. */
const FOUND = [
  found(
    "parked_money",
    `select 'event:' || id as subject, ${NO_MORE} from webhook_events where outcome = 'parked'
     union all select 'refund:' || id, null, null from refunds where status = 'parked'
     union all select 'surplus:' || id, null, null from payments
       where surplus_reason is not null and captured_minor > refund_reserved_minor + disputed_minor`,
  ),
  found(
    "parked_deliveries",
    `select 'esim:' || id as subject, ${NO_MORE} from esim_profiles where parked_at is not null
     union all select 'top_up:' || id, null, null from top_ups where parked_at is not null`,
  ),
  found(
    "refund_approvals",
    `select id::text as subject, expires_at as due_at, requested_by as except_user
     from refund_approvals where status = 'waiting' and expires_at > now() order by id`,
  ),
  found(
    "disputes",
    `select id || case when respond_by < now() + ${NEARLY_OVER} then ':nearly_over' else '' end as subject,
       respond_by as due_at, null::bigint as except_user
     from disputes where status in ('warning', 'open') and answered_at is null and coalesce(respond_by, 'infinity') > now()
     order by created_at`,
  ),
  found(
    "low_stock",
    `select p.id::text as subject, ${NO_MORE} from plans p
     where p.is_active and (exists (select from plan_suppliers ps where ps.plan_id = p.id and ps.supplier = 'stock')
         or ($2::boolean and not exists (select from plan_suppliers ps where ps.plan_id = p.id)))
       and (select count(*) from (select from stock_items i where i.plan_id = p.id and i.status = 'available'
         limit $1::integer + 1) counted) <= $1::integer
     order by p.id`,
  ),
  found(
    "supplier_balance",
    `select a.supplier as subject, ${NO_MORE} from supplier_accounts a
     where $3::integer > 0 and a.balance_text ~ '^-?[0-9]{1,12}([.][0-9]{1,9})?$' and a.balance_text::numeric < (
       select coalesce(sum(t.cost_text::numeric), 0) * $3::integer / 7 from provisioning_attempts t
       where t.created_at > now() - interval '7 days' and t.supplier = a.supplier and t.status = 'delivered'
         and t.cost_currency = a.balance_currency and t.cost_text ~ '^[0-9]{1,12}([.][0-9]{1,9})?$')
     order by a.supplier`,
  ),
  found(
    "supplier_failing",
    `select supplier || ':' || problem as subject, ${NO_MORE} from supplier_accounts where problem is not null
     union all select supplier || ':' || catalogue_problem, null, null from supplier_accounts
       where catalogue_problem is not null
     union all select supplier || ':purchases', null, null from provisioning_attempts
       where created_at > now() - interval '1 hour' and status in ('delivered', 'refused', 'unknown', 'parked')
       group by supplier having count(*) >= 5 and count(*) filter (where status <> 'delivered') * 2 >= count(*)`,
  ),
  found(
    "catalogue_syncs",
    `select s.id::text as subject, ${NO_MORE} from catalogue_syncs s where ${SYNC_WAITS}`,
  ),
  found(
    "paused_plans",
    `select p.id::text as subject, ${NO_MORE} from plans p
     where (p.paused_reason like 'sync: %' and p.updated_at > now() - ${NEWS})
       or (p.is_active and (select count(*) filter (where s.paused_at is null) = 0
             and coalesce(max(s.paused_at) filter (where s.paused_reason not like 'operator%') > now() - ${NEWS}, false)
           from plan_suppliers s where s.plan_id = p.id))
     order by p.id`,
  ),
  found(
    "paused_receivers",
    `select id::text as subject, ${NO_MORE} from webhook_endpoints
     where paused_reason in ('gone', 'failing') and deleted_at is null order by id`,
  ),
  found(
    "failed_jobs",
    `select id::text as subject, ${NO_MORE} from graphile_worker._private_jobs
     where attempts >= max_attempts and locked_at is null`,
  ),
].join("\nunion all\n");

const LOCK = statement("alarms.lock", "select pg_advisory_xact_lock(hashtextextended('operator_alarms', 0))");
const LOOK = statement(
  "alarms.look",
  `with found as (${FOUND}), over as (
     delete from operator_alarms a
     where not exists (select from found f where f.kind = a.kind and f.subject = a.subject)
   )
   insert into operator_alarms as a (kind, subject, due_at, except_user)
   select kind, subject, due_at, except_user from found
   on conflict on constraint operator_alarms_one_per_subject do update set due_at = excluded.due_at
   where a.due_at is distinct from excluded.due_at`,
);

/** Two mails to one person are at least so far apart, whatever happens: one mail for all that came meanwhile. */
const PERIOD = "interval '30 minutes'";
/** What still waits is said again. */
const AGAIN = "interval '1 day'";

/**
 * One statement writes each person's mail: when something is new that they may decide, when something they were told of
 * is over, and once a day while anything waits. $1: addresses of owners, $2: [{kind, roles}].
 */
const TELL = statement(
  "alarms.tell",
  `with people as (
     select u.id as user_id, case when u.email = any ($1::text[]) then 'owner' else m.role end as role
     from users u left join team_members m on m.user_id = u.id
     where (m.user_id is not null or u.email = any ($1::text[])) and u.disabled_at is null and u.deleted_at is null
   ), lines as (
     select p.user_id, k.kind, c.waiting, c.fresh, c.oldest_at, c.due_at,
       coalesce(l.id, 0) as last_id, l.created_at as last_at,
       exists (select from jsonb_array_elements(l.facts) f where f->>'kind' = k.kind and (f->>'waiting')::integer > 0)
         as was_told
     from people p join jsonb_to_recordset($2::jsonb) as k (kind text, roles jsonb) on k.roles ? p.role
       left join alarm_choices h on h.user_id = p.user_id
       left join lateral (
         select id, created_at, up_to_alarm, facts from alarm_mails a where a.user_id = p.user_id order by id desc limit 1
       ) l on true
       cross join lateral (
         select count(*)::integer as waiting,
           count(*) filter (where a.id > coalesce(l.up_to_alarm, 0))::integer as fresh,
           min(a.begun_at) as oldest_at, min(a.due_at) as due_at
         from operator_alarms a where a.kind = k.kind and a.except_user is distinct from p.user_id
       ) c
     where k.kind <> all (coalesce(h.muted, '{}'))
   ), due as (
     select user_id, last_id, jsonb_agg(jsonb_build_object('kind', kind, 'waiting', waiting, 'fresh', fresh,
         'oldest_at', oldest_at, 'due_at', due_at) order by kind) filter (where waiting > 0 or was_told) as facts
     from lines group by user_id, last_id, last_at
     having (last_at is null or last_at <= now() - ${PERIOD})
       and (bool_or(fresh > 0) or bool_or(waiting = 0 and was_told)
         or (bool_or(waiting > 0) and last_at <= now() - ${AGAIN}))
   ), written as (
     insert into alarm_mails (user_id, after_id, up_to_alarm, facts)
     select user_id, last_id, (select coalesce(max(id), 0) from operator_alarms), facts from due
     on conflict on constraint alarm_mails_one_after_another do nothing
     returning id
   )
   select ${OPERATOR_ALARM.queue({ subject: "written.id", order: "null" })} from written`,
);
/** The newest one to each person stays: it is what the next one is compared with. */
const FORGET = statement(
  "alarms.forget",
  `delete from alarm_mails a where a.created_at < now() - interval '90 days'
     and exists (select from alarm_mails n where n.user_id = a.user_id and n.id > a.id)`,
);

const WHO = JSON.stringify(ALARM_KINDS.map((kind) => ({ kind, roles: rolesWith(ALARMS[kind].permission) })));

export interface AlarmLevels {
  readonly lowStock: number;
  readonly stockIsDefault: boolean;
  readonly lowBalanceDays: number;
}

/** Looks at what waits, and writes the mails that are due. One sweep at a time. */
export async function sweepAlarms(
  tx: Tx,
  { lowStock, stockIsDefault, lowBalanceDays }: AlarmLevels,
  ownerEmails: readonly string[],
): Promise<void> {
  await tx.run(LOCK);
  await tx.run(LOOK, [lowStock, stockIsDefault, lowBalanceDays]);
  await tx.run(TELL, [ownerEmails, WHO]);
  await tx.run(FORGET);
}

const CHOICES = statement("alarms.choices", "select language, muted from alarm_choices where user_id = $1");

export interface AlarmChoicesRow {
  readonly language: string | null;
  readonly muted: readonly string[];
}

export const readAlarmChoices = async (db: Queryable, userId: number): Promise<AlarmChoicesRow> =>
  (await db.run<AlarmChoicesRow>(CHOICES, [userId])).rows[0] ?? { language: null, muted: [] };

/** What is not named stays: of two changes at once neither takes the other's away. */
const CHOOSE = statement(
  "alarms.choose",
  `insert into alarm_choices as c (user_id, language, muted) values ($1, $2, $3::text[])
   on conflict (user_id) do update set language = coalesce(excluded.language, c.language), muted = array(
     select distinct kind from unnest(c.muted || $3::text[]) kind where kind <> all ($4::text[]) order by kind)
   returning language, muted`,
);

export async function chooseAlarms(
  db: Queryable,
  userId: number,
  changes: {
    readonly language: string | null;
    readonly mute: readonly AlarmKind[];
    readonly unmute: readonly AlarmKind[];
  },
): Promise<AlarmChoicesRow> {
  const values = [userId, changes.language, changes.mute, changes.unmute];
  const row = (await db.run<AlarmChoicesRow>(CHOOSE, values)).rows[0];
  if (row === undefined) throw new Error("The choices were not written");
  return row;
}

const COLLECT = statement(
  "alarms.collect_personal_data",
  `select json_build_object(
     'choices', (select json_build_object('language', c.language, 'muted', c.muted)
        from alarm_choices c where c.user_id = $1),
     'mails', (select coalesce(json_agg(json_build_object('created_at', m.created_at, 'about', m.facts) order by m.id), '[]')
        from alarm_mails m where m.user_id = $1)) as alarms`,
);

/** For the person's export. */
export async function collectAlarmsOf(db: Queryable, userId: number): Promise<unknown> {
  return (await db.run<{ alarms: unknown }>(COLLECT, [userId])).rows[0]?.alarms ?? {};
}
