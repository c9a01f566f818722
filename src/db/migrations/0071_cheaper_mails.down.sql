create or replace function queue_mail(p_kind text, p_subject_id bigint, p_order_id bigint, p_task text, p_priority integer)
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
alter table outgoing_mails reset (fillfactor);
