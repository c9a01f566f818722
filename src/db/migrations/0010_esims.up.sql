-- oldest-program: 0.2.0
-- eSIMs: what a paid order becomes, the links that install one, and who has seen its code. Codes are sealed (AES-256-GCM,
-- bound to table and row); what must be unique about them is a keyed fingerprint, which survives the rotation of the
-- sealing keys.

create table esim_profiles (
  id bigint generated always as identity primary key,
  order_id bigint not null references orders (id),
  -- Those of its order, in the statement that makes both; the order's own references keep the two alive.
  user_id bigint not null,
  plan_id bigint not null,
  status text not null default 'pending',
  -- Who delivered it, and that supplier's own names of it.
  supplier text,
  supplier_order_id text,
  supplier_reference text,
  -- Everything that a phone needs, as sealed JSON (modules/esims/install-secrets.ts).
  sealed bytea,
  code_fingerprint bytea,
  activation_code_fingerprint bytea,
  iccid text,
  created_at timestamptz not null default now(),
  provisioned_at timestamptz,
  -- Unused until then, it expires. Set with the delivery.
  use_by timestamptz,
  -- What begins the plan's days, as the supplier says; null: it does not.
  validity_starts text,
  installed_at timestamptz,
  -- Since when nobody can use it any more, also of one that stays active because it was in use. From then on its
  -- supplier is never asked about it: the ICCID may be somebody else's by now.
  ended_at timestamptz,
  failure_reason text,
  -- What the supplier says, in the port's words; the wire status is a view on it.
  profile_state text not null default 'unknown',
  plan_state text not null default 'unknown',
  plan_expires_at timestamptz,
  usage_total_bytes bigint,
  usage_remaining_bytes bigint,
  -- What the supplier calls a kilobyte: bytes are divided by the same base for display.
  usage_base smallint,
  usage_as_of timestamptz,
  state_checked_at timestamptz,
  poll_at timestamptz,
  -- Ready, refunded or in front of an operator by then. Set by the payment.
  due_at timestamptz,
  -- Who works on it: writes of a worker that slept past its lease carry an old token and change nothing.
  lease_token integer not null default 0,
  lease_until timestamptz,
  -- Waits for an operator; why.
  parked_reason text,
  parked_at timestamptz,
  -- An operator said "try again": refusals of attempts up to this number are forgiven.
  forgiven_attempts integer not null default 0,
  -- A refund wants it back: no further purchase is begun.
  take_back_requested_at timestamptz,
  -- A person has seen the code.
  revealed_at timestamptz,
  -- What the owner reads, as the browser said when the plan was ordered or the eSIM activated; null: it did not say.
  language text,
  version integer not null default 1,
  constraint esim_profiles_one_per_order unique (order_id),
  constraint esim_profiles_status_known
    check (status in ('pending', 'ready', 'active', 'failed', 'expired', 'cancelled')),
  constraint esim_profiles_delivered_are_installable check (
    status in ('pending', 'failed', 'cancelled')
    or (sealed is not null and supplier_reference is not null and provisioned_at is not null)
  ),
  constraint esim_profiles_language_known check (language in ('en', 'es')),
  constraint esim_profiles_validity_starts_known check (validity_starts in ('installation', 'first_use')),
  constraint esim_profiles_ended_are_not_polled check (ended_at is null or poll_at is null),
  constraint esim_profiles_usage_base_known check (usage_base in (1000, 1024)),
  constraint esim_profiles_provisioned_after_creation check (provisioned_at >= created_at)
);
-- Partial, so that an order writes into no index of what is null until the delivery.
create unique index esim_profiles_one_per_supplier_reference on esim_profiles (supplier, supplier_reference)
  where supplier_reference is not null;
create unique index esim_profiles_one_per_code on esim_profiles (code_fingerprint) where code_fingerprint is not null;
create unique index esim_profiles_one_per_activation_code on esim_profiles (activation_code_fingerprint)
  where activation_code_fingerprint is not null;
-- Suppliers recycle ICCIDs, so only the living ones must differ.
create unique index esim_profiles_one_live_per_iccid on esim_profiles (iccid)
  where status in ('ready', 'active') and ended_at is null;
create index esim_profiles_by_user on esim_profiles (user_id, id desc);
-- Of paid orders only. An index of all pending ones looks small to a planner whose statistics are old, and a payment
-- would go through every unpaid order's profile.
create index esim_profiles_due on esim_profiles (due_at) where status = 'pending' and due_at is not null;
create index esim_profiles_unused_by_use_by on esim_profiles (use_by) where status = 'ready';
create index esim_profiles_by_poll on esim_profiles (poll_at) where poll_at is not null;
create index esim_profiles_parked on esim_profiles (parked_at) where parked_at is not null;
-- What failed is looked at every minute until its refund has been begun.
create index esim_profiles_failed on esim_profiles (ended_at) where status = 'failed';
create index esim_profiles_by_time on esim_profiles (created_at);
create index esim_profiles_by_iccid on esim_profiles (iccid) where iccid is not null;
create index esim_profiles_by_supplier_reference on esim_profiles (supplier_reference) where supplier_reference is not null;

create trigger esim_profiles_moves before update of status on esim_profiles
  for each row when (old.status is distinct from new.status)
  execute function enforce_state_moves(
    'pending>ready', 'pending>failed', 'pending>cancelled',
    'ready>active', 'ready>expired', 'ready>cancelled', 'active>cancelled'
  );
create trigger esim_profiles_audit after update of status on esim_profiles
  for each row when (old.status is distinct from new.status)
  execute function audit_state_change('esim');

-- Secret links to the page of one eSIM: 128 random bits, of which only a hash is here.
create table install_links (
  id bigint generated always as identity primary key,
  profile_id bigint not null references esim_profiles (id),
  secret_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint install_links_one_per_secret unique (secret_hash),
  constraint install_links_live_72_hours_at_most check (expires_at <= created_at + interval '72 hours')
);
create index install_links_by_profile on install_links (profile_id);

-- Who has seen a code: an owner once per session, profile and hour, an operator every time.
create table esim_reveals (
  id bigint generated always as identity primary key,
  profile_id bigint not null references esim_profiles (id),
  -- "user:7", "admin:3", "link:12", "system:mail"
  actor text not null,
  session_id text,
  channel text not null,
  hour timestamptz not null,
  at timestamptz not null default now(),
  request_id text
);
create unique index esim_reveals_one_per_session_and_hour on esim_reveals (profile_id, actor, session_id, channel, hour)
  where session_id is not null;
create index esim_reveals_by_profile on esim_reveals (profile_id, at);
