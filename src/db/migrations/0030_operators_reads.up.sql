-- oldest-program: 0.1.0
-- What operators look for and by when it happened, so that no screen reads a large table from end to end.

-- lock-safe: part of the first release, when no table has rows yet
create index users_by_email_prefix on users (email text_pattern_ops);
-- A mistyped address is looked for by what is right in it: its beginning, or its end.
-- lock-safe: part of the first release, when no table has rows yet
create index users_by_email_suffix on users (reverse(email) text_pattern_ops);
-- lock-safe: part of the first release, when no table has rows yet
create index users_by_time on users (created_at);
-- lock-safe: part of the first release, when no table has rows yet
create index orders_by_time on orders (created_at);
-- lock-safe: part of the first release, when no table has rows yet
create index orders_by_payment_time on orders (paid_at) where paid_at is not null;
-- lock-safe: part of the first release, when no table has rows yet
create index payments_by_time on payments (created_at);
-- lock-safe: part of the first release, when no table has rows yet
create index refunds_by_time on refunds (created_at);
-- lock-safe: part of the first release, when no table has rows yet
create index refunds_by_end on refunds (finished_at) where status = 'succeeded';
-- lock-safe: part of the first release, when no table has rows yet
create index webhook_events_by_time on webhook_events (received_at);
-- lock-safe: part of the first release, when no table has rows yet
create index webhook_events_by_intent on webhook_events (intent_id) where intent_id is not null;
-- lock-safe: part of the first release, when no table has rows yet
create index disputes_open on disputes (created_at) where status in ('warning', 'open');
-- lock-safe: part of the first release, when no table has rows yet
create index esim_profiles_by_time on esim_profiles (created_at);
-- lock-safe: part of the first release, when no table has rows yet
create index esim_profiles_by_iccid on esim_profiles (iccid) where iccid is not null;
-- lock-safe: part of the first release, when no table has rows yet
create index esim_profiles_by_supplier_reference on esim_profiles (supplier_reference) where supplier_reference is not null;
-- lock-safe: part of the first release, when no table has rows yet
create index provisioning_attempts_by_supplier_order on provisioning_attempts (supplier_order_id)
  where supplier_order_id is not null;
-- lock-safe: part of the first release, when no table has rows yet
create index audit_log_by_actor on audit_log (actor, id);
-- lock-safe: part of the first release, when no table has rows yet
create index audit_log_by_request on audit_log (request_id) where request_id is not null;
