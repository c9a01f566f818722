drop table esim_reveals;
drop table install_links;
drop table esim_profiles;
