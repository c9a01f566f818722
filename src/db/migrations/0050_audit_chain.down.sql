drop table audit_links;
drop table audit_blocks;
