-- oldest-program: 0.1.0
-- Login: people, codes, wrong tries, sessions. Two functions hold the decisions that must be exact while many
-- processes ask at once.
--
-- Limits and budgets outlive a deleted account: its rows get an alias in place of the address, a keyed hash that only
-- the program can make again. Every count therefore looks for two names, the address and its alias.
--
-- Why functions: in READ COMMITTED a statement sees the database as it was when the statement began. One that
-- waits for a lock and then counts would count what it saw before it waited. Inside a function every statement
-- takes a new snapshot, so the lock comes first and the count after it sees all that was committed before, in one
-- round trip.

-- The mailbox behind an address: sub-addresses (RFC 5233: name+anything@) of one mailbox count together where mails
-- or held stock are counted. An alias is built alike, so that the mailbox of an alias is the alias of the mailbox.
create function mailbox_of(p_email text) returns text language sql immutable strict parallel safe as $$
  select regexp_replace(p_email, '^([^+@]+)\+[^@]*@', '\1@')
$$;

-- The /48 around an IPv6 address, the most that one site gets (RFC 6177 §2); null for IPv4.
create function wide_network_of(p_address inet) returns inet language sql immutable parallel safe as $$
  select case when family(p_address) = 6 then network(set_masklen(p_address, 48))::inet end
$$;

create table users (
  id bigint generated always as identity primary key,
  -- Canonical (kernel/email-address.ts). A deleted person's address is deleted-<id>@deleted.invalid.
  email text not null,
  name text,
  created_at timestamptz not null default now(),
  last_login_at timestamptz,
  disabled_at timestamptz,
  deleted_at timestamptz,
  constraint users_one_per_email unique (email),
  constraint users_email_is_canonical check (email = lower(email) and length(email) between 3 and 254),
  constraint users_name_is_short check (length(name) between 1 and 200),
  constraint users_deleted_are_anonymous
    check (deleted_at is null or (name is null and email like 'deleted-%@deleted.invalid'))
);
create index users_by_mailbox on users (mailbox_of(email));

-- Addresses that stay disabled whatever becomes of the account: by their alias only.
create table disabled_addresses (
  alias text primary key,
  disabled_at timestamptz not null default now()
);

-- Every row is one mail with a code, and is what the limits on sending count.
create table auth_codes (
  id bigint generated always as identity primary key,
  email text not null,
  -- What limits count: an IPv4 address or an IPv6 /64.
  ip_address inet not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- HMAC under a key outside the database.
  code_hash bytea not null,
  challenge_hash bytea not null,
  -- AES-GCM, for the mail job only; gone as soon as the code is sent, used, replaced or expired.
  sealed_code bytea,
  -- Wrong codes that were compared with this one.
  attempts integer not null default 0,
  sent_at timestamptz,
  used_at timestamptz,
  replaced_at timestamptz,
  -- Back-off of its e-mail and address: how long the last refusal made the caller wait, and until when.
  backoff_seconds integer,
  blocked_until timestamptz,
  -- An operator lifts a limit by taking its rows out of the count.
  counts_for_pair boolean not null default true,
  counts_for_address boolean not null default true,
  counts_for_network boolean not null default true,
  counts_for_email boolean not null default true,
  constraint auth_codes_expire_after_creation check (expires_at > created_at),
  constraint auth_codes_sealed_only_until_sent
    check (sealed_code is null or (sent_at is null and used_at is null and replaced_at is null))
);
create unique index auth_codes_one_live_per_email_and_address on auth_codes (email, ip_address)
  where used_at is null and replaced_at is null;
create index auth_codes_by_mailbox on auth_codes (mailbox_of(email), created_at);
create index auth_codes_by_address on auth_codes (ip_address, created_at);
create index auth_codes_by_time on auth_codes (created_at);
create index auth_codes_by_wide_network on auth_codes (wide_network_of(ip_address), created_at)
  where family(ip_address) = 6;

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

