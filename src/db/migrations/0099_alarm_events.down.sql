drop trigger operator_alarms_tell_begun on operator_alarms;
drop trigger operator_alarms_tell_over on operator_alarms;
drop function tell_alarms_begun();
drop function tell_alarms_over();
