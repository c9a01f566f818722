-- oldest-program: 0.1.0
-- Money: payments, what providers told us about them, refunds, disputes, and the comparison of both sides' books.
-- Amounts are minor units of ISO 4217 currencies. Rows of money are added and moved forward, never deleted.

-- Enqueues one job of each task with the same payload, by one insert: for hot statements, where each call of
-- enqueue_job costs a tenth of the statement. Such jobs have no key; the state move that needs them happens once.
create function enqueue_jobs(tasks text[], payload json) returns boolean language plpgsql as $$
declare
  v_task text;
  v_inserted integer;
begin
  insert into graphile_worker._private_jobs (task_id, payload, priority)
  select id, payload, job_priority(identifier) from graphile_worker._private_tasks where identifier = any (tasks);
  get diagnostics v_inserted = row_count;
  if v_inserted < cardinality(tasks) then
    -- A task that no worker has named yet.
    foreach v_task in array tasks loop
      if not exists (select from graphile_worker._private_tasks where identifier = v_task) then
        perform enqueue_job(v_task, payload);
      end if;
    end loop;
  end if;
  return true;
end;
$$;

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
create index webhook_events_waiting on webhook_events (intent_id) where outcome = 'waiting';
create index webhook_events_parked on webhook_events (id) where outcome = 'parked';

create table refunds (
  id bigint generated always as identity primary key,
  -- As the payment's.
  reference text not null default gen_random_uuid()::text constraint refunds_one_per_reference unique,
  payment_id bigint not null references payments (id),
  order_id bigint not null references orders (id),
  -- requested: written down, the provider's answer is not known. pending: the provider works on it.
  -- parked: waits for an operator. failed: the money did not go, or came back.
  status text not null default 'requested'
    constraint refunds_status_known check (status in ('requested', 'parked', 'pending', 'succeeded', 'failed')),
  amount_minor bigint not null constraint refunds_amount_is_positive check (amount_minor > 0),
  currency text not null,
  -- admin: a person decided. surplus: late or double money. undeliverable: no supplier could deliver.
  -- provider: made in the provider's own pages.
  origin text not null
    constraint refunds_origin_known check (origin in ('admin', 'surplus', 'undeliverable', 'provider')),
  reason text not null,
  accepts_loss boolean not null default false,
  provider_refund_id text,
  requested_by bigint references users (id),
  idempotency_key text,
  request_fingerprint bytea,
  created_at timestamptz not null default now(),
  -- A call was begun; from then on the provider is asked before it is told again.
  called_at timestamptz,
  esim_taken_back_at timestamptz,
  finished_at timestamptz,
  failure_reason text,
  version integer not null default 1,
  constraint refunds_one_per_provider_refund unique (provider_refund_id),
  constraint refunds_one_per_person_and_key unique (requested_by, idempotency_key),
  constraint refunds_key_has_fingerprint check ((idempotency_key is null) = (request_fingerprint is null)),
  constraint refunds_failed_say_why check (status not in ('failed', 'parked') or failure_reason is not null)
);
create index refunds_by_payment on refunds (payment_id);
create index refunds_by_order on refunds (order_id);
create index refunds_unfinished on refunds (created_at) where status in ('requested', 'pending', 'parked');
create index refunds_surplus_by_time on refunds (created_at) where origin = 'surplus';

create trigger refunds_moves before update of status on refunds
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'requested>parked', 'requested>pending', 'requested>succeeded', 'requested>failed',
    'parked>requested', 'parked>pending', 'parked>succeeded', 'parked>failed',
    'pending>succeeded', 'pending>failed', 'succeeded>failed'
  );
create trigger refunds_audit after update of status on refunds
  for each row when (old.status is distinct from new.status)
  execute function audit_state_change('refund');

create function audit_new_refund() returns trigger language plpgsql as $$
begin
  insert into audit_log (actor, action, subject, request_id, after)
  values (
    coalesce(nullif(current_setting('tribi.actor', true), ''), 'system'),
    'refund.' || new.status,
    'refund:' || new.id,
    nullif(current_setting('tribi.request_id', true), ''),
    jsonb_build_object('status', new.status, 'amount_minor', new.amount_minor, 'payment_id', new.payment_id)
  );
  return null;