-- A login: the session behind tokens, the refresh family, and (for 90 days) what makes an address or a device known.
create table sessions (
  id bigint generated always as identity primary key,
  sid uuid not null,
  user_id bigint not null references users (id),
  -- The code that opened it. No foreign key: codes are deleted after a day or two, sessions live longer.
  auth_code_id bigint not null,
  -- Where its tokens go: 'both', 'cookie' or 'bearer'.
  kind text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz not null default now(),
  ip_address inet,
  user_agent text,
  device_hash bytea,
  revoked_at timestamptz,
  revoked_because text,
  -- The refresh family: the one live token and, for the grace, the parent it replaced. Only hashes.
  refresh_generation integer not null default 0,
  refresh_hash bytea not null,
  refresh_parent_hash bytea,
  refresh_rotated_at timestamptz,
  constraint sessions_one_per_sid unique (sid),
  constraint sessions_one_per_code unique (auth_code_id),
  constraint sessions_kind_is_known check (kind in ('both', 'cookie', 'bearer')),
  constraint sessions_live_30_days_at_most check (expires_at <= created_at + interval '30 days'),
  constraint sessions_revoked_say_why check ((revoked_at is null) = (revoked_because is null))
);
create index sessions_by_user on sessions (user_id, created_at);

-- Whether this address or device signed in as this e-mail in the last 90 days.
create function login_client_is_known(p_email text, p_address inet, p_device_hash bytea) returns boolean
language sql stable as $$
  select exists (
    select from users join sessions on sessions.user_id = users.id
    where users.email = p_email
      and sessions.created_at > now() - interval '90 days'
      and (sessions.ip_address = p_address or sessions.device_hash = p_device_hash)
  )
$$;

-- All that is decided about one mailbox waits here for its turn, and so does all that is counted for one client
-- network. The locks are always taken in the order of their keys, so two callers cannot wait for each other; without
-- an address only the one of the mailbox is taken.
create function login_lock_keys(p_email text, p_address inet) returns bigint[] language sql immutable as $$
  select array(
    select key from unnest(array[
      hashtextextended('login mailbox ' || mailbox_of(p_email), 0),
      hashtextextended('login address ' || host(p_address), 0),
      hashtextextended('login network ' || host(wide_network_of(p_address)), 0)
    ]) as key where key is not null order by key)
$$;

-- What is counted of wrong tries for one client network; always locked after the keys above.
create function login_tries_lock_keys(p_address inet) returns bigint[] language sql immutable as $$
  select array(
    select key from unnest(array[
      hashtextextended('login tries ' || host(p_address), 0),
      hashtextextended('login tries of network ' || host(wide_network_of(p_address)), 0)
    ]) as key where key is not null order by key)
$$;

create function lock_login(p_keys bigint[]) returns void language plpgsql as $$
declare
  v_key bigint;
begin
  foreach v_key in array p_keys loop
    perform pg_advisory_xact_lock(v_key);
  end loop;
end;
$$;

-- False when somebody else has one of them. What was taken is kept: it comes first in the order.
create function try_lock_login(p_keys bigint[]) returns boolean language plpgsql as $$
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
$$;

-- Makes a code and the job that mails it, or says which limit refuses and for how long. Windows slide: a limit of
-- n refuses while the n-th newest counted row is younger than the window. A limit of 999999 is off.
create function request_login_code(
  p_email text,
  p_alias text,
  p_address inet,
  p_device_hash bytea,
  p_code_hash bytea,
  p_challenge_hash bytea,
  p_sealed_code bytea,
  p_ttl interval,
  p_pair_short integer,
  p_short interval,
  p_pair_long integer,
  p_long interval,
  p_per_address integer,
  p_per_network integer,
  p_per_email integer,
  -- How many of p_per_email are there for everybody; the rest is for known addresses and devices.
  p_per_email_open integer,
  -- In an hour, over all e-mails and addresses.
  p_overall integer,
  out code_id bigint,
  out refused_by text,
  out retry_seconds integer,
  -- Where asking again doubles the wait: when that ends.
  out doubles_for_seconds integer
) language plpgsql as $$
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
      if v_until <= v_now or login_client_is_known(p_email, p_address, p_device_hash) then
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
  perform enqueue_job('send_login_code', json_build_object('code_id', code_id), max_attempts => 12);
end;
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
