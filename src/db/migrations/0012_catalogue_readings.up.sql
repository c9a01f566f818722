-- oldest-program: 0.1.0
-- How a supplier's catalogue was when it was last read whole, and why a later reading was not taken.
alter table supplier_accounts
  add column catalogue_size integer,
  add column catalogue_read_at timestamptz,
  add column catalogue_problem text,
  add column catalogue_problem_since timestamptz;
