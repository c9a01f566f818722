-- oldest-program: 0.2.0
-- What happens in the shop, told to other systems.

-- Written by the change itself, so that neither is there without the other; empty again as soon as they are numbered.
create table new_shop_events (
  id bigint generated always as identity primary key,
  type text not null,
  subject_id bigint not null,
  created_at timestamptz not null default now()
);

-- Numbered after the commit by one at a time, so the sequence has no gap and grows for every reader.
create table shop_events (
  sequence bigint primary key,
  id text not null default 'evt_' || replace(gen_random_uuid()::text, '-', ''),
  type text not null,
  subject_id bigint not null,
  created_at timestamptz not null,
  numbered_at timestamptz not null default now(),
  data json not null
);
create index shop_events_by_time on shop_events (numbered_at);

-- Its row lock is what lets one at a time give numbers.
create table shop_event_stream (
  is_the_only boolean primary key default true constraint shop_event_stream_is_one_row check (is_the_only),
  last_sequence bigint not null default 0
);
insert into shop_event_stream default values;

create function note_shop_event() returns trigger language plpgsql as $$
begin
  -- An order that was never paid fails what it would have brought: that is told of the order.
  if tg_argv[0] in ('esim', 'top_up') and new.status = 'failed' then
    if exists (select from orders o where o.id = new.order_id and o.status = 'failed') then
      return null;
    end if;
  end if;
  insert into new_shop_events (type, subject_id)
  values (tg_argv[0] || '.' || case tg_op when 'INSERT' then 'created' else new.status end, new.id);
  return null;
end;
$$;

create trigger orders_tell_created after insert on orders
  for each row when (new.status = 'created') execute function note_shop_event('order');
create trigger orders_tell after update of status on orders
  for each row when (old.status is distinct from new.status) execute function note_shop_event('order');
create trigger payments_tell after update of status on payments
  for each row when (old.status is distinct from new.status) execute function note_shop_event('payment');
create trigger refunds_tell_created after insert on refunds
  for each row execute function note_shop_event('refund');
create trigger refunds_tell after update of status on refunds
  for each row when (old.status is distinct from new.status and new.status in ('succeeded', 'failed'))
  execute function note_shop_event('refund');
create trigger esim_profiles_tell after update of status on esim_profiles
  for each row when (old.status is distinct from new.status) execute function note_shop_event('esim');
create trigger top_ups_tell after update of status on top_ups
  for each row when (old.status is distinct from new.status) execute function note_shop_event('top_up');

create table webhook_endpoints (
  id bigint generated always as identity primary key,
  -- The name under which its secrets are sealed.
  reference text not null constraint webhook_endpoints_one_per_reference unique,
  url text not null,
  description text not null default '',
  -- Names of types, or '*' for all.
  types text[] not null constraint webhook_endpoints_want_something check (cardinality(types) > 0),
  sealed_secret bytea,
  -- Signs beside the new one until then.
  sealed_former_secret bytea,
  former_secret_until timestamptz,
  created_at timestamptz not null default now(),
  paused_at timestamptz,
  paused_reason text constraint webhook_endpoints_pause_known check (paused_reason in ('operator', 'gone', 'failing')),
  deleted_at timestamptz,
  -- Since the last success.
  failures integer not null default 0,
  failing_since timestamptz,
  retry_at timestamptz,
  lease_token integer not null default 0,
  leased_until timestamptz,
  constraint webhook_endpoints_pause_says_why check ((paused_at is null) = (paused_reason is null)),
  constraint webhook_endpoints_have_a_secret check ((sealed_secret is null) = (deleted_at is not null)),
  constraint webhook_endpoints_former_secret_ends check
    ((sealed_former_secret is null) = (former_secret_until is null))
);

create table webhook_deliveries (
  id bigint generated always as identity primary key,
  endpoint_id bigint not null references webhook_endpoints (id),
  -- Null for a test event, which is no event of the shop.
  sequence bigint,
  status text not null default 'pending'
    constraint webhook_deliveries_status_known check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  next_try_at timestamptz,
  created_at timestamptz not null default now(),
  attempted_at timestamptz,
  finished_at timestamptz,
  status_code integer,
  millis integer,
  answer_bytes integer,
  -- Why there was no answer, or what was wrong with it.
  problem text,
  constraint webhook_deliveries_one_per_event unique (endpoint_id, sequence),
  constraint webhook_deliveries_pending_have_a_time check ((status = 'pending') = (next_try_at is not null)),
  constraint webhook_deliveries_finished_have_a_time check ((status = 'pending') = (finished_at is null))
);
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_try_at) where status = 'pending';
create index webhook_deliveries_by_endpoint on webhook_deliveries (endpoint_id, id);
create index webhook_deliveries_by_time on webhook_deliveries (created_at);
