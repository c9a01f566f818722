-- The migrated database, written by `npm run schema` from its catalogue. Do not edit: change a migration.
-- The jobs' tables are graphile-worker's and stand in the schema graphile_worker.

CREATE OR REPLACE FUNCTION public.audit_late_capture()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into audit_log (actor, action, subject, request_id, before, after)
  values (
    coalesce(nullif(current_setting('tribi.actor', true), ''), 'system'),
    'payment.captured_late',
    'payment:' || new.id,
    nullif(current_setting('tribi.request_id', true), ''),
    jsonb_build_object('captured_minor', old.captured_minor),
    jsonb_build_object('captured_minor', new.captured_minor)
  );
  return null;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.audit_new_refund()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.audit_state_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.check_login_code(p_email text, p_alias text, p_address inet, p_device_hash bytea, p_code_hash bytea, p_challenge_hash bytea, p_challenge_is_required boolean, p_challenge_attempts integer, p_emails_per_address integer, p_overall integer, OUT verdict text, OUT refused_by text, OUT retry_seconds integer, OUT code_id bigint, OUT user_id bigint, OUT user_name text, OUT is_new_user boolean)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
declare
  c_off constant integer := 999999;
  c_day constant interval := interval '24 hours';
  c_quarter constant interval := interval '15 minutes';
  v_emails constant text[] := array[p_email, p_alias];
  v_now timestamptz;
  v_kind text;
  v_candidates bigint[];
  v_only bigint;
  v_attempts integer;
  v_expires_at timestamptz;
  v_until timestamptz;
  v_is_known boolean;
  v_is_known_device boolean;
  v_keys bigint[] := login_lock_keys(p_email, null);
  v_is_locked boolean := try_lock_login(v_keys);
  -- What is counted for a network is looked at without a challenge only.
  v_tries_keys bigint[] := case when p_emails_per_address < c_off then login_tries_lock_keys(p_address) else '{}' end;
  v_is_network_locked boolean := p_challenge_hash is null and v_is_locked and try_lock_login(v_tries_keys);
begin
  verdict := 'wrong';
  -- Twice at most, as in request_login_code: a refusal needs no lock, a comparison does.
  loop
    v_now := clock_timestamp();
    v_only := null;
    v_candidates := null;
    v_until := null;
    v_is_known := login_client_is_known(p_email, p_address, p_device_hash);
    v_is_known_device := false;

    if p_challenge_hash is not null then
      select id, attempts, expires_at into v_only, v_attempts, v_expires_at from auth_codes
      where mailbox_of(email) = mailbox_of(p_email) and email = p_email and challenge_hash = p_challenge_hash
        and used_at is null and replaced_at is null and expires_at > v_now;
      if v_only is null and p_challenge_is_required then
        return;
      end if;
    end if;

    if v_only is not null then
      v_kind := 'challenge';
      -- Ends with the code: a new one has its own five tries, inside the budgets of the day.
      if login_tries_until(v_emails, null, array['challenge'], v_only, p_challenge_attempts, c_day, v_now) is not null
      then
        v_until := v_expires_at;
        refused_by := 'tries_per_challenge';
      end if;
      v_until := greatest(v_until,
        login_tries_until(v_emails, p_address, array['challenge', 'address'], null, 10, c_day, v_now));
      refused_by := coalesce(refused_by, case when v_until is not null then 'tries_per_pair' end);
    else
      v_is_known_device := v_is_known and p_device_hash is not null
        and login_client_is_known(p_email, null, p_device_hash);
      select id, attempts into v_only, v_attempts from auth_codes
      where email = p_email and ip_address = p_address
        and used_at is null and replaced_at is null and expires_at > v_now;
      if v_only is not null then
        v_kind := 'address';
        v_until := greatest(
          login_tries_until(v_emails, p_address, array['challenge', 'address'], null, 5, c_quarter, v_now),
          login_tries_until(v_emails, p_address, array['challenge', 'address'], null, 10, c_day, v_now));
        refused_by := case when v_until is not null then 'tries_per_pair' end;
      else
        -- Known callers have a budget of their own, so that strangers cannot use it up and it is still bounded.
        v_kind := case when v_is_known then 'known' else 'elsewhere' end;
        select array(
          select id from auth_codes
          where mailbox_of(email) = mailbox_of(p_email) and email = p_email
            and used_at is null and replaced_at is null and expires_at > v_now
            and created_at > v_now - interval '1 day'
          order by created_at desc limit 3
        ) into v_candidates;
        if v_is_known then
          v_until := greatest(
            login_tries_until(v_emails, null, array['known'], null, 5, c_quarter, v_now),
            login_tries_until(v_emails, null, array['known'], null, 20, c_day, v_now));
        else
          v_until := greatest(
            login_tries_from_elsewhere_until(v_emails, 5, c_quarter, v_now),
            login_tries_from_elsewhere_until(v_emails, 20, c_day, v_now));
        end if;
        refused_by := case when v_until is not null then 'tries_from_elsewhere' end;
      end if;
      if v_until is null and not v_is_known_device then
        if p_emails_per_address < c_off then
          v_until := login_tried_emails_until(p_address, p_emails_per_address, v_now);
          refused_by := case when v_until is not null then 'tried_emails_per_address' end;
        end if;
        if v_until is null and p_overall < c_off then
          -- As in request_login_code: the ids count.
          select created_at + interval '1 hour' into v_until from auth_tries
          where id <= (select max(id) from auth_tries) - p_overall + 1 order by id desc limit 1;
          if v_until <= v_now then
            v_until := null;
          end if;
          refused_by := case when v_until is not null then 'tries_overall' end;
        end if;
      end if;
    end if;
    -- When the budget of the e-mail is used up, each code still has five tries of any kind: so strangers never lock out
    -- the one who asked for it, and all of them together are bounded (docs/auth-and-orders.md counts them).
    if v_only is not null and not v_is_known and v_attempts >= p_challenge_attempts then
      v_until := greatest(v_until, login_tries_until(v_emails, null, array['challenge'], null, 50, c_day, v_now));
      refused_by := coalesce(refused_by, case when v_until is not null then 'tries_per_email' end);
    end if;
    if v_until is not null then
      verdict := 'refused';
      retry_seconds := greatest(1, ceil(extract(epoch from v_until - v_now)));
      return;
    end if;
    exit when v_is_locked and (v_is_network_locked or v_kind = 'challenge' or v_is_known_device);
    if not v_is_locked then
      perform lock_login(v_keys);
      v_is_locked := true;
    end if;
    if v_kind <> 'challenge' then
      perform lock_login(v_tries_keys);
      v_is_network_locked := true;
    end if;
  end loop;

  -- Keyed hashes: equality need not take constant time, since nobody without the key can aim at a prefix.
  select id into code_id from auth_codes
  where id = any (coalesce(v_candidates, array[v_only])) and code_hash = p_code_hash
  order by created_at desc limit 1;
  if code_id is not null then
    -- A row lock on the person: whoever disables them waits for this login and then ends its session too.
    update users set last_login_at = v_now where email = p_email and disabled_at is null
    returning id, name, false into user_id, user_name, is_new_user;
    if user_id is null then
      insert into users (email, last_login_at)
      select p_email, v_now where not exists (select from disabled_addresses where alias = p_alias)
      on conflict (email) do nothing
      returning id, name, true into user_id, user_name, is_new_user;
    end if;
  end if;
  if user_id is null then
    -- The right code of a disabled person ends here too and looks like any wrong one.
    code_id := null;
    if not v_is_known_device then
      perform note_tried_email(p_address, p_email, v_kind = 'elsewhere' and cardinality(v_candidates) = 0, v_now);
    end if;
    if cardinality(v_candidates) = 0 then
      return;
    end if;
    insert into auth_tries (email, ip_address, kind, auth_code_id, created_at)
    values (p_email, p_address, v_kind, v_only, v_now);
    update auth_codes set attempts = attempts + 1 where id = v_only;
    return;
  end if;
  update auth_codes set used_at = v_now, sealed_code = null where id = code_id;
  verdict := 'accepted';
end;
$function$
;

CREATE OR REPLACE FUNCTION public.claim_provisioning(p_order_id bigint, p_lease interval, p_includes_parked boolean)
 RETURNS TABLE(profile_id bigint, plan_id bigint, lease_token integer, order_reference text, forgiven_attempts integer, is_parked boolean, is_take_back_requested boolean, attempts json, suppliers json)
 LANGUAGE plpgsql
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.claim_top_up(p_order_id bigint, p_lease interval, p_includes_parked boolean)
 RETURNS TABLE(top_up_id bigint, lease_token integer, order_reference text, forgiven_attempts integer, is_parked boolean, is_take_back_requested boolean, is_esim_alive boolean, supplier text, package_id text, cost_text text, cost_currency text, cost_minor bigint, supplier_reference text, supplier_order_id text, iccid text, attempts json)
 LANGUAGE plpgsql
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.decline_cap(p_user_id bigint, p_order_id bigint, p_declines_max integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  c_window constant interval := interval '24 hours';
  -- An order is payable for seven days at most (ORDER_TTL_MINUTES), so older ones have no decline of the last day.
  c_orders constant interval := interval '9 days';
  v_declined timestamptz[];
  v_under_way integer;
  v_over integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('declined payments of user ' || p_user_id, 0));
  if exists (select from payments where order_id = p_order_id and status = 'requires_action') then
    -- Begun by a simultaneous call: this is no further payment.
    return null;
  end if;
  select array_agg(e.received_at order by e.received_at) into v_declined
  from orders o join payments p on p.order_id = o.id join webhook_events e on e.payment_id = p.id
  where o.user_id = p_user_id and o.created_at > now() - c_orders and e.received_at > now() - c_window
    and e.outcome in ('processed', 'ignored')
    and (e.kind = 'intent_failed_attempt' or e.type = 'mock.intent.failed');
  if v_declined is null then
    return null;
  end if;
  select count(*) into v_under_way from orders o join payments p on p.order_id = o.id
  where o.user_id = p_user_id and o.status = 'created' and p.status = 'requires_action' and p.decline_code is null;
  v_over := cardinality(v_declined) + v_under_way - p_declines_max;
  if v_over < 0 then
    return null;
  end if;
  return greatest(1, ceil(extract(epoch from
    v_declined[least(v_over + 1, cardinality(v_declined))] + c_window - now())));
end;
$function$
;

CREATE OR REPLACE FUNCTION public.end_operator_sessions()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update operator_sessions set ended_at = now(),
    ended_because = case when tg_op = 'DELETE' then 'left_team' else 'role_changed' end
  where user_id = old.user_id and ended_at is null;
  if tg_op = 'DELETE' then
    delete from operator_factor_offers where user_id = old.user_id;
    delete from operator_factors where user_id = old.user_id;
  end if;
  return null;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.enforce_state_moves()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not (old.status || '>' || new.status) = any (tg_argv) then
    raise exception 'A % does not move from % to %', tg_table_name, old.status, new.status
      using errcode = 'check_violation', constraint = tg_table_name || '_moves_along_the_graph', table = tg_table_name;
  end if;
  new.version := old.version + 1;
  return new;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.enqueue_job(task text, payload json, job_key text DEFAULT NULL::text, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, max_attempts integer DEFAULT 25, priority integer DEFAULT 0)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  v_task_id integer;
begin
  select id into v_task_id from graphile_worker._private_tasks where identifier = task;
  if not found then
    insert into graphile_worker._private_tasks (identifier) values (task) on conflict do nothing;
    select id into v_task_id from graphile_worker._private_tasks where identifier = task;
  end if;
  if job_key is not null then
    -- A job that is running already has read the world before this change: it keeps running, without the key.
    update graphile_worker._private_jobs as jobs
    set key = null, attempts = jobs.max_attempts, updated_at = now()
    where jobs.key = job_key and jobs.is_available is not true;
  end if;
  insert into graphile_worker._private_jobs as jobs (task_id, payload, run_at, max_attempts, key, priority)
  values (v_task_id, payload, coalesce(run_at, now()), max_attempts, job_key,
    enqueue_job.priority)
  on conflict (key) do update set
    payload = excluded.payload,
    run_at = least(jobs.run_at, excluded.run_at),
    attempts = 0,
    last_error = null,
    revision = jobs.revision + 1,
    updated_at = now()
  where jobs.locked_at is null;
  return true;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.fail_top_up_of_failed_order()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update top_ups set status = 'failed', failure_reason = 'order_not_paid', ended_at = now()
  where order_id = new.id and status = 'pending';
  return null;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.forget_holder()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.held_from := null;
  return new;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.forget_notes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from notes where user_id = new.id;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.forget_second_factor()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from operator_factor_offers where user_id = new.id;
  delete from operator_factors where user_id = new.id;
  return null;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.leave_team()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from team_members where user_id = new.id;
  update team_invitations set revoked_at = now(), email = null, sealed_token = null
  where email = old.email and accepted_at is null and revoked_at is null;
  return null;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.limit_held_stock()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  v_mailbox text;
  v_network constant inet := coalesce(wide_network_of(new.held_from), new.held_from);
  v_there integer;
