-- oldest-program: 0.2.0
-- Who works in the shop's administration beside the people of ADMIN_EMAILS, the keys of programs, and the settings that
-- operators change while the shop runs.

create table team_members (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id),
  role text not null,
  created_at timestamptz not null default now(),
  -- Who invited them.
  created_by text not null,
  constraint team_members_one_per_user unique (user_id),
  constraint team_members_role_known check (role in ('owner', 'support', 'finance', 'catalogue', 'auditor'))
);

create table team_invitations (
  id bigint generated always as identity primary key,
  -- Gone when it is used or revoked.
  email text,
  role text not null,
  token_hash bytea not null,
  -- For the mail; gone when it is sent, used or revoked.
  sealed_token bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  invited_by text not null,
  accepted_at timestamptz,
  accepted_by bigint references users (id),
  revoked_at timestamptz,
  constraint team_invitations_one_per_token unique (token_hash),
  constraint team_invitations_role_known check (role in ('owner', 'support', 'finance', 'catalogue', 'auditor')),
  constraint team_invitations_live_14_days_at_most check (expires_at <= created_at + interval '14 days'),
  constraint team_invitations_end_once check (accepted_at is null or revoked_at is null),
  constraint team_invitations_accepted_by_somebody check ((accepted_at is null) = (accepted_by is null)),
  constraint team_invitations_open_have_an_address
    check ((email is not null) = (accepted_at is null and revoked_at is null)),
  constraint team_invitations_ended_keep_no_token check (email is not null or sealed_token is null)
);
create unique index team_invitations_one_open_per_address on team_invitations (email)
  where accepted_at is null and revoked_at is null;

-- A person who is gone has no role, whoever deleted them.
create function leave_team() returns trigger language plpgsql as $$
begin
  delete from team_members where user_id = new.id;
  update team_invitations set revoked_at = now(), email = null, sealed_token = null
  where email = old.email and accepted_at is null and revoked_at is null;
  return null;
end;
$$;
create trigger users_deleted_leave_team after update of deleted_at on users
  for each row when (old.deleted_at is null and new.deleted_at is not null) execute function leave_team();

-- Keys for programs: a part of what the person who made it may do. Its secret is not kept.
create table api_keys (
  id bigint generated always as identity primary key,
  name text not null,
  secret_hash bytea not null,
  -- The last characters, to tell keys apart in a list.
  hint text not null,
  role text,
  permissions text[],
  -- Networks that it may be used from; from everywhere when empty.
  addresses inet[] not null default '{}',
  created_by bigint not null references users (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- Kept to the minute.
  last_used_at timestamptz,
  revoked_at timestamptz,
  replaced_by bigint references api_keys (id),
  constraint api_keys_one_per_secret unique (secret_hash),
  constraint api_keys_have_a_name check (char_length(name) between 1 and 100),
  constraint api_keys_have_a_role_or_permissions check (num_nonnulls(role, permissions) = 1),
  constraint api_keys_role_known check (role in ('owner', 'support', 'finance', 'catalogue', 'auditor')),
  constraint api_keys_live_two_years_at_most check (expires_at <= created_at + interval '731 days')
);
create index api_keys_by_creator on api_keys (created_by);

-- Types, bounds and defaults are the program's (src/config/run-time-settings.ts), which does not use a value that is
-- outside of them; a name that it does not know is another version's.
create table settings (
  name text primary key,
  -- Null: the environment's value counts again.
  value jsonb,
  version integer not null,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  constraint settings_name_well_formed check (name ~ '^[a-z][a-z_]{0,62}$'),
  constraint settings_value_single check (jsonb_typeof(value) in ('number', 'string', 'boolean')),
  constraint settings_version_positive check (version > 0)
);

-- Every value that there was, the present one included.
create table setting_changes (
  name text not null references settings (name),
  version integer not null,
  value jsonb,
  changed_at timestamptz not null,
  changed_by text not null,
  reason text not null,
  primary key (name, version),
  constraint setting_changes_reason_given check (length(reason) between 1 and 500)
);
