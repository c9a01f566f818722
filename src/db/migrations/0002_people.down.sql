drop table sessions;
drop table disabled_addresses;
drop table users;
drop function wide_network_of;
drop function mailbox_of;
