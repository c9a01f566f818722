-- oldest-program: 0.1.0
-- What waits for a decision is told to other systems too: one event when more of a kind began to wait in one look, one
-- when nothing of it waits any more.
create function tell_alarms_begun() returns trigger language plpgsql as $$
begin
  insert into new_shop_events (type, subject_id) select 'alarm.' || kind, max(id) from begun group by kind order by 2;
  return null;
end;
$$;
create function tell_alarms_over() returns trigger language plpgsql as $$
begin
  insert into new_shop_events (type, subject_id)
  select 'alarm.' || o.kind, max(o.id) from ended o
  where not exists (select from operator_alarms a where a.kind = o.kind) group by o.kind order by 2;
  return null;
end;
$$;
-- lock-safe: few rows, of what waits for operators
create trigger operator_alarms_tell_begun after insert on operator_alarms
  referencing new table as begun for each statement execute function tell_alarms_begun();
-- lock-safe: few rows, of what waits for operators
create trigger operator_alarms_tell_over after delete on operator_alarms
  referencing old table as ended for each statement execute function tell_alarms_over();
