-- oldest-program: 0.2.0
-- Money that comes: payments and what providers told us about them. Amounts are minor units of ISO 4217 currencies.
-- Rows of money are added and moved forward, never deleted.

create table payments (
  id bigint generated always as identity primary key,
  -- Our name for this row at the provider (idempotency key, metadata). Random: after a restored backup ids repeat,
  -- and an id would name another payment's intent there.
  reference text not null default gen_random_uuid()::text constraint payments_one_per_reference unique,
  order_id bigint not null references orders (id),
  provider text not null constraint payments_provider_known check (provider in ('MOCK', 'STRIPE')),
  -- The provider's id of the intent; unknown until the provider has answered.
  intent_id text,
  status text not null default 'requires_action'
    constraint payments_status_known check (status in ('requires_action', 'succeeded', 'failed')),
  currency text not null constraint payments_currency_is_iso check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null constraint payments_amount_is_positive check (amount_minor > 0),
  -- The mode of the key that made it: a payment of one mode is never settled by an event of the other.
  livemode boolean not null,
  created_at timestamptz not null default now(),
  succeeded_at timestamptz,
  failed_at timestamptz,
  failure_reason text,
  -- The payer has done their part and the money is on its way; such an intent cannot be cancelled.
  is_processing boolean not null default false,
  -- The last card that was declined; a decline ends nothing.
  decline_code text,
  decline_message text,
  -- What the provider captured. Also set on a failed payment whose money came after all.
  captured_minor bigint not null default 0,
  -- Refunds that have been written down and have not failed: reserved before any call is made.
  refund_reserved_minor bigint not null default 0,
  -- Refunds that the provider has confirmed.
  refunded_minor bigint not null default 0,
  -- Withheld or lost by disputes; it has left us already and is not refunded a second time.
  disputed_minor bigint not null default 0,
  -- This success paid the order. A surplus success (late, double) is not counted and goes back.
  is_counted boolean not null default false,
  surplus_reason text constraint payments_surplus_reason_known
    check (surplus_reason in ('payment_failed', 'order_not_waiting', 'person_gone')),
  version integer not null default 1,
  -- The provider's page of this payment. Until somebody pays there it is also the intent's id; then the intent has its own.
  page_id text,
  -- As the payer first asked: of the provider's page, the way back from it, and the receipt.
  payer_language text constraint payments_payer_language_known check (payer_language in ('en', 'es')),
  -- A provider repeats what it answered under an idempotency key, a refusal or a failure of its own too. Once such an
  -- answer is known to have had no effect, the same payment is told under its next key.
  key_number integer not null default 1,
  -- When the present key was taken; null: with the row.
  key_taken_at timestamptz,
  constraint payments_one_per_intent unique (intent_id),
  constraint payments_refunds_within_capture check (refund_reserved_minor <= captured_minor),
  constraint payments_refunded_was_reserved check (0 <= refunded_minor and refunded_minor <= refund_reserved_minor),
  constraint payments_captured_at_most_amount check (0 <= captured_minor and captured_minor <= amount_minor),
  constraint payments_success_is_captured check (status <> 'succeeded' or captured_minor = amount_minor),
  constraint payments_success_has_time check ((status = 'succeeded') = (succeeded_at is not null)),
  constraint payments_counted_succeeded check (not is_counted or (status = 'succeeded' and surplus_reason is null)),
  constraint payments_money_is_counted_or_surplus
    check (captured_minor = 0 or is_counted or surplus_reason is not null)
);
create unique index payments_one_live_per_order on payments (order_id) where status = 'requires_action';
create unique index payments_one_counted_per_order on payments (order_id) where is_counted;
create index payments_by_order on payments (order_id);
create index payments_surplus on payments (id) where surplus_reason is not null;
create index payments_by_time on payments (created_at);

create trigger payments_moves before update of status on payments
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves('requires_action>succeeded', 'requires_action>failed');
create trigger payments_audit after update of status on payments
  for each row when (old.status is distinct from new.status)
  execute function audit_state_change('payment');

