-- oldest-program: 0.1.0
-- eSIMs: what a paid order becomes, where it is bought, and every purchase that was tried. Codes are sealed
-- (AES-256-GCM, bound to table and row); what must be unique about them is a keyed fingerprint, which survives the
-- rotation of the sealing keys.

create table esim_profiles (
  id bigint generated always as identity primary key,
  order_id bigint not null references orders (id),
  user_id bigint not null references users (id),
  plan_id bigint not null references plans (id),
  status text not null default 'pending',
  -- Who delivered it, and that supplier's own names of it.
  supplier text,
  supplier_order_id text,
  supplier_reference text,
  -- Everything that a phone needs, as sealed JSON (modules/esims/install-secrets.ts).
  sealed bytea,
  code_fingerprint bytea,
  activation_code_fingerprint bytea,
  iccid text,
  created_at timestamptz not null default now(),
  provisioned_at timestamptz,
  -- Unused until then, it expires. Set with the delivery.
  use_by timestamptz,
  -- What begins the plan's days, as the supplier says; null: it does not.
  validity_starts text,
  installed_at timestamptz,
  -- Since when nobody can use it any more, also of one that stays active because it was in use. From then on its
  -- supplier is never asked about it: the ICCID may be somebody else's by now.
  ended_at timestamptz,
  failure_reason text,
  -- What the supplier says, in the port's words; the wire status is a view on it.
  profile_state text not null default 'unknown',
  plan_state text not null default 'unknown',
  plan_expires_at timestamptz,
  usage_total_bytes bigint,
  usage_remaining_bytes bigint,
  -- What the supplier calls a kilobyte: bytes are divided by the same base for display.
  usage_base smallint,
  usage_as_of timestamptz,
  state_checked_at timestamptz,
  poll_at timestamptz,
  -- Ready, refunded or in front of an operator by then. Set by the payment.
  due_at timestamptz,
  -- Who works on it: writes of a worker that slept past its lease carry an old token and change nothing.
  lease_token integer not null default 0,
  lease_until timestamptz,
  -- Waits for an operator; why.
  parked_reason text,
  parked_at timestamptz,
  -- An operator said "try again": refusals of attempts up to this number are forgiven.
  forgiven_attempts integer not null default 0,
  -- A refund wants it back: no further purchase is begun.
  take_back_requested_at timestamptz,
  -- A person has seen the code.
  revealed_at timestamptz,
  -- What the owner reads, as the browser said when the plan was ordered or the eSIM activated; null: it did not say.
  language text,
  version integer not null default 1,
  constraint esim_profiles_one_per_order unique (order_id),
  constraint esim_profiles_status_known
    check (status in ('pending', 'ready', 'active', 'failed', 'expired', 'cancelled')),
  constraint esim_profiles_one_per_supplier_reference unique (supplier, supplier_reference),
  constraint esim_profiles_one_per_code unique (code_fingerprint),
  constraint esim_profiles_one_per_activation_code unique (activation_code_fingerprint),
  constraint esim_profiles_delivered_are_installable check (
    status in ('pending', 'failed', 'cancelled')
    or (sealed is not null and supplier_reference is not null and provisioned_at is not null)
  ),
  constraint esim_profiles_language_known check (language in ('en', 'es')),
  constraint esim_profiles_validity_starts_known check (validity_starts in ('installation', 'first_use')),
  constraint esim_profiles_ended_are_not_polled check (ended_at is null or poll_at is null),
  constraint esim_profiles_usage_base_known check (usage_base in (1000, 1024)),
  constraint esim_profiles_provisioned_after_creation check (provisioned_at >= created_at)
);
-- Suppliers recycle ICCIDs, so only the living ones must differ.
create unique index esim_profiles_one_live_per_iccid on esim_profiles (iccid)
  where status in ('ready', 'active') and ended_at is null;
