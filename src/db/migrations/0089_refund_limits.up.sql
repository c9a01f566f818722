-- oldest-program: 0.1.0
-- Above which amounts a refund needed a second person, and since when: the limit is in the environment, which remembers
-- nothing, and an audit has to hold each refund against the limit of its own time. A job notes what changed.
create table refund_limits (
  id bigint generated always as identity primary key,
  valid_from timestamptz not null default now(),
  -- Minor units, for each currency that is not named; null: off.
  everywhere bigint,
  -- By currency; null: off.
  by_currency jsonb not null
);
