import { Type } from "typebox";
import type { ListScreen } from "../list-screen-definition.js";
import { id, integerOrNull, text, textOrNull, time, timeOrNull } from "./column-types.js";
import { equals, equalsInteger } from "./filters.js";

/** The outbox. Whom a mail goes to is read from the person or the code that it is about, as sending it does. */
export const mailsScreen: ListScreen = {
  name: "mails",
  permission: "mails.read",
  operationId: "listMails",
  summary: "Mails that wait, were sent or were not to be sent; what they say is not in this list",
  item: Type.Object({
    id,
    kind: text,
    status: text,
    /** Null when the code that it was about is forgotten. */
    email: textOrNull,
    user_id: integerOrNull,
    order_id: integerOrNull,
    /** The code, eSIM, top-up or order, by the kind. */
    subject_id: id,
    /** 1, and one more each time that an operator had it sent again. */
    number: Type.Integer(),
    language: textOrNull,
    attempts: Type.Integer(),
    last_error: textOrNull,
    created_at: time,
    /** Null once it was sent, refused or cancelled. */
    next_try_at: timeOrNull,
    sent_at: timeOrNull,
  }),
  select: `m.id, m.kind, m.status, coalesce(u.email, a.email, i.email) as email, u.id as user_id, m.order_id, m.subject_id,
    m.number, m.language, m.attempts, m.last_error, m.created_at,
    case when m.status in ('queued', 'delayed') then m.next_try_at end as next_try_at,
    case when m.status = 'sent' then m.ended_at end as sent_at`,
  from: `outgoing_mails m left join orders o on o.id = m.order_id left join users u on u.id = o.user_id
    left join auth_codes a on m.kind = 'login_code' and a.id = m.subject_id
    left join team_invitations i on m.kind = 'team_invitation' and i.id = m.subject_id`,
  search: {
    order: "m.order_id = any (%::bigint[])",
    user: "o.user_id = any (%::bigint[])",
    // Of a code, which is of nobody yet.
    equal: ["a.email = lower(%)", "i.email = lower(%)"],
  },
  filters: {
    kind: equals("m.kind"),
    status: equals("m.status"),
    last_error: equals("m.last_error"),
    order_id: equalsInteger("m.order_id"),
    user_id: equalsInteger("o.user_id"),
  },
  sortable: { id: "m.id", created_at: "m.created_at", attempts: "m.attempts", status: "m.status" },
  sortedBy: "id",
  id: "m.id",
  time: "m.created_at",
};
