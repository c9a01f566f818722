drop table installation_facts;
drop table audit_log;
drop function audit_state_change;
drop function enforce_state_moves;
drop function enqueue_job;
