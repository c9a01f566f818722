alter table top_ups drop column insisted_attempts;
alter table esim_profiles drop column insisted_attempts;
