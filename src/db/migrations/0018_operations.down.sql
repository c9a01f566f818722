drop table imported_payments;
drop table imported_rows;
drop table audit_links;
drop table audit_blocks;
drop table decision_keys;
