drop table dev_inbox;
