do $patch$
begin
  execute replace(pg_get_functiondef('request_login_code'::regproc),
    'if v_until <= v_now or (v_until is not null and login_client_is_known(p_email, p_address, p_device_hash)) then',
    'if v_until <= v_now or login_client_is_known(p_email, p_address, p_device_hash) then');
end;
$patch$;
drop index auth_tries_by_time;
create index auth_tries_by_time on auth_tries (created_at);
drop index auth_codes_by_time;
create index auth_codes_by_time on auth_codes (created_at);
