-- oldest-program: 0.1.0
-- What suppliers say by themselves, and what turns out to have been bought although it had been ruled out.

-- Signed, the supplier gave up on the order that the event names: {reason, detail} in the port's words.
alter table supplier_events add column order_failure jsonb;

-- When the supplier's books were asked again about a purchase that had been ruled out.
alter table provisioning_attempts add column looked_back_at timestamptz;

create or replace trigger provisioning_attempts_moves before update of status on provisioning_attempts
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'intended>unknown', 'intended>accepted', 'intended>delivered', 'intended>refused', 'intended>parked',
    'intended>surplus',
    'unknown>accepted', 'unknown>delivered', 'unknown>refused', 'unknown>parked', 'unknown>surplus',
    'accepted>delivered', 'accepted>refused', 'accepted>parked', 'accepted>surplus',
    'parked>unknown', 'parked>accepted', 'parked>delivered', 'parked>refused', 'parked>surplus',
    'delivered>taken_back', 'surplus>taken_back', 'surplus>parked',
    'refused>parked', 'taken_back>parked'
  );
