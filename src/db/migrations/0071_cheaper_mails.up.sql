-- oldest-program: 0.1.0
-- What a mail writes (docs/decisions/0281-mails-in-batches.md).

-- Room on each page for the row that the claim leaves beside it, so that no index is written.
-- lock-safe: a setting of the storage, with a lock that lets everybody read and write
alter table outgoing_mails set (fillfactor = 80);

-- As before, in one function: the job has no key, so there is none to look for and none to conflict with.
create or replace function queue_mail(
  p_kind text, p_subject_id bigint, p_order_id bigint, p_task text, p_priority integer
) returns bigint language plpgsql as $$
declare
  v_id bigint;
begin
  insert into outgoing_mails (kind, subject_id, order_id) values (p_kind, p_subject_id, p_order_id)
  on conflict on constraint outgoing_mails_sent_once do nothing
  returning id into v_id;
  if v_id is not null then
    insert into graphile_worker._private_jobs (task_id, payload, priority)
    select id, json_build_object('mail_id', v_id, 'kind', p_kind), p_priority
    from graphile_worker._private_tasks where identifier = p_task;
    if not found then
      perform enqueue_job(p_task, json_build_object('mail_id', v_id, 'kind', p_kind), priority => p_priority);
    end if;
  end if;
  return v_id;
end;
$$;
