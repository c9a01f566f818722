import { defineMail } from "../../mail/mail.module.js";

/** What a traveller is told unasked, and may refuse kind by kind. */
export const NOTICE_KINDS = ["install", "low_data", "used_up", "days_left", "expired"] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** One mail for all kinds: its row says which. It is old news after a day and a half (a night may be in between), and what has changed since cancels it. */
export const CARE_NOTICE = defineMail({
  kind: "care_notice",
  priority: 5,
  from: `left join care_notices n on n.id = c.subject_id left join esim_profiles p on p.id = n.profile_id
     left join orders o on o.id = p.order_id left join users u on u.id = p.user_id`,
  obstacle: `case when n.id is null or p.id is null or u.id is null then 'esim_gone'
       when u.deleted_at is not null then 'person_deleted' when u.disabled_at is not null then 'person_locked_out'
       when o.status <> 'paid' then 'order_' || o.status
       when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.take_back_requested_at is not null then 'esim_taken_back'
       when n.noticed_at < now() - interval '36 hours' then 'too_late'
       when exists (select from refused_notices r where r.user_id = u.id and r.kind = n.kind) then 'unsubscribed'
       when n.kind = 'install' and (p.status <> 'ready' or p.installed_at is not null) then 'esim_installed'
       when n.kind <> 'expired' and (p.ended_at is not null or p.plan_expires_at <= now()) then 'esim_ended'
       when n.kind <> 'install' and exists (select from top_ups t join orders b on b.id = t.order_id where t.profile_id = p.id and t.id > n.period
         and b.status = 'paid' and t.status in ('pending', 'done')) then 'topped_up' end`,
  columns: `p.language, u.email, u.id as user_id, p.id as esim_id, n.kind as notice_kind, n.threshold, o.currency,
     o.plan_snapshot as plan, o.reference as order_reference, p.plan_expires_at,
     coalesce(o.plan_snapshot->>'country_iso2', o.plan_snapshot->>'country_name') as place`,
  looksAgain: true,
});
