-- oldest-program: 0.1.0
-- What the console's lists look for in large tables (docs/scaling.md). Each index reads its table once; orders and
-- purchases wait for it meanwhile, at a million rows for one to three seconds.

-- lock-safe: a small part of the rows, read once
create index esim_profiles_by_rare_status on esim_profiles (status, id)
  where status in ('pending', 'failed', 'cancelled', 'expired');
-- lock-safe: a small part of the rows, read once
create index payments_failed on payments (id) where status = 'failed';
-- lock-safe: read once; who writes the log waits for it for seconds
create index audit_log_by_action on audit_log (action, id);
-- lock-safe: own stock is no large table
create index stock_items_by_plan on stock_items (plan_id, status);
-- lock-safe: a small part of the rows, read once
create index orders_top_ups on orders (id) where kind = 'top_up';
-- lock-safe: read once; orders wait for it for a second at a million rows
create index orders_by_plan on orders (plan_id, id);
