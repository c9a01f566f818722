-- oldest-program: 0.1.0
-- No plan of a limit can walk back through a day of everybody's codes (docs/decisions/0280-time-of-logins-by-block.md).

-- lock-safe: the table holds two days of codes
drop index auth_codes_by_time;
-- lock-safe: the table holds two days of codes, and this reads them once
create index auth_codes_by_time on auth_codes using brin (created_at)
  with (pages_per_range = 16, autosummarize = on);
-- lock-safe: the table holds a day of wrong tries
drop index auth_tries_by_time;
-- lock-safe: the table holds a day of wrong tries, and this reads them once
create index auth_tries_by_time on auth_tries using brin (created_at)
  with (pages_per_range = 16, autosummarize = on);

-- Who is known is asked only where the ceiling would refuse.
-- lock-safe: functions are no tables
do $patch$
declare
  v_old constant text := 'if v_until <= v_now or login_client_is_known(p_email, p_address, p_device_hash) then';
  v_text text := pg_get_functiondef('request_login_code'::regproc);
begin
  if strpos(v_text, v_old) = 0 then
    raise exception 'request_login_code is not the one that this migration knows';
  end if;
  execute replace(v_text, v_old,
    'if v_until <= v_now or (v_until is not null and login_client_is_known(p_email, p_address, p_device_hash)) then');
end;
$patch$;
