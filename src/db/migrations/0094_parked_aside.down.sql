drop index provisioning_attempts_not_looked_back_at;
drop index provisioning_attempts_one_open_per_profile;
drop index provisioning_attempts_one_open_per_top_up;
-- Of several purchases beside one order the newest stays in front of an operator.
update provisioning_attempts a set status = 'surplus'
where a.status = 'parked' and exists (
  select from provisioning_attempts o
  where (o.profile_id = a.profile_id or o.top_up_id = a.top_up_id) and o.id > a.id
    and o.status in ('intended', 'unknown', 'accepted', 'parked'));
create unique index provisioning_attempts_one_open_per_profile on provisioning_attempts (profile_id)
  where status in ('intended', 'unknown', 'accepted', 'parked');
create unique index provisioning_attempts_one_open_per_top_up on provisioning_attempts (top_up_id)
  where top_up_id is not null and status in ('intended', 'unknown', 'accepted', 'parked');
alter table provisioning_attempts drop column is_aside;
