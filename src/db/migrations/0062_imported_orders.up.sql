-- oldest-program: 0.1.0
-- Orders that were settled at an earlier system: their money is in no payment of ours.
alter table orders add column imported_at timestamptz;

-- What was imported, under the id that it had there: a row is taken once, however often an import is run.
create table imported_rows (
  kind text not null constraint imported_rows_kind_known check (kind in ('user', 'plan', 'order')),
  legacy_id bigint not null,
  id bigint not null,
  imported_at timestamptz not null default now(),
  constraint imported_rows_once primary key (kind, legacy_id)
);

-- What the earlier system knew of an order's money; evidence, on which nothing here acts.
create table imported_payments (
  id bigint generated always as identity primary key,
  order_id bigint not null references orders (id),
  provider text not null,
  intent_id text,
  status text not null,
  created_at timestamptz
);
create index imported_payments_by_order on imported_payments (order_id);
