import { type BookRule, hasJob } from "./book-rule.js";

const PAYMENTS = "select count(*) from payments";
const PAID = "select count(*) from orders where status in ('paid', 'refunded')";

/** A refund that came to nothing is in the operators' list. */
const refundEnded = (where: string): string =>
  `exists (select from refunds r where ${where} and r.status in ('failed', 'parked'))`;

/** As the order's own statement writes it: looked at first, since to parse a million snapshots takes seconds. */
const PRICE_AT_END = `right(plan_snapshot::text, 80) like
        '%, "price_minor_units" : ' || amount_minor || ', "currency" : "' || currency || '"}'`;

/** A limit is noted by a job, and processes of two limits run beside each other for a while. */
const NOTED_WITHIN = "interval '15 minutes'";

/** Of refund `r` the limits that may have held when it was made; null is none. */
const LIMITS_OF_ITS_TIME = `(
        select case when l.by_currency ? r.currency then (l.by_currency->>r.currency)::bigint else l.everywhere end as minor
        from refund_limits l
        where l.valid_from between r.created_at - ${NOTED_WITHIN} and r.created_at + ${NOTED_WITHIN}
          or l.id = (select b.id from refund_limits b where b.valid_from < r.created_at - ${NOTED_WITHIN}
                     order by b.id desc limit 1))`;

