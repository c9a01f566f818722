-- The development inbox: where mail goes when no mail server is configured.
create table dev_inbox (
  id bigint generated always as identity primary key,
  -- One mail, however often its job ran.
  message_id text not null,
  recipient text not null,
  subject text not null,
  text_body text not null,
  html_body text,
  created_at timestamptz not null default now(),
  constraint dev_inbox_one_per_message unique (message_id)
);
