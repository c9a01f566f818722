-- oldest-program: 0.1.0
-- A chain over the audit log, so that a row that was changed, removed or put in afterwards is found.

-- A thousand rows or fewer, each block's hash over the one before it.
create table audit_blocks (
  number bigint primary key,
  made_at timestamptz not null default now(),
  row_count integer not null,
  -- Every row of the log up to this id has a link: nothing that is still to be committed comes before it.
  complete_to bigint not null,
  hash bytea not null constraint audit_blocks_hash_is_sha256 check (length(hash) = 32)
);

-- No foreign key into the log: that a row is gone is to be seen here, not prevented.
create table audit_links (
  audit_id bigint primary key,
  block bigint not null constraint audit_links_block_exists references audit_blocks (number),
  -- Who did what to which thing, and when.
  facts_hash bytea not null,
  -- What it was before and after, hashed apart so that it may be erased.
  details_hash bytea not null
);
create index audit_links_by_block on audit_links (block);
