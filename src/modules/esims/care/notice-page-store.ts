import { type Db, type Queryable, statement } from "../../../db/database.js";
import type { FrozenPlan } from "../../catalog/catalog.module.js";
import type { NoticeKind } from "./notice-kinds.js";

/** What the page of a notice may say: of this one eSIM, and neither code, address nor order. */
export interface NoticePageRow {
  readonly kind: NoticeKind;
  readonly esim_id: number;
  readonly user_id: number;
  readonly language: string | null;
  readonly currency: string;
  readonly plan: FrozenPlan;
  readonly is_unlimited: boolean;
  readonly has_ended: boolean;
  readonly plan_expires_at: string | null;
  readonly usage_total_bytes: number | null;
  readonly usage_remaining_bytes: number | null;
  readonly usage_base: number | null;
  readonly usage_as_of: string | null;
  readonly page_until: string;
  /** False: expired, ended by its owner, refunded, or its owner is gone or locked out. */
  readonly is_live: boolean;
}

const PAGE_LIVES = "interval '7 days'";

const FIND = statement(
  "care.find_page",
  `select n.kind, p.id as esim_id, p.user_id, p.language, o.currency, o.plan_snapshot as plan,
     coalesce((o.plan_snapshot->>'is_unlimited')::boolean, false) as is_unlimited,
     p.ended_at is not null or coalesce(p.plan_expires_at <= now(), false) as has_ended, p.plan_expires_at,
     p.usage_total_bytes, p.usage_remaining_bytes, p.usage_base, p.usage_as_of,
     n.noticed_at + ${PAGE_LIVES} as page_until,
     n.is_told and n.page_ended_at is null and n.noticed_at > now() - ${PAGE_LIVES} and p.status in ('ready', 'active')
       and p.take_back_requested_at is null and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null
       as is_live
   from care_notices n join esim_profiles p on p.id = n.profile_id join orders o on o.id = p.order_id
     join users u on u.id = p.user_id
   where n.id = $1`,
);

export async function findNoticePage(db: Queryable, noticeId: number): Promise<NoticePageRow | undefined> {
  return (await db.run<NoticePageRow>(FIND, [noticeId])).rows[0];
}

const END = statement(
  "care.end_links",
  `with mine as (
     select id from esim_profiles where id = $1 and user_id = $2
   ), pages as (
     update care_notices n set page_ended_at = now() from mine
     where n.profile_id = mine.id and n.page_ended_at is null and n.noticed_at > now() - ${PAGE_LIVES}
     returning n.id
   ), links as (
     update install_links l set revoked_at = now() from mine
     where l.profile_id = mine.id and l.revoked_at is null and l.expires_at > now()
     returning l.id
   ), audited as (
     insert into audit_log (actor, action, subject, request_id, after)
     select 'user:' || $2, 'esim.links_ended', 'esim:' || id, $3,
       jsonb_build_object('pages', (select count(*) from pages), 'install_links', (select count(*) from links))
     from mine
   )
   select (select count(*) from pages)::integer + (select count(*) from links)::integer as ended from mine`,
);

/** All that was mailed or made until now stops working; undefined when this user has no such eSIM. */
export async function endLinksOf(
  db: Db,
  wanted: { readonly esimId: number; readonly userId: number; readonly requestId: string },
): Promise<number | undefined> {
  const { esimId, userId, requestId } = wanted;
  return (await db.run<{ ended: number }>(END, [esimId, userId, requestId])).rows[0]?.ended;
}
