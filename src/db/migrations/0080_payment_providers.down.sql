alter table payments drop constraint payments_provider_is_a_name;
alter table payments add constraint payments_provider_known check (provider in ('MOCK', 'STRIPE'));