-- Money that arrives for a payment which has failed moves no state, and is a change of money all the same.
create function audit_late_capture() returns trigger language plpgsql as $$
begin
  insert into audit_log (actor, action, subject, request_id, before, after)
  values (
    coalesce(nullif(current_setting('tribi.actor', true), ''), 'system'),
    'payment.captured_late',
    'payment:' || new.id,
    nullif(current_setting('tribi.request_id', true), ''),
    jsonb_build_object('captured_minor', old.captured_minor),
    jsonb_build_object('captured_minor', new.captured_minor)
  );
  return null;
end;
$$;
create trigger payments_audit_late_capture after update of captured_minor on payments
  for each row when (old.status = new.status and old.captured_minor <> new.captured_minor)
  execute function audit_late_capture();

-- Everything that providers told us, once per provider and event id, with what came of it. An event and its effect
-- are written by one statement.
create table webhook_events (
  id bigint generated always as identity primary key,
  provider text not null,
  event_id text not null,
  -- How it came: delivered to our webhook, or read at the provider because we asked.
  source text not null constraint webhook_events_source_known check (source in ('webhook', 'read')),
  type text not null,
  kind text not null,
  intent_id text,
  payment_id bigint references payments (id),
  -- processed: had its effect. ignored: true, and changes nothing. waiting: for a row of ours that is not there yet.
  -- parked: cannot be true, or is not ours to decide; an operator looks at it.
  outcome text not null
    constraint webhook_events_outcome_known check (outcome in ('processed', 'ignored', 'waiting', 'parked')),
  reason text,
  -- The event in our own terms. Never a client secret, a card or a signature.
  facts jsonb not null,
  provider_created_at timestamptz not null,
  received_at timestamptz not null default now(),
  applied_at timestamptz,
  attempts integer not null default 0,
  next_try_at timestamptz,
  constraint webhook_events_once_per_provider_and_id unique (provider, event_id),
  constraint webhook_events_waiting_have_a_next_try check ((outcome = 'waiting') = (next_try_at is not null)),
  constraint webhook_events_quiet_ones_say_why check (outcome = 'processed' or reason is not null)
);
create index webhook_events_by_payment on webhook_events (payment_id) where payment_id is not null;
create index webhook_events_by_intent on webhook_events (intent_id) where intent_id is not null;
create index webhook_events_waiting on webhook_events (intent_id) where outcome = 'waiting';
create index webhook_events_parked on webhook_events (id) where outcome = 'parked';
create index webhook_events_by_time on webhook_events (received_at);

-- How often one person's payments may be declined in a day: who tries stolen cards tries many. Returns for how many
-- seconds this person may begin no further payment; null when they may now. Callers of one person take turns, and each
-- statement of a function sees what the one before it committed. Once a payment was declined, those under way count with
-- the declined ones, so that payments begun at once do not pass the cap together.
create function decline_cap(p_user_id bigint, p_order_id bigint, p_declines_max integer) returns integer
language plpgsql as $$
declare
  c_window constant interval := interval '24 hours';
  -- An order is payable for seven days at most (ORDER_TTL_MINUTES), so older ones have no decline of the last day.
  c_orders constant interval := interval '9 days';
  v_declined timestamptz[];
  v_under_way integer;
  v_over integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('declined payments of user ' || p_user_id, 0));
  if exists (select from payments where order_id = p_order_id and status = 'requires_action') then
    -- Begun by a simultaneous call: this is no further payment.
    return null;
  end if;
  select array_agg(e.received_at order by e.received_at) into v_declined
  from orders o join payments p on p.order_id = o.id join webhook_events e on e.payment_id = p.id
  where o.user_id = p_user_id and o.created_at > now() - c_orders and e.received_at > now() - c_window
    and e.outcome in ('processed', 'ignored')
    and (e.kind = 'intent_failed_attempt' or e.type = 'mock.intent.failed');
  if v_declined is null then
    return null;
  end if;
  select count(*) into v_under_way from orders o join payments p on p.order_id = o.id
  where o.user_id = p_user_id and o.status = 'created' and p.status = 'requires_action' and p.decline_code is null;
  v_over := cardinality(v_declined) + v_under_way - p_declines_max;
  if v_over < 0 then
    return null;
  end if;
  return greatest(1, ceil(extract(epoch from
    v_declined[least(v_over + 1, cardinality(v_declined))] + c_window - now())));
end;
$$;
