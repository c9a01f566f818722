-- oldest-program: 0.1.0
-- A dispute that was lost may be won on appeal: the money is ours again. Won is the last word, so events in any order
-- end alike.
-- lock-safe: replaced in the same transaction
drop trigger disputes_moves on disputes;
create trigger disputes_moves before update of status on disputes
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'warning>open', 'warning>won', 'warning>lost', 'open>won', 'open>lost', 'lost>won'
  );
