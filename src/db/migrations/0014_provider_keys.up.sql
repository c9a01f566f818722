-- oldest-program: 0.1.0
-- A provider repeats what it answered under an idempotency key, a refusal or a failure of its own too. Once such an
-- answer is known to have had no effect, the same payment or refund is told under its next key.

alter table payments add column key_number integer not null default 1;
-- When the present key was taken; null: with the row.
alter table payments add column key_taken_at timestamptz;

alter table refunds add column key_number integer not null default 1;
-- How often the provider was told. Who tells it names the number that it has seen, so that of two who looked at the
-- same moment one tells, and nobody tells under a key that is given up.
alter table refunds add column tellings integer not null default 0;
alter table refunds add column told_at timestamptz;
