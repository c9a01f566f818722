drop table auth_tried_emails;
drop table auth_tries;
drop function check_login_code;
drop function note_tried_email;
drop function login_tried_emails_until;
drop function login_tries_from_elsewhere_until;
drop function login_tries_until;
drop function login_tries_lock_keys;
