-- oldest-program: 0.1.0
-- In which language a code is mailed. The statement that asks for a code says it as a setting of its transaction,
-- so that request_login_code stays as the program before calls it.

-- lock-safe: a column without a default is added without reading the table; the default is for new rows only.
alter table auth_codes
  add column language text constraint auth_codes_language_known check (language in ('en', 'es'));
alter table auth_codes
  alter column language set default nullif(current_setting('tribi.language', true), '');
