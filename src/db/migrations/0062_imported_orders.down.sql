drop table imported_payments;
drop table imported_rows;
alter table orders drop column imported_at;