begin
  select mailbox_of(u.email) into v_mailbox from orders o join users u on u.id = o.user_id where o.id = new.order_id;
  perform pg_advisory_xact_lock(hashtextextended('held stock of mailbox ' || v_mailbox, 0));
  if (select count(*) from users u join orders o on o.user_id = u.id join stock_items i on i.order_id = o.id
      where mailbox_of(u.email) = v_mailbox and i.status = 'held' and o.status = 'created') > 5 then
    raise exception 'A mailbox holds stock with five unpaid orders'
      using errcode = 'check_violation', constraint = 'stock_items_five_held_per_user', table = 'stock_items';
  end if;
  if v_network is null then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('held stock from ' || host(v_network), 0));
  if (select count(*) from stock_items i
      where coalesce(wide_network_of(i.held_from), i.held_from) = v_network and i.held_from is not null) > 10 then
    raise exception 'A client network holds stock with ten unpaid orders'
      using errcode = 'check_violation', constraint = 'stock_items_ten_held_per_network', table = 'stock_items';
  end if;
  select count(*) into v_there from (
    select from stock_items i where i.plan_id = new.plan_id and i.status in ('available', 'held') limit 40) counted;
  if (select count(*) from stock_items i
      where coalesce(wide_network_of(i.held_from), i.held_from) = v_network and i.held_from is not null
        and i.plan_id = new.plan_id) > greatest(5, v_there / 4) then
    raise exception 'A client network holds a quarter of the stock of a plan'
      using errcode = 'check_violation', constraint = 'stock_items_ten_held_per_network', table = 'stock_items';
  end if;
  return null;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.lock_login(p_keys bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_key bigint;
begin
  foreach v_key in array p_keys loop
    perform pg_advisory_xact_lock(v_key);
  end loop;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.login_client_is_known(p_email text, p_address inet, p_device_hash bytea)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from users join sessions on sessions.user_id = users.id
    where users.email = p_email
      and sessions.created_at > now() - interval '90 days'
      and (sessions.ip_address = p_address or sessions.device_hash = p_device_hash)
  )
$function$
;

