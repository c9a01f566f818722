-- oldest-program: 0.1.0
-- Until when a provider takes evidence, and that it was sent (docs/decisions/0238-deadlines-of-disputes.md).
alter table disputes add column respond_by timestamptz, add column answered_at timestamptz;

-- What waits for a person's decision, as the last sweep found it (docs/decisions/0239-alarms-by-mail.md). A row ends with
-- what it is about.
create table operator_alarms (
  -- Rises with what is new: a mail names the last one that it knew of.
  id bigint generated always as identity primary key,
  kind text not null,
  subject text not null,
  -- Until when something has to be done, where there is such a moment.
  due_at timestamptz,
  -- Who may not decide it, since they asked for it.
  except_user bigint,
  begun_at timestamptz not null default now(),
  constraint operator_alarms_one_per_subject unique (kind, subject)
);

-- Each mail about them to one person.
create table alarm_mails (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id),
  -- The mail before it, 0 for the first: two sweeps at once write one.
  after_id bigint not null,
  up_to_alarm bigint not null,
  -- [{kind, waiting, fresh, oldest_at, due_at}]; one with `waiting` 0 is over.
  facts jsonb not null,
  created_at timestamptz not null default now(),
  constraint alarm_mails_one_after_another unique (user_id, after_id),
  constraint alarm_mails_facts_are_lists check (jsonb_typeof(facts) = 'array')
);

-- What a person of the team wants to be mailed, and how.
create table alarm_choices (
  user_id bigint primary key references users (id),
  language text,
  muted text[] not null default '{}',
  constraint alarm_choices_language_known check (language in ('en', 'es'))
);
