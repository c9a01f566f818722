update refunds set origin = 'admin' where origin = 'customer';
alter table refunds drop constraint refunds_origin_known;
alter table refunds add constraint refunds_origin_known
  check (origin in ('admin', 'surplus', 'undeliverable', 'provider'));
