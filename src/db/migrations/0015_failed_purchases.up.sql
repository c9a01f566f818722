-- oldest-program: 0.1.0
-- What failed is looked at every minute until its refund has been begun.

-- lock-safe: part of the first release, when no table has rows yet
create index esim_profiles_failed on esim_profiles (ended_at) where status = 'failed';
-- lock-safe: part of the first release, when no table has rows yet
create index top_ups_failed on top_ups (ended_at) where status = 'failed';
