-- oldest-program: 0.1.0
-- The second factor of operators, and the part of a login in which they do operators' work.

create table operator_factors (
  user_id bigint primary key references users (id),
  -- AES-GCM (kernel/sealing.ts).
  sealed_secret bytea not null,
  created_at timestamptz not null default now(),
  -- The newest step of time (RFC 6238) whose code was taken: a code is taken once, and none before it.
  last_step bigint not null,
  -- Codes that were compared and were wrong, or are being compared.
  tries timestamptz[] not null default '{}',
  -- Of mails about it.
  language text,
  constraint operator_factors_last_step_positive check (last_step > 0),
  constraint operator_factors_tries_are_bounded check (cardinality(tries) <= 20),
  constraint operator_factors_language_known check (language in ('en', 'es'))
);

-- A secret that was shown and has not been confirmed by a code of it.
create table operator_factor_offers (
  user_id bigint primary key references users (id),
  session_id bigint not null references sessions (id) on delete cascade,
  sealed_secret bytea not null,
  expires_at timestamptz not null
);
create index operator_factor_offers_by_session on operator_factor_offers (session_id);

create table operator_recovery_codes (
  user_id bigint not null references operator_factors (user_id) on delete cascade,
  -- HMAC under a key outside the database.
  code_hash bytea not null,
  used_at timestamptz,
  constraint operator_recovery_codes_one_per_code primary key (user_id, code_hash)
);

create table operator_sessions (
  session_id bigint primary key references sessions (id) on delete cascade,
  user_id bigint not null references users (id),
  opened_at timestamptz not null default now(),
  -- Kept to the half minute.
  used_at timestamptz not null default now(),
  idle_until timestamptz not null,
  expires_at timestamptz not null,
  -- When the second factor was shown last; null while it was not.
  factor_at timestamptz,
  -- Until when what is dangerous asks for no new code.
  fresh_until timestamptz,
  ended_at timestamptz,
  ended_because text,
  constraint operator_sessions_live_a_day_at_most check (expires_at <= opened_at + interval '24 hours'),
  constraint operator_sessions_fresh_after_a_factor check ((fresh_until is null) = (factor_at is null)),
  constraint operator_sessions_ended_say_why check ((ended_at is null) = (ended_because is null))
);
create index operator_sessions_by_user on operator_sessions (user_id);

-- Mails about a second factor: whom, and about whom.
create table factor_notices (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id),
  about_user_id bigint not null references users (id),
  kind text not null,
  language text,
  created_at timestamptz not null default now(),
  constraint factor_notices_kind_known check (kind in ('set_up', 'recovery_used', 'was_reset', 'reset_by_you')),
  constraint factor_notices_language_known check (language in ('en', 'es'))
);
create index factor_notices_by_user on factor_notices (user_id);
create index factor_notices_by_about on factor_notices (about_user_id);

-- Whose rights change begins anew, whichever statement changed them; who leaves takes the factor along.
create function end_operator_sessions() returns trigger language plpgsql as $$
begin
  update operator_sessions set ended_at = now(),
    ended_because = case when tg_op = 'DELETE' then 'left_team' else 'role_changed' end
  where user_id = old.user_id and ended_at is null;
  if tg_op = 'DELETE' then
    delete from operator_factor_offers where user_id = old.user_id;
    delete from operator_factors where user_id = old.user_id;
  end if;
  return null;
end;
$$;
create trigger team_members_removed_end_sessions after delete on team_members
  for each row execute function end_operator_sessions();
create trigger team_members_changed_end_sessions after update of role on team_members
  for each row when (old.role <> new.role) execute function end_operator_sessions();

create function forget_second_factor() returns trigger language plpgsql as $$
begin
  delete from operator_factor_offers where user_id = new.id;
  delete from operator_factors where user_id = new.id;
  return null;
end;
$$;
create trigger users_deleted_lose_factor after update of deleted_at on users
  for each row when (old.deleted_at is null and new.deleted_at is not null) execute function forget_second_factor();
