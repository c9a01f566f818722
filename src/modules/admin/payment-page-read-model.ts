import { type Queryable, statement } from "../../db/database.js";
import { readRowsOf, type ScreenRow } from "./list-screen-read.js";
import {
  disputesScreen,
  paymentsScreen,
  refundsScreen,
  webhookEventsScreen,
} from "./screens/order-screens.js";

const AROUND = statement(
  "admin.around_payment",
  `select json_build_object('id', o.id, 'reference', o.reference, 'status', o.status, 'kind', o.kind,
       'amount_minor_units', o.amount_minor, 'currency', o.currency) as order,
     json_build_object('id', u.id, 'email', u.email, 'name', u.name) as user
   from payments p join orders o on o.id = p.order_id join users u on u.id = o.user_id where p.id = $1`,
);
const FINDINGS = statement(
  "admin.findings_of_payment",
  `select id, provider, class, subject, action, detail, found_at, seen_at, closed_at
   from reconciliation_findings where payment_id = $1 order by id desc limit 20`,
);

/** A payment with what its provider said of it, and what went back or is disputed. */
export async function readPaymentPage(db: Queryable, paymentId: number) {
  const [payment] = await readRowsOf(db, paymentsScreen, "p.id = %", paymentId);
  const [around] = (await db.run<{ order: object; user: object }>(AROUND, [paymentId])).rows;
  if (payment === undefined || around === undefined) return undefined;
  return {
    ...payment,
    ...around,
    refunds: [...(await readRowsOf(db, refundsScreen, "r.payment_id = %", paymentId))],
    disputes: [...(await readRowsOf(db, disputesScreen, "d.payment_id = %", paymentId))],
    events: [...(await readRowsOf(db, webhookEventsScreen, "w.payment_id = %", paymentId, 50))],
    findings: [...(await db.run<ScreenRow>(FINDINGS, [paymentId])).rows],
  };
}
