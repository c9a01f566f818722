-- oldest-program: 0.1.0
-- What an order writes: no index of what is null until the delivery, and no reference twice.

-- An order's profile has the user and the plan of its order, in the statement that makes both, and the order's own
-- references keep the two alive.
alter table esim_profiles drop constraint esim_profiles_user_id_fkey;
alter table esim_profiles drop constraint esim_profiles_plan_id_fkey;

alter table esim_profiles drop constraint esim_profiles_one_per_supplier_reference;
-- lock-safe: part of the first release, when no table has rows yet
create unique index esim_profiles_one_per_supplier_reference on esim_profiles (supplier, supplier_reference)
  where supplier_reference is not null;
alter table esim_profiles drop constraint esim_profiles_one_per_code;
-- lock-safe: part of the first release, when no table has rows yet
create unique index esim_profiles_one_per_code on esim_profiles (code_fingerprint) where code_fingerprint is not null;
alter table esim_profiles drop constraint esim_profiles_one_per_activation_code;
-- lock-safe: part of the first release, when no table has rows yet
create unique index esim_profiles_one_per_activation_code on esim_profiles (activation_code_fingerprint)
  where activation_code_fingerprint is not null;

-- As before, but who has fewer orders in all than either cap is let through by one look at their newest ones.
create or replace function order_cap(
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
