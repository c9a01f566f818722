import { type Queryable, statement } from "../../../db/database.js";

/** What an hour says may still change for so long: a purchase whose answer was unclear is decided later. */
const OPEN_HOURS = 6;
const KEPT_DAYS = 90;

/**
 * Counts the hours that may have changed since the last time, whole; those of a month where nothing was counted yet, or
 * since the job ran last. Again does nothing.
 */
const NOTE = statement(
  "esims.note_supplier_hours",
  `with since as (
     select date_trunc('hour', greatest(now() - interval '30 days',
       coalesce(max(hour), '-infinity') - interval '${OPEN_HOURS} hours'), 'UTC') as at from supplier_hours
   ), bought as (
     select t.supplier, date_trunc('hour', t.created_at, 'UTC') as hour,
       count(*) filter (where t.status <> 'intended') as purchases,
       count(*) filter (where t.status in ('refused', 'parked', 'unknown')) as not_delivered,
       percentile_cont(0.5) within group (order by t.call_millis)::integer as median_millis,
       percentile_cont(0.95) within group (order by t.call_millis)::integer as p95_millis
     from provisioning_attempts t where t.created_at >= (select at from since) group by 1, 2
   ), balances as (
     select a.supplier, date_trunc('hour', a.balance_read_at, 'UTC') as hour, a.balance_text::numeric as balance, a.balance_currency
     from supplier_accounts a where a.balance_read_at >= (select at from since) and a.balance_text ~ '^-?[0-9]{1,15}([.][0-9]{1,9})?$'
   ), noted as (
     insert into supplier_hours as h (supplier, hour, purchases, not_delivered, median_millis, p95_millis, balance, balance_currency)
     select coalesce(b.supplier, k.supplier), coalesce(b.hour, k.hour), coalesce(b.purchases, 0),
       coalesce(b.not_delivered, 0), b.median_millis, b.p95_millis, k.balance, k.balance_currency
     from bought b full join balances k on k.supplier = b.supplier and k.hour = b.hour
     on conflict (supplier, hour) do update set purchases = excluded.purchases, not_delivered = excluded.not_delivered,
       median_millis = excluded.median_millis, p95_millis = excluded.p95_millis,
       balance = coalesce(excluded.balance, h.balance), balance_currency = coalesce(excluded.balance_currency, h.balance_currency)
   )
   delete from supplier_hours where hour < now() - interval '${KEPT_DAYS} days'`,
);

export async function noteSupplierHours(db: Queryable): Promise<void> {
  await db.run(NOTE);
}
