drop index orders_by_plan;
drop index orders_top_ups;
drop index stock_items_by_plan;
drop index audit_log_by_action;
drop index payments_failed;
drop index esim_profiles_by_rare_status;
