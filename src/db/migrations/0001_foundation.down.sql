drop table installation_facts;
drop table audit_log;
drop function enqueue_job;
drop function job_priority;
