drop table refused_notices;
drop table care_notices;
drop table outgoing_mails;
drop function queue_mail;
