-- oldest-program: 0.2.0
-- Who buys and who signs in: people and their sessions.
--
-- Limits and budgets outlive a deleted account: its rows get an alias in place of the address, a keyed hash that only
-- the program can make again. Every count therefore looks for two names, the address and its alias.

-- The mailbox behind an address: sub-addresses (RFC 5233: name+anything@) of one mailbox count together where mails
-- or held stock are counted. An alias is built alike, so that the mailbox of an alias is the alias of the mailbox.
create function mailbox_of(p_email text) returns text language sql immutable strict parallel safe as $$
  select regexp_replace(p_email, '^([^+@]+)\+[^@]*@', '\1@')
$$;

-- The /48 around an IPv6 address, the most that one site gets (RFC 6177 §2); null for IPv4.
create function wide_network_of(p_address inet) returns inet language sql immutable parallel safe as $$
  select case when family(p_address) = 6 then network(set_masklen(p_address, 48))::inet end
$$;

create table users (
  id bigint generated always as identity primary key,
  -- Canonical (kernel/email-address.ts). A deleted person's address is deleted-<id>@deleted.invalid.
  email text not null,
  name text,
  created_at timestamptz not null default now(),
  last_login_at timestamptz,
  disabled_at timestamptz,
  deleted_at timestamptz,
  constraint users_one_per_email unique (email),
  constraint users_email_is_canonical check (email = lower(email) and length(email) between 3 and 254),
  constraint users_name_is_short check (length(name) between 1 and 200),
  constraint users_deleted_are_anonymous
    check (deleted_at is null or (name is null and email like 'deleted-%@deleted.invalid'))
);
create index users_by_mailbox on users (mailbox_of(email));
create index users_by_email_prefix on users (email text_pattern_ops);
-- A mistyped address is looked for by what is right in it: its beginning, or its end.
create index users_by_email_suffix on users (reverse(email) text_pattern_ops);
create index users_by_time on users (created_at);

-- Addresses that stay disabled whatever becomes of the account: by their alias only.
create table disabled_addresses (
  alias text primary key,
  disabled_at timestamptz not null default now()
);

-- A login: the session behind tokens, the refresh family, and (for 90 days) what makes an address or a device known.
create table sessions (
  id bigint generated always as identity primary key,
  sid uuid not null,
  user_id bigint not null references users (id),
  -- The code that opened it. No foreign key: codes are deleted after a day or two, sessions live longer.
  auth_code_id bigint not null,
  -- Where its tokens go: 'both', 'cookie' or 'bearer'.
  kind text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz not null default now(),
  ip_address inet,
  user_agent text,
  device_hash bytea,
  revoked_at timestamptz,
  revoked_because text,
  -- The refresh family: the one live token and, for the grace, the parent it replaced. Only hashes.
  refresh_generation integer not null default 0,
  refresh_hash bytea not null,
  refresh_parent_hash bytea,
  refresh_rotated_at timestamptz,
  constraint sessions_one_per_sid unique (sid),
  constraint sessions_one_per_code unique (auth_code_id),
  constraint sessions_kind_is_known check (kind in ('both', 'cookie', 'bearer')),
  constraint sessions_live_30_days_at_most check (expires_at <= created_at + interval '30 days'),
  constraint sessions_revoked_say_why check ((revoked_at is null) = (revoked_because is null))
);
create index sessions_by_user on sessions (user_id, created_at);
