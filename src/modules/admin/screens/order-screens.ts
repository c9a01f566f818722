import { Type } from "typebox";
import type { ListFilter, ListScreen } from "../list-screen-definition.js";
import {
  flag,
  id,
  integerOrNull,
  minor,
  person,
  text,
  textOrNull,
  time,
  timeOrNull,
} from "./column-types.js";
import { equals, equalsInteger, RARE_ESIM_STATUS, RARE_PAYMENT_STATUS } from "./filters.js";

/** Most are paid; the others have indexes of their own. */
const ORDER_STATUS: ListFilter = { where: "o.status = %", inText: ["created", "failed", "refunded"] };

export const ordersScreen: ListScreen = {
  name: "orders",
  permission: "orders.read",
  operationId: "listAdminOrders",
  summary: "Orders",
  item: Type.Object({
    id,
    reference: text,
    status: text,
    kind: text,
    user_id: id,
    email: text,
    plan_id: id,
    plan_name: text,
    currency: text,
    amount_minor_units: minor,
    refunded_minor_units: minor,
    esim_status: textOrNull,
    top_up_status: textOrNull,
    failure_reason: textOrNull,
    created_at: time,
    paid_at: timeOrNull,
    user: person,
    plan_snapshot: Type.Object({ id, name: text }),
    payments: Type.Array(
      Type.Object({ id, provider: text, status: text, intent_id: textOrNull, created_at: text }),
    ),
    esim_profile: Type.Union([Type.Object({ id, status: text }), Type.Null()]),
  }),
  select: `o.id, o.reference, o.status, o.kind, o.user_id, u.email, o.plan_id, o.plan_snapshot ->> 'name' as plan_name,
    o.currency, o.amount_minor as amount_minor_units,
    coalesce((select sum(p.refunded_minor)::bigint from payments p where p.order_id = o.id and p.is_counted), 0)
      as refunded_minor_units,
    e.status as esim_status, t.status as top_up_status, o.failure_reason, o.created_at, o.paid_at,
    json_build_object('id', u.id, 'email', u.email, 'name', u.name) as user,
    json_build_object('id', o.plan_id, 'name', o.plan_snapshot ->> 'name') as plan_snapshot,
    coalesce((select json_agg(json_build_object('id', p.id, 'provider', p.provider, 'status', p.status,
      'intent_id', p.intent_id, 'created_at', to_char(p.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by p.id)
      from payments p where p.order_id = o.id), '[]') as payments,
    case when e.id is not null then json_build_object('id', e.id, 'status', e.status) end as esim_profile`,
  from: `orders o left join users u on u.id = o.user_id left join esim_profiles e on e.order_id = o.id
    left join top_ups t on t.order_id = o.id`,
  search: {
    own: { kind: "order", sql: "o.id" },
    order: "o.id = any (%::bigint[])",
    user: "o.user_id = any (%::bigint[])",
  },
  filters: {
    status: ORDER_STATUS,
    esim_status: { where: "e.status = %", inText: RARE_ESIM_STATUS },
    top_up_status: equals("t.status"),
    kind: { where: "o.kind = %", inText: ["top_up"] },
    currency: equals("o.currency"),
    user_id: equalsInteger("o.user_id"),
    plan_id: equalsInteger("o.plan_id"),
    // The names that the first web client sends.
    order_status: ORDER_STATUS,
    payment_status: {
      where: "exists (select from payments p where p.order_id = o.id and p.status = %)",
      inText: RARE_PAYMENT_STATUS,
    },
    user_q: { where: "o.user_id = any (%)", type: "person" },
  },
  sortable: {
    id: "o.id",
    created_at: "o.created_at",
    paid_at: "o.paid_at",
    amount: "o.amount_minor",
    status: "o.status",
  },
  sortedBy: "id",
  id: "o.id",
  time: "o.created_at",
};

const PAYMENT_STATUS: ListFilter = { where: "p.status = %", inText: RARE_PAYMENT_STATUS };

export const paymentsScreen: ListScreen = {
  name: "payments",
  permission: "payments.read",
  operationId: "listPayments",
  summary: "Payments",
  item: Type.Object({
    id,
    order_id: id,
    provider: text,
    intent_id: textOrNull,
    status: text,
    currency: text,
    amount_minor_units: minor,
    captured_minor_units: minor,
    refunded_minor_units: minor,
    disputed_minor_units: minor,
    is_counted: flag,
    surplus_reason: textOrNull,
    decline_code: textOrNull,
    created_at: time,
    succeeded_at: timeOrNull,
    failed_at: timeOrNull,
    order_amount_minor_units: minor,
    order_currency: text,
  }),
  select: `p.id, p.order_id, p.provider, p.intent_id, p.status, p.currency, p.amount_minor as amount_minor_units,
    p.captured_minor as captured_minor_units, p.refunded_minor as refunded_minor_units,
    p.disputed_minor as disputed_minor_units, p.is_counted, p.surplus_reason, p.decline_code, p.created_at,
    p.succeeded_at, p.failed_at, o.amount_minor as order_amount_minor_units, o.currency as order_currency`,
  from: "payments p left join orders o on o.id = p.order_id",
  search: {
    own: { kind: "payment", sql: "p.id" },
    order: "p.order_id = any (%::bigint[])",
    user: "o.user_id = any (%::bigint[])",
  },
  filters: {
    status: PAYMENT_STATUS,
    provider: { where: "p.provider = upper(%)" },
    surplus_reason: equals("p.surplus_reason"),
    currency: equals("p.currency"),
    order_id: equalsInteger("p.order_id"),
    // The names that the first web client sends.
    payment_status: PAYMENT_STATUS,
    intent_q: equals("p.intent_id"),
  },
  sortable: { id: "p.id", created_at: "p.created_at", amount: "p.amount_minor", status: "p.status" },
  sortedBy: "id",
  id: "p.id",
  time: "p.created_at",
};

