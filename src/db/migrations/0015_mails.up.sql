-- oldest-program: 0.2.0
-- The outbox: every mail is a row here before it is sent, written by the transaction that makes it necessary
-- (docs/decisions/0210-one-outbox.md). No address, no code and no link is in it: who gets a mail and what it says is
-- read when it is sent. And what travellers are told of their eSIMs by the clock and by usage
-- (docs/decisions/0253-care-notices-by-one-sweep.md).

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

create table care_notices (
  id bigint generated always as identity primary key,
  profile_id bigint not null references esim_profiles (id),
  kind text not null,
  -- Percent used, or days left; 0 where a kind has one level only.
  threshold smallint not null,
  -- The newest top-up that was added before it, 0 without one: each starts the levels again.
  period bigint not null,
  -- False: a more urgent one about the same was mailed in its place, and it is never mailed itself.
  is_told boolean not null,
  noticed_at timestamptz not null default now(),
  constraint care_notices_once unique (profile_id, kind, threshold, period),
  constraint care_notices_kind_known check (kind in ('install', 'low_data', 'used_up', 'days_left', 'expired'))
);

-- Kinds that a person does not want.
create table refused_notices (
  user_id bigint not null references users (id),
  kind text not null,
  refused_at timestamptz not null default now(),
  constraint refused_notices_pkey primary key (user_id, kind),
  constraint refused_notices_kind_known check (kind in ('install', 'low_data', 'used_up', 'days_left', 'expired'))
);
