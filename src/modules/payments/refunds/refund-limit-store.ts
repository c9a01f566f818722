import type { SecondPersonAbove } from "../../../config/second-person.js";
import { type Queryable, statement } from "../../../db/database.js";

const NOTE = statement(
  "refund_limits.note_if_changed",
  `insert into refund_limits (everywhere, by_currency)
   select $1::bigint, $2::jsonb
   where not exists (
     select from (select everywhere, by_currency from refund_limits order by id desc limit 1) newest
     where newest.everywhere is not distinct from $1::bigint and newest.by_currency = $2::jsonb)`,
);

/** So that an audit can hold each refund against the limit of its own time. */
export async function noteRefundLimit(db: Queryable, above: SecondPersonAbove): Promise<void> {
  await db.run(NOTE, [above.everywhere, JSON.stringify(above.byCurrency)]);
}
