-- oldest-program: 0.1.0
-- Who works in the shop's administration beside the people of ADMIN_EMAILS, and who is invited to.

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
