import { jsonAsIs, jsonObject, jsonText, jsonTime, jsonWord, orNull } from "../../db/json-sql.js";
import { ANY_ORDER_JSON } from "../orders/order-read-model.js";

const PAYMENT = jsonObject({
  id: jsonAsIs("p.id"),
  order_id: jsonAsIs("p.order_id"),
  provider: jsonWord("p.provider"),
  intent_id: orNull(jsonText("p.intent_id")),
  status: jsonWord("p.status"),
  currency: jsonWord("p.currency"),
  amount_minor_units: jsonAsIs("p.amount_minor"),
  captured_minor_units: jsonAsIs("p.captured_minor"),
  refunded_minor_units: jsonAsIs("p.refunded_minor"),
  created_at: jsonTime("p.created_at"),
});

/** Without its reason, which a person wrote in their own words. */
const REFUND = jsonObject({
  id: jsonAsIs("r.id"),
  order_id: jsonAsIs("r.order_id"),
  payment_id: jsonAsIs("r.payment_id"),
  status: jsonWord("r.status"),
  currency: jsonWord("r.currency"),
  amount_minor_units: jsonAsIs("r.amount_minor"),
  created_at: jsonTime("r.created_at"),
});

/** Without code, ICCID and links: who holds them can install the eSIM, so they leave by the eSIM's own routes only. */
const ESIM = jsonObject({
  id: jsonAsIs("e.id"),
  order_id: jsonAsIs("e.order_id"),
  plan_id: jsonAsIs("e.plan_id"),
  status: jsonWord("e.status"),
  created_at: jsonTime("e.created_at"),
  provisioned_at: orNull(jsonTime("e.provisioned_at")),
});

const TOP_UP = jsonObject({
  id: jsonAsIs("t.id"),
  order_id: jsonAsIs("t.order_id"),
  esim_id: jsonAsIs("t.profile_id"),
  plan_id: jsonAsIs("t.plan_id"),
  status: jsonWord("t.status"),
  created_at: jsonTime("t.created_at"),
  done_at: orNull(jsonTime("t.done_at")),
});

/** How much of a kind of alarm waits; without what it is, which operators see on its screen. */
const ALARM = jsonObject({
  id: jsonAsIs("n.subject_id"),
  kind: jsonWord("split_part(n.type, '.', 2)"),
  waiting: jsonAsIs("count(*)"),
  oldest_at: orNull(jsonTime("min(a.begun_at)")),
  due_at: orNull(jsonTime("min(a.due_at)")),
});

/** What an event `n` is about, as the API shows it now. */
export const SUBJECT_JSON = `case split_part(n.type, '.', 1)
  when 'order' then (
    select ${ANY_ORDER_JSON} from orders o left join esim_profiles e on e.order_id = o.id where o.id = n.subject_id)
  when 'payment' then (select ${PAYMENT} from payments p where p.id = n.subject_id)
  when 'refund' then (select ${REFUND} from refunds r where r.id = n.subject_id)
  when 'esim' then (select ${ESIM} from esim_profiles e where e.id = n.subject_id)
  when 'top_up' then (select ${TOP_UP} from top_ups t where t.id = n.subject_id)
  when 'alarm' then (select ${ALARM} from operator_alarms a where a.kind = split_part(n.type, '.', 2))
end`;
