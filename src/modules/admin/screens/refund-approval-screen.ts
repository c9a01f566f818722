import { Type } from "typebox";
import type { ListScreen } from "../list-screen-definition.js";
import { flag, id, integerOrNull, minor, text, textOrNull, time, timeOrNull } from "./column-types.js";
import { equals, equalsInteger } from "./filters.js";

export const refundApprovalsScreen: ListScreen = {
  name: "refund-approvals",
  permission: "payments.read",
  operationId: "listRefundApprovals",
  summary: "Refunds above the limit that waited for a second person",
  item: Type.Object({
    id,
    order_id: id,
    payment_id: id,
    status: text,
    currency: text,
    amount_minor_units: minor,
    reason: text,
    accepts_loss: flag,
    requested_by: id,
    created_at: time,
    expires_at: time,
    decided_by: integerOrNull,
    decided_at: timeOrNull,
    decision_reason: textOrNull,
    refund_id: integerOrNull,
  }),
  select: `a.id, a.order_id, a.payment_id, a.status, a.currency, a.amount_minor as amount_minor_units, a.reason,
    a.accepts_loss, a.requested_by, a.created_at, a.expires_at, a.decided_by, a.decided_at, a.decision_reason,
    a.refund_id`,
  from: "refund_approvals a",
  search: { order: "a.order_id = any (%::bigint[])" },
  filters: {
    status: equals("a.status"),
    order_id: equalsInteger("a.order_id"),
    requested_by: equalsInteger("a.requested_by"),
  },
  sortable: { id: "a.id", created_at: "a.created_at" },
  sortedBy: "id",
  id: "a.id",
  time: "a.created_at",
};
