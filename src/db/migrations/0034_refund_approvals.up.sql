-- oldest-program: 0.1.0
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
