alter table refunds drop column told_at;
alter table refunds drop column tellings;
alter table refunds drop column key_number;
alter table payments drop column key_taken_at;
alter table payments drop column key_number;
