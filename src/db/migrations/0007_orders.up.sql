-- oldest-program: 0.2.0
-- Orders, what a customer agreed to with one, and what one person may order without paying.

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
  -- It was settled at an earlier system, and its money is in no payment of ours.
  imported_at timestamptz,
  -- The key first: hasKey in order-read-model.ts says why.
  constraint orders_one_per_user_and_key unique (idempotency_key, user_id),
  constraint orders_key_has_fingerprint check ((idempotency_key is null) = (request_fingerprint is null)),
  constraint orders_paid_has_time check (status not in ('paid', 'refunded') or paid_at is not null),
  constraint orders_times_in_order check (created_at <= coalesce(paid_at, created_at)),
  constraint orders_top_up_names_profile check ((kind = 'top_up') = (top_up_of_profile_id is not null))
);
create index orders_by_user on orders (user_id, id desc);
create index orders_unpaid_by_expiry on orders (expires_at) where status = 'created';
create index orders_unpaid_by_user on orders (user_id) where status = 'created';
create index orders_keys_by_age on orders (created_at) where idempotency_key is not null;
create index orders_by_time on orders (created_at);
create index orders_by_payment_time on orders (paid_at) where paid_at is not null;
create index orders_by_amount on orders (amount_minor);
-- Orders of a rare state are found without reading all of them.
create index orders_failed on orders (id) where status = 'failed';
create index orders_refunded on orders (id) where status = 'refunded';

create trigger orders_moves before update of status on orders
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves('created>paid', 'created>failed', 'paid>refunded');
create trigger orders_audit after update of status on orders
  for each row when (old.status is distinct from new.status)
  execute function audit_state_change('order');

-- What a customer agreed to before paying. The first word about an order counts.
create table order_consents (
  order_id bigint primary key,
  -- Names the words of the terms as they were shown.
  terms_version text not null,
  -- Wanted delivery at once, with which the right of withdrawal ends.
  immediate_delivery boolean not null,
  accepted_at timestamptz not null default now(),
  constraint order_consents_order_exists foreign key (order_id) references orders (id) on delete cascade,
  constraint order_consents_version_is_short check (terms_version ~ '^[A-Za-z0-9._-]{1,64}$')
);

-- Which cap refuses a further order of this person, and for how long; nulls when none does. 999999 is off. Callers of
-- one person take turns, and each statement of a function sees what the one before it committed. Who has fewer orders in
-- all than either cap is let through by one look at their newest ones.
create function order_cap(
  p_user_id bigint,
  -- Unpaid orders at a time.
  p_open_max integer,
  p_per_hour_max integer,
  out refused_by text,
  out retry_seconds integer
) language plpgsql as $$
declare
  c_off constant integer := 999999;
  -- Expired orders are ended once a minute.
  c_sweep constant interval := interval '1 minute';
  v_until timestamptz;
begin
  perform pg_advisory_xact_lock(hashtextextended('orders of user ' || p_user_id, 0));
  perform from orders where user_id = p_user_id order by id desc offset least(p_open_max, p_per_hour_max) - 1 limit 1;
  if not found then
    return;
  end if;
  if p_per_hour_max < c_off then
    select created_at + interval '1 hour' into v_until from orders
    where user_id = p_user_id order by id desc offset p_per_hour_max - 1 limit 1;
    if v_until > now() then
      refused_by := 'orders_per_hour';
    end if;
  end if;
  if refused_by is null and p_open_max < c_off then
    select case when count(*) >= p_open_max then greatest(min(expires_at), now()) + c_sweep end into v_until
    from orders where user_id = p_user_id and status = 'created';
    if v_until is not null then
      refused_by := 'orders_open';
    end if;
  end if;
  if refused_by is not null then
    retry_seconds := greatest(1, ceil(extract(epoch from v_until - now())));
  end if;
end;
$$;