export const refundsScreen: ListScreen = {
  name: "refunds",
  permission: "payments.read",
  operationId: "listRefunds",
  summary: "Refunds, with why each was made and what it waits for",
  item: Type.Object({
    id,
    order_id: id,
    payment_id: id,
    status: text,
    origin: text,
    reason: text,
    currency: text,
    amount_minor_units: minor,
    accepts_loss: flag,
    provider_refund_id: textOrNull,
    requested_by: integerOrNull,
    failure_reason: textOrNull,
    created_at: time,
    finished_at: timeOrNull,
  }),
  select: `r.id, r.order_id, r.payment_id, r.status, r.origin, r.reason, r.currency,
    r.amount_minor as amount_minor_units, r.accepts_loss, r.provider_refund_id, r.requested_by, r.failure_reason,
    r.created_at, r.finished_at`,
  from: "refunds r",
  search: {
    own: { kind: "refund", sql: "r.id" },
    order: "r.order_id = any (%::bigint[])",
    user: "exists (select from orders o where o.id = r.order_id and o.user_id = any (%::bigint[]))",
    texts: ["r.reason"],
  },
  filters: {
    status: equals("r.status"),
    origin: equals("r.origin"),
    currency: equals("r.currency"),
    order_id: equalsInteger("r.order_id"),
    payment_id: equalsInteger("r.payment_id"),
  },
  sortable: { id: "r.id", created_at: "r.created_at", amount: "r.amount_minor", status: "r.status" },
  sortedBy: "id",
  id: "r.id",
  time: "r.created_at",
};

/** The few names in the index of (provider, event_id), one step of it for each: so an event is found by its id alone. */
const PROVIDERS_WITH_EVENTS = `array(with recursive n (provider) as (
    (select e.provider from webhook_events e order by e.provider limit 1)
    union all select (select min(e.provider) from webhook_events e where e.provider > n.provider) from n where n.provider is not null
  ) select provider from n where provider is not null)`;

export const webhookEventsScreen: ListScreen = {
  name: "webhook-events",
  permission: "payments.read",
  operationId: "listWebhookEvents",
  summary: "What providers told us, and why each event was applied, ignored or parked",
  item: Type.Object({
    id,
    provider: text,
    event_id: text,
    source: text,
    type: text,
    kind: text,
    intent_id: textOrNull,
    payment_id: integerOrNull,
    outcome: text,
    reason: textOrNull,
    received_at: time,
    applied_at: timeOrNull,
  }),
  select: `w.id, w.provider, w.event_id, w.source, w.type, w.kind, w.intent_id, w.payment_id, w.outcome, w.reason,
    w.received_at, w.applied_at`,
  from: "webhook_events w",
  search: {
    order: "w.payment_id in (select p.id from payments p where p.order_id = any (%::bigint[]))",
    equal: [`(w.provider = any (${PROVIDERS_WITH_EVENTS}) and w.event_id = %)`, "w.intent_id = %"],
  },
  filters: {
    outcome: { where: "w.outcome = %", inText: ["parked", "waiting"] },
    provider: { where: "w.provider = upper(%)" },
    kind: equals("w.kind"),
    payment_id: equalsInteger("w.payment_id"),
  },
  sortable: { id: "w.id", received_at: "w.received_at" },
  sortedBy: "id",
  id: "w.id",
  time: "w.received_at",
};

export const disputesScreen: ListScreen = {
  name: "disputes",
  permission: "payments.read",
  operationId: "listDisputes",
  summary: "Disputes",
  item: Type.Object({
    id,
    provider: text,
    dispute_id: text,
    payment_id: id,
    order_id: id,
    status: text,
    reason: text,
    currency: text,
    amount_minor_units: minor,
    created_at: time,
    respond_by: timeOrNull,
    answered_at: timeOrNull,
    closed_at: timeOrNull,
  }),
  select: `d.id, d.provider, d.dispute_id, d.payment_id, p.order_id, d.status, d.reason, d.currency,
    d.amount_minor as amount_minor_units, d.created_at, d.respond_by, d.answered_at, d.closed_at`,
  from: "disputes d left join payments p on p.id = d.payment_id",
  search: { order: "p.order_id = any (%::bigint[])", texts: ["d.dispute_id"] },
  filters: { status: equals("d.status"), payment_id: equalsInteger("d.payment_id") },
  sortable: { id: "d.id", created_at: "d.created_at", amount: "d.amount_minor" },
  sortedBy: "id",
  id: "d.id",
  time: "d.created_at",
};