CREATE OR REPLACE FUNCTION public.login_lock_keys(p_email text, p_address inet)
 RETURNS bigint[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select array(
    select key from unnest(array[
      hashtextextended('login mailbox ' || mailbox_of(p_email), 0),
      hashtextextended('login address ' || host(p_address), 0),
      hashtextextended('login network ' || host(wide_network_of(p_address)), 0)
    ]) as key where key is not null order by key)
$function$
;

CREATE OR REPLACE FUNCTION public.login_tried_emails_until(p_address inet, p_emails_max integer, p_now timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  c_day constant interval := interval '24 hours';
  v_until timestamptz;
  v_wide_until timestamptz;
begin
  select tried_at + c_day into v_until from auth_tried_emails
  where network = p_address and counts and tried_at > p_now - c_day
  order by tried_at desc offset p_emails_max - 1 limit 1;
  if family(p_address) = 6 then
    select max(tried_at) + c_day into v_wide_until from auth_tried_emails
    where wide_network_of(network) = wide_network_of(p_address) and family(network) = 6
      and counts and tried_at > p_now - c_day
    group by email order by max(tried_at) desc offset 4 * p_emails_max - 1 limit 1;
  end if;
  return greatest(v_until, v_wide_until);
end;
$function$
;

CREATE OR REPLACE FUNCTION public.login_tries_from_elsewhere_until(p_emails text[], p_budget integer, p_window interval, p_now timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$
  select at + p_window from (
    select created_at as at from auth_tries
    where email = any (p_emails) and kind = 'elsewhere' and counts and created_at > p_now - p_window
    union all
    select blind.at from auth_tried_emails t, unnest(t.blind_tries) as blind (at)
    where t.email = any (p_emails) and blind.at > p_now - p_window
  ) as tries
  order by at desc offset p_budget - 1 limit 1
$function$
;

CREATE OR REPLACE FUNCTION public.login_tries_lock_keys(p_address inet)
 RETURNS bigint[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select array(
    select key from unnest(array[
      hashtextextended('login tries ' || host(p_address), 0),
      hashtextextended('login tries of network ' || host(wide_network_of(p_address)), 0)
    ]) as key where key is not null order by key)
$function$
;

CREATE OR REPLACE FUNCTION public.login_tries_until(p_emails text[], p_address inet, p_kinds text[], p_code_id bigint, p_budget integer, p_window interval, p_now timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$
  select created_at + p_window from auth_tries
  where email = any (p_emails)
    and (p_address is null or ip_address = p_address)
    and kind = any (p_kinds)
    and (p_code_id is null or auth_code_id = p_code_id)
    and counts
    and created_at > p_now - p_window
  order by created_at desc offset p_budget - 1 limit 1
$function$
;

CREATE OR REPLACE FUNCTION public.mailbox_of(p_email text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
  select regexp_replace(p_email, '^([^+@]+)\+[^@]*@', '\1@')
$function$
;

CREATE OR REPLACE FUNCTION public.note_shop_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  -- An order that was never paid fails what it would have brought: that is told of the order.
  if tg_argv[0] in ('esim', 'top_up') and new.status = 'failed' then
    if exists (select from orders o where o.id = new.order_id and o.status = 'failed') then
      return null;
    end if;
  end if;
  insert into new_shop_events (type, subject_id)
  values (tg_argv[0] || '.' || case tg_op when 'INSERT' then 'created' else new.status end, new.id);
  return null;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.note_tried_email(p_address inet, p_email text, p_is_blind boolean, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into auth_tried_emails as t (network, email, tried_at, blind_tries)
  values (p_address, p_email, p_now, case when p_is_blind then array[p_now] else '{}' end)
  on conflict (network, email) do update set
    tried_at = excluded.tried_at,
    counts = true,
    blind_tries = (excluded.blind_tries || t.blind_tries)[1:20]
$function$
;

CREATE OR REPLACE FUNCTION public.order_cap(p_user_id bigint, p_open_max integer, p_per_hour_max integer, OUT refused_by text, OUT retry_seconds integer)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.order_kind_has_its_own()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.payments_sum_refunds()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.queue_mail(p_kind text, p_subject_id bigint, p_order_id bigint, p_task text, p_priority integer)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
declare
  v_id bigint;
begin
  insert into outgoing_mails (kind, subject_id, order_id) values (p_kind, p_subject_id, p_order_id)
  on conflict on constraint outgoing_mails_sent_once do nothing
  returning id into v_id;
  if v_id is not null then
    insert into graphile_worker._private_jobs (task_id, payload, priority)
    select id, json_build_object('mail_id', v_id, 'kind', p_kind), p_priority
    from graphile_worker._private_tasks where identifier = p_task;
    if not found then
      perform enqueue_job(p_task, json_build_object('mail_id', v_id, 'kind', p_kind), priority => p_priority);
    end if;
  end if;
  return v_id;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.release_esim_of_failed_order()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update esim_profiles set status = 'failed', failure_reason = 'order_not_paid', ended_at = now()
  where order_id = new.id and status = 'pending';
  update stock_items set status = 'available', order_id = null where order_id = new.id and status = 'held';
  return null;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.request_login_code(p_email text, p_alias text, p_address inet, p_device_hash bytea, p_code_hash bytea, p_challenge_hash bytea, p_sealed_code bytea, p_ttl interval, p_pair_short integer, p_short interval, p_pair_long integer, p_long interval, p_per_address integer, p_per_network integer, p_per_email integer, p_per_email_open integer, p_overall integer, OUT code_id bigint, OUT refused_by text, OUT retry_seconds integer, OUT doubles_for_seconds integer)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
declare
  c_off constant integer := 999999;
  v_emails constant text[] := array[p_email, p_alias];
  v_mailboxes constant text[] := array[mailbox_of(p_email), mailbox_of(p_alias)];
  v_wide_network constant inet := case when p_per_network < c_off then wide_network_of(p_address) end;
  v_now timestamptz;
  v_short_until timestamptz;
  v_long_until timestamptz;
  v_address_until timestamptz;
  v_email_until timestamptz;
  v_until timestamptz;
  v_latest record;
  v_keys bigint[] := login_lock_keys(p_email, case when p_per_address < c_off then p_address end);
  v_is_locked boolean := try_lock_login(v_keys);
begin
  -- Twice at most. Without the lock a "no" is certain, since counts only grow; so a flood of refusals waits for
  -- nobody. A "yes" needs the lock and a new look.
  loop
    -- Not now(): that is when the transaction began, before it waited for the lock.
    v_now := clock_timestamp();
    v_until := null;
    v_short_until := null;
    v_long_until := null;

    select id, created_at, backoff_seconds, blocked_until into v_latest from auth_codes
    where mailbox_of(email) = any (v_mailboxes) and email = any (v_emails) and ip_address = p_address
      and counts_for_pair and created_at > v_now - p_long
    order by created_at desc limit 1;
    if found then
      if p_pair_short < c_off then
        select created_at + p_short into v_short_until from auth_codes
        where mailbox_of(email) = any (v_mailboxes) and email = any (v_emails) and ip_address = p_address
          and counts_for_pair and created_at > v_now - p_short
        order by created_at desc offset p_pair_short - 1 limit 1;
      end if;
      if p_pair_long < c_off then
        select created_at + p_long into v_long_until from auth_codes
        where mailbox_of(email) = any (v_mailboxes) and email = any (v_emails) and ip_address = p_address
          and counts_for_pair and created_at > v_now - p_long
        order by created_at desc offset p_pair_long - 1 limit 1;
      end if;
      v_until := greatest(v_short_until, v_long_until,
        case when v_latest.blocked_until > v_now and (p_pair_short < c_off or p_pair_long < c_off)
          then v_latest.blocked_until end);
      if v_until is not null then
        -- Asking again while refused doubles the wait, to 15 minutes at most; it ends with the window.
        if v_latest.backoff_seconds is null then
          v_latest.backoff_seconds := least(900, ceil(extract(epoch from v_until - v_now)));
          v_latest.blocked_until := v_until;
        else
          v_latest.backoff_seconds := least(900, 2 * v_latest.backoff_seconds);
          v_latest.blocked_until := least(
            v_now + make_interval(secs => v_latest.backoff_seconds), v_latest.created_at + p_long);
        end if;
        -- In a flood most refusals would move it by less than a second: those write nothing.
        update auth_codes
        set backoff_seconds = v_latest.backoff_seconds, blocked_until = v_latest.blocked_until
        where id = v_latest.id
          and (blocked_until is null or blocked_until < v_latest.blocked_until - interval '1 second');
        v_until := greatest(v_until, v_latest.blocked_until);
        doubles_for_seconds := ceil(extract(epoch from v_latest.created_at + p_long - v_now));
        refused_by := case when v_long_until >= v_until then 'codes_per_day' else 'codes_per_minute' end;
      end if;
    end if;

    if p_per_address < c_off then
      select created_at + p_long into v_address_until from auth_codes
      where ip_address = p_address and counts_for_address and created_at > v_now - p_long
      order by created_at desc offset p_per_address - 1 limit 1;
      if v_address_until > v_until or v_until is null then
        v_until := v_address_until;
        refused_by := case when v_until is not null then 'codes_per_address' end;
      end if;
    end if;
    if p_per_email < c_off then
      select created_at + p_long into v_email_until from auth_codes
      where mailbox_of(email) = any (v_mailboxes) and counts_for_email and created_at > v_now - p_long
      order by created_at desc offset p_per_email_open - 1 limit 1;
      if v_email_until is not null and login_client_is_known(p_email, p_address, p_device_hash) then
        v_email_until := null;
        select created_at + p_long into v_email_until from auth_codes
        where mailbox_of(email) = any (v_mailboxes) and counts_for_email and created_at > v_now - p_long
        order by created_at desc offset p_per_email - 1 limit 1;
      end if;
      if v_email_until > v_until or v_until is null then
        v_until := coalesce(v_email_until, v_until);
        refused_by := case when v_until is not null then 'codes_per_email' end;
      end if;
    end if;
    -- The two wide limits hold for strangers only: whoever signed in from here before is not made to wait for them.
    if v_until is null and v_wide_network is not null then
      select created_at + p_long into v_until from auth_codes
      where wide_network_of(ip_address) = v_wide_network and family(ip_address) = 6
        and counts_for_network and created_at > v_now - p_long
      order by created_at desc offset p_per_network - 1 limit 1;
      if v_until is not null and login_client_is_known(p_email, p_address, p_device_hash) then
        v_until := null;
      end if;
      refused_by := case when v_until is not null then 'codes_per_network' end;
    end if;
    if v_until is null and p_overall < c_off then
      -- Ids count the codes that were made, but for the few of failed statements. To count an hour's rows, or to
      -- have all callers take turns, would cost more than the code.
      select created_at + interval '1 hour' into v_until from auth_codes
      where id <= (select max(id) from auth_codes) - p_overall + 1 order by id desc limit 1;
      if v_until <= v_now or (v_until is not null and login_client_is_known(p_email, p_address, p_device_hash)) then
        v_until := null;
      end if;
      refused_by := case when v_until is not null then 'codes_overall' end;
    end if;

    if v_until is not null then
      retry_seconds := greatest(1, ceil(extract(epoch from v_until - v_now)));
      if refused_by not in ('codes_per_minute', 'codes_per_day') then
        doubles_for_seconds := null;
      end if;
      return;
    end if;
    exit when v_is_locked;
    perform lock_login(v_keys);
    v_is_locked := true;
  end loop;

  update auth_codes set replaced_at = v_now, sealed_code = null
  where email = p_email and ip_address = p_address and used_at is null and replaced_at is null;
  insert into auth_codes (email, ip_address, created_at, expires_at, code_hash, challenge_hash, sealed_code)
  values (p_email, p_address, v_now, v_now + p_ttl, p_code_hash, p_challenge_hash, p_sealed_code)
  returning id into code_id;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.resettling_millis(a provisioning_attempts)
 RETURNS bigint
 LANGUAGE sql
AS $function$
  select least(settling_millis(a), floor(extract(epoch from (clock_timestamp() - a.resent_at) / 2) * 1000)::bigint)
$function$
;

CREATE OR REPLACE FUNCTION public.settling_millis(a provisioning_attempts)
 RETURNS bigint
 LANGUAGE sql
AS $function$
  select floor(extract(epoch from case when a.called_at is null
    then (clock_timestamp() - a.created_at) / 2 else clock_timestamp() - a.called_at end) * 1000)::bigint
$function$
;

CREATE OR REPLACE FUNCTION public.take_stock_item(p_reference text, p_plan_id bigint)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.tell_alarms_begun()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into new_shop_events (type, subject_id) select 'alarm.' || kind, max(id) from begun group by kind order by 2;
  return null;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.tell_alarms_over()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into new_shop_events (type, subject_id)
  select 'alarm.' || o.kind, max(o.id) from ended o
  where not exists (select from operator_alarms a where a.kind = o.kind) group by o.kind order by 2;
  return null;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.try_lock_login(p_keys bigint[])
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  v_key bigint;
begin
  foreach v_key in array p_keys loop
    if not pg_try_advisory_xact_lock(v_key) then
      return false;
    end if;
  end loop;
  return true;
end;
$function$
;

CREATE OR REPLACE FUNCTION public.wide_network_of(p_address inet)
 RETURNS inet
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when family(p_address) = 6 then network(set_masklen(p_address, 48))::inet end
$function$
;

create table alarm_choices (
  user_id bigint not null,
  language text,
  muted text[] default '{}'::text[] not null,
  constraint alarm_choices_pkey PRIMARY KEY (user_id),
  constraint alarm_choices_language_known CHECK ((language = ANY (ARRAY['en'::text, 'es'::text]))),
  constraint alarm_choices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);

create table alarm_mails (
  id bigint generated always as identity,
  user_id bigint not null,
  after_id bigint not null,
  up_to_alarm bigint not null,
  facts jsonb not null,
  created_at timestamp with time zone default now() not null,
  constraint alarm_mails_pkey PRIMARY KEY (id),
  constraint alarm_mails_one_after_another UNIQUE (user_id, after_id),
  constraint alarm_mails_facts_are_lists CHECK ((jsonb_typeof(facts) = 'array'::text)),
  constraint alarm_mails_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);

create table api_keys (
  id bigint generated always as identity,
  name text not null,
  secret_hash bytea not null,
  hint text not null,
  role text,
  permissions text[],
  addresses inet[] default '{}'::inet[] not null,
  created_by bigint not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  replaced_by bigint,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_one_per_secret UNIQUE (secret_hash),
  constraint api_keys_have_a_name CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
  constraint api_keys_have_a_role_or_permissions CHECK ((num_nonnulls(role, permissions) = 1)),
  constraint api_keys_live_two_years_at_most CHECK ((expires_at <= (created_at + '731 days'::interval))),
  constraint api_keys_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'support'::text, 'finance'::text, 'catalogue'::text, 'auditor'::text]))),
  constraint api_keys_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint api_keys_replaced_by_fkey FOREIGN KEY (replaced_by) REFERENCES api_keys(id)
);
CREATE INDEX api_keys_by_creator ON public.api_keys USING btree (created_by);

create table audit_blocks (
  number bigint not null,
  made_at timestamp with time zone default now() not null,
  row_count integer not null,
  complete_to bigint not null,
  hash bytea not null,
  constraint audit_blocks_pkey PRIMARY KEY (number),
  constraint audit_blocks_hash_is_sha256 CHECK ((length(hash) = 32))
);

create table audit_links (
  audit_id bigint not null,
  block bigint not null,
  facts_hash bytea not null,
  details_hash bytea not null,
  constraint audit_links_pkey PRIMARY KEY (audit_id),
  constraint audit_links_block_exists FOREIGN KEY (block) REFERENCES audit_blocks(number)
);
CREATE INDEX audit_links_by_block ON public.audit_links USING btree (block);

create table audit_log (
  id bigint generated always as identity,
  at timestamp with time zone default now() not null,
  actor text not null,
  action text not null,
  subject text not null,
  request_id text,
  before jsonb,
  after jsonb,
  constraint audit_log_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_log_by_action ON public.audit_log USING btree (action, id);
CREATE INDEX audit_log_by_actor ON public.audit_log USING btree (actor, id);
CREATE INDEX audit_log_by_request ON public.audit_log USING btree (request_id) WHERE (request_id IS NOT NULL);
CREATE INDEX audit_log_by_subject ON public.audit_log USING btree (subject, id);
CREATE INDEX audit_log_by_time ON public.audit_log USING btree (at);

create table auth_codes (
  id bigint generated always as identity,
  email text not null,
  ip_address inet not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  code_hash bytea not null,
  challenge_hash bytea not null,
  sealed_code bytea,
  attempts integer default 0 not null,
  sent_at timestamp with time zone,
  used_at timestamp with time zone,
  replaced_at timestamp with time zone,
  backoff_seconds integer,
  blocked_until timestamp with time zone,
  counts_for_pair boolean default true not null,
  counts_for_address boolean default true not null,
  counts_for_network boolean default true not null,
  counts_for_email boolean default true not null,
  language text default NULLIF(current_setting('tribi.language'::text, true), ''::text),
  constraint auth_codes_pkey PRIMARY KEY (id),
  constraint auth_codes_expire_after_creation CHECK ((expires_at > created_at)),
  constraint auth_codes_language_known CHECK ((language = ANY (ARRAY['en'::text, 'es'::text]))),
  constraint auth_codes_sealed_only_until_sent CHECK (((sealed_code IS NULL) OR ((sent_at IS NULL) AND (used_at IS NULL) AND (replaced_at IS NULL))))
);
CREATE INDEX auth_codes_by_address ON public.auth_codes USING btree (ip_address, created_at);
CREATE INDEX auth_codes_by_mailbox ON public.auth_codes USING btree (mailbox_of(email), created_at);
CREATE INDEX auth_codes_by_time ON public.auth_codes USING brin (created_at) WITH (pages_per_range='16', autosummarize='on');
CREATE INDEX auth_codes_by_wide_network ON public.auth_codes USING btree (wide_network_of(ip_address), created_at) WHERE (family(ip_address) = 6);
CREATE UNIQUE INDEX auth_codes_one_live_per_email_and_address ON public.auth_codes USING btree (email, ip_address) WHERE ((used_at IS NULL) AND (replaced_at IS NULL));

create table auth_tried_emails (
  network inet not null,
  email text not null,
  tried_at timestamp with time zone not null,
  blind_tries timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  counts boolean default true not null,
  constraint auth_tried_emails_one_per_network_and_email PRIMARY KEY (network, email),
  constraint auth_tried_emails_blind_tries_are_bounded CHECK ((cardinality(blind_tries) <= 20))
);
CREATE INDEX auth_tried_emails_by_email ON public.auth_tried_emails USING btree (email);
CREATE INDEX auth_tried_emails_by_network ON public.auth_tried_emails USING btree (network, tried_at);
CREATE INDEX auth_tried_emails_by_time ON public.auth_tried_emails USING btree (tried_at);
CREATE INDEX auth_tried_emails_by_wide_network ON public.auth_tried_emails USING btree (wide_network_of(network), tried_at) WHERE (family(network) = 6);

create table auth_tries (
  id bigint generated always as identity,
  email text not null,
  ip_address inet not null,
  kind text not null,
  auth_code_id bigint,
  created_at timestamp with time zone default now() not null,
  counts boolean default true not null,
  constraint auth_tries_pkey PRIMARY KEY (id),
  constraint auth_tries_kind_is_known CHECK ((kind = ANY (ARRAY['challenge'::text, 'address'::text, 'elsewhere'::text, 'known'::text])))
);
CREATE INDEX auth_tries_by_email ON public.auth_tries USING btree (email, created_at);
CREATE INDEX auth_tries_by_time ON public.auth_tries USING brin (created_at) WITH (pages_per_range='16', autosummarize='on');

create table care_notices (
  id bigint generated always as identity,
  profile_id bigint not null,
  kind text not null,
  threshold smallint not null,
  period bigint not null,
  is_told boolean not null,
  noticed_at timestamp with time zone default now() not null,
  page_ended_at timestamp with time zone,
  constraint care_notices_pkey PRIMARY KEY (id),
  constraint care_notices_once UNIQUE (profile_id, kind, threshold, period),
  constraint care_notices_kind_known CHECK ((kind = ANY (ARRAY['install'::text, 'low_data'::text, 'used_up'::text, 'days_left'::text, 'expired'::text]))),
  constraint care_notices_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES esim_profiles(id)
);

create table carriers (
  id bigint generated by default as identity,
  name text not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint carriers_pkey PRIMARY KEY (id),
  constraint carriers_have_a_name CHECK (((name <> ''::text) AND (char_length(name) <= 100)))
);
CREATE UNIQUE INDEX carriers_one_per_name ON public.carriers USING btree (lower(name));

create table catalogue_sync_steps (
  sync_id bigint not null,
  "position" integer not null,
  kind text not null,
  product_key text not null,
  before jsonb,
  after jsonb not null,
  held_reason text,
  applied_at timestamp with time zone,
  skipped_reason text,
  constraint catalogue_sync_steps_one_per_position PRIMARY KEY (sync_id, "position"),
  constraint catalogue_sync_steps_end_once CHECK (((applied_at IS NULL) OR (skipped_reason IS NULL))),
  constraint catalogue_sync_steps_kind_known CHECK ((kind = ANY (ARRAY['create'::text, 'change'::text, 'pause'::text]))),
  constraint catalogue_sync_steps_sync_exists FOREIGN KEY (sync_id) REFERENCES catalogue_syncs(id) ON DELETE CASCADE
);

create table catalogue_syncs (
  id bigint generated always as identity,
  state text default 'ready'::text not null,
  actor text not null,
  counts jsonb not null,
  findings jsonb not null,
  held_reason text,
  accepts_held boolean default false not null,
  created_at timestamp with time zone default now() not null,
  finished_at timestamp with time zone,
  constraint catalogue_syncs_pkey PRIMARY KEY (id),
  constraint catalogue_syncs_state_known CHECK ((state = ANY (ARRAY['ready'::text, 'applying'::text, 'done'::text, 'superseded'::text])))
);

create table countries (
  id bigint generated by default as identity,
  iso2 text not null,
  iso3 text,
  name text not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint countries_pkey PRIMARY KEY (id),
  constraint countries_one_per_iso2 UNIQUE (iso2),
  constraint countries_one_per_iso3 UNIQUE (iso3),
  constraint countries_have_a_name CHECK (((name <> ''::text) AND (char_length(name) <= 100))),
  constraint countries_iso2_is_two_capitals CHECK ((iso2 ~ '^[A-Z]{2}$'::text)),
  constraint countries_iso3_is_three_capitals CHECK ((iso3 ~ '^[A-Z]{3}$'::text))
);

create table decision_keys (
  actor text not null,
  idempotency_key text not null,
  subject text not null,
  request_fingerprint bytea not null,
  created_at timestamp with time zone default now() not null,
  constraint decision_keys_one_per_actor_and_key PRIMARY KEY (actor, idempotency_key)
);
CREATE INDEX decision_keys_by_age ON public.decision_keys USING btree (created_at);

create table dev_inbox (
  id bigint generated always as identity,
  message_id text not null,
  recipient text not null,
  subject text not null,
  text_body text not null,
  html_body text,
  created_at timestamp with time zone default now() not null,
  constraint dev_inbox_pkey PRIMARY KEY (id),
  constraint dev_inbox_one_per_message UNIQUE (message_id)
);

create table disabled_addresses (
  alias text not null,
  disabled_at timestamp with time zone default now() not null,
  constraint disabled_addresses_pkey PRIMARY KEY (alias)
);

create table disputes (
  id bigint generated always as identity,
  provider text not null,
  dispute_id text not null,
  payment_id bigint not null,
  status text not null,
  amount_minor bigint not null,
  currency text not null,
  reason text not null,
  created_at timestamp with time zone default now() not null,
  provider_created_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  version integer default 1 not null,
  respond_by timestamp with time zone,
  answered_at timestamp with time zone,
  said_at timestamp with time zone,
  constraint disputes_pkey PRIMARY KEY (id),
  constraint disputes_one_per_provider_dispute UNIQUE (provider, dispute_id),
  constraint disputes_status_known CHECK ((status = ANY (ARRAY['warning'::text, 'open'::text, 'won'::text, 'lost'::text]))),
  constraint disputes_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
);
CREATE INDEX disputes_by_payment ON public.disputes USING btree (payment_id);
CREATE INDEX disputes_open ON public.disputes USING btree (created_at) WHERE (status = ANY (ARRAY['warning'::text, 'open'::text]));
CREATE TRIGGER disputes_audit AFTER UPDATE OF status ON public.disputes FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION audit_state_change('dispute');
CREATE TRIGGER disputes_moves BEFORE UPDATE OF status ON public.disputes FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION enforce_state_moves('warning>open', 'warning>won', 'warning>lost', 'open>won', 'open>lost', 'won>open', 'won>lost', 'lost>won');

create table esim_profiles (
  id bigint generated always as identity,
  order_id bigint not null,
  user_id bigint not null,
  plan_id bigint not null,
  status text default 'pending'::text not null,
  supplier text,
  supplier_order_id text,
  supplier_reference text,
  sealed bytea,
  code_fingerprint bytea,
  activation_code_fingerprint bytea,
  iccid text,
  created_at timestamp with time zone default now() not null,
  provisioned_at timestamp with time zone,
  use_by timestamp with time zone,
  validity_starts text,
  installed_at timestamp with time zone,
  ended_at timestamp with time zone,
  failure_reason text,
  profile_state text default 'unknown'::text not null,
  plan_state text default 'unknown'::text not null,
  plan_expires_at timestamp with time zone,
  usage_total_bytes bigint,
  usage_remaining_bytes bigint,
  usage_base smallint,
  usage_as_of timestamp with time zone,
  state_checked_at timestamp with time zone,
  poll_at timestamp with time zone,
  due_at timestamp with time zone,
  lease_token integer default 0 not null,
  lease_until timestamp with time zone,
  parked_reason text,
  parked_at timestamp with time zone,
  forgiven_attempts integer default 0 not null,
  take_back_requested_at timestamp with time zone,
  revealed_at timestamp with time zone,
  language text,
  version integer default 1 not null,
  insisted_attempts integer default 0 not null,
  constraint esim_profiles_pkey PRIMARY KEY (id),
  constraint esim_profiles_one_per_order UNIQUE (order_id),
  constraint esim_profiles_delivered_are_installable CHECK (((status = ANY (ARRAY['pending'::text, 'failed'::text, 'cancelled'::text])) OR ((sealed IS NOT NULL) AND (supplier_reference IS NOT NULL) AND (provisioned_at IS NOT NULL)))),
  constraint esim_profiles_ended_are_not_polled CHECK (((ended_at IS NULL) OR (poll_at IS NULL))),
  constraint esim_profiles_language_known CHECK ((language = ANY (ARRAY['en'::text, 'es'::text]))),
  constraint esim_profiles_provisioned_after_creation CHECK ((provisioned_at >= created_at)),
  constraint esim_profiles_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'ready'::text, 'active'::text, 'failed'::text, 'expired'::text, 'cancelled'::text]))),
  constraint esim_profiles_usage_base_known CHECK ((usage_base = ANY (ARRAY[1000, 1024]))),
  constraint esim_profiles_validity_starts_known CHECK ((validity_starts = ANY (ARRAY['installation'::text, 'first_use'::text]))),
  constraint esim_profiles_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id)
);
CREATE INDEX esim_profiles_by_iccid ON public.esim_profiles USING btree (iccid) WHERE (iccid IS NOT NULL);
CREATE INDEX esim_profiles_by_poll ON public.esim_profiles USING btree (poll_at) WHERE (poll_at IS NOT NULL);
CREATE INDEX esim_profiles_by_rare_status ON public.esim_profiles USING btree (status, id) WHERE (status = ANY (ARRAY['pending'::text, 'failed'::text, 'cancelled'::text, 'expired'::text]));
CREATE INDEX esim_profiles_by_supplier_reference ON public.esim_profiles USING btree (supplier_reference) WHERE (supplier_reference IS NOT NULL);
CREATE INDEX esim_profiles_by_time ON public.esim_profiles USING btree (created_at);
CREATE INDEX esim_profiles_by_user ON public.esim_profiles USING btree (user_id, id DESC);
CREATE INDEX esim_profiles_due ON public.esim_profiles USING btree (due_at) WHERE ((status = 'pending'::text) AND (due_at IS NOT NULL));
CREATE INDEX esim_profiles_failed ON public.esim_profiles USING btree (ended_at) WHERE (status = 'failed'::text);
CREATE INDEX esim_profiles_in_use ON public.esim_profiles USING btree (COALESCE(plan_expires_at, 'infinity'::timestamp with time zone)) WHERE (status = ANY (ARRAY['ready'::text, 'active'::text]));
CREATE UNIQUE INDEX esim_profiles_one_live_per_iccid ON public.esim_profiles USING btree (iccid) WHERE ((status = ANY (ARRAY['ready'::text, 'active'::text])) AND (ended_at IS NULL));
CREATE UNIQUE INDEX esim_profiles_one_per_activation_code ON public.esim_profiles USING btree (activation_code_fingerprint) WHERE (activation_code_fingerprint IS NOT NULL);
CREATE UNIQUE INDEX esim_profiles_one_per_code ON public.esim_profiles USING btree (code_fingerprint) WHERE (code_fingerprint IS NOT NULL);
CREATE UNIQUE INDEX esim_profiles_one_per_supplier_reference ON public.esim_profiles USING btree (supplier, supplier_reference) WHERE (supplier_reference IS NOT NULL);
CREATE INDEX esim_profiles_parked ON public.esim_profiles USING btree (parked_at) WHERE (parked_at IS NOT NULL);
CREATE INDEX esim_profiles_unused_by_use_by ON public.esim_profiles USING btree (use_by) WHERE (status = 'ready'::text);
CREATE TRIGGER esim_profiles_audit AFTER UPDATE OF status ON public.esim_profiles FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION audit_state_change('esim');
CREATE TRIGGER esim_profiles_moves BEFORE UPDATE OF status ON public.esim_profiles FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION enforce_state_moves('pending>ready', 'pending>failed', 'pending>cancelled', 'ready>active', 'ready>expired', 'ready>cancelled', 'active>cancelled');
CREATE TRIGGER esim_profiles_tell AFTER UPDATE OF status ON public.esim_profiles FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION note_shop_event('esim');