create index esim_profiles_by_user on esim_profiles (user_id, id desc);
-- Of paid orders only. An index of all pending ones looks small to a planner whose statistics are old, and a payment
-- would go through every unpaid order's profile.
create index esim_profiles_due on esim_profiles (due_at) where status = 'pending' and due_at is not null;
create index esim_profiles_unused_by_use_by on esim_profiles (use_by) where status = 'ready';
create index esim_profiles_by_poll on esim_profiles (poll_at) where poll_at is not null;
create index esim_profiles_parked on esim_profiles (parked_at) where parked_at is not null;

create trigger esim_profiles_moves before update of status on esim_profiles
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'pending>ready', 'pending>failed', 'pending>cancelled',
    'ready>active', 'ready>expired', 'ready>cancelled', 'active>cancelled'
  );
create trigger esim_profiles_audit after update of status on esim_profiles
  for each row when (old.status is distinct from new.status)
  execute function audit_state_change('esim');

-- Where a plan can be bought and for how much; the cheapest that can deliver is asked first.
create table plan_suppliers (
  id bigint generated always as identity primary key,
  plan_id bigint not null references plans (id) on delete cascade,
  supplier text not null,
  package_id text not null,
  -- As the supplier states it; null where a purchase costs nothing (own stock).
  cost_text text,
  cost_currency text,
  -- Minor units of cost_currency, for ranking and for comparing with the price; null when it is no whole number.
  cost_minor bigint,
  -- The supplier's terms by its catalogue: unused for so many days it lapses, and what begins the plan's days.
  use_within_days integer,
  validity_starts text,
  -- Lower is asked first; the cost decides among equals.
  rank integer not null default 0,
  paused_reason text,
  paused_at timestamptz,
  checked_at timestamptz,
  created_at timestamptz not null default now(),
  constraint plan_suppliers_one_per_package unique (plan_id, supplier, package_id),
  constraint plan_suppliers_names_are_short check (supplier ~ '^[a-z0-9-]{1,32}$' and length(package_id) between 1 and 200),
  constraint plan_suppliers_paused_say_why check ((paused_at is null) = (paused_reason is null)),
  constraint plan_suppliers_use_within_days_are_positive check (use_within_days > 0),
  constraint plan_suppliers_validity_starts_known check (validity_starts in ('installation', 'first_use'))
);
create index plan_suppliers_by_package on plan_suppliers (supplier, package_id);

-- One row per purchase that was begun. The row is committed before the call, so whatever happens to the process
-- the reference under which the supplier may have sold is known.
create table provisioning_attempts (
  id bigint generated always as identity primary key,
  profile_id bigint not null references esim_profiles (id),
  -- Counts from 1 per profile; part of the reference.
  number integer not null,
  reference text not null,
  supplier text not null,
  package_id text not null,
  status text not null default 'intended',
  -- By-match suppliers cannot tell two orders of one package apart, so one may be under way at a time; until it is
  -- decided, by whomever, what one purchase finds could be the other's.
  is_exclusive boolean not null default false,
  -- What the shop reckoned with when it called, so that the very same request can be sent again.
  expected_cost jsonb,
  supplier_order_id text,
  -- The supplier has said by itself, signed, that it gave up on this purchase: {reason, detail} in the port's words.
  told_failure jsonb,
  cost_text text,
  cost_currency text,
  -- Why it is refused or parked, in the port's words, and what was seen. Never a code.
  reason text,
  detail text,
  lookups integer not null default 0,
  created_at timestamptz not null default now(),
  ask_at timestamptz,
  -- When the first call ended without an answer: the settling time counts from here.
  called_at timestamptz,
  -- When the same request was sent again and has had no answer: that one may still be under way, too.
  resent_at timestamptz,
  call_millis integer,
  decided_at timestamptz,
  decided_by text,
  version integer not null default 1,
  constraint provisioning_attempts_one_per_reference unique (reference),
  constraint provisioning_attempts_one_per_number unique (profile_id, number),
  constraint provisioning_attempts_status_known check (status in (
    'intended', 'unknown', 'accepted', 'delivered', 'refused', 'parked', 'surplus', 'taken_back')),
  constraint provisioning_attempts_accepted_have_an_order check (status <> 'accepted' or supplier_order_id is not null)
);
create unique index provisioning_attempts_one_open_per_profile on provisioning_attempts (profile_id)
  where status in ('intended', 'unknown', 'accepted', 'parked');
