-- oldest-program: 0.1.0
-- Up to which attempt an operator has said to go on although the money may be withheld. That a supplier looks cured
-- forgives its refusals as well, and says nothing about the money.
alter table esim_profiles add column insisted_attempts integer not null default 0;
alter table top_ups add column insisted_attempts integer not null default 0;

-- lock-safe: what operators have just sent on is a handful of rows
update esim_profiles set insisted_attempts = forgiven_attempts
where status = 'pending' and forgiven_attempts > 0 and parked_at is null;
-- lock-safe: the same
update top_ups set insisted_attempts = forgiven_attempts
where status = 'pending' and forgiven_attempts > 0 and parked_at is null;
