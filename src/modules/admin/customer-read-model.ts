import { type Queryable, statement } from "../../db/database.js";
import { readRowsOf, type ScreenRow } from "./list-screen-read.js";
import { listNotesOfCustomer } from "./notes/note-read-model.js";
import { esimsScreen, usersScreen } from "./screens/operation-screens.js";
import { ordersScreen, paymentsScreen } from "./screens/order-screens.js";

const TOTALS = statement(
  "admin.totals_of_customer",
  `select o.currency, count(*) as orders, coalesce(sum(p.captured_minor), 0)::bigint as paid_minor_units,
     coalesce(sum(p.refunded_minor), 0)::bigint as refunded_minor_units
   from orders o left join payments p on p.order_id = o.id and p.captured_minor > 0
   where o.user_id = $1 group by o.currency order by 1`,
);
const SESSIONS = statement(
  "admin.sessions_of_customer",
  `select id, created_at, last_used_at, expires_at, kind as session_kind from sessions
   where user_id = $1 and revoked_at is null and expires_at > now() order by last_used_at desc limit 20`,
);

/** A person with what is theirs, the newest first; undefined when there is none. */
export async function readCustomer(db: Queryable, userId: number) {
  const [customer] = await readRowsOf(db, usersScreen, "u.id = %", userId);
  if (customer === undefined) return undefined;
  return {
    ...customer,
    order_count: customer.orders,
    orders: [...(await readRowsOf(db, ordersScreen, "o.user_id = %", userId))],
    esims: [...(await readRowsOf(db, esimsScreen, "e.user_id = %", userId))],
    payments: [...(await readRowsOf(db, paymentsScreen, "o.user_id = %", userId))],
    totals: [...(await db.run<ScreenRow>(TOTALS, [userId])).rows],
    notes: [...(await listNotesOfCustomer(db, userId))],
    sessions: [...(await db.run<ScreenRow>(SESSIONS, [userId])).rows],
  };
}