create unique index provisioning_attempts_one_exclusive_per_package on provisioning_attempts (supplier, package_id)
  where is_exclusive and supplier_order_id is null and status in ('intended', 'unknown', 'parked', 'surplus');
create unique index provisioning_attempts_one_per_supplier_order on provisioning_attempts (supplier, supplier_order_id)
  where supplier_order_id is not null;
create index provisioning_attempts_open on provisioning_attempts (created_at)
  where status in ('intended', 'unknown', 'accepted', 'parked', 'surplus');
create index provisioning_attempts_by_time on provisioning_attempts (created_at);

create trigger provisioning_attempts_moves before update of status on provisioning_attempts
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'intended>unknown', 'intended>accepted', 'intended>delivered', 'intended>refused', 'intended>parked',
    'intended>surplus',
    'unknown>accepted', 'unknown>delivered', 'unknown>refused', 'unknown>parked', 'unknown>surplus',
    'accepted>delivered', 'accepted>refused', 'accepted>parked', 'accepted>surplus',
    'parked>unknown', 'parked>accepted', 'parked>delivered', 'parked>refused', 'parked>surplus',
    'delivered>taken_back', 'surplus>taken_back', 'surplus>parked'
  );

-- How long a purchase has had to arrive since it was sent first. That nothing is found says something only after the
-- supplier's settling time; where the end of the call is not known, because the process died, as long again is allowed
-- for it: no supplier sends later than that.
create function settling_millis(a provisioning_attempts) returns bigint language sql as $$
  select floor(extract(epoch from case when a.called_at is null
    then (clock_timestamp() - a.created_at) / 2 else clock_timestamp() - a.called_at end) * 1000)::bigint
$$;

-- The same of its last sending that has had no answer.
create function resettling_millis(a provisioning_attempts) returns bigint language sql as $$
  select least(settling_millis(a), floor(extract(epoch from (clock_timestamp() - a.resent_at) / 2) * 1000)::bigint)
$$;

-- Codes that the shop bought in bulk. A code has one row for ever: importing it again changes nothing.
create table stock_items (
  id bigint generated by default as identity primary key,
  plan_id bigint not null references plans (id),
  sealed bytea not null,
  code_fingerprint bytea not null,
  iccid text,
  status text not null default 'available',
  -- The unpaid or paid order that has it.
  order_id bigint references orders (id),
  -- The purchase that took it.
  reference text,
  batch text not null,
  created_at timestamptz not null default now(),
  taken_at timestamptz,
  revealed_at timestamptz,
  version integer not null default 1,
  constraint stock_items_one_per_code unique (code_fingerprint),
  constraint stock_items_one_per_reference unique (reference),
  constraint stock_items_status_known check (status in ('available', 'held', 'assigned', 'withdrawn')),
  constraint stock_items_revealed_are_never_sold_again check (revealed_at is null or status in ('assigned', 'withdrawn')),
  constraint stock_items_available_belong_to_nobody
    check (status <> 'available' or (order_id is null and reference is null)),
  constraint stock_items_held_have_an_order check (status <> 'held' or order_id is not null),
  constraint stock_items_assigned_have_a_reference check (status <> 'assigned' or reference is not null)
);
create unique index stock_items_one_held_per_order on stock_items (order_id) where status = 'held';
create index stock_items_available on stock_items (plan_id, id) where status = 'available';
-- Two codes for sale with one number are a mistake of the file; the supplier could not tell their eSIMs apart.
create unique index stock_items_one_for_sale_per_iccid on stock_items (iccid) where status in ('available', 'held');
create index stock_items_assigned_by_iccid on stock_items (iccid) where status = 'assigned' and revealed_at is null;

