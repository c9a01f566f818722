-- oldest-program: 0.1.0
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
