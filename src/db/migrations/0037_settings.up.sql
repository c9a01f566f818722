-- oldest-program: 0.1.0
-- What operators change while the shop runs. Types, bounds and defaults are the program's (run-time-settings.ts), which
-- does not use a value that is outside of them; a name that it does not know is another version's.

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