create table esim_reveals (
  id bigint generated always as identity,
  profile_id bigint not null,
  actor text not null,
  session_id text,
  channel text not null,
  hour timestamp with time zone not null,
  at timestamp with time zone default now() not null,
  request_id text,
  constraint esim_reveals_pkey PRIMARY KEY (id),
  constraint esim_reveals_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES esim_profiles(id)
);
CREATE INDEX esim_reveals_by_profile ON public.esim_reveals USING btree (profile_id, at);
CREATE UNIQUE INDEX esim_reveals_one_per_session_and_hour ON public.esim_reveals USING btree (profile_id, actor, session_id, channel, hour) WHERE (session_id IS NOT NULL);

create table esim_top_up_lists (
  profile_id bigint not null,
  listed_at timestamp with time zone,
  packages jsonb default '[]'::jsonb not null,
  problem text,
  due_at timestamp with time zone not null,
  constraint esim_top_up_lists_pkey PRIMARY KEY (profile_id),
  constraint esim_top_up_lists_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES esim_profiles(id)
);
CREATE INDEX esim_top_up_lists_due ON public.esim_top_up_lists USING btree (due_at);

create table exchange_rates (
  currency text not null,
  base text not null,
  rate numeric(24,12) not null,
  as_of date not null,
  imported_at timestamp with time zone default now() not null,
  constraint exchange_rates_pkey PRIMARY KEY (currency),
  constraint exchange_rates_are_of_two_currencies CHECK ((currency <> base)),
  constraint exchange_rates_are_positive CHECK ((rate > (0)::numeric)),
  constraint exchange_rates_codes_are_three_capitals CHECK (((currency ~ '^[A-Z]{3}$'::text) AND (base ~ '^[A-Z]{3}$'::text)))
);

create table factor_notices (
  id bigint generated always as identity,
  user_id bigint not null,
  about_user_id bigint not null,
  kind text not null,
  language text,
  created_at timestamp with time zone default now() not null,
  constraint factor_notices_pkey PRIMARY KEY (id),
  constraint factor_notices_kind_known CHECK ((kind = ANY (ARRAY['set_up'::text, 'recovery_used'::text, 'was_reset'::text, 'reset_by_you'::text]))),
  constraint factor_notices_language_known CHECK ((language = ANY (ARRAY['en'::text, 'es'::text]))),
  constraint factor_notices_about_user_id_fkey FOREIGN KEY (about_user_id) REFERENCES users(id),
  constraint factor_notices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX factor_notices_by_about ON public.factor_notices USING btree (about_user_id);
CREATE INDEX factor_notices_by_user ON public.factor_notices USING btree (user_id);

create table imported_payments (
  id bigint generated always as identity,
  order_id bigint not null,
  provider text not null,
  intent_id text,
  status text not null,
  created_at timestamp with time zone,
  constraint imported_payments_pkey PRIMARY KEY (id),
  constraint imported_payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id)
);
CREATE INDEX imported_payments_by_order ON public.imported_payments USING btree (order_id);

create table imported_rows (
  kind text not null,
  legacy_id bigint not null,
  id bigint not null,
  imported_at timestamp with time zone default now() not null,
  constraint imported_rows_once PRIMARY KEY (kind, legacy_id),
  constraint imported_rows_kind_known CHECK ((kind = ANY (ARRAY['user'::text, 'plan'::text, 'order'::text])))
);

create table install_links (
  id bigint generated always as identity,
  profile_id bigint not null,
  secret_hash bytea not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint install_links_pkey PRIMARY KEY (id),
  constraint install_links_one_per_secret UNIQUE (secret_hash),
  constraint install_links_live_72_hours_at_most CHECK ((expires_at <= (created_at + '72:00:00'::interval))),
  constraint install_links_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES esim_profiles(id)
);
CREATE INDEX install_links_by_profile ON public.install_links USING btree (profile_id);

create table installation_facts (
  name text not null,
  value text not null,
  created_at timestamp with time zone default now() not null,
  constraint installation_facts_pkey PRIMARY KEY (name)
);

create table mock_intents (
  intent_id text not null,
  idempotency_key text not null,
  shop_id text not null,
  payment_reference text not null,
  order_id bigint not null,
  currency text not null,
  amount_minor bigint not null,
  state text default 'requires_action'::text not null,
  refunded_minor bigint default 0 not null,
  created_at timestamp with time zone default now() not null,
  constraint mock_intents_pkey PRIMARY KEY (intent_id),
  constraint mock_intents_one_per_key UNIQUE (idempotency_key),
  constraint mock_intents_refunds_within_capture CHECK ((refunded_minor <= amount_minor)),
  constraint mock_intents_state_known CHECK ((state = ANY (ARRAY['requires_action'::text, 'succeeded'::text, 'canceled'::text])))
);
CREATE INDEX mock_intents_by_time ON public.mock_intents USING btree (created_at);

create table mock_refunds (
  provider_refund_id text not null,
  idempotency_key text not null,
  shop_id text not null,
  refund_reference text not null,
  intent_id text not null,
  currency text not null,
  amount_minor bigint not null,
  reason text not null,
  created_at timestamp with time zone default now() not null,
  constraint mock_refunds_pkey PRIMARY KEY (provider_refund_id),
  constraint mock_refunds_one_per_key UNIQUE (idempotency_key),
  constraint mock_refunds_intent_id_fkey FOREIGN KEY (intent_id) REFERENCES mock_intents(intent_id)
);
CREATE INDEX mock_refunds_by_time ON public.mock_refunds USING btree (created_at);

create table new_shop_events (
  id bigint generated always as identity,
  type text not null,
  subject_id bigint not null,
  created_at timestamp with time zone default now() not null,
  constraint new_shop_events_pkey PRIMARY KEY (id)
);

create table notes (
  id bigint generated always as identity,
  user_id bigint not null,
  order_id bigint,
  author text not null,
  text text not null,
  created_at timestamp with time zone default now() not null,
  constraint notes_pkey PRIMARY KEY (id),
  constraint notes_say_something CHECK (((text ~ '\S'::text) AND (char_length(text) <= 2000))),
  constraint notes_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id),
  constraint notes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX notes_by_order ON public.notes USING btree (order_id, id) WHERE (order_id IS NOT NULL);
CREATE INDEX notes_by_user ON public.notes USING btree (user_id, id);

create table operator_alarms (
  id bigint generated always as identity,
  kind text not null,
  subject text not null,
  due_at timestamp with time zone,
  except_user bigint,
  begun_at timestamp with time zone default now() not null,
  constraint operator_alarms_pkey PRIMARY KEY (id),
  constraint operator_alarms_one_per_subject UNIQUE (kind, subject)
);
CREATE TRIGGER operator_alarms_tell_begun AFTER INSERT ON public.operator_alarms REFERENCING NEW TABLE AS begun FOR EACH STATEMENT EXECUTE FUNCTION tell_alarms_begun();
CREATE TRIGGER operator_alarms_tell_over AFTER DELETE ON public.operator_alarms REFERENCING OLD TABLE AS ended FOR EACH STATEMENT EXECUTE FUNCTION tell_alarms_over();

