-- oldest-program: 0.2.0
-- What every module needs: the way to enqueue a job, the audit log, the rules of every state machine, and facts about
-- the installation.

-- Enqueues a job in the caller's transaction, so that the job exists exactly when its reason does. How soon it is taken
-- is said where the job is defined (src/modules/jobs/define-job.ts): the lowest number before the others.
--
-- graphile_worker.add_job would do the same and NOTIFY as well. A NOTIFY takes a database-wide lock at commit and
-- so makes commits wait for one another: 2,300 instead of 8,600 a second on two cores. The job row is what counts;
-- the process wakes the workers after the commit (modules/jobs), and they poll besides.
create function enqueue_job(
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
create index audit_log_by_actor on audit_log (actor, id);
create index audit_log_by_request on audit_log (request_id) where request_id is not null;

-- A status moves only along the graph that the trigger's arguments declare ('created>paid', …); each move raises
-- the row's version. The same graph stands in the module's *-state.ts, and a test compares the two.
create function enforce_state_moves() returns trigger language plpgsql as $$
begin
  if not (old.status || '>' || new.status) = any (tg_argv) then
    raise exception 'A % does not move from % to %', tg_table_name, old.status, new.status
      using errcode = 'check_violation', constraint = tg_table_name || '_moves_along_the_graph', table = tg_table_name;
  end if;
  new.version := old.version + 1;
  return new;
end;
$$;

-- Every move is one audit row, whoever makes it. The actor and the request are settings of the transaction.
create function audit_state_change() returns trigger language plpgsql as $$
begin
  insert into audit_log (actor, action, subject, request_id, before, after)
  values (
    coalesce(nullif(current_setting('tribi.actor', true), ''), 'system'),
    tg_argv[0] || '.' || new.status,
    tg_argv[0] || ':' || new.id,
    nullif(current_setting('tribi.request_id', true), ''),
    jsonb_build_object('status', old.status),
    jsonb_build_object('status', new.status)
  );
  return null;
end;
$$;

-- Facts about this installation, such as the canary that tells whether a process has the database's secrets.
create table installation_facts (
  name text primary key,
  value text not null,
  created_at timestamptz not null default now()
);
