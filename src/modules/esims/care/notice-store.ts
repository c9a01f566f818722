import { type Queryable, statement } from "../../../db/database.js";
import { CARE_NOTICE, type NoticeKind } from "./notice-kinds.js";

export interface NoticeLevels {
  readonly lowDataPercents: readonly number[];
  readonly daysLeft: readonly number[];
  readonly installAfterHours: number;
}

/** What waited for the morning is still told; what happened longer ago is no news. */
const NEWS = "interval '2 days'";

/** Somebody may be told of these eSIMs now: it is day there ($1), and no top-up is on its way. */
const LIVE = `live as (
     select p.*, o.plan_snapshot as plan, coalesce(done.id, 0) as period,
       coalesce(done.at, '-infinity'::timestamptz) as since
     from esim_profiles p join orders o on o.id = p.order_id join users u on u.id = p.user_id
       left join lateral (
         select max(t.id) as id, max(t.done_at) as at from top_ups t where t.profile_id = p.id and t.status = 'done'
       ) done on true
     where p.status in ('ready', 'active') and coalesce(p.plan_expires_at, 'infinity'::timestamptz) > now() - ${NEWS}
       and (p.ended_at is null or p.ended_at > now() - ${NEWS})
       and p.take_back_requested_at is null and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null
       and coalesce(($1::jsonb->>coalesce(o.plan_snapshot->>'country_iso2', o.plan_snapshot->>'country_name'))::boolean,
             ($1::jsonb->>'')::boolean)
       and not exists (select from top_ups t join orders b on b.id = t.order_id
         where t.profile_id = p.id and t.status = 'pending' and b.status = 'paid')
   )`;

/** What a supplier said before the newest top-up says nothing of what is left after it. */
const FACTS = `facts as (
     select l.*,
       case when l.ended_at is null and l.usage_as_of > l.since and l.usage_total_bytes > 0
         and not coalesce((l.plan->>'is_unlimited')::boolean, false)
         then l.usage_total_bytes - l.usage_remaining_bytes end as used,
       case when l.supplier = 'local' or coalesce(l.state_checked_at, l.provisioned_at) > l.since then l.plan_expires_at end as expires_at
     from live l
   )`;

/** Every level that is crossed now; of one family only the most urgent is mailed. */
const CROSSED = `crossed as (
     select f.id, 'install' as kind, 0 as threshold, 'install' as family, 0 as urgency
     from facts f
     where f.status = 'ready' and f.ended_at is null and f.installed_at is null
       and f.profile_state in ('unknown', 'released') and f.plan_state not in ('active', 'depleted')
       and coalesce(f.used, 0) = 0 and (f.use_by is null or f.use_by > now())
       and f.provisioned_at <= now() - $4::int * interval '1 hour'
       and f.provisioned_at > now() - $4::int * interval '1 hour' - ${NEWS}
     union all
     select f.id, 'low_data', percent, 'data', percent
     from facts f cross join unnest($2::int[]) percent
     where f.used * 100 >= f.usage_total_bytes * percent and (f.expires_at is null or f.expires_at > now())
     union all
     select f.id, 'used_up', 0, 'data', 100
     from facts f where f.used >= f.usage_total_bytes and (f.expires_at is null or f.expires_at > now())
     union all
     select f.id, 'days_left', days, 'time', 100 - days
     from facts f cross join unnest($3::int[]) days
     where f.ended_at is null and f.expires_at > now() and f.expires_at <= now() + days * interval '1 day'
       and coalesce((f.plan->>'duration_days')::int, 0) > days
     union all
     select f.id, 'expired', 0, 'time', 100
     from facts f
     where (f.expires_at <= now() and f.expires_at > now() - ${NEWS})
       or (f.plan_state = 'expired' and f.ended_at is not null)
   )`;

