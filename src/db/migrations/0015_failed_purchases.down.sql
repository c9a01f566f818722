drop index top_ups_failed;
drop index esim_profiles_failed;
