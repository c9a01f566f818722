-- oldest-program: 0.2.0
-- Wrong login codes: the rows that the budgets of tries count, and the function that compares a code and spends a try.

-- Every row is one wrong code that was compared, and is what the budgets of tries count.
create table auth_tries (
  id bigint generated always as identity primary key,
  email text not null,
  ip_address inet not null,
  -- Which row of the table of budgets it was spent from (docs/auth-and-orders.md).
  kind text not null,
  -- The one code it was compared with; none when it was compared with several or with nothing.
  auth_code_id bigint,
  created_at timestamptz not null default now(),
  counts boolean not null default true,
  constraint auth_tries_kind_is_known check (kind in ('challenge', 'address', 'elsewhere', 'known'))
);
create index auth_tries_by_email on auth_tries (email, created_at);
create index auth_tries_by_time on auth_tries (created_at);

-- For which e-mails a client network tried wrong codes: one row per network and e-mail, however many the tries.
create table auth_tried_emails (
  network inet not null,
  email text not null,
  tried_at timestamptz not null,
  -- Tries while no code of the e-mail lived. They could not succeed, so they leave no row of their own; they count so
  -- that nobody is told by a refusal whether a code lives.
  blind_tries timestamptz[] not null default '{}',
  counts boolean not null default true,
  constraint auth_tried_emails_one_per_network_and_email primary key (network, email),
  constraint auth_tried_emails_blind_tries_are_bounded check (cardinality(blind_tries) <= 20)
);
create index auth_tried_emails_by_network on auth_tried_emails (network, tried_at);
create index auth_tried_emails_by_wide_network on auth_tried_emails (wide_network_of(network), tried_at)
  where family(network) = 6;
create index auth_tried_emails_by_email on auth_tried_emails (email);
create index auth_tried_emails_by_time on auth_tried_emails (tried_at);

-- What is counted of wrong tries for one client network; always locked after the keys above.
create function login_tries_lock_keys(p_address inet) returns bigint[] language sql immutable as $$
  select array(
    select key from unnest(array[
      hashtextextended('login tries ' || host(p_address), 0),
      hashtextextended('login tries of network ' || host(wide_network_of(p_address)), 0)
    ]) as key where key is not null order by key)
$$;

-- When the n-th newest counted wrong try leaves the window; null while the budget has something left.
create function login_tries_until(
  p_emails text[], p_address inet, p_kinds text[], p_code_id bigint, p_budget integer, p_window interval, p_now timestamptz
) returns timestamptz language sql stable as $$
  select created_at + p_window from auth_tries
  where email = any (p_emails)
    and (p_address is null or ip_address = p_address)
    and kind = any (p_kinds)
    and (p_code_id is null or auth_code_id = p_code_id)
    and counts
    and created_at > p_now - p_window
  order by created_at desc offset p_budget - 1 limit 1
$$;

-- The same for tries from elsewhere, those while no code lived among them.
create function login_tries_from_elsewhere_until(
  p_emails text[], p_budget integer, p_window interval, p_now timestamptz
) returns timestamptz language sql stable as $$
  select at + p_window from (
    select created_at as at from auth_tries
    where email = any (p_emails) and kind = 'elsewhere' and counts and created_at > p_now - p_window
    union all
    select blind.at from auth_tried_emails t, unnest(t.blind_tries) as blind (at)
    where t.email = any (p_emails) and blind.at > p_now - p_window
  ) as tries
  order by at desc offset p_budget - 1 limit 1
$$;

-- When the n-th newest of the different e-mails that were tried from this network leaves the day's window.
create function login_tried_emails_until(p_address inet, p_emails_max integer, p_now timestamptz)
returns timestamptz language plpgsql stable as $$
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
$$;

-- Writes down that a wrong code of this e-mail was tried from this network.
create function note_tried_email(p_address inet, p_email text, p_is_blind boolean, p_now timestamptz)
returns void language sql as $$
  insert into auth_tried_emails as t (network, email, tried_at, blind_tries)
  values (p_address, p_email, p_now, case when p_is_blind then array[p_now] else '{}' end)
  on conflict (network, email) do update set
    tried_at = excluded.tried_at,
    counts = true,
    blind_tries = (excluded.blind_tries || t.blind_tries)[1:20]
$$;

-- Compares a code, and spends a try in doing so. The verdict is 'accepted' (the code is used up now and the person
-- exists), 'wrong' or 'refused' (a budget is used up; nothing was compared).
create function check_login_code(
  p_email text,
  p_alias text,
  p_address inet,
  p_device_hash bytea,
  p_code_hash bytea,
  -- Null without a challenge.
  p_challenge_hash bytea,
  -- A challenge from the body must be a live one of this e-mail; one from a cookie may be stale and is then absent.
  p_challenge_is_required boolean,
  p_challenge_attempts integer,
  -- Different e-mails with wrong tries, from one address in a day.
  p_emails_per_address integer,
  -- Wrong tries in an hour, over all e-mails and addresses.
  p_overall integer,
  out verdict text,
  out refused_by text,
  out retry_seconds integer,
  out code_id bigint,
  out user_id bigint,
  out user_name text,
  out is_new_user boolean
) language plpgsql as $$
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
$$;