export const MONEY_RULES: readonly BookRule[] = [
  {
    name: "money_in_is_accounted",
    promise: "Per currency: money taken in is the price of paid and refunded orders plus the surplus.",
    counts: PAYMENTS,
    finds: `
      select coalesce(i.currency, o.currency) as id
      from (select currency, sum(captured_minor) as taken,
              coalesce(sum(captured_minor) filter (where surplus_reason is not null), 0) as surplus
            from payments where captured_minor > 0 group by currency) i
        full join (select currency, sum(amount_minor) as sold from orders
            where status in ('paid', 'refunded') and imported_at is null group by currency) o on o.currency = i.currency
      where coalesce(i.taken, 0) <> coalesce(o.sold, 0) + coalesce(i.surplus, 0)`,
  },
  {
    name: "paid_orders_have_one_payment",
    promise:
      "A paid or refunded order has exactly one counted success of its own amount and currency, unless it was settled at an earlier system.",
    counts: PAID,
    finds: `
      select 'order:' || o.id as id
      from orders o left join payments p on p.order_id = o.id and p.is_counted
      where o.status in ('paid', 'refunded') and o.imported_at is null
        and (p.status = 'succeeded' and p.amount_minor = o.amount_minor and p.currency = o.currency
          and p.captured_minor = o.amount_minor) is not true
      union all
      select 'order:' || order_id from payments where is_counted group by order_id having count(*) > 1`,
  },
  {
    name: "captured_money_has_a_place",
    promise: "Captured money belongs to a paid order, goes back, or is in front of an operator.",
    counts: "select count(*) from payments where captured_minor > 0",
    finds: `
      select 'payment:' || p.id as id from payments p join orders o on o.id = p.order_id
      where p.captured_minor > 0
        and not (p.is_counted and o.status in ('paid', 'refunded'))
        and not (p.surplus_reason is not null and (
          p.refund_reserved_minor + p.disputed_minor >= p.captured_minor
          or ${refundEnded("r.payment_id = p.id")}
          or exists (select from graphile_worker._private_jobs j
               join graphile_worker._private_tasks t on t.id = j.task_id
             where t.identifier = 'refund_surplus' and (j.payload->>'payment_id')::bigint = p.id)))`,
  },
  {
    name: "refunds_are_within_the_capture",
    promise:
      "What goes back of a payment is the sum of its refunds, in its currency, and never above the capture.",
    counts: PAYMENTS,
    finds: `
      select 'payment:' || p.id as id
      from payments p left join (
        select payment_id, sum(amount_minor) filter (where status <> 'failed') as reserved,
          sum(amount_minor) filter (where status = 'succeeded') as refunded, min(currency) as least_currency,
          max(currency) as greatest_currency
        from refunds group by payment_id) r on r.payment_id = p.id
      where p.refund_reserved_minor <> coalesce(r.reserved, 0) or p.refunded_minor <> coalesce(r.refunded, 0)
        or p.refund_reserved_minor > p.captured_minor
        or r.least_currency <> p.currency or r.greatest_currency <> p.currency`,
  },
  {
    name: "refunds_name_the_order_of_their_payment",
    promise: "A refund belongs to the order whose payment it gives back.",
    counts: "select count(*) from refunds",
    finds: `
      select 'refund:' || r.id as id from refunds r left join payments p on p.id = r.payment_id
      where p.order_id is distinct from r.order_id`,
  },
  {
    name: "large_refunds_were_approved",
    promise:
      "What operators give back of an order, or one of them within a day, above the limit of its time was approved by a second person.",
    counts: "select count(*) from refunds where origin = 'admin'",
    finds: `
      select 'refund:' || r.id as id
      from (select r.id, r.currency, r.created_at, greatest(
              sum(r.amount_minor) over (partition by r.order_id order by r.id),
              case when r.requested_by is not null then sum(r.amount_minor) over (
                partition by r.requested_by, r.currency order by r.created_at
                range between interval '23:59:59.999999' preceding and current row) end) as given
            from refunds r
            where r.origin = 'admin' and r.status <> 'failed'
              and not exists (select from refund_approvals a where a.refund_id = r.id)) r
        cross join lateral (
          select max(minor) as minor, bool_or(minor is null) as was_off from ${LIMITS_OF_ITS_TIME} held) held
      where held.was_off is false and r.given > held.minor
        and exists (select from refund_limits where valid_from <= r.created_at)`,
  },
  {
    name: "refunded_orders_have_all_money_back",
    promise:
      "A refunded order has all of its money back, by refunds and lost disputes, or an event about it is in front of an operator.",
    counts: "select count(*) from orders where status = 'refunded'",
    finds: `
      select 'order:' || o.id as id from orders o join payments p on p.order_id = o.id and p.is_counted
        left join esim_profiles e on e.order_id = o.id and o.kind = 'esim'
        left join top_ups t on t.order_id = o.id
      where o.status = 'refunded' and p.refund_reserved_minor <> p.captured_minor
        and p.refunded_minor + (select coalesce(sum(d.amount_minor), 0) from disputes d
          where d.payment_id = p.id and d.status = 'lost') < p.captured_minor
        and not exists (select from webhook_events w where w.payment_id = p.id and w.outcome = 'parked')
        and not ${hasJob("'refund-undeliverable:' || e.id")} and not ${hasJob("'refund-top-up:' || t.id")}`,
  },
  {
    name: "undelivered_orders_have_their_money_back",
    promise:
      "Of a paid order whose eSIM or top-up ended undelivered the money is back, goes back, is disputed, or an operator decides.",
    counts: `select (select count(*) from esim_profiles where status in ('failed', 'cancelled'))
      + (select count(*) from top_ups where status in ('failed', 'cancelled'))`,
    finds: `
      select 'order:' || o.id as id
      from orders o join payments p on p.order_id = o.id and p.is_counted
        left join esim_profiles e on e.order_id = o.id and o.kind = 'esim'
        left join top_ups t on t.order_id = o.id
      where o.status = 'paid' and coalesce(e.status, t.status) in ('failed', 'cancelled')
        and p.captured_minor > p.refund_reserved_minor + p.disputed_minor
        and not ${refundEnded("r.order_id = o.id")}
        and not ${hasJob("'refund-undeliverable:' || e.id")} and not ${hasJob("'refund-top-up:' || t.id")}`,
  },
  {
    name: "disputed_money_is_the_sum_of_disputes",
    promise: "What a payment has in dispute is the sum of its open and lost disputes, up to the capture.",
    counts: "select count(*) from disputes",
    finds: `
      select 'payment:' || p.id as id
      from payments p left join (
        select payment_id, sum(amount_minor) as disputed from disputes where status in ('open', 'lost')
        group by payment_id) d on d.payment_id = p.id
      where (p.disputed_minor <> 0 or d.disputed <> 0)
        and p.disputed_minor <> least(p.captured_minor, coalesce(d.disputed, 0))`,
  },
  {
    name: "orders_cost_what_their_plan_cost",
    promise: "An order's price and currency are those that were frozen with its plan.",
    counts: "select count(*) from orders",
    finds: `
      select 'order:' || id as id from orders
      where not ${PRICE_AT_END} and ((plan_snapshot->>'price_minor_units')::bigint is distinct from amount_minor
        or plan_snapshot->>'currency' is distinct from currency)`,
  },
  {
    name: "processed_events_were_applied",
    promise: "A provider's event that counts as processed says when, and which payment it moved.",
    counts: "select count(*) from webhook_events",
    finds: `
      select 'webhook_event:' || id as id from webhook_events
      where outcome = 'processed' and (applied_at is null or payment_id is null)`,
  },
];
