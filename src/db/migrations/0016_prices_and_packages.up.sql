-- oldest-program: 0.2.0
-- How prices are made, what suppliers sell, and the runs that bring it into the catalogue.

-- As of a day.
create table exchange_rates (
  -- ISO 4217 code in capitals: 1 `base` is so many of it.
  currency text primary key,
  base text not null,
  rate numeric(24, 12) not null,
  as_of date not null,
  imported_at timestamptz not null default now(),
  constraint exchange_rates_codes_are_three_capitals check (currency ~ '^[A-Z]{3}$' and base ~ '^[A-Z]{3}$'),
  constraint exchange_rates_are_of_two_currencies check (currency <> base),
  constraint exchange_rates_are_positive check (rate > 0)
);

-- The rules in each form that they ever had. The last one counts; none is ever changed.
create table price_rule_sets (
  version bigint primary key,
  rules jsonb not null,
  actor text not null,
  created_at timestamptz not null default now(),
  constraint price_rule_sets_versions_count_from_1 check (version >= 1),
  constraint price_rule_sets_are_objects check (jsonb_typeof(rules) = 'object')
);

-- As it was last read whole.
create table supplier_packages (
  supplier text not null,
  package_id text not null,
  -- As the port has it; a number of bytes is text.
  content jsonb not null,
  -- With which product and cost a plan was last made of it: {productKey, costText, costCurrency}.
  accepted jsonb,
  first_seen_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  -- Not in the supplier's list any more. Packages are never deleted: orders name them.
  vanished_at timestamptz,
  constraint supplier_packages_one_per_supplier_and_id primary key (supplier, package_id),
  constraint supplier_packages_names_are_short check (length(supplier) between 1 and 32 and length(package_id) between 1 and 200)
);

create table supplier_package_changes (
  id bigint generated always as identity primary key,
  supplier text not null,
  package_id text not null,
  what text not null,
  before jsonb,
  after jsonb,
  at timestamptz not null default now(),
  constraint supplier_package_changes_what_known check (what in ('changed', 'vanished', 'returned'))
);
create index supplier_package_changes_by_package on supplier_package_changes (supplier, package_id);

-- Plans that synchronisation made and keeps; all others are people's, and it never touches them.
create table synced_plans (
  plan_id bigint primary key,
  product_key text not null,
  constraint synced_plans_plan_exists foreign key (plan_id) references plans (id) on delete cascade,
  constraint synced_plans_one_per_product unique (product_key)
);

create table catalogue_syncs (
  id bigint generated always as identity primary key,
  state text not null default 'ready',
  actor text not null,
  counts jsonb not null,
  findings jsonb not null,
  -- Why nothing of it is applied without a person.
  held_reason text,
  accepts_held boolean not null default false,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint catalogue_syncs_state_known check (state in ('ready', 'applying', 'done', 'superseded'))
);

create table catalogue_sync_steps (
  sync_id bigint not null,
  position integer not null,
  kind text not null,
  product_key text not null,
  -- The plan as it was when the difference was made; a step is not applied to another one.
  before jsonb,
  after jsonb not null,
  held_reason text,
  applied_at timestamptz,
  skipped_reason text,
  constraint catalogue_sync_steps_one_per_position primary key (sync_id, position),
  constraint catalogue_sync_steps_sync_exists foreign key (sync_id) references catalogue_syncs (id) on delete cascade,
  constraint catalogue_sync_steps_kind_known check (kind in ('create', 'change', 'pause')),
  constraint catalogue_sync_steps_end_once check (applied_at is null or skipped_reason is null)
);
