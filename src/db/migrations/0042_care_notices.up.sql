-- oldest-program: 0.1.0
-- What travellers are told of their eSIMs by the clock and by usage (docs/decisions/0253-care-notices-by-one-sweep.md).
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