create trigger stock_items_moves before update of status on stock_items
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'available>held', 'held>available', 'held>assigned', 'available>assigned', 'assigned>available',
    'assigned>withdrawn', 'available>withdrawn', 'held>withdrawn'
  );

-- At most five unpaid orders of one user hold stock, also when they are made at the same moment: callers of one user
-- take turns, and each statement of a function sees what the one before it committed.
create function limit_held_stock() returns trigger language plpgsql as $$
declare
  v_user_id bigint;
begin
  select user_id into v_user_id from orders where id = new.order_id;
  perform pg_advisory_xact_lock(hashtextextended('held stock of user ' || v_user_id, 0));
  if (select count(*) from stock_items i join orders o on o.id = i.order_id
      where i.status = 'held' and o.user_id = v_user_id and o.status = 'created') > 5 then
    raise exception 'User % holds stock with five unpaid orders', v_user_id
      using errcode = 'check_violation', constraint = 'stock_items_five_held_per_user', table = 'stock_items';
  end if;
  return null;
end;
$$;
create trigger stock_items_limit_held after update of status on stock_items
  for each row when (new.status = 'held' and old.status is distinct from new.status)
  execute function limit_held_stock();

-- What is known of our accounts at suppliers; written by a job, read when an order is made.
create table supplier_accounts (
  supplier text primary key,
  balance_text text,
  balance_currency text,
  balance_minor bigint,
  balance_read_at timestamptz,
  problem text,
  problem_since timestamptz
);

-- What suppliers told by themselves. A reason to ask, never a truth.
create table supplier_events (
  id bigint generated always as identity primary key,
  supplier text not null,
  dedup_key text not null,
  kind text not null,
  occurred_at timestamptz,
  reference text,
  supplier_order_id text,
  supplier_reference text,
  iccid text,
  remaining_percent integer,
  received_at timestamptz not null default now(),
  profile_id bigint references esim_profiles (id),
  applied_at timestamptz,
  -- Why it is not applied: its order is not known yet, or cannot be read.
  problem text,
  constraint supplier_events_one_per_key unique (supplier, dedup_key)
);
create index supplier_events_unapplied on supplier_events (received_at) where applied_at is null;

-- Secret links to the page of one eSIM: 128 random bits, of which only a hash is here.
create table install_links (
  id bigint generated always as identity primary key,
  profile_id bigint not null references esim_profiles (id),
  secret_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint install_links_one_per_secret unique (secret_hash),
  constraint install_links_live_72_hours_at_most check (expires_at <= created_at + interval '72 hours')
);
create index install_links_by_profile on install_links (profile_id);

-- Who has seen a code: an owner once per session, profile and hour, an operator every time.
create table esim_reveals (
  id bigint generated always as identity primary key,
  profile_id bigint not null references esim_profiles (id),
  -- "user:7", "admin:3", "link:12", "system:mail"
  actor text not null,
  session_id text,
  channel text not null,
  hour timestamptz not null,
  at timestamptz not null default now(),
  request_id text
);
create unique index esim_reveals_one_per_session_and_hour on esim_reveals (profile_id, actor, session_id, channel, hour)
  where session_id is not null;
create index esim_reveals_by_profile on esim_reveals (profile_id, at);

-- What an order held goes back in the statement that fails it, whichever path that is.
create function release_esim_of_failed_order() returns trigger language plpgsql as $$
begin
  update esim_profiles set status = 'failed', failure_reason = 'order_not_paid', ended_at = now()
  where order_id = new.id and status = 'pending';
  update stock_items set status = 'available', order_id = null where order_id = new.id and status = 'held';
  return null;
end;
$$;
create trigger orders_failed_release_esim after update of status on orders
  for each row when (new.status = 'failed' and old.status = 'created')
  execute function release_esim_of_failed_order();

