drop trigger orders_failed_fail_top_up on orders;
alter table orders drop constraint orders_top_up_names_an_esim;
drop table top_ups;
drop table esim_top_up_lists;
drop function fail_top_up_of_failed_order;
drop function order_kind_has_its_own;