create table operator_factor_offers (
  user_id bigint not null,
  session_id bigint not null,
  sealed_secret bytea not null,
  expires_at timestamp with time zone not null,
  constraint operator_factor_offers_pkey PRIMARY KEY (user_id),
  constraint operator_factor_offers_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  constraint operator_factor_offers_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX operator_factor_offers_by_session ON public.operator_factor_offers USING btree (session_id);

create table operator_factors (
  user_id bigint not null,
  sealed_secret bytea not null,
  created_at timestamp with time zone default now() not null,
  last_step bigint not null,
  tries timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  language text,
  constraint operator_factors_pkey PRIMARY KEY (user_id),
  constraint operator_factors_language_known CHECK ((language = ANY (ARRAY['en'::text, 'es'::text]))),
  constraint operator_factors_last_step_positive CHECK ((last_step > 0)),
  constraint operator_factors_tries_are_bounded CHECK ((cardinality(tries) <= 20)),
  constraint operator_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);

create table operator_recovery_codes (
  user_id bigint not null,
  code_hash bytea not null,
  used_at timestamp with time zone,
  constraint operator_recovery_codes_one_per_code PRIMARY KEY (user_id, code_hash),
  constraint operator_recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES operator_factors(user_id) ON DELETE CASCADE
);

create table operator_sessions (
  session_id bigint not null,
  user_id bigint not null,
  opened_at timestamp with time zone default now() not null,
  used_at timestamp with time zone default now() not null,
  idle_until timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  factor_at timestamp with time zone,
  fresh_until timestamp with time zone,
  ended_at timestamp with time zone,
  ended_because text,
  constraint operator_sessions_pkey PRIMARY KEY (session_id),
  constraint operator_sessions_ended_say_why CHECK (((ended_at IS NULL) = (ended_because IS NULL))),
  constraint operator_sessions_fresh_after_a_factor CHECK (((fresh_until IS NULL) = (factor_at IS NULL))),
  constraint operator_sessions_live_a_day_at_most CHECK ((expires_at <= (opened_at + '24:00:00'::interval))),
  constraint operator_sessions_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  constraint operator_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX operator_sessions_by_user ON public.operator_sessions USING btree (user_id);

create table order_consents (
  order_id bigint not null,
  terms_version text not null,
  immediate_delivery boolean not null,
  accepted_at timestamp with time zone default now() not null,
  constraint order_consents_pkey PRIMARY KEY (order_id),
  constraint order_consents_version_is_short CHECK ((terms_version ~ '^[A-Za-z0-9._-]{1,64}$'::text)),
  constraint order_consents_order_exists FOREIGN KEY (order_id) REFERENCES orders(id) ON DELETE CASCADE
);

create table orders (
  id bigint generated always as identity,
  reference text not null,
  user_id bigint not null,
  plan_id bigint not null,
  kind text default 'esim'::text not null,
  top_up_of_profile_id bigint,
  status text default 'created'::text not null,
  currency text not null,
  amount_minor bigint not null,
  plan_snapshot json not null,
  idempotency_key text,
  request_fingerprint bytea,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  paid_at timestamp with time zone,
  failed_at timestamp with time zone,
  refunded_at timestamp with time zone,
  failure_reason text,
  version integer default 1 not null,
  imported_at timestamp with time zone,
  constraint orders_pkey PRIMARY KEY (id),
  constraint orders_one_per_reference UNIQUE (reference),
  constraint orders_one_per_user_and_key UNIQUE (idempotency_key, user_id),
  constraint orders_amount_is_positive CHECK ((amount_minor > 0)),
  constraint orders_currency_is_iso CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint orders_key_has_fingerprint CHECK (((idempotency_key IS NULL) = (request_fingerprint IS NULL))),
  constraint orders_kind_known CHECK ((kind = ANY (ARRAY['esim'::text, 'top_up'::text]))),
  constraint orders_paid_has_time CHECK (((status <> ALL (ARRAY['paid'::text, 'refunded'::text])) OR (paid_at IS NOT NULL))),
  constraint orders_status_known CHECK ((status = ANY (ARRAY['created'::text, 'paid'::text, 'failed'::text, 'refunded'::text]))),
  constraint orders_times_in_order CHECK ((created_at <= COALESCE(paid_at, created_at))),
  constraint orders_top_up_names_profile CHECK (((kind = 'top_up'::text) = (top_up_of_profile_id IS NOT NULL))),
  constraint orders_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans(id),
  constraint orders_top_up_names_an_esim FOREIGN KEY (top_up_of_profile_id) REFERENCES esim_profiles(id),
  constraint orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX orders_by_amount ON public.orders USING btree (amount_minor);
CREATE INDEX orders_by_payment_time ON public.orders USING btree (paid_at) WHERE (paid_at IS NOT NULL);
CREATE INDEX orders_by_plan ON public.orders USING btree (plan_id, id);
CREATE INDEX orders_by_time ON public.orders USING btree (created_at);
CREATE INDEX orders_by_user ON public.orders USING btree (user_id, id DESC);
CREATE INDEX orders_failed ON public.orders USING btree (id) WHERE (status = 'failed'::text);
CREATE INDEX orders_keys_by_age ON public.orders USING btree (created_at) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX orders_refunded ON public.orders USING btree (id) WHERE (status = 'refunded'::text);
CREATE INDEX orders_top_ups ON public.orders USING btree (id) WHERE (kind = 'top_up'::text);
CREATE INDEX orders_unpaid_by_expiry ON public.orders USING btree (expires_at) WHERE (status = 'created'::text);
CREATE INDEX orders_unpaid_by_user ON public.orders USING btree (user_id) WHERE (status = 'created'::text);
CREATE TRIGGER orders_audit AFTER UPDATE OF status ON public.orders FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION audit_state_change('order');
CREATE TRIGGER orders_failed_fail_top_up AFTER UPDATE OF status ON public.orders FOR EACH ROW WHEN (((new.status = 'failed'::text) AND (old.status = 'created'::text) AND (new.kind = 'top_up'::text))) EXECUTE FUNCTION fail_top_up_of_failed_order();
CREATE TRIGGER orders_failed_release_esim AFTER UPDATE OF status ON public.orders FOR EACH ROW WHEN (((new.status = 'failed'::text) AND (old.status = 'created'::text))) EXECUTE FUNCTION release_esim_of_failed_order();
CREATE TRIGGER orders_moves BEFORE UPDATE OF status ON public.orders FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION enforce_state_moves('created>paid', 'created>failed', 'paid>refunded');
CREATE TRIGGER orders_tell AFTER UPDATE OF status ON public.orders FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION note_shop_event('order');
CREATE TRIGGER orders_tell_created AFTER INSERT ON public.orders FOR EACH ROW WHEN ((new.status = 'created'::text)) EXECUTE FUNCTION note_shop_event('order');

create table outgoing_mails (
  id bigint generated always as identity,
  kind text not null,
  subject_id bigint not null,
  order_id bigint,
  number integer default 1 not null,
  status text default 'queued'::text not null,
  language text,
  created_at timestamp with time zone default now() not null,
  attempts integer default 0 not null,
  next_try_at timestamp with time zone default now() not null,
  claimed_until timestamp with time zone,
  last_error text,
  ended_at timestamp with time zone,
  version integer default 1 not null,
  constraint outgoing_mails_pkey PRIMARY KEY (id),
  constraint outgoing_mails_sent_once UNIQUE (kind, subject_id, number),
  constraint outgoing_mails_ended_say_when CHECK (((status <> ALL (ARRAY['sent'::text, 'refused'::text, 'cancelled'::text])) = (ended_at IS NULL))),
  constraint outgoing_mails_language_known CHECK ((language = ANY (ARRAY['en'::text, 'es'::text]))),
  constraint outgoing_mails_status_known CHECK ((status = ANY (ARRAY['queued'::text, 'delayed'::text, 'sent'::text, 'refused'::text, 'cancelled'::text]))),
  constraint outgoing_mails_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id)
) with (fillfactor=80);
CREATE INDEX outgoing_mails_by_order ON public.outgoing_mails USING btree (order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX outgoing_mails_unsent_esims ON public.outgoing_mails USING btree (subject_id) WHERE ((kind = 'esim_ready'::text) AND (status <> 'sent'::text));
CREATE INDEX outgoing_mails_waiting ON public.outgoing_mails USING btree (next_try_at) WHERE (status = ANY (ARRAY['queued'::text, 'delayed'::text]));
CREATE TRIGGER outgoing_mails_moves BEFORE UPDATE OF status ON public.outgoing_mails FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION enforce_state_moves('queued>delayed', 'queued>sent', 'queued>refused', 'queued>cancelled', 'delayed>sent', 'delayed>refused', 'delayed>cancelled');

create table payments (
  id bigint generated always as identity,
  reference text default (gen_random_uuid())::text not null,
  order_id bigint not null,
  provider text not null,
  intent_id text,
  status text default 'requires_action'::text not null,
  currency text not null,
  amount_minor bigint not null,
  livemode boolean not null,
  created_at timestamp with time zone default now() not null,
  succeeded_at timestamp with time zone,
  failed_at timestamp with time zone,
  failure_reason text,
  is_processing boolean default false not null,
  decline_code text,
  decline_message text,
  captured_minor bigint default 0 not null,
  refund_reserved_minor bigint default 0 not null,
  refunded_minor bigint default 0 not null,
  disputed_minor bigint default 0 not null,
  is_counted boolean default false not null,
  surplus_reason text,
  version integer default 1 not null,
  page_id text,
  payer_language text,
  key_number integer default 1 not null,
  key_taken_at timestamp with time zone,
  constraint payments_pkey PRIMARY KEY (id),
  constraint payments_one_per_intent UNIQUE (intent_id),
  constraint payments_one_per_reference UNIQUE (reference),
  constraint payments_amount_is_positive CHECK ((amount_minor > 0)),
  constraint payments_captured_at_most_amount CHECK (((0 <= captured_minor) AND (captured_minor <= amount_minor))),
  constraint payments_counted_succeeded CHECK (((NOT is_counted) OR ((status = 'succeeded'::text) AND (surplus_reason IS NULL)))),
  constraint payments_currency_is_iso CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint payments_money_is_counted_or_surplus CHECK (((captured_minor = 0) OR is_counted OR (surplus_reason IS NOT NULL))),
  constraint payments_payer_language_known CHECK ((payer_language = ANY (ARRAY['en'::text, 'es'::text]))),
  constraint payments_provider_is_a_name CHECK ((provider ~ '^[A-Z][A-Z0-9_]{1,31}$'::text)) NOT VALID,
  constraint payments_refunded_was_reserved CHECK (((0 <= refunded_minor) AND (refunded_minor <= refund_reserved_minor))),
  constraint payments_refunds_within_capture CHECK ((refund_reserved_minor <= captured_minor)),
  constraint payments_status_known CHECK ((status = ANY (ARRAY['requires_action'::text, 'succeeded'::text, 'failed'::text]))),
  constraint payments_success_has_time CHECK (((status = 'succeeded'::text) = (succeeded_at IS NOT NULL))),
  constraint payments_success_is_captured CHECK (((status <> 'succeeded'::text) OR (captured_minor = amount_minor))),
  constraint payments_surplus_reason_known CHECK ((surplus_reason = ANY (ARRAY['payment_failed'::text, 'order_not_waiting'::text, 'person_gone'::text]))),
  constraint payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id)
);
CREATE INDEX payments_by_order ON public.payments USING btree (order_id);
CREATE INDEX payments_by_time ON public.payments USING btree (created_at);
CREATE INDEX payments_failed ON public.payments USING btree (id) WHERE (status = 'failed'::text);
CREATE UNIQUE INDEX payments_one_counted_per_order ON public.payments USING btree (order_id) WHERE is_counted;
CREATE UNIQUE INDEX payments_one_live_per_order ON public.payments USING btree (order_id) WHERE (status = 'requires_action'::text);
CREATE INDEX payments_surplus ON public.payments USING btree (id) WHERE (surplus_reason IS NOT NULL);
CREATE TRIGGER payments_audit AFTER UPDATE OF status ON public.payments FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION audit_state_change('payment');
CREATE TRIGGER payments_audit_late_capture AFTER UPDATE OF captured_minor ON public.payments FOR EACH ROW WHEN (((old.status = new.status) AND (old.captured_minor <> new.captured_minor))) EXECUTE FUNCTION audit_late_capture();
CREATE TRIGGER payments_moves BEFORE UPDATE OF status ON public.payments FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION enforce_state_moves('requires_action>succeeded', 'requires_action>failed');
CREATE TRIGGER payments_tell AFTER UPDATE OF status ON public.payments FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION note_shop_event('payment');

create table plan_countries (
  plan_id bigint not null,
  country_id bigint not null,
  constraint plan_countries_pkey PRIMARY KEY (plan_id, country_id),
  constraint plan_countries_country_exists FOREIGN KEY (country_id) REFERENCES countries(id) ON DELETE RESTRICT,
  constraint plan_countries_plan_exists FOREIGN KEY (plan_id) REFERENCES plans(id) ON DELETE CASCADE
);
CREATE INDEX plan_countries_by_country ON public.plan_countries USING btree (country_id);

create table plan_prices (
  plan_id bigint not null,
  currency text not null,
  amount_minor bigint not null,
  constraint plan_prices_one_per_plan_and_currency PRIMARY KEY (plan_id, currency),
  constraint plan_prices_amount_is_positive CHECK (((amount_minor > 0) AND (amount_minor <= '999999999999'::bigint))),
  constraint plan_prices_currency_is_three_capitals CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint plan_prices_plan_exists FOREIGN KEY (plan_id) REFERENCES plans(id) ON DELETE CASCADE
);

create table plan_suppliers (
  id bigint generated always as identity,
  plan_id bigint not null,
  supplier text not null,
  package_id text not null,
  cost_text text,
  cost_currency text,
  cost_minor bigint,
  use_within_days integer,
  validity_starts text,
  rank integer default 0 not null,
  paused_reason text,
  paused_at timestamp with time zone,
  checked_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  top_up_package_id text,
  constraint plan_suppliers_pkey PRIMARY KEY (id),
  constraint plan_suppliers_one_per_package UNIQUE (plan_id, supplier, package_id),
  constraint plan_suppliers_names_are_short CHECK (((supplier ~ '^[a-z0-9-]{1,32}$'::text) AND ((length(package_id) >= 1) AND (length(package_id) <= 200)))),
  constraint plan_suppliers_paused_say_why CHECK (((paused_at IS NULL) = (paused_reason IS NULL))),
  constraint plan_suppliers_top_up_package_is_short CHECK (((length(top_up_package_id) >= 1) AND (length(top_up_package_id) <= 200))),
  constraint plan_suppliers_use_within_days_are_positive CHECK ((use_within_days > 0)),
  constraint plan_suppliers_validity_starts_known CHECK ((validity_starts = ANY (ARRAY['installation'::text, 'first_use'::text]))),
  constraint plan_suppliers_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans(id) ON DELETE CASCADE
);
CREATE INDEX plan_suppliers_by_package ON public.plan_suppliers USING btree (supplier, package_id);

create table plans (
  id bigint generated by default as identity,
  sku text not null,
  name text not null,
  description text default ''::text not null,
  data_gb numeric(9,3),
  is_unlimited boolean default false not null,
  duration_days integer not null,
  country_id bigint,
  region text,
  carrier_id bigint not null,
  is_active boolean default true not null,
  paused_reason text,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint plans_pkey PRIMARY KEY (id),
  constraint plans_one_per_sku UNIQUE (sku),
  constraint plans_are_for_a_country_or_a_region CHECK (((country_id IS NULL) = (region IS NOT NULL))),
  constraint plans_data_is_positive CHECK ((data_gb > (0)::numeric)),
  constraint plans_description_is_short CHECK ((char_length(description) <= 2000)),
  constraint plans_duration_is_1_to_3650_days CHECK (((duration_days >= 1) AND (duration_days <= 3650))),
  constraint plans_have_a_name CHECK (((name <> ''::text) AND (char_length(name) <= 200))),
  constraint plans_have_data_unless_unlimited CHECK (((data_gb IS NULL) = is_unlimited)),
  constraint plans_paused_reason_is_text CHECK (((paused_reason <> ''::text) AND (char_length(paused_reason) <= 500))),
  constraint plans_paused_say_why CHECK ((is_active = (paused_reason IS NULL))),
  constraint plans_region_has_a_name CHECK (((region <> ''::text) AND (char_length(region) <= 100))),
  constraint plans_sku_is_printable CHECK ((sku ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'::text)),
  constraint plans_carrier_exists FOREIGN KEY (carrier_id) REFERENCES carriers(id) ON DELETE RESTRICT,
  constraint plans_country_exists FOREIGN KEY (country_id) REFERENCES countries(id) ON DELETE RESTRICT
);
CREATE INDEX plans_by_carrier ON public.plans USING btree (carrier_id);
CREATE INDEX plans_by_country ON public.plans USING btree (country_id);

create table price_rule_sets (
  version bigint not null,
  rules jsonb not null,
  actor text not null,
  created_at timestamp with time zone default now() not null,
  constraint price_rule_sets_pkey PRIMARY KEY (version),
  constraint price_rule_sets_are_objects CHECK ((jsonb_typeof(rules) = 'object'::text)),
  constraint price_rule_sets_versions_count_from_1 CHECK ((version >= 1))
);

create table provider_fees (
  id bigint generated always as identity,
  provider text not null,
  fee_id text not null,
  payment_id bigint not null,
  kind text not null,
  currency text not null,
  amount numeric not null,
  booked_at timestamp with time zone not null,
  read_at timestamp with time zone default now() not null,
  constraint provider_fees_pkey PRIMARY KEY (id),
  constraint provider_fees_one_per_entry UNIQUE (provider, fee_id),
  constraint provider_fees_are_something CHECK ((amount <> (0)::numeric)),
  constraint provider_fees_currency_is_iso CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint provider_fees_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
);
CREATE INDEX provider_fees_by_payment ON public.provider_fees USING btree (payment_id);

create table provisioning_attempts (
  id bigint generated always as identity,
  profile_id bigint,
  number integer not null,
  reference text not null,
  supplier text not null,
  package_id text not null,
  status text default 'intended'::text not null,
  is_exclusive boolean default false not null,
  expected_cost jsonb,
  supplier_order_id text,
  told_failure jsonb,
  cost_text text,
  cost_currency text,
  reason text,
  detail text,
  lookups integer default 0 not null,
  created_at timestamp with time zone default now() not null,
  ask_at timestamp with time zone,
  called_at timestamp with time zone,
  resent_at timestamp with time zone,
  call_millis integer,
  decided_at timestamp with time zone,
  decided_by text,
  version integer default 1 not null,
  top_up_id bigint,
  looked_back_at timestamp with time zone,
  is_aside boolean default false not null,
  constraint provisioning_attempts_pkey PRIMARY KEY (id),
  constraint provisioning_attempts_one_per_number UNIQUE (profile_id, number),
  constraint provisioning_attempts_one_per_reference UNIQUE (reference),
  constraint provisioning_attempts_accepted_have_an_order CHECK (((status <> 'accepted'::text) OR (supplier_order_id IS NOT NULL))),
  constraint provisioning_attempts_of_an_esim_or_a_top_up CHECK ((num_nonnulls(profile_id, top_up_id) = 1)),
  constraint provisioning_attempts_status_known CHECK ((status = ANY (ARRAY['intended'::text, 'unknown'::text, 'accepted'::text, 'delivered'::text, 'refused'::text, 'parked'::text, 'surplus'::text, 'taken_back'::text]))),
  constraint provisioning_attempts_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES esim_profiles(id),
  constraint provisioning_attempts_top_up_id_fkey FOREIGN KEY (top_up_id) REFERENCES top_ups(id)
);
CREATE INDEX provisioning_attempts_by_supplier_order ON public.provisioning_attempts USING btree (supplier_order_id) WHERE (supplier_order_id IS NOT NULL);
CREATE INDEX provisioning_attempts_by_time ON public.provisioning_attempts USING btree (created_at);
CREATE INDEX provisioning_attempts_not_looked_back_at ON public.provisioning_attempts USING btree (supplier, id) WHERE ((looked_back_at IS NULL) AND (status = ANY (ARRAY['refused'::text, 'taken_back'::text])) AND (reason = ANY (ARRAY['never_arrived'::text, 'never_sold'::text, 'not_bought'::text])));
CREATE UNIQUE INDEX provisioning_attempts_one_exclusive_per_package ON public.provisioning_attempts USING btree (supplier, package_id) WHERE (is_exclusive AND (supplier_order_id IS NULL) AND (status = ANY (ARRAY['intended'::text, 'unknown'::text, 'parked'::text, 'surplus'::text])));
CREATE UNIQUE INDEX provisioning_attempts_one_open_per_profile ON public.provisioning_attempts USING btree (profile_id) WHERE ((status = ANY (ARRAY['intended'::text, 'unknown'::text, 'accepted'::text, 'parked'::text])) AND (NOT is_aside));
CREATE UNIQUE INDEX provisioning_attempts_one_open_per_top_up ON public.provisioning_attempts USING btree (top_up_id) WHERE ((top_up_id IS NOT NULL) AND (status = ANY (ARRAY['intended'::text, 'unknown'::text, 'accepted'::text, 'parked'::text])) AND (NOT is_aside));
CREATE UNIQUE INDEX provisioning_attempts_one_per_supplier_order ON public.provisioning_attempts USING btree (supplier, supplier_order_id) WHERE (supplier_order_id IS NOT NULL);
CREATE UNIQUE INDEX provisioning_attempts_one_per_top_up_number ON public.provisioning_attempts USING btree (top_up_id, number) WHERE (top_up_id IS NOT NULL);
CREATE INDEX provisioning_attempts_open ON public.provisioning_attempts USING btree (created_at) WHERE (status = ANY (ARRAY['intended'::text, 'unknown'::text, 'accepted'::text, 'parked'::text, 'surplus'::text]));
CREATE TRIGGER provisioning_attempts_moves BEFORE UPDATE OF status ON public.provisioning_attempts FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION enforce_state_moves('intended>unknown', 'intended>accepted', 'intended>delivered', 'intended>refused', 'intended>parked', 'intended>surplus', 'unknown>accepted', 'unknown>delivered', 'unknown>refused', 'unknown>parked', 'unknown>surplus', 'accepted>delivered', 'accepted>refused', 'accepted>parked', 'accepted>surplus', 'parked>unknown', 'parked>accepted', 'parked>delivered', 'parked>refused', 'parked>surplus', 'delivered>taken_back', 'surplus>taken_back', 'surplus>parked', 'refused>parked', 'taken_back>parked');

create table reconciliation_findings (
  id bigint generated always as identity,
  provider text not null,
  class text not null,
  subject text not null,
  action text not null,
  payment_id bigint,
  order_id bigint,
  detail jsonb not null,
  found_at timestamp with time zone default now() not null,
  seen_at timestamp with time zone default now() not null,
  last_run_id bigint not null,
  closed_at timestamp with time zone,
  constraint reconciliation_findings_pkey PRIMARY KEY (id),
  constraint reconciliation_findings_action_known CHECK ((action = ANY (ARRAY['repaired'::text, 'reported'::text]))),
  constraint reconciliation_findings_class_known CHECK ((class = ANY (ARRAY['paid_not_recorded'::text, 'recorded_not_paid'::text, 'charged_twice'::text, 'amount_differs'::text, 'orphan_intent'::text, 'refund_missing'::text]))),
  constraint reconciliation_findings_last_run_id_fkey FOREIGN KEY (last_run_id) REFERENCES reconciliation_runs(id),
  constraint reconciliation_findings_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
);
CREATE UNIQUE INDEX reconciliation_findings_one_open ON public.reconciliation_findings USING btree (provider, class, subject) WHERE (closed_at IS NULL);

create table reconciliation_runs (
  id bigint generated always as identity,
  provider text not null,
  since timestamp with time zone not null,
  applies boolean not null,
  started_at timestamp with time zone default now() not null,
  alive_at timestamp with time zone default now() not null,
  finished_at timestamp with time zone,
  failure text,
  intents_seen integer default 0 not null,
  refunds_seen integer default 0 not null,
  constraint reconciliation_runs_pkey PRIMARY KEY (id)
);
CREATE INDEX reconciliation_runs_by_time ON public.reconciliation_runs USING btree (provider, started_at DESC);
CREATE UNIQUE INDEX reconciliation_runs_one_at_a_time ON public.reconciliation_runs USING btree (provider) WHERE (finished_at IS NULL);

create table refund_approvals (
  id bigint generated always as identity,
  order_id bigint not null,
  payment_id bigint not null,
  currency text not null,
  amount_minor bigint not null,
  reason text not null,
  accepts_loss boolean not null,
  status text default 'waiting'::text not null,
  requested_by bigint not null,
  idempotency_key text,
  request_fingerprint bytea,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  decided_by bigint,
  decided_at timestamp with time zone,
  decision_reason text,
  refund_id bigint,
  version integer default 1 not null,
  constraint refund_approvals_pkey PRIMARY KEY (id),
  constraint refund_approvals_one_per_person_and_key UNIQUE (requested_by, idempotency_key),
  constraint refund_approvals_one_per_refund UNIQUE (refund_id),
  constraint refund_approvals_amount_is_positive CHECK ((amount_minor > 0)),
  constraint refund_approvals_approved_by_another CHECK (((status <> 'approved'::text) OR ((decided_by IS NOT NULL) AND (decided_by <> requested_by)))),
  constraint refund_approvals_approved_make_a_refund CHECK (((status = 'approved'::text) = (refund_id IS NOT NULL))),
  constraint refund_approvals_declined_by_somebody CHECK (((status <> 'declined'::text) OR (decided_by IS NOT NULL))),
  constraint refund_approvals_ended_say_when CHECK (((status = 'waiting'::text) = (decided_at IS NULL))),
  constraint refund_approvals_key_has_fingerprint CHECK (((idempotency_key IS NULL) = (request_fingerprint IS NULL))),
  constraint refund_approvals_status_known CHECK ((status = ANY (ARRAY['waiting'::text, 'approved'::text, 'declined'::text, 'expired'::text]))),
  constraint refund_approvals_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES users(id),
  constraint refund_approvals_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id),
  constraint refund_approvals_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id),
  constraint refund_approvals_refund_id_fkey FOREIGN KEY (refund_id) REFERENCES refunds(id),
  constraint refund_approvals_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES users(id)
);
CREATE INDEX refund_approvals_by_order ON public.refund_approvals USING btree (order_id);
CREATE INDEX refund_approvals_by_time ON public.refund_approvals USING btree (created_at);
CREATE UNIQUE INDEX refund_approvals_one_waiting_per_order ON public.refund_approvals USING btree (order_id) WHERE (status = 'waiting'::text);
CREATE TRIGGER refund_approvals_moves BEFORE UPDATE OF status ON public.refund_approvals FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION enforce_state_moves('waiting>approved', 'waiting>declined', 'waiting>expired');

create table refund_limits (
  id bigint generated always as identity,
  valid_from timestamp with time zone default now() not null,
  everywhere bigint,
  by_currency jsonb not null,
  constraint refund_limits_pkey PRIMARY KEY (id)
);

create table refunds (
  id bigint generated always as identity,
  reference text default (gen_random_uuid())::text not null,
  payment_id bigint not null,
  order_id bigint not null,
  status text default 'requested'::text not null,
  amount_minor bigint not null,
  currency text not null,
  origin text not null,
  reason text not null,
  accepts_loss boolean default false not null,
  provider_refund_id text,
  requested_by bigint,
  idempotency_key text,
  request_fingerprint bytea,
  created_at timestamp with time zone default now() not null,
  called_at timestamp with time zone,
  esim_taken_back_at timestamp with time zone,
  finished_at timestamp with time zone,
  failure_reason text,
  version integer default 1 not null,
  key_number integer default 1 not null,
  tellings integer default 0 not null,
  told_at timestamp with time zone,
  constraint refunds_pkey PRIMARY KEY (id),
  constraint refunds_one_per_person_and_key UNIQUE (requested_by, idempotency_key),
  constraint refunds_one_per_provider_refund UNIQUE (provider_refund_id),
  constraint refunds_one_per_reference UNIQUE (reference),
  constraint refunds_amount_is_positive CHECK ((amount_minor > 0)),
  constraint refunds_failed_say_why CHECK (((status <> ALL (ARRAY['failed'::text, 'parked'::text])) OR (failure_reason IS NOT NULL))),
  constraint refunds_key_has_fingerprint CHECK (((idempotency_key IS NULL) = (request_fingerprint IS NULL))),
  constraint refunds_origin_known CHECK ((origin = ANY (ARRAY['admin'::text, 'customer'::text, 'surplus'::text, 'undeliverable'::text, 'provider'::text]))),
  constraint refunds_status_known CHECK ((status = ANY (ARRAY['requested'::text, 'parked'::text, 'pending'::text, 'succeeded'::text, 'failed'::text]))),
  constraint refunds_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id),
  constraint refunds_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id),
  constraint refunds_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES users(id)
);
CREATE INDEX refunds_by_end ON public.refunds USING btree (finished_at) WHERE (status = 'succeeded'::text);
CREATE INDEX refunds_by_order ON public.refunds USING btree (order_id);
CREATE INDEX refunds_by_payment ON public.refunds USING btree (payment_id);
CREATE INDEX refunds_by_time ON public.refunds USING btree (created_at);
CREATE INDEX refunds_surplus_by_time ON public.refunds USING btree (created_at) WHERE (origin = 'surplus'::text);
CREATE INDEX refunds_unfinished ON public.refunds USING btree (created_at) WHERE (status = ANY (ARRAY['requested'::text, 'pending'::text, 'parked'::text]));
CREATE TRIGGER refunds_are_summed AFTER INSERT OR UPDATE OF status, amount_minor ON public.refunds FOR EACH ROW EXECUTE FUNCTION payments_sum_refunds();
CREATE TRIGGER refunds_audit AFTER UPDATE OF status ON public.refunds FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION audit_state_change('refund');
CREATE TRIGGER refunds_audit_new AFTER INSERT ON public.refunds FOR EACH ROW EXECUTE FUNCTION audit_new_refund();
CREATE TRIGGER refunds_moves BEFORE UPDATE OF status ON public.refunds FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION enforce_state_moves('requested>parked', 'requested>pending', 'requested>succeeded', 'requested>failed', 'parked>requested', 'parked>pending', 'parked>succeeded', 'parked>failed', 'pending>succeeded', 'pending>failed', 'succeeded>failed');
CREATE TRIGGER refunds_tell AFTER UPDATE OF status ON public.refunds FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) AND (new.status = ANY (ARRAY['succeeded'::text, 'failed'::text])))) EXECUTE FUNCTION note_shop_event('refund');
CREATE TRIGGER refunds_tell_created AFTER INSERT ON public.refunds FOR EACH ROW EXECUTE FUNCTION note_shop_event('refund');

