drop function claim_top_up;
drop trigger orders_failed_fail_top_up on orders;
drop function fail_top_up_of_failed_order;
delete from provisioning_attempts where top_up_id is not null;
drop index provisioning_attempts_one_open_per_top_up, provisioning_attempts_one_per_top_up_number;
alter table provisioning_attempts
  drop constraint provisioning_attempts_of_an_esim_or_a_top_up,
  drop column top_up_id,
  alter column profile_id set not null;
alter table orders drop constraint orders_top_up_names_an_esim;
drop table top_ups;
drop function order_kind_has_its_own;
drop table esim_top_up_lists;
alter table plan_suppliers drop column top_up_package_id;
