drop trigger users_deleted_lose_notes on users;
drop function forget_notes();
drop table notes;