create table refused_notices (
  user_id bigint not null,
  kind text not null,
  refused_at timestamp with time zone default now() not null,
  constraint refused_notices_pkey PRIMARY KEY (user_id, kind),
  constraint refused_notices_kind_known CHECK ((kind = ANY (ARRAY['install'::text, 'low_data'::text, 'used_up'::text, 'days_left'::text, 'expired'::text]))),
  constraint refused_notices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);

create table restorations (
  id bigint generated always as identity,
  backup_at timestamp with time zone not null,
  restored_at timestamp with time zone default now() not null,
  constraint restorations_pkey PRIMARY KEY (id),
  constraint restorations_follow_their_backup CHECK ((backup_at < restored_at))
);

create table schema_migrations (
  version integer not null,
  name text not null,
  oldest_program text not null,
  applied_at timestamp with time zone default now() not null,
  checksum text not null,
  constraint schema_migrations_pkey PRIMARY KEY (version)
);

create table sessions (
  id bigint generated always as identity,
  sid uuid not null,
  user_id bigint not null,
  auth_code_id bigint not null,
  kind text not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  last_used_at timestamp with time zone default now() not null,
  ip_address inet,
  user_agent text,
  device_hash bytea,
  revoked_at timestamp with time zone,
  revoked_because text,
  refresh_generation integer default 0 not null,
  refresh_hash bytea not null,
  refresh_parent_hash bytea,
  refresh_rotated_at timestamp with time zone,
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_one_per_code UNIQUE (auth_code_id),
  constraint sessions_one_per_sid UNIQUE (sid),
  constraint sessions_kind_is_known CHECK ((kind = ANY (ARRAY['both'::text, 'cookie'::text, 'bearer'::text]))),
  constraint sessions_live_30_days_at_most CHECK ((expires_at <= (created_at + '30 days'::interval))),
  constraint sessions_revoked_say_why CHECK (((revoked_at IS NULL) = (revoked_because IS NULL))),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX sessions_by_user ON public.sessions USING btree (user_id, created_at);

create table setting_changes (
  name text not null,
  version integer not null,
  value jsonb,
  changed_at timestamp with time zone not null,
  changed_by text not null,
  reason text not null,
  constraint setting_changes_pkey PRIMARY KEY (name, version),
  constraint setting_changes_reason_given CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
  constraint setting_changes_name_fkey FOREIGN KEY (name) REFERENCES settings(name)
);

create table settings (
  name text not null,
  value jsonb,
  version integer not null,
  changed_at timestamp with time zone default now() not null,
  changed_by text not null,
  constraint settings_pkey PRIMARY KEY (name),
  constraint settings_name_well_formed CHECK ((name ~ '^[a-z][a-z_]{0,62}$'::text)),
  constraint settings_value_single CHECK ((jsonb_typeof(value) = ANY (ARRAY['number'::text, 'string'::text, 'boolean'::text]))),
  constraint settings_version_positive CHECK ((version > 0))
);

create table shop_event_stream (
  is_the_only boolean default true not null,
  last_sequence bigint default 0 not null,
  constraint shop_event_stream_pkey PRIMARY KEY (is_the_only),
  constraint shop_event_stream_is_one_row CHECK (is_the_only)
);

create table shop_events (
  sequence bigint not null,
  id text default ('evt_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) not null,
  type text not null,
  subject_id bigint not null,
  created_at timestamp with time zone not null,
  numbered_at timestamp with time zone default now() not null,
  data json not null,
  constraint shop_events_pkey PRIMARY KEY (sequence)
);
CREATE INDEX shop_events_by_time ON public.shop_events USING btree (numbered_at);

create table stock_items (
  id bigint generated by default as identity,
  plan_id bigint not null,
  sealed bytea not null,
  code_fingerprint bytea not null,
  iccid text,
  status text default 'available'::text not null,
  order_id bigint,
  reference text,
  batch text not null,
  created_at timestamp with time zone default now() not null,
  taken_at timestamp with time zone,
  revealed_at timestamp with time zone,
  version integer default 1 not null,
  held_from inet,
  constraint stock_items_pkey PRIMARY KEY (id),
  constraint stock_items_one_per_code UNIQUE (code_fingerprint),
  constraint stock_items_one_per_reference UNIQUE (reference),
  constraint stock_items_assigned_have_a_reference CHECK (((status <> 'assigned'::text) OR (reference IS NOT NULL))),
  constraint stock_items_available_belong_to_nobody CHECK (((status <> 'available'::text) OR ((order_id IS NULL) AND (reference IS NULL)))),
  constraint stock_items_held_have_an_order CHECK (((status <> 'held'::text) OR (order_id IS NOT NULL))),
  constraint stock_items_revealed_are_never_sold_again CHECK (((revealed_at IS NULL) OR (status = ANY (ARRAY['assigned'::text, 'withdrawn'::text])))),
  constraint stock_items_status_known CHECK ((status = ANY (ARRAY['available'::text, 'held'::text, 'assigned'::text, 'withdrawn'::text]))),
  constraint stock_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id),
  constraint stock_items_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans(id)
);
CREATE INDEX stock_items_assigned_by_iccid ON public.stock_items USING btree (iccid) WHERE ((status = 'assigned'::text) AND (revealed_at IS NULL));
CREATE INDEX stock_items_available ON public.stock_items USING btree (plan_id, id) WHERE (status = 'available'::text);
CREATE INDEX stock_items_by_plan ON public.stock_items USING btree (plan_id, status);
CREATE INDEX stock_items_held_by_network ON public.stock_items USING btree (COALESCE(wide_network_of(held_from), held_from)) WHERE (held_from IS NOT NULL);
CREATE UNIQUE INDEX stock_items_one_for_sale_per_iccid ON public.stock_items USING btree (iccid) WHERE (status = ANY (ARRAY['available'::text, 'held'::text]));
CREATE UNIQUE INDEX stock_items_one_held_per_order ON public.stock_items USING btree (order_id) WHERE (status = 'held'::text);
CREATE TRIGGER stock_items_forget_holder BEFORE UPDATE OF status ON public.stock_items FOR EACH ROW WHEN (((old.held_from IS NOT NULL) AND (new.status <> 'held'::text))) EXECUTE FUNCTION forget_holder();
CREATE TRIGGER stock_items_limit_held AFTER UPDATE OF status ON public.stock_items FOR EACH ROW WHEN (((new.status = 'held'::text) AND (old.status IS DISTINCT FROM new.status))) EXECUTE FUNCTION limit_held_stock();
CREATE TRIGGER stock_items_moves BEFORE UPDATE OF status ON public.stock_items FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION enforce_state_moves('available>held', 'held>available', 'held>assigned', 'available>assigned', 'assigned>available', 'assigned>withdrawn', 'available>withdrawn', 'held>withdrawn');

create table supplier_accounts (
  supplier text not null,
  balance_text text,
  balance_currency text,
  balance_minor bigint,
  balance_read_at timestamp with time zone,
  problem text,
  problem_since timestamp with time zone,
  catalogue_size integer,
  catalogue_read_at timestamp with time zone,
  catalogue_problem text,
  catalogue_problem_since timestamp with time zone,
  constraint supplier_accounts_pkey PRIMARY KEY (supplier)
);

create table supplier_events (
  id bigint generated always as identity,
  supplier text not null,
  dedup_key text not null,
  kind text not null,
  occurred_at timestamp with time zone,
  reference text,
  supplier_order_id text,
  supplier_reference text,
  iccid text,
  remaining_percent integer,
  received_at timestamp with time zone default now() not null,
  profile_id bigint,
  applied_at timestamp with time zone,
  problem text,
  order_failure jsonb,
  constraint supplier_events_pkey PRIMARY KEY (id),
  constraint supplier_events_one_per_key UNIQUE (supplier, dedup_key),
  constraint supplier_events_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES esim_profiles(id)
);
CREATE INDEX supplier_events_unapplied ON public.supplier_events USING btree (received_at) WHERE (applied_at IS NULL);

create table supplier_hours (
  supplier text not null,
  hour timestamp with time zone not null,
  purchases integer not null,
  not_delivered integer not null,
  median_millis integer,
  p95_millis integer,
  balance numeric,
  balance_currency text,
  constraint supplier_hours_pkey PRIMARY KEY (supplier, hour),
  constraint supplier_hours_begin_an_hour CHECK ((((EXTRACT(epoch FROM hour))::bigint % (3600)::bigint) = 0)),
  constraint supplier_hours_count CHECK (((purchases >= 0) AND ((not_delivered >= 0) AND (not_delivered <= purchases))))
);

create table supplier_package_changes (
  id bigint generated always as identity,
  supplier text not null,
  package_id text not null,
  what text not null,
  before jsonb,
  after jsonb,
  at timestamp with time zone default now() not null,
  constraint supplier_package_changes_pkey PRIMARY KEY (id),
  constraint supplier_package_changes_what_known CHECK ((what = ANY (ARRAY['changed'::text, 'vanished'::text, 'returned'::text])))
);
CREATE INDEX supplier_package_changes_by_package ON public.supplier_package_changes USING btree (supplier, package_id);

create table supplier_packages (
  supplier text not null,
  package_id text not null,
  content jsonb not null,
  accepted jsonb,
  first_seen_at timestamp with time zone default now() not null,
  changed_at timestamp with time zone default now() not null,
  vanished_at timestamp with time zone,
  constraint supplier_packages_one_per_supplier_and_id PRIMARY KEY (supplier, package_id),
  constraint supplier_packages_names_are_short CHECK ((((length(supplier) >= 1) AND (length(supplier) <= 32)) AND ((length(package_id) >= 1) AND (length(package_id) <= 200))))
);

create table synced_plans (
  plan_id bigint not null,
  product_key text not null,
  constraint synced_plans_pkey PRIMARY KEY (plan_id),
  constraint synced_plans_one_per_product UNIQUE (product_key),
  constraint synced_plans_plan_exists FOREIGN KEY (plan_id) REFERENCES plans(id) ON DELETE CASCADE
);

create table team_invitations (
  id bigint generated always as identity,
  email text,
  role text not null,
  token_hash bytea not null,
  sealed_token bytea,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  invited_by text not null,
  accepted_at timestamp with time zone,
  accepted_by bigint,
  revoked_at timestamp with time zone,
  constraint team_invitations_pkey PRIMARY KEY (id),
  constraint team_invitations_one_per_token UNIQUE (token_hash),
  constraint team_invitations_accepted_by_somebody CHECK (((accepted_at IS NULL) = (accepted_by IS NULL))),
  constraint team_invitations_end_once CHECK (((accepted_at IS NULL) OR (revoked_at IS NULL))),
  constraint team_invitations_ended_keep_no_token CHECK (((email IS NOT NULL) OR (sealed_token IS NULL))),
  constraint team_invitations_live_14_days_at_most CHECK ((expires_at <= (created_at + '14 days'::interval))),
  constraint team_invitations_open_have_an_address CHECK (((email IS NOT NULL) = ((accepted_at IS NULL) AND (revoked_at IS NULL)))),
  constraint team_invitations_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'support'::text, 'finance'::text, 'catalogue'::text, 'auditor'::text]))),
  constraint team_invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES users(id)
);
CREATE UNIQUE INDEX team_invitations_one_open_per_address ON public.team_invitations USING btree (email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));

