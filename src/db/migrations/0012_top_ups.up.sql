-- oldest-program: 0.2.0
-- Top-ups: more data for an eSIM that exists, an order of its own (docs/decisions/0011-top-ups-are-orders.md).

-- What suppliers said an eSIM can be topped up with. Written by a job, read when a person asks.
create table esim_top_up_lists (
  profile_id bigint primary key references esim_profiles (id),
  listed_at timestamptz,
  -- [{package_id, cost_text, cost_currency, cost_minor}]; cost_minor is null when it is no whole number.
  packages jsonb not null default '[]',
  -- Why the last try gave no list; the list before it stays.
  problem text,
  -- Asked again then.
  due_at timestamptz not null
);
create index esim_top_up_lists_due on esim_top_up_lists (due_at);

create table top_ups (
  id bigint generated always as identity primary key,
  order_id bigint not null references orders (id),
  user_id bigint not null references users (id),
  -- The eSIM that it adds to.
  profile_id bigint not null references esim_profiles (id),
  plan_id bigint not null references plans (id),
  status text not null default 'pending',
  -- Only who sold the eSIM can add to it.
  supplier text not null,
  package_id text not null,
  -- What the shop reckons with; changes only while no purchase is open.
  cost_text text,
  cost_currency text,
  cost_minor bigint,
  supplier_top_up_id text,
  created_at timestamptz not null default now(),
  done_at timestamptz,
  ended_at timestamptz,
  failure_reason text,
  -- Done, refunded or in front of an operator by then. Set by the payment.
  due_at timestamptz,
  -- As in esim_profiles.
  lease_token integer not null default 0,
  lease_until timestamptz,
  parked_reason text,
  parked_at timestamptz,
  forgiven_attempts integer not null default 0,
  take_back_requested_at timestamptz,
  -- What the buyer reads; null: the request did not say.
  language text,
  version integer not null default 1,
  constraint top_ups_one_per_order unique (order_id),
  constraint top_ups_status_known check (status in ('pending', 'done', 'failed', 'cancelled')),
  constraint top_ups_done_are_known_to_the_supplier
    check (status <> 'done' or (supplier_top_up_id is not null and done_at is not null)),
  constraint top_ups_parked_say_why check ((parked_at is null) = (parked_reason is null)),
  constraint top_ups_language_known check (language in ('en', 'es'))
);
create index top_ups_by_profile on top_ups (profile_id, id desc);
create index top_ups_due on top_ups (due_at) where status = 'pending' and due_at is not null;
create index top_ups_parked on top_ups (parked_at) where parked_at is not null;
create index top_ups_failed on top_ups (ended_at) where status = 'failed';

create trigger top_ups_moves before update of status on top_ups
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves('pending>done', 'pending>failed', 'pending>cancelled', 'done>cancelled');
create trigger top_ups_audit after update of status on top_ups
  for each row when (old.status is distinct from new.status)
  execute function audit_state_change('top_up');

-- An order has the one or the other, by its kind.
create function order_kind_has_its_own() returns trigger language plpgsql as $$
declare
  v_kind text;
begin
  select kind into v_kind from orders where id = new.order_id;
  if v_kind is distinct from tg_argv[0] then
    raise exception 'Order % is of kind %', new.order_id, v_kind
      using errcode = 'check_violation', constraint = tg_table_name || '_belong_to_their_kind', table = tg_table_name;
  end if;
  return null;
end;
$$;
create trigger top_ups_belong_to_their_kind after insert on top_ups
  for each row execute function order_kind_has_its_own('top_up');

-- lock-safe: a database that gets the baseline has no orders yet
alter table orders add constraint orders_top_up_names_an_esim
  foreign key (top_up_of_profile_id) references esim_profiles (id);

-- An order that was not paid takes its top-up along, in the statement that fails it.
create function fail_top_up_of_failed_order() returns trigger language plpgsql as $$
begin
  update top_ups set status = 'failed', failure_reason = 'order_not_paid', ended_at = now()
  where order_id = new.id and status = 'pending';
  return null;
end;
$$;
create trigger orders_failed_fail_top_up after update of status on orders
  for each row when (new.status = 'failed' and old.status = 'created' and new.kind = 'top_up')
  execute function fail_top_up_of_failed_order();
