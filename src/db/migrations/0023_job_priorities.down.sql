create function job_priority(task text) returns integer language sql immutable as $$
  select case task when 'send_login_code' then -30 when 'provision_esim' then -20 when 'top_up_esim' then -20
    when 'send_esim_mail' then -10 else 0 end
$$;
create function enqueue_jobs(tasks text[], payload json) returns boolean language plpgsql as $$
declare
  v_task text;
  v_inserted integer;
begin
  insert into graphile_worker._private_jobs (task_id, payload, priority)
  select id, payload, job_priority(identifier) from graphile_worker._private_tasks where identifier = any (tasks);
  get diagnostics v_inserted = row_count;
  if v_inserted < cardinality(tasks) then
    -- A task that no worker has named yet.
    foreach v_task in array tasks loop
      if not exists (select from graphile_worker._private_tasks where identifier = v_task) then
        perform enqueue_job(v_task, payload);
      end if;
    end loop;
  end if;
  return true;
end;
$$;
create or replace function enqueue_job(
  task text,
  payload json,
  job_key text default null,
  run_at timestamptz default null,
  max_attempts integer default 25,
  priority integer default null
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
    coalesce(enqueue_job.priority, job_priority(task)))
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