create table team_members (
  id bigint generated always as identity,
  user_id bigint not null,
  role text not null,
  created_at timestamp with time zone default now() not null,
  created_by text not null,
  constraint team_members_pkey PRIMARY KEY (id),
  constraint team_members_one_per_user UNIQUE (user_id),
  constraint team_members_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'support'::text, 'finance'::text, 'catalogue'::text, 'auditor'::text]))),
  constraint team_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE TRIGGER team_members_changed_end_sessions AFTER UPDATE OF role ON public.team_members FOR EACH ROW WHEN ((old.role <> new.role)) EXECUTE FUNCTION end_operator_sessions();
CREATE TRIGGER team_members_removed_end_sessions AFTER DELETE ON public.team_members FOR EACH ROW EXECUTE FUNCTION end_operator_sessions();

create table top_ups (
  id bigint generated always as identity,
  order_id bigint not null,
  user_id bigint not null,
  profile_id bigint not null,
  plan_id bigint not null,
  status text default 'pending'::text not null,
  supplier text not null,
  package_id text not null,
  cost_text text,
  cost_currency text,
  cost_minor bigint,
  supplier_top_up_id text,
  created_at timestamp with time zone default now() not null,
  done_at timestamp with time zone,
  ended_at timestamp with time zone,
  failure_reason text,
  due_at timestamp with time zone,
  lease_token integer default 0 not null,
  lease_until timestamp with time zone,
  parked_reason text,
  parked_at timestamp with time zone,
  forgiven_attempts integer default 0 not null,
  take_back_requested_at timestamp with time zone,
  language text,
  version integer default 1 not null,
  insisted_attempts integer default 0 not null,
  constraint top_ups_pkey PRIMARY KEY (id),
  constraint top_ups_one_per_order UNIQUE (order_id),
  constraint top_ups_done_are_known_to_the_supplier CHECK (((status <> 'done'::text) OR ((supplier_top_up_id IS NOT NULL) AND (done_at IS NOT NULL)))),
  constraint top_ups_language_known CHECK ((language = ANY (ARRAY['en'::text, 'es'::text]))),
  constraint top_ups_parked_say_why CHECK (((parked_at IS NULL) = (parked_reason IS NULL))),
  constraint top_ups_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint top_ups_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id),
  constraint top_ups_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans(id),
  constraint top_ups_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES esim_profiles(id),
  constraint top_ups_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX top_ups_by_profile ON public.top_ups USING btree (profile_id, id DESC);
