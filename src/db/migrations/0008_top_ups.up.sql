-- oldest-program: 0.1.0
-- Top-ups: more data for an eSIM that exists, an order of its own (docs/decisions/0011-top-ups-are-orders.md).

-- The same plan as a top-up: this supplier's package for it.
-- lock-safe: part of the first release, when no table has rows yet
alter table plan_suppliers add column top_up_package_id text
  constraint plan_suppliers_top_up_package_is_short check (length(top_up_package_id) between 1 and 200);

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

-- lock-safe: part of the first release, when no table has rows yet
alter table orders add constraint orders_top_up_names_an_esim
  foreign key (top_up_of_profile_id) references esim_profiles (id);

-- A purchase is of an eSIM or of a top-up.
alter table provisioning_attempts
  alter column profile_id drop not null,
  add column top_up_id bigint references top_ups (id),
  add constraint provisioning_attempts_of_an_esim_or_a_top_up check (num_nonnulls(profile_id, top_up_id) = 1);
-- Partial, so that purchases of eSIMs do not pay for them.
-- lock-safe: part of the first release, when no table has rows yet
create unique index provisioning_attempts_one_per_top_up_number on provisioning_attempts (top_up_id, number)
  where top_up_id is not null;
-- lock-safe: part of the first release, when no table has rows yet
create unique index provisioning_attempts_one_open_per_top_up on provisioning_attempts (top_up_id)
  where top_up_id is not null and status in ('intended', 'unknown', 'accepted', 'parked');

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

-- Takes the lease on a paid top-up and shows what the next step is decided by, as claim_provisioning does for eSIMs.
create function claim_top_up(p_order_id bigint, p_lease interval, p_includes_parked boolean) returns table (
  top_up_id bigint, lease_token integer, order_reference text, forgiven_attempts integer, is_parked boolean,
  is_take_back_requested boolean, is_esim_alive boolean, supplier text, package_id text, cost_text text,
  cost_currency text, cost_minor bigint, supplier_reference text, supplier_order_id text, iccid text, attempts json
) language plpgsql as $$
#variable_conflict use_column
begin
  update top_ups t set lease_token = t.lease_token + 1, lease_until = clock_timestamp() + p_lease
  from orders o, esim_profiles p
  where t.order_id = p_order_id and o.id = p_order_id and p.id = t.profile_id
    and t.status = 'pending' and o.status in ('paid', 'refunded') and (t.parked_at is null or p_includes_parked)
    and (t.lease_until is null or t.lease_until < clock_timestamp())
  returning t.id, t.lease_token, o.reference, t.forgiven_attempts, t.parked_at is not null,
    t.take_back_requested_at is not null or o.status = 'refunded',
    p.status in ('ready', 'active') and p.ended_at is null,
    t.supplier, t.package_id, t.cost_text, t.cost_currency, t.cost_minor,
    p.supplier_reference, p.supplier_order_id, p.iccid
  into top_up_id, lease_token, order_reference, forgiven_attempts, is_parked, is_take_back_requested, is_esim_alive,
    supplier, package_id, cost_text, cost_currency, cost_minor, supplier_reference, supplier_order_id, iccid;
  if not found then
    return;
  end if;
  attempts := (
    select coalesce(json_agg(json_build_object(
      'id', a.id, 'number', a.number, 'reference', a.reference, 'supplier', a.supplier, 'packageId', a.package_id,
      'status', a.status, 'supplierOrderId', a.supplier_order_id, 'reason', a.reason, 'lookups', a.lookups,
      'ageMillis', floor(extract(epoch from clock_timestamp() - a.created_at) * 1000),
      'settlingMillis', settling_millis(a), 'resettlingMillis', resettling_millis(a),
      'sentAfterMillis', floor(extract(epoch from a.created_at) * 1000),
      'askInMillis', ceil(extract(epoch from a.ask_at - clock_timestamp()) * 1000),
      'expectedCost', a.expected_cost, 'toldFailure', a.told_failure) order by a.number), '[]')
    from provisioning_attempts a where a.top_up_id = claim_top_up.top_up_id);
  return next;
end;
$$;
