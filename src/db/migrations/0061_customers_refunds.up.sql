-- oldest-program: 0.1.0
-- Customers give an unused eSIM back themselves.
alter table refunds drop constraint refunds_origin_known;
alter table refunds add constraint refunds_origin_known
  check (origin in ('admin', 'customer', 'surplus', 'undeliverable', 'provider')) not valid;
alter table refunds validate constraint refunds_origin_known;
