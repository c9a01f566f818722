drop table setting_changes, settings;
