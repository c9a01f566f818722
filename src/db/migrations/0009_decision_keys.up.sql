-- oldest-program: 0.1.0
-- The Idempotency-Keys of operators' decisions: a decision that is sent again is answered again and decides nothing.
create table decision_keys (
  -- Who decided, as the audit log names them: "admin:3".
  actor text not null,
  idempotency_key text not null,
  -- What was decided about ("esim:7"), and the request as it was sent.
  subject text not null,
  request_fingerprint bytea not null,
  created_at timestamptz not null default now(),
  constraint decision_keys_one_per_actor_and_key primary key (actor, idempotency_key)
);
create index decision_keys_by_age on decision_keys (created_at);