/**
 * One statement finds what is due, notes it and queues its mail. The constraint decides between sweeps that overlap,
 * and keeps a level told for ever: usage that is corrected, repeated or late crosses it once.
 */
const TELL = statement(
  "care.tell",
  `with ${LIVE}, ${FACTS}, ${CROSSED}, due as (
     select c.id, c.kind, c.threshold, case when c.kind = 'install' then 0 else f.period end as period,
       row_number() over (partition by c.id, c.family order by c.urgency desc) = 1 as is_told
     from crossed c join facts f on f.id = c.id
   ), noted as (
     insert into care_notices (profile_id, kind, threshold, period, is_told)
     select d.id, d.kind, d.threshold, d.period, d.is_told
     from due d join esim_profiles p on p.id = d.id
     where not exists (select from refused_notices r where r.user_id = p.user_id and r.kind = d.kind)
       and not exists (select from care_notices n where n.profile_id = d.id and n.kind = d.kind
         and n.threshold = d.threshold and n.period = d.period)
     order by d.id limit 1000
     on conflict on constraint care_notices_once do nothing
     returning id, profile_id, is_told
   )
   select ${CARE_NOTICE.queue({ subject: "n.id", order: "p.order_id" })}
   from noted n join esim_profiles p on p.id = n.profile_id where n.is_told`,
);

/** `isDay` by country or region; `''` is everywhere else. */
export async function tellNotices(
  db: Queryable,
  isDay: Readonly<Record<string, boolean>>,
  { lowDataPercents, daysLeft, installAfterHours }: NoticeLevels,
): Promise<void> {
  await db.run(TELL, [JSON.stringify(isDay), lowDataPercents, daysLeft, installAfterHours]);
}

const REFUSED = statement("care.refused", "select kind from refused_notices where user_id = $1");

export async function listRefused(db: Queryable, userId: number): Promise<readonly NoticeKind[]> {
  return (await db.run<{ kind: NoticeKind }>(REFUSED, [userId])).rows.map(({ kind }) => kind);
}

/** Both lists at once; what is in neither stays. */
const CHOOSE = statement(
  "care.choose",
  `with wanted as (delete from refused_notices where user_id = $1 and kind = any($2::text[]))
   insert into refused_notices (user_id, kind) select $1, unnest($3::text[])
   on conflict on constraint refused_notices_pkey do nothing`,
);

export async function chooseNotices(
  db: Queryable,
  userId: number,
  { wanted, refused }: { readonly wanted: readonly NoticeKind[]; readonly refused: readonly NoticeKind[] },
): Promise<void> {
  await db.run(CHOOSE, [userId, wanted, refused]);
}

const FIND = statement(
  "care.find",
  `select n.kind, p.user_id, p.language from care_notices n join esim_profiles p on p.id = n.profile_id where n.id = $1`,
);

export interface FoundNotice {
  readonly kind: NoticeKind;
  readonly user_id: number;
  readonly language: string | null;
}

export async function findNotice(db: Queryable, noticeId: number): Promise<FoundNotice | undefined> {
  return (await db.run<FoundNotice>(FIND, [noticeId])).rows[0];
}

const COLLECT = statement(
  "care.collect_personal_data",
  `select json_build_object(
     'refused', (select coalesce(json_agg(json_build_object('kind', r.kind, 'refused_at', r.refused_at) order by r.kind), '[]')
        from refused_notices r where r.user_id = $1),
     'noticed', (select coalesce(json_agg(json_build_object('esim_id', n.profile_id, 'kind', n.kind,
        'threshold', n.threshold, 'noticed_at', n.noticed_at) order by n.id), '[]')
        from care_notices n join esim_profiles p on p.id = n.profile_id where p.user_id = $1)) as notices`,
);

/** For the person's export. */
export async function collectNoticesOf(db: Queryable, userId: number): Promise<unknown> {
  return (await db.run<{ notices: unknown }>(COLLECT, [userId])).rows[0]?.notices ?? {};
}