end;
$$;
create trigger refunds_audit_new after insert on refunds for each row execute function audit_new_refund();

-- The sums on the payment follow from its refunds, whoever writes them; the checks on `payments` then refuse a
-- refund that is more than the capture, also when two are written at the same moment (the row is locked).
create function payments_sum_refunds() returns trigger language plpgsql as $$
declare
  v_reserved bigint := 0;
  v_refunded bigint := 0;
begin
  if tg_op = 'INSERT' then
    if new.status <> 'failed' then v_reserved := new.amount_minor; end if;
    if new.status = 'succeeded' then v_refunded := new.amount_minor; end if;
  else
    v_reserved := case new.status when 'failed' then 0 else new.amount_minor end
                - case old.status when 'failed' then 0 else old.amount_minor end;
    v_refunded := case new.status when 'succeeded' then new.amount_minor else 0 end
                - case old.status when 'succeeded' then old.amount_minor else 0 end;
  end if;
  if v_reserved <> 0 or v_refunded <> 0 then
    update payments set
      refund_reserved_minor = refund_reserved_minor + v_reserved,
      refunded_minor = refunded_minor + v_refunded
    where id = new.payment_id;
  end if;
  return null;
end;
$$;
create trigger refunds_are_summed after insert or update of status, amount_minor on refunds
  for each row execute function payments_sum_refunds();

create table disputes (
  id bigint generated always as identity primary key,
  provider text not null,
  dispute_id text not null,
  payment_id bigint not null references payments (id),
  -- warning: an inquiry, no money has moved. open: withheld. won, lost: final.
  status text not null constraint disputes_status_known check (status in ('warning', 'open', 'won', 'lost')),
  amount_minor bigint not null,
  currency text not null,
  reason text not null,
  created_at timestamptz not null default now(),
  provider_created_at timestamptz not null,
  closed_at timestamptz,
  version integer not null default 1,
  constraint disputes_one_per_provider_dispute unique (provider, dispute_id)
);
create index disputes_by_payment on disputes (payment_id);
create trigger disputes_moves before update of status on disputes
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves('warning>open', 'warning>won', 'warning>lost', 'open>won', 'open>lost');
create trigger disputes_audit after update of status on disputes
  for each row when (old.status is distinct from new.status)
  execute function audit_state_change('dispute');

-- One comparison of our books with a provider's.
create table reconciliation_runs (
  id bigint generated always as identity primary key,
  provider text not null,
  since timestamptz not null,
  applies boolean not null,
  started_at timestamptz not null default now(),
  -- Moved on while it works; a run whose process died is taken over when this grows old.
  alive_at timestamptz not null default now(),
  finished_at timestamptz,
  failure text,
  intents_seen integer not null default 0,
  refunds_seen integer not null default 0
);
create unique index reconciliation_runs_one_at_a_time on reconciliation_runs (provider) where finished_at is null;
create index reconciliation_runs_by_time on reconciliation_runs (provider, started_at desc);

create table reconciliation_findings (
  id bigint generated always as identity primary key,
  provider text not null,
  class text not null constraint reconciliation_findings_class_known check (class in (
    'paid_not_recorded', 'recorded_not_paid', 'charged_twice', 'amount_differs', 'orphan_intent', 'refund_missing'
  )),
  -- "payment:7", "intent:pi_…", "refund:9"
  subject text not null,
  action text not null constraint reconciliation_findings_action_known check (action in ('repaired', 'reported')),
  payment_id bigint references payments (id),
  order_id bigint,
  detail jsonb not null,
  found_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  last_run_id bigint not null references reconciliation_runs (id),
  -- Repaired, or not seen any more.
  closed_at timestamptz
);
create unique index reconciliation_findings_one_open on reconciliation_findings (provider, class, subject)
  where closed_at is null;

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
