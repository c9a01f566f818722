-- The mock provider's own books; only its ledger touches them.
create table mock_intents (
  intent_id text primary key,
  idempotency_key text not null constraint mock_intents_one_per_key unique,
  shop_id text not null,
  payment_reference text not null,
  order_id bigint not null,
  currency text not null,
  amount_minor bigint not null,
  state text not null default 'requires_action'
    constraint mock_intents_state_known check (state in ('requires_action', 'succeeded', 'canceled')),
  refunded_minor bigint not null default 0,
  created_at timestamptz not null default now(),
  constraint mock_intents_refunds_within_capture check (refunded_minor <= amount_minor)
);
create index mock_intents_by_time on mock_intents (created_at);

create table mock_refunds (
  provider_refund_id text primary key,
  idempotency_key text not null constraint mock_refunds_one_per_key unique,
  shop_id text not null,
  refund_reference text not null,
  intent_id text not null references mock_intents (intent_id),
  currency text not null,
  amount_minor bigint not null,
  reason text not null,
  created_at timestamptz not null default now()
);
create index mock_refunds_by_time on mock_refunds (created_at);