CREATE INDEX top_ups_due ON public.top_ups USING btree (due_at) WHERE ((status = 'pending'::text) AND (due_at IS NOT NULL));
CREATE INDEX top_ups_failed ON public.top_ups USING btree (ended_at) WHERE (status = 'failed'::text);
CREATE INDEX top_ups_parked ON public.top_ups USING btree (parked_at) WHERE (parked_at IS NOT NULL);
CREATE TRIGGER top_ups_audit AFTER UPDATE OF status ON public.top_ups FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION audit_state_change('top_up');
CREATE TRIGGER top_ups_belong_to_their_kind AFTER INSERT ON public.top_ups FOR EACH ROW EXECUTE FUNCTION order_kind_has_its_own('top_up');
CREATE TRIGGER top_ups_moves BEFORE UPDATE OF status ON public.top_ups FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION enforce_state_moves('pending>done', 'pending>failed', 'pending>cancelled', 'done>cancelled');
CREATE TRIGGER top_ups_tell AFTER UPDATE OF status ON public.top_ups FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION note_shop_event('top_up');

create table users (
  id bigint generated always as identity,
  email text not null,
  name text,
  created_at timestamp with time zone default now() not null,
  last_login_at timestamp with time zone,
  disabled_at timestamp with time zone,
  deleted_at timestamp with time zone,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_one_per_email UNIQUE (email),
  constraint users_deleted_are_anonymous CHECK (((deleted_at IS NULL) OR ((name IS NULL) AND (email ~~ 'deleted-%@deleted.invalid'::text)))),
  constraint users_email_is_canonical CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
  constraint users_name_is_short CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE INDEX users_by_email_prefix ON public.users USING btree (email text_pattern_ops);
CREATE INDEX users_by_email_suffix ON public.users USING btree (reverse(email) text_pattern_ops);
CREATE INDEX users_by_mailbox ON public.users USING btree (mailbox_of(email));
CREATE INDEX users_by_time ON public.users USING btree (created_at);
CREATE TRIGGER users_deleted_leave_team AFTER UPDATE OF deleted_at ON public.users FOR EACH ROW WHEN (((old.deleted_at IS NULL) AND (new.deleted_at IS NOT NULL))) EXECUTE FUNCTION leave_team();
CREATE TRIGGER users_deleted_lose_factor AFTER UPDATE OF deleted_at ON public.users FOR EACH ROW WHEN (((old.deleted_at IS NULL) AND (new.deleted_at IS NOT NULL))) EXECUTE FUNCTION forget_second_factor();
CREATE TRIGGER users_deleted_lose_notes AFTER UPDATE OF deleted_at ON public.users FOR EACH ROW WHEN (((old.deleted_at IS NULL) AND (new.deleted_at IS NOT NULL))) EXECUTE FUNCTION forget_notes();

create table webhook_deliveries (
  id bigint generated always as identity,
  endpoint_id bigint not null,
  sequence bigint,
  status text default 'pending'::text not null,
  attempts integer default 0 not null,
  next_try_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  attempted_at timestamp with time zone,
  finished_at timestamp with time zone,
  status_code integer,
  millis integer,
  answer_bytes integer,
  problem text,
  constraint webhook_deliveries_pkey PRIMARY KEY (id),
  constraint webhook_deliveries_one_per_event UNIQUE (endpoint_id, sequence),
  constraint webhook_deliveries_finished_have_a_time CHECK (((status = 'pending'::text) = (finished_at IS NULL))),
  constraint webhook_deliveries_pending_have_a_time CHECK (((status = 'pending'::text) = (next_try_at IS NOT NULL))),
  constraint webhook_deliveries_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text]))),
  constraint webhook_deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id)
);
CREATE INDEX webhook_deliveries_by_endpoint ON public.webhook_deliveries USING btree (endpoint_id, id);
CREATE INDEX webhook_deliveries_by_time ON public.webhook_deliveries USING btree (created_at);
CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (endpoint_id, next_try_at) WHERE (status = 'pending'::text);

create table webhook_endpoints (
  id bigint generated always as identity,
  reference text not null,
  url text not null,
  description text default ''::text not null,
  types text[] not null,
  sealed_secret bytea,
  sealed_former_secret bytea,
  former_secret_until timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  paused_at timestamp with time zone,
  paused_reason text,
  deleted_at timestamp with time zone,
  failures integer default 0 not null,
  failing_since timestamp with time zone,
  retry_at timestamp with time zone,
  lease_token integer default 0 not null,
  leased_until timestamp with time zone,
  constraint webhook_endpoints_pkey PRIMARY KEY (id),
  constraint webhook_endpoints_one_per_reference UNIQUE (reference),
  constraint webhook_endpoints_former_secret_ends CHECK (((sealed_former_secret IS NULL) = (former_secret_until IS NULL))),
  constraint webhook_endpoints_have_a_secret CHECK (((sealed_secret IS NULL) = (deleted_at IS NOT NULL))),
  constraint webhook_endpoints_pause_known CHECK ((paused_reason = ANY (ARRAY['operator'::text, 'gone'::text, 'failing'::text]))),
  constraint webhook_endpoints_pause_says_why CHECK (((paused_at IS NULL) = (paused_reason IS NULL))),
  constraint webhook_endpoints_want_something CHECK ((cardinality(types) > 0))
);

create table webhook_events (
  id bigint generated always as identity,
  provider text not null,
  event_id text not null,
  source text not null,
  type text not null,
  kind text not null,
  intent_id text,
  payment_id bigint,
  outcome text not null,
  reason text,
  facts jsonb not null,
  provider_created_at timestamp with time zone not null,
  received_at timestamp with time zone default now() not null,
  applied_at timestamp with time zone,
  attempts integer default 0 not null,
  next_try_at timestamp with time zone,
  constraint webhook_events_pkey PRIMARY KEY (id),
  constraint webhook_events_once_per_provider_and_id UNIQUE (provider, event_id),
  constraint webhook_events_outcome_known CHECK ((outcome = ANY (ARRAY['processed'::text, 'ignored'::text, 'waiting'::text, 'parked'::text]))),
  constraint webhook_events_quiet_ones_say_why CHECK (((outcome = 'processed'::text) OR (reason IS NOT NULL))),
  constraint webhook_events_source_known CHECK ((source = ANY (ARRAY['webhook'::text, 'read'::text]))),
  constraint webhook_events_waiting_have_a_next_try CHECK (((outcome = 'waiting'::text) = (next_try_at IS NOT NULL))),
  constraint webhook_events_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
);
CREATE INDEX webhook_events_by_intent ON public.webhook_events USING btree (intent_id) WHERE (intent_id IS NOT NULL);
CREATE INDEX webhook_events_by_payment ON public.webhook_events USING btree (payment_id) WHERE (payment_id IS NOT NULL);
CREATE INDEX webhook_events_by_time ON public.webhook_events USING btree (received_at);
CREATE INDEX webhook_events_parked ON public.webhook_events USING btree (id) WHERE (outcome = 'parked'::text);
CREATE INDEX webhook_events_waiting ON public.webhook_events USING btree (intent_id) WHERE (outcome = 'waiting'::text);

create view plan_offers as
 SELECT p.id AS plan_id,
    pp.currency,
    pp.amount_minor,
    p.is_active,
    p.name,
    p.description,
    trim_scale(COALESCE(p.data_gb, 0::numeric)) AS data_gb,
    p.is_unlimited,
    p.duration_days,
    p.country_id,
    c.iso2 AS country_iso2,
    COALESCE(c.name, p.region) AS country_name,
    p.carrier_id,
    ca.name AS carrier_name
   FROM plans p
     JOIN plan_prices pp ON pp.plan_id = p.id
     JOIN carriers ca ON ca.id = p.carrier_id
     LEFT JOIN countries c ON c.id = p.country_id;
