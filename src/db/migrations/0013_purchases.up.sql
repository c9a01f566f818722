-- oldest-program: 0.2.0
-- Purchases at suppliers: every one that was tried, and the functions that take the lease on what is to be bought and
-- show everything that the next step is decided by.

-- One row per purchase that was begun. The row is committed before the call, so whatever happens to the process
-- the reference under which the supplier may have sold is known.
create table provisioning_attempts (
  id bigint generated always as identity primary key,
  -- A purchase is of an eSIM or of a top-up (top_up_id).
  profile_id bigint references esim_profiles (id),
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
  top_up_id bigint references top_ups (id),
  -- When the supplier's books were asked again about a purchase that had been ruled out.
  looked_back_at timestamptz,
  constraint provisioning_attempts_one_per_reference unique (reference),
  constraint provisioning_attempts_one_per_number unique (profile_id, number),
  constraint provisioning_attempts_of_an_esim_or_a_top_up check (num_nonnulls(profile_id, top_up_id) = 1),
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
-- Partial, so that purchases of eSIMs do not pay for them.
create unique index provisioning_attempts_one_per_top_up_number on provisioning_attempts (top_up_id, number)
  where top_up_id is not null;
create unique index provisioning_attempts_one_open_per_top_up on provisioning_attempts (top_up_id)
  where top_up_id is not null and status in ('intended', 'unknown', 'accepted', 'parked');
create index provisioning_attempts_open on provisioning_attempts (created_at)
  where status in ('intended', 'unknown', 'accepted', 'parked', 'surplus');
create index provisioning_attempts_by_time on provisioning_attempts (created_at);
create index provisioning_attempts_by_supplier_order on provisioning_attempts (supplier_order_id)
  where supplier_order_id is not null;

create trigger provisioning_attempts_moves before update of status on provisioning_attempts
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'intended>unknown', 'intended>accepted', 'intended>delivered', 'intended>refused', 'intended>parked',
    'intended>surplus',
    'unknown>accepted', 'unknown>delivered', 'unknown>refused', 'unknown>parked', 'unknown>surplus',
    'accepted>delivered', 'accepted>refused', 'accepted>parked', 'accepted>surplus',
    'parked>unknown', 'parked>accepted', 'parked>delivered', 'parked>refused', 'parked>surplus',
    'delivered>taken_back', 'surplus>taken_back', 'surplus>parked',
    'refused>parked', 'taken_back>parked'
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
