-- oldest-program: 0.1.0
-- Which providers there are is known to the program, which refuses others by name. A new one needs no migration.
alter table payments drop constraint payments_provider_known;
alter table payments add constraint payments_provider_is_a_name
  check (provider ~ '^[A-Z][A-Z0-9_]{1,31}$') not valid;
