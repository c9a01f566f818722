-- oldest-program: 0.1.0
-- A dispute that was won may be taken up again by the payer's bank, and be lost. Which of two words is the later one is
-- told by their time at the provider, so that events in any order end alike.
-- lock-safe: a column without a default changes the catalogue only
alter table disputes add column said_at timestamptz;
-- lock-safe: replaced in the same transaction
drop trigger disputes_moves on disputes;
create trigger disputes_moves before update of status on disputes
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'warning>open', 'warning>won', 'warning>lost', 'open>won', 'open>lost', 'won>open', 'won>lost', 'lost>won'
  );
