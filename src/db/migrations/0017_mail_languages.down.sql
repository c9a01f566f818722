alter table auth_codes drop column language;
