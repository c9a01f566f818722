drop table webhook_events;
drop table payments;
drop function decline_cap;
drop function audit_late_capture;
