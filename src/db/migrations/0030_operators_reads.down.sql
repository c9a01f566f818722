drop index if exists users_by_email_prefix, users_by_email_suffix,
  users_by_time, orders_by_time, orders_by_payment_time, payments_by_time,
  refunds_by_time, refunds_by_end, webhook_events_by_time, webhook_events_by_intent, disputes_open, esim_profiles_by_time,
  esim_profiles_by_iccid, esim_profiles_by_supplier_reference, provisioning_attempts_by_supplier_order, audit_log_by_actor,
  audit_log_by_request;
