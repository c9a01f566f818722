-- oldest-program: 0.1.0
-- What payment providers kept for themselves, as their own books say it: Stripe's balance transactions, Adyen's
-- payments accounting report. Reconciliation reads it; nothing but the exports for accountants looks at it.
create table provider_fees (
  id bigint generated always as identity primary key,
  provider text not null,
  -- The provider's id of the entry, or one made of what the entry says; reading it again changes nothing.
  fee_id text not null,
  payment_id bigint not null references payments (id),
  -- The provider's word for what it is for.
  kind text not null,
  -- In the currency that the account is settled in, with all the decimals that the provider gives. Negative: given back.
  currency text not null constraint provider_fees_currency_is_iso check (currency ~ '^[A-Z]{3}$'),
  amount numeric not null constraint provider_fees_are_something check (amount <> 0),
  booked_at timestamptz not null,
  read_at timestamptz not null default now(),
  constraint provider_fees_one_per_entry unique (provider, fee_id)
);
create index provider_fees_by_payment on provider_fees (payment_id);
