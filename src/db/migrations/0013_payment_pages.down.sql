alter table payments drop column payer_language, drop column page_id;
