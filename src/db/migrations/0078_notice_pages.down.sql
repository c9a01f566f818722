drop index esim_profiles_in_use;
alter table care_notices drop column page_ended_at;
