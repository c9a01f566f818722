drop trigger users_deleted_leave_team on users;
drop table setting_changes;
drop table settings;
drop table api_keys;
drop table team_invitations;
drop table team_members;
drop function leave_team;
