-- oldest-program: 0.2.0
-- Login codes and how many are mailed: the rows that the limits count, and the function that decides exactly while many
-- processes ask at once.
--
-- Why functions: in READ COMMITTED a statement sees the database as it was when the statement began. One that
-- waits for a lock and then counts would count what it saw before it waited. Inside a function every statement
-- takes a new snapshot, so the lock comes first and the count after it sees all that was committed before, in one
-- round trip.

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
  -- In which language it is mailed. The statement that asks for a code says it as a setting of its transaction.
  language text constraint auth_codes_language_known check (language in ('en', 'es'))
    default nullif(current_setting('tribi.language', true), ''),
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

-- Makes a code, or says which limit refuses and for how long. Windows slide: a limit of n refuses while the n-th newest
-- counted row is younger than the window. A limit of 999999 is off.
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
end;
$$;
