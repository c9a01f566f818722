drop trigger users_deleted_lose_factor on users;
drop function forget_second_factor();
drop trigger team_members_changed_end_sessions on team_members;
drop trigger team_members_removed_end_sessions on team_members;
drop function end_operator_sessions();
drop table factor_notices, operator_sessions, operator_recovery_codes, operator_factor_offers, operator_factors;
