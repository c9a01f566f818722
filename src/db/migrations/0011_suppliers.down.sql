drop table supplier_events;
drop table supplier_accounts;
drop table plan_suppliers;
