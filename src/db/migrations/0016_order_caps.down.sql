drop trigger stock_items_forget_holder on stock_items;
drop function forget_holder();
create or replace function limit_held_stock() returns trigger language plpgsql as $$
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
drop function order_cap(bigint, integer, integer);
alter table stock_items drop column held_from;
drop index orders_unpaid_by_user;
