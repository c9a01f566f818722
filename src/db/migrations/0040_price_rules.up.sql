-- oldest-program: 0.1.0
-- How prices are made: exchange rates as of a day, and the rules in each form that they ever had.
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

-- The last one counts; none is ever changed.
create table price_rule_sets (
  version bigint primary key,
  rules jsonb not null,
  actor text not null,
  created_at timestamptz not null default now(),
  constraint price_rule_sets_versions_count_from_1 check (version >= 1),
  constraint price_rule_sets_are_objects check (jsonb_typeof(rules) = 'object')
);