-- Takes the lease on a paid order's eSIM and shows everything that the next step is decided by. A function,
-- because each of its statements must see what was committed while the one before it waited for the row.
create function claim_provisioning(p_order_id bigint, p_lease interval, p_includes_parked boolean) returns table (
  profile_id bigint, plan_id bigint, lease_token integer, order_reference text, forgiven_attempts integer,
  is_parked boolean, is_take_back_requested boolean, attempts json, suppliers json
) language plpgsql as $$
#variable_conflict use_column
begin
  update esim_profiles p set lease_token = p.lease_token + 1, lease_until = clock_timestamp() + p_lease
  from orders o
  where p.order_id = p_order_id and o.id = p.order_id
    and p.status = 'pending' and o.status in ('paid', 'refunded') and (p.parked_at is null or p_includes_parked)
    and (p.lease_until is null or p.lease_until < clock_timestamp())
  returning p.id, p.plan_id, p.lease_token, o.reference, p.forgiven_attempts, p.parked_at is not null,
    p.take_back_requested_at is not null or o.status = 'refunded'
  into profile_id, plan_id, lease_token, order_reference, forgiven_attempts, is_parked, is_take_back_requested;
  if not found then
    return;
  end if;
  attempts := (
    select coalesce(json_agg(json_build_object(
      'id', a.id, 'number', a.number, 'reference', a.reference, 'supplier', a.supplier, 'packageId', a.package_id,
      'status', a.status, 'supplierOrderId', a.supplier_order_id, 'reason', a.reason, 'lookups', a.lookups,
      'ageMillis', floor(extract(epoch from clock_timestamp() - a.created_at) * 1000),
      'sentAfterMillis', floor(extract(epoch from a.created_at) * 1000),
      'askInMillis', ceil(extract(epoch from a.ask_at - clock_timestamp()) * 1000),
      'settlingMillis', settling_millis(a), 'resettlingMillis', resettling_millis(a),
      'expectedCost', a.expected_cost, 'toldFailure', a.told_failure) order by a.number), '[]')
    from provisioning_attempts a where a.profile_id = claim_provisioning.profile_id);
  suppliers := (
    select coalesce(json_agg(json_build_object(
      'supplier', s.supplier, 'packageId', s.package_id, 'costText', s.cost_text, 'costCurrency', s.cost_currency,
      'costMinor', s.cost_minor, 'pausedReason', s.paused_reason,
      'isAbovePaid', s.cost_currency = o.currency and coalesce(s.cost_minor > o.amount_minor, false))
      order by s.rank, s.cost_minor nulls first, s.id), '[]')
    from plan_suppliers s, orders o where s.plan_id = claim_provisioning.plan_id and o.id = p_order_id);
  return next;
end;
$$;

-- Takes the item that the order holds, or else the oldest available one, for this purchase; repeating it gives the
-- same item again. Callers do not wait for one another: each skips the rows that others are taking. Only takings for
-- one attempt take turns, and for an attempt that is decided nothing is taken: whoever slept comes too late.
create function take_stock_item(p_reference text, p_plan_id bigint) returns bigint language plpgsql as $$
declare
  v_id bigint;
  v_order_id bigint;
begin
  select p.order_id into v_order_id from provisioning_attempts a join esim_profiles p on p.id = a.profile_id
  where a.reference = p_reference and a.status in ('intended', 'unknown', 'accepted', 'parked', 'surplus')
  for no key update of a;
  if not found then
    return null;
  end if;
  select id into v_id from stock_items where reference = p_reference;
  if found then
    return v_id;
  end if;
  update stock_items set status = 'assigned', reference = p_reference, taken_at = now()
  where order_id = v_order_id and plan_id = p_plan_id and status = 'held'
  returning id into v_id;
  if found then
    return v_id;
  end if;
  update stock_items set status = 'assigned', reference = p_reference, order_id = v_order_id, taken_at = now()
  where id = (
    select id from stock_items where plan_id = p_plan_id and status = 'available'
    order by id limit 1 for update skip locked
  )
  returning id into v_id;
  return v_id;
end;
$$;
