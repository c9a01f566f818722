-- oldest-program: 0.1.0
-- That a backup was put back: what was bought between the two moments may have no row here, so that suppliers are asked
-- for it before anything is bought for an order of before (modules/esims/purchase/look-back.ts).
create table restorations (
  id bigint generated always as identity primary key,
  backup_at timestamptz not null,
  restored_at timestamptz not null default now(),
  constraint restorations_follow_their_backup check (backup_at < restored_at)
);
