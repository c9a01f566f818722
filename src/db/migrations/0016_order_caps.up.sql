-- oldest-program: 0.1.0
-- What one person, one mailbox and one client network may order and hold without paying.

-- lock-safe: part of the first release, when no table has rows yet
create index orders_unpaid_by_user on orders (user_id) where status = 'created';

-- The client network that an unpaid order holds the code for; gone as soon as it is not held any more.
alter table stock_items add column held_from inet;
-- lock-safe: part of the first release, when no table has rows yet
create index stock_items_held_by_network on stock_items (coalesce(wide_network_of(held_from), held_from))
  where held_from is not null;

-- Which cap refuses a further order of this person, and for how long; nulls when none does. 999999 is off. Callers of
-- one person take turns, and each statement of a function sees what the one before it committed.
create function order_cap(
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

-- Who holds stock without paying: five codes for a mailbox, sub-addresses together; ten for a client network (IPv6: a
-- /48), and of one plan no more than a quarter of what is there, or five.
create or replace function limit_held_stock() returns trigger language plpgsql as $$
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
$$;

create function forget_holder() returns trigger language plpgsql as $$
begin
  new.held_from := null;
  return new;
end;
$$;
create trigger stock_items_forget_holder before update of status on stock_items
  for each row when (old.held_from is not null and new.status <> 'held')
  execute function forget_holder();
