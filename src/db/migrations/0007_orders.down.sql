drop table order_consents;
drop table orders;
drop function order_cap;
