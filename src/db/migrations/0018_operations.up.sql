-- oldest-program: 0.2.0
-- For operators: their decisions' keys, the chain over the audit log, and what was taken over from an earlier system.

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

-- A chain over the audit log, so that a row that was changed, removed or put in afterwards is found: a thousand rows or
-- fewer to a block, each block's hash over the one before it.
create table audit_blocks (
  number bigint primary key,
  made_at timestamptz not null default now(),
  row_count integer not null,
  -- Every row of the log up to this id has a link: nothing that is still to be committed comes before it.
  complete_to bigint not null,
  hash bytea not null constraint audit_blocks_hash_is_sha256 check (length(hash) = 32)
);

-- No foreign key into the log: that a row is gone is to be seen here, not prevented.
create table audit_links (
  audit_id bigint primary key,
  block bigint not null constraint audit_links_block_exists references audit_blocks (number),
  -- Who did what to which thing, and when.
  facts_hash bytea not null,
  -- What it was before and after, hashed apart so that it may be erased.
  details_hash bytea not null
);
create index audit_links_by_block on audit_links (block);

-- What was imported, under the id that it had there: a row is taken once, however often an import is run.
create table imported_rows (
  kind text not null constraint imported_rows_kind_known check (kind in ('user', 'plan', 'order')),
  legacy_id bigint not null,
  id bigint not null,
  imported_at timestamptz not null default now(),
  constraint imported_rows_once primary key (kind, legacy_id)
);

-- What the earlier system knew of an order's money; evidence, on which nothing here acts.
create table imported_payments (
  id bigint generated always as identity primary key,
  order_id bigint not null references orders (id),
  provider text not null,
  intent_id text,
  status text not null,
  created_at timestamptz
);
create index imported_payments_by_order on imported_payments (order_id);
