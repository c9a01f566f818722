drop table alarm_choices;
drop table alarm_mails;
drop table operator_alarms;
alter table disputes drop column respond_by, drop column answered_at;
