drop trigger disputes_moves on disputes;
create trigger disputes_moves before update of status on disputes
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'warning>open', 'warning>won', 'warning>lost', 'open>won', 'open>lost', 'lost>won'
  );
alter table disputes drop column said_at;
