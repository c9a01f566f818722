create or replace trigger provisioning_attempts_moves before update of status on provisioning_attempts
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'intended>unknown', 'intended>accepted', 'intended>delivered', 'intended>refused', 'intended>parked',
    'intended>surplus',
    'unknown>accepted', 'unknown>delivered', 'unknown>refused', 'unknown>parked', 'unknown>surplus',
    'accepted>delivered', 'accepted>refused', 'accepted>parked', 'accepted>surplus',
    'parked>unknown', 'parked>accepted', 'parked>delivered', 'parked>refused', 'parked>surplus',
    'delivered>taken_back', 'surplus>taken_back', 'surplus>parked'
  );
alter table provisioning_attempts drop column looked_back_at;
alter table supplier_events drop column order_failure;
