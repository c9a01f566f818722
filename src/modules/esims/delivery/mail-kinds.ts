import { defineMail } from "../../mail/mail.module.js";

const OF_ESIM = `left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id`;

/** The eSIM with its codes. The person may be let in again; money that went back stays there. */
export const ESIM_READY = defineMail({
  kind: "esim_ready",
  priority: -10,
  from: OF_ESIM,
  obstacle: `case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.ended_at is not null then 'esim_ended' when u.disabled_at is not null then 'person_disabled' end`,
  columns: "p.language, u.email, o.reference as order_reference",
  looksAgain: true,
});

/** Nothing could be delivered, and the money goes back. An order that was never paid is nobody's disappointment. */
export const ESIM_FAILED = defineMail({
  kind: "esim_failed",
  priority: 0,
  from: OF_ESIM,
  obstacle: `case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when p.status <> 'failed' then 'esim_' || p.status when p.failure_reason = 'order_not_paid' then 'order_not_paid'
       when p.ended_at < now() - interval '7 days' then 'too_late' end`,
  columns: "p.language, u.email, o.plan_snapshot as plan, o.reference as order_reference",
});

/** It has a link to the code, so nobody who was locked out gets it. */
export const ESIM_REMINDER = defineMail({
  kind: "esim_reminder",
  priority: 0,
  from: OF_ESIM,
  obstacle: `case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status <> 'ready' then 'esim_' || p.status
       when p.use_by <= now() then 'too_late' when u.disabled_at is not null then 'person_disabled' end`,
  columns: `p.language, u.email, o.plan_snapshot as plan, o.reference as order_reference, p.use_by`,
  looksAgain: true,
});

const OF_TOP_UP = `left join top_ups t on t.id = c.subject_id left join orders o on o.id = t.order_id
     left join users u on u.id = t.user_id left join esim_profiles p on p.id = t.profile_id
     left join orders b on b.id = p.order_id`;
const TOP_UP_COLUMNS = `coalesce(t.language, p.language) as language, u.email, o.plan_snapshot as plan,
     o.reference as order_reference, b.plan_snapshot as esim_plan`;

export const TOP_UP_DONE = defineMail({
  kind: "top_up_done",
  priority: 0,
  from: OF_TOP_UP,
  obstacle: `case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'done' then 'top_up_' || t.status end`,
  columns: TOP_UP_COLUMNS,
});

export const TOP_UP_FAILED = defineMail({
  kind: "top_up_failed",
  priority: 0,
  from: OF_TOP_UP,
  obstacle: `case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'failed' then 'top_up_' || t.status
       when t.failure_reason = 'order_not_paid' then 'order_not_paid' end`,
  columns: TOP_UP_COLUMNS,
});
