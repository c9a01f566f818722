drop table auth_codes;
drop function request_login_code;
drop function try_lock_login;
drop function lock_login;
drop function login_lock_keys;
drop function login_client_is_known;
