alter table supplier_accounts
  drop column catalogue_size,
  drop column catalogue_read_at,
  drop column catalogue_problem,
  drop column catalogue_problem_since;
