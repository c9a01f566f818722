-- oldest-program: 0.1.0
-- How soon a job is taken is said where the job is defined (src/modules/jobs/define-job.ts), no longer by its name here.

create or replace function enqueue_job(
  task text,
  payload json,
  job_key text default null,
  run_at timestamptz default null,
  max_attempts integer default 25,
  priority integer default 0
) returns boolean language plpgsql as $$
declare
  v_task_id integer;
begin
  select id into v_task_id from graphile_worker._private_tasks where identifier = task;
  if not found then
    insert into graphile_worker._private_tasks (identifier) values (task) on conflict do nothing;
    select id into v_task_id from graphile_worker._private_tasks where identifier = task;
  end if;
  if job_key is not null then
    -- A job that is running already has read the world before this change: it keeps running, without the key.
    update graphile_worker._private_jobs as jobs
    set key = null, attempts = jobs.max_attempts, updated_at = now()
    where jobs.key = job_key and jobs.is_available is not true;
  end if;
  insert into graphile_worker._private_jobs as jobs (task_id, payload, run_at, max_attempts, key, priority)
  values (v_task_id, payload, coalesce(run_at, now()), max_attempts, job_key,
    enqueue_job.priority)
  on conflict (key) do update set
    payload = excluded.payload,
    run_at = least(jobs.run_at, excluded.run_at),
    attempts = 0,
    last_error = null,
    revision = jobs.revision + 1,
    updated_at = now()
  where jobs.locked_at is null;
  return true;
end;
$$;

-- lock-safe: functions are no tables
drop function enqueue_jobs;
-- lock-safe: functions are no tables
drop function job_priority;
