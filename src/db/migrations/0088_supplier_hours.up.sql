-- oldest-program: 0.1.0
-- How each supplier did, hour by hour: what the console plots. Written again and again by the job that reads balances
-- from purchases that are there anyway, so a purchase itself writes nothing more; a balance is kept nowhere else.
create table supplier_hours (
  supplier text not null,
  -- Its first moment.
  hour timestamptz not null constraint supplier_hours_begin_an_hour check (extract(epoch from hour)::bigint % 3600 = 0),
  purchases integer not null,
  not_delivered integer not null,
  -- Of the calls that bought; null: there was none.
  median_millis integer,
  p95_millis integer,
  -- The last one that was read in it.
  balance numeric,
  balance_currency text,
  constraint supplier_hours_pkey primary key (supplier, hour),
  constraint supplier_hours_count check (purchases >= 0 and not_delivered between 0 and purchases)
);
