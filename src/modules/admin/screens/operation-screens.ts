import { Type } from "typebox";
import type { ListScreen } from "../list-screen.js";
import { anything, id, integerOrNull, text, textOrNull, time, timeOrNull } from "./column-types.js";

export const usersScreen: ListScreen = {
  name: "users",
  summary: "People who have signed in",
  item: Type.Object({
    id,
    email: text,
    name: textOrNull,
    created_at: time,
    last_login_at: timeOrNull,
    disabled_at: timeOrNull,
    deleted_at: timeOrNull,
    orders: Type.Integer(),
  }),
  select: `u.id, u.email, u.name, u.created_at, u.last_login_at, u.disabled_at, u.deleted_at,
    (select count(*) from orders o where o.user_id = u.id) as orders`,
  from: "users u",
  searched: ["u.email", "coalesce(u.name, '')", "u.id::text"],
  sortable: { id: "u.id", email: "u.email", created_at: "u.created_at", last_login_at: "u.last_login_at" },
  sortedBy: "id",
  id: "u.id",
};

export const esimsScreen: ListScreen = {
  name: "esims",
  summary: "eSIMs; codes are not in this list",
  item: Type.Object({
    id,
    order_id: id,
    user_id: id,
    plan_id: id,
    status: text,
    supplier: textOrNull,
    supplier_reference: textOrNull,
    iccid: textOrNull,
    profile_state: text,
    plan_state: text,
    parked_reason: textOrNull,
    failure_reason: textOrNull,
    created_at: time,
    provisioned_at: timeOrNull,
    use_by: timeOrNull,
    mailed_at: timeOrNull,
    /** The mail server refused it for good; POST /admin/esims/:id/resend-mail tries again. */
    mail_refused_at: timeOrNull,
  }),
  select: `e.id, e.order_id, e.user_id, e.plan_id, e.status, e.supplier, e.supplier_reference, e.iccid, e.profile_state,
    e.plan_state, e.parked_reason, e.failure_reason, e.created_at, e.provisioned_at, e.use_by,
    e.mailed_at, e.mail_refused_at`,
  from: "esim_profiles e",
  searched: ["coalesce(e.iccid, '')", "e.order_id::text", "coalesce(e.supplier_reference, '')"],
  filters: { status: "e.status", supplier: "e.supplier" },
  sortable: {
    id: "e.id",
    created_at: "e.created_at",
    provisioned_at: "e.provisioned_at",
    status: "e.status",
  },
  sortedBy: "id",
  id: "e.id",
};

export const inventoryScreen: ListScreen = {
  name: "inventory",
  summary: "Codes in stock; the codes themselves are not in this list",
  item: Type.Object({
    id,
    plan_id: id,
    sku: text,
    status: text,
    iccid: textOrNull,
    batch: text,
    order_id: Type.Union([Type.Integer(), Type.Null()]),
    created_at: time,
    taken_at: timeOrNull,
    revealed_at: timeOrNull,
  }),
  select: `i.id, i.plan_id, p.sku, i.status, i.iccid, i.batch, i.order_id, i.created_at, i.taken_at, i.revealed_at`,
  from: "stock_items i join plans p on p.id = i.plan_id",
  searched: ["coalesce(i.iccid, '')", "p.sku", "i.batch"],
  filters: { status: "i.status", plan_id: "i.plan_id::text" },
  sortable: { id: "i.id", created_at: "i.created_at", taken_at: "i.taken_at", status: "i.status" },
  sortedBy: "id",
  id: "i.id",
};

export const jobsScreen: ListScreen = {
  name: "jobs",
  summary: "Jobs that wait, run or have failed for good",
  item: Type.Object({
    id,
    task: text,
    status: text,
    payload: anything,
    attempts: Type.Integer(),
    attempts_max: Type.Integer(),
    last_error: textOrNull,
    run_at: time,
    created_at: time,
    priority: integerOrNull,
  }),
  // A payload holds row ids only, and last_error the error's message, which never holds a code or a secret.
  select: `j.id, t.identifier as task, ${"(case when j.locked_at is not null then 'running' when j.attempts >= j.max_attempts then 'failed' else 'waiting' end)"} as status,
    j.payload, j.attempts, j.max_attempts as attempts_max, left(j.last_error, 500) as last_error, j.run_at,
    j.created_at, j.priority`,
  from: "graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id",
  searched: ["t.identifier", "coalesce(j.last_error, '')"],
  filters: {
    task: "t.identifier",
    status:
      "(case when j.locked_at is not null then 'running' when j.attempts >= j.max_attempts then 'failed' else 'waiting' end)",
  },
  sortable: { id: "j.id", run_at: "j.run_at", attempts: "j.attempts" },
  sortedBy: "id",
  id: "j.id",
};

export const auditScreen: ListScreen = {
  name: "audit-log",
  summary: "Every change of money, eSIM and admin state: who, on whose request, before and after",
  item: Type.Object({
    id,
    at: time,
    actor: text,
    action: text,
    subject: text,
    request_id: textOrNull,
    before: anything,
    after: anything,
  }),
  select: "a.id, a.at, a.actor, a.action, a.subject, a.request_id, a.before, a.after",
  from: "audit_log a",
  searched: ["a.actor", "a.action", "a.subject", "coalesce(a.request_id, '')"],
  filters: { subject: "a.subject", actor: "a.actor", action: "a.action" },
  sortable: { id: "a.id", at: "a.at" },
  sortedBy: "id",
  id: "a.id",
};
