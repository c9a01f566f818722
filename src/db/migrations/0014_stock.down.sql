drop trigger orders_failed_release_esim on orders;
drop table stock_items;
drop function release_esim_of_failed_order;
drop function take_stock_item;
drop function forget_holder;
drop function limit_held_stock;
