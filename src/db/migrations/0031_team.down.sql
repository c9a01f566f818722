drop trigger users_deleted_leave_team on users;
drop function leave_team();
drop table team_invitations, team_members;
