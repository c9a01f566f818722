-- oldest-program: 0.2.0
-- Where a plan can be bought, and what is known of the suppliers.

-- Where a plan can be bought and for how much; the cheapest that can deliver is asked first.
create table plan_suppliers (
  id bigint generated always as identity primary key,
  plan_id bigint not null references plans (id) on delete cascade,
  supplier text not null,
  package_id text not null,
  -- As the supplier states it; null where a purchase costs nothing (own stock).
  cost_text text,
  cost_currency text,
  -- Minor units of cost_currency, for ranking and for comparing with the price; null when it is no whole number.
  cost_minor bigint,
  -- The supplier's terms by its catalogue: unused for so many days it lapses, and what begins the plan's days.
  use_within_days integer,
  validity_starts text,
  -- Lower is asked first; the cost decides among equals.
  rank integer not null default 0,
  paused_reason text,
  paused_at timestamptz,
  checked_at timestamptz,
  created_at timestamptz not null default now(),
  -- The same plan as a top-up: this supplier's package for it.
  top_up_package_id text
    constraint plan_suppliers_top_up_package_is_short check (length(top_up_package_id) between 1 and 200),
  constraint plan_suppliers_one_per_package unique (plan_id, supplier, package_id),
  constraint plan_suppliers_names_are_short check (supplier ~ '^[a-z0-9-]{1,32}$' and length(package_id) between 1 and 200),
  constraint plan_suppliers_paused_say_why check ((paused_at is null) = (paused_reason is null)),
  constraint plan_suppliers_use_within_days_are_positive check (use_within_days > 0),
  constraint plan_suppliers_validity_starts_known check (validity_starts in ('installation', 'first_use'))
);
create index plan_suppliers_by_package on plan_suppliers (supplier, package_id);

-- What is known of our accounts at suppliers; written by a job, read when an order is made.
create table supplier_accounts (
  supplier text primary key,
  balance_text text,
  balance_currency text,
  balance_minor bigint,
  balance_read_at timestamptz,
  problem text,
  problem_since timestamptz,
  -- How its catalogue was when it was last read whole, and why a later reading was not taken.
  catalogue_size integer,
  catalogue_read_at timestamptz,
  catalogue_problem text,
  catalogue_problem_since timestamptz
);

-- What suppliers told by themselves. A reason to ask, never a truth.
create table supplier_events (
  id bigint generated always as identity primary key,
  supplier text not null,
  dedup_key text not null,
  kind text not null,
  occurred_at timestamptz,
  reference text,
  supplier_order_id text,
  supplier_reference text,
  iccid text,
  remaining_percent integer,
  received_at timestamptz not null default now(),
  profile_id bigint references esim_profiles (id),
  applied_at timestamptz,
  -- Why it is not applied: its order is not known yet, or cannot be read.
  problem text,
  -- Signed, the supplier gave up on the order that the event names: {reason, detail} in the port's words.
  order_failure jsonb,
  constraint supplier_events_one_per_key unique (supplier, dedup_key)
);
create index supplier_events_unapplied on supplier_events (received_at) where applied_at is null;
