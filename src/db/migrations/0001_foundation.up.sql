-- oldest-program: 0.1.0
-- What every room stands on: the way to enqueue a job, the audit log, and facts about the installation.

-- Which waiting job is taken first, the lowest number before the others: a person waits for a code at the screen, a
-- traveller for the eSIM or the top-up and then for the mail; everything else has time.
create function job_priority(task text) returns integer language sql immutable as $$
  select case task when 'send_login_code' then -30 when 'provision_esim' then -20 when 'top_up_esim' then -20
    when 'send_esim_mail' then -10 else 0 end
$$;

-- Enqueues a job in the caller's transaction, so that the job exists exactly when its reason does.
--
-- graphile_worker.add_job would do the same and NOTIFY as well. A NOTIFY takes a database-wide lock at commit and
-- so makes commits wait for one another: 2,300 instead of 8,600 a second on two cores. The job row is what counts;
-- the process wakes the workers after the commit (modules/jobs), and they poll besides.
create function enqueue_job(
  task text,
  payload json,
  job_key text default null,
  run_at timestamptz default null,
  max_attempts integer default 25
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
  values (v_task_id, payload, coalesce(run_at, now()), max_attempts, job_key, job_priority(task))
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

-- Every change of money, eSIM or admin state: who, on whose request, before and after. Rows are only added.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- "user:7", "admin:3", "system:reconcile", "webhook:STRIPE"
  actor text not null,
  action text not null,
  -- "order:12", "user:7"
  subject text not null,
  request_id text,
  before jsonb,
  after jsonb
);
create index audit_log_by_subject on audit_log (subject, id);
create index audit_log_by_time on audit_log (at);

-- Facts about this installation, such as the canary that tells whether a process has the database's secrets.
create table installation_facts (
  name text primary key,
  value text not null,
  created_at timestamptz not null default now()
);
