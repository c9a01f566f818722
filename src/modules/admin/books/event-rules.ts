import type { BookRule } from "./book-rule.js";

const TOLD = `told as materialized (
  select type, subject_id from shop_events union all select type, subject_id from new_shop_events)`;

/** What other systems were told. */
export const EVENT_RULES: readonly BookRule[] = [
  {
    name: "events_have_no_gap",
    promise: "The numbers of the events that are kept follow one another, up to the last one that was given.",
    counts: "select count(*) from shop_events",
    finds: `
      select 'shop_event:' || before + 1 as id
      from (select sequence, lag(sequence) over (order by sequence) as before from shop_events) e
      where sequence <> before + 1
      union all
      select 'shop_event:' || last_sequence from shop_event_stream
      where last_sequence <> coalesce((select max(sequence) from shop_events), last_sequence)`,
  },
  {
    name: "paid_orders_were_told",
    promise: "Of an order whose making was told, its payment was told too.",
    counts: "select count(*) from shop_events where type = 'order.created'",
    finds: `
      with ${TOLD}
      select 'order:' || o.id as id
      from told c join orders o on o.id = c.subject_id
      where c.type = 'order.created' and o.status in ('paid', 'refunded')
        and not exists (select from told p where p.type = 'order.paid' and p.subject_id = o.id)`,
  },
];
