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
drop index esim_profiles_one_per_activation_code;
alter table esim_profiles add constraint esim_profiles_one_per_activation_code unique (activation_code_fingerprint);
drop index esim_profiles_one_per_code;
alter table esim_profiles add constraint esim_profiles_one_per_code unique (code_fingerprint);
drop index esim_profiles_one_per_supplier_reference;
alter table esim_profiles add constraint esim_profiles_one_per_supplier_reference unique (supplier, supplier_reference);
alter table esim_profiles add constraint esim_profiles_plan_id_fkey foreign key (plan_id) references plans (id);
alter table esim_profiles add constraint esim_profiles_user_id_fkey foreign key (user_id) references users (id);
