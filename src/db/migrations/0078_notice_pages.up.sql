-- oldest-program: 0.1.0
-- The page behind a notice's link can be ended by its owner (docs/decisions/0254-a-page-behind-each-notice.md).
alter table care_notices add column page_ended_at timestamptz;

-- What the sweep of notices looks at: eSIMs in use whose days are not over for long.
-- lock-safe: built once while people wait for the update; the table has one row per order
create index esim_profiles_in_use on esim_profiles (coalesce(plan_expires_at, 'infinity'::timestamptz))
  where status in ('ready', 'active');
