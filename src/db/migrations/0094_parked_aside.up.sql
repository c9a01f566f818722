-- oldest-program: 0.1.0
-- What was bought beside what an order got: an operator sees each such purchase, and nothing waits for one of them.
alter table provisioning_attempts add column is_aside boolean not null default false;

-- lock-safe: what waits for operators is a handful of rows
update provisioning_attempts a set is_aside = true
where a.status = 'parked'
  and not exists (select from esim_profiles p where p.id = a.profile_id and p.status = 'pending')
  and not exists (select from top_ups t where t.id = a.top_up_id and t.status = 'pending');

-- lock-safe: replaced in the same transaction
drop index provisioning_attempts_one_open_per_profile;
-- lock-safe: a small part of the rows, read once; purchases wait for it for a second at a million rows
create unique index provisioning_attempts_one_open_per_profile on provisioning_attempts (profile_id)
  where status in ('intended', 'unknown', 'accepted', 'parked') and not is_aside;
-- lock-safe: replaced in the same transaction
drop index provisioning_attempts_one_open_per_top_up;
-- lock-safe: a small part of the rows, read once
create unique index provisioning_attempts_one_open_per_top_up on provisioning_attempts (top_up_id)
  where top_up_id is not null and status in ('intended', 'unknown', 'accepted', 'parked') and not is_aside;
-- lock-safe: a small part of the rows, read once
create index provisioning_attempts_not_looked_back_at on provisioning_attempts (supplier, id)
  where looked_back_at is null and status in ('refused', 'taken_back')
    and reason in ('never_arrived', 'never_sold', 'not_bought');
