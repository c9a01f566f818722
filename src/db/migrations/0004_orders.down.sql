drop table orders;
drop function audit_state_change;
drop function enforce_state_moves;
