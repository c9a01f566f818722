-- oldest-program: 0.1.0
-- The outbox: every mail is a row here before it is sent, written by the transaction that makes it necessary
-- (docs/decisions/0210-one-outbox.md). No address, no code and no link is in it: who gets a mail and what it says is
-- read when it is sent.

-- As before, and the caller may say which waiting job is taken first: the lowest number before the others.
-- lock-safe: functions are no tables; callers of the old one find the new one by the same arguments
drop function enqueue_job(text, json, text, timestamptz, integer);
create function enqueue_job(
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

create table outgoing_mails (
  id bigint generated always as identity primary key,
  -- Which mail it is; each module defines its own by defineMail (src/modules/mail/define-mail.ts).
  kind text not null,
  -- What it is about: the row of its kind's table (a code, an eSIM, a top-up, an order).
  subject_id bigint not null,
  -- Null where it is about none, as a login code.
  order_id bigint references orders (id),
  -- Counts up when an operator sends it again.
  number integer not null default 1,
  status text not null default 'queued',
  -- The one it was written in.
  language text,
  created_at timestamptz not null default now(),
  -- How often it was begun.
  attempts integer not null default 0,
  -- Not before then again; the sweep looks for those that are overdue.
  next_try_at timestamptz not null default now(),
  -- Somebody is sending it until then.
  claimed_until timestamptz,
  -- Why it was not sent the last time, or never will be: a word, never the mail server's text.
  last_error text,
  -- When it was sent, refused or cancelled.
  ended_at timestamptz,
  version integer not null default 1,
  constraint outgoing_mails_sent_once unique (kind, subject_id, number),
  constraint outgoing_mails_status_known check (status in ('queued', 'delayed', 'sent', 'refused', 'cancelled')),
  constraint outgoing_mails_language_known check (language in ('en', 'es')),
  constraint outgoing_mails_ended_say_when check ((status not in ('sent', 'refused', 'cancelled')) = (ended_at is null))
);
-- What was delivered before there was an outbox was mailed then.
insert into outgoing_mails (kind, subject_id, order_id, status, ended_at)
select 'esim_ready', id, order_id, 'sent', provisioned_at from esim_profiles where status in ('ready', 'active');

create index outgoing_mails_by_order on outgoing_mails (order_id) where order_id is not null;
create index outgoing_mails_waiting on outgoing_mails (next_try_at) where status in ('queued', 'delayed');

-- For the alarm about eSIMs that nobody has seen.
create index outgoing_mails_unsent_esims on outgoing_mails (subject_id) where kind = 'esim_ready' and status <> 'sent';

create trigger outgoing_mails_moves before update of status on outgoing_mails
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'queued>delayed', 'queued>sent', 'queued>refused', 'queued>cancelled',
    'delayed>sent', 'delayed>refused', 'delayed>cancelled'
  );

-- Puts a mail into the outbox and enqueues the job that sends it, in the caller's transaction. A mail of a kind about
-- one thing is queued once: a second call changes nothing. Which job sends it, and how soon, the caller says.
create function queue_mail(p_kind text, p_subject_id bigint, p_order_id bigint, p_task text, p_priority integer)
returns bigint language plpgsql as $$
declare
  v_id bigint;
begin
  insert into outgoing_mails (kind, subject_id, order_id) values (p_kind, p_subject_id, p_order_id)
  on conflict on constraint outgoing_mails_sent_once do nothing
  returning id into v_id;
  if v_id is not null then
    perform enqueue_job(p_task, json_build_object('mail_id', v_id, 'kind', p_kind), priority => p_priority);
  end if;
  return v_id;
end;
$$;

-- The statement that asks for a code queues its mail itself.
-- lock-safe: functions are no tables
do $patch$
begin
  execute replace(pg_get_functiondef('request_login_code'::regproc), $old$  perform enqueue_job('send_login_code', json_build_object('code_id', code_id), max_attempts => 12);
$old$, '');
end;
$patch$;
