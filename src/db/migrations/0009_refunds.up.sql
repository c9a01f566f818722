-- oldest-program: 0.2.0
-- Money that goes back or is taken back: refunds, those that wait for a second person, disputes, and the comparison of
-- our books with a provider's.

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
  -- admin: a person decided. customer: gave an unused eSIM back. surplus: late or double money. undeliverable: no supplier could deliver.
  -- provider: made in the provider's own pages.
  origin text not null
    constraint refunds_origin_known check (origin in ('admin', 'customer', 'surplus', 'undeliverable', 'provider')),
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
  -- As the payment's.
  key_number integer not null default 1,
  -- How often the provider was told. Who tells it names the number that it has seen, so that of two who looked at the
  -- same moment one tells, and nobody tells under a key that is given up.
  tellings integer not null default 0,
  told_at timestamptz,
  constraint refunds_one_per_provider_refund unique (provider_refund_id),
  constraint refunds_one_per_person_and_key unique (requested_by, idempotency_key),
  constraint refunds_key_has_fingerprint check ((idempotency_key is null) = (request_fingerprint is null)),
  constraint refunds_failed_say_why check (status not in ('failed', 'parked') or failure_reason is not null)
);
create index refunds_by_payment on refunds (payment_id);
create index refunds_by_order on refunds (order_id);
create index refunds_unfinished on refunds (created_at) where status in ('requested', 'pending', 'parked');
create index refunds_surplus_by_time on refunds (created_at) where origin = 'surplus';
create index refunds_by_time on refunds (created_at);
create index refunds_by_end on refunds (finished_at) where status = 'succeeded';

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

-- A refund above the shop's limit waits for a second person.
create table refund_approvals (
  id bigint generated always as identity primary key,
  order_id bigint not null references orders (id),
  payment_id bigint not null references payments (id),
  currency text not null,
  amount_minor bigint not null,
  reason text not null,
  accepts_loss boolean not null,
  status text not null default 'waiting',
  -- The person; of a key the one who made it.
  requested_by bigint not null references users (id),
  idempotency_key text,
  request_fingerprint bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  decided_by bigint references users (id),
  decided_at timestamptz,
  decision_reason text,
  -- What the approval made.
  refund_id bigint references refunds (id),
  version integer not null default 1,
  constraint refund_approvals_one_per_person_and_key unique (requested_by, idempotency_key),
  constraint refund_approvals_one_per_refund unique (refund_id),
  constraint refund_approvals_amount_is_positive check (amount_minor > 0),
  constraint refund_approvals_status_known check (status in ('waiting', 'approved', 'declined', 'expired')),
  constraint refund_approvals_approved_by_another
    check (status <> 'approved' or (decided_by is not null and decided_by <> requested_by)),
  constraint refund_approvals_approved_make_a_refund check ((status = 'approved') = (refund_id is not null)),
  constraint refund_approvals_declined_by_somebody check (status <> 'declined' or decided_by is not null),
  constraint refund_approvals_ended_say_when check ((status = 'waiting') = (decided_at is null)),
  constraint refund_approvals_key_has_fingerprint
    check ((idempotency_key is null) = (request_fingerprint is null))
);
create unique index refund_approvals_one_waiting_per_order on refund_approvals (order_id)
  where status = 'waiting';
create index refund_approvals_by_order on refund_approvals (order_id);
create index refund_approvals_by_time on refund_approvals (created_at);
create trigger refund_approvals_moves before update of status on refund_approvals
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves('waiting>approved', 'waiting>declined', 'waiting>expired');

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
create index disputes_open on disputes (created_at) where status in ('warning', 'open');
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
