-- oldest-program: 0.1.0
-- Orders, and the two laws that every state machine of the house obeys.

-- A status moves only along the graph that the trigger's arguments declare ('created>paid', …); each move raises
-- the row's version. The same graph stands in the module's *-state.ts, and a test compares the two.
create function enforce_state_moves() returns trigger language plpgsql as $$
begin
  if not (old.status || '>' || new.status) = any (tg_argv) then
    raise exception 'A % does not move from % to %', tg_table_name, old.status, new.status
      using errcode = 'check_violation', constraint = tg_table_name || '_moves_along_the_graph', table = tg_table_name;
  end if;
  new.version := old.version + 1;
  return new;
end;
$$;

-- Every move is one audit row, whoever makes it. The actor and the request are settings of the transaction.
create function audit_state_change() returns trigger language plpgsql as $$
begin
  insert into audit_log (actor, action, subject, request_id, before, after)
  values (
    coalesce(nullif(current_setting('tribi.actor', true), ''), 'system'),
    tg_argv[0] || '.' || new.status,
    tg_argv[0] || ':' || new.id,
    nullif(current_setting('tribi.request_id', true), ''),
    jsonb_build_object('status', old.status),
    jsonb_build_object('status', new.status)
  );
  return null;
end;
$$;

create table orders (
  id bigint generated always as identity primary key,
  -- What people quote to support; random, so that it does not tell how many orders there are.
  reference text not null constraint orders_one_per_reference unique,
  user_id bigint not null references users (id),
  plan_id bigint not null references plans (id),
  kind text not null default 'esim' constraint orders_kind_known check (kind in ('esim', 'top_up')),
  -- The eSIM that a top-up adds to.
  top_up_of_profile_id bigint,
  status text not null default 'created'
    constraint orders_status_known check (status in ('created', 'paid', 'failed', 'refunded')),
  currency text not null constraint orders_currency_is_iso check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null constraint orders_amount_is_positive check (amount_minor > 0),
  -- The plan as it was sold; frozen together with the price, and kept as it was written.
  plan_snapshot json not null,
  idempotency_key text,
  -- SHA-256 of method, route and members as sent, in canonical form: tells a replay from a reuse of the key.
  request_fingerprint bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  paid_at timestamptz,
  failed_at timestamptz,
  refunded_at timestamptz,
  failure_reason text,
  version integer not null default 1,
  -- The key first: hasKey in order-read-model.ts says why.
  constraint orders_one_per_user_and_key unique (idempotency_key, user_id),
  constraint orders_key_has_fingerprint check ((idempotency_key is null) = (request_fingerprint is null)),
  constraint orders_paid_has_time check (status not in ('paid', 'refunded') or paid_at is not null),
  constraint orders_times_in_order check (created_at <= coalesce(paid_at, created_at)),
  constraint orders_top_up_names_profile check ((kind = 'top_up') = (top_up_of_profile_id is not null))
);
create index orders_by_user on orders (user_id, id desc);
create index orders_unpaid_by_expiry on orders (expires_at) where status = 'created';
create index orders_keys_by_age on orders (created_at) where idempotency_key is not null;

create trigger orders_moves before update of status on orders
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves('created>paid', 'created>failed', 'paid>refunded');
create trigger orders_audit after update of status on orders
  for each row when (old.status is distinct from new.status)
  execute function audit_state_change('order');
