/** Fills a migrated database with a shop that has sold. For benchmarks; no trigger runs, so rows come as after years of moves. */
import { createHash } from "node:crypto";
import type pg from "pg";
import type { makeInstallVault } from "../src/modules/esims/esims.module.js";

const BATCH = 5_000;

/** One row in ten was never paid, one in a hundred was refunded; the others are delivered. */
const SEED = `
  with numbers as (select n from generate_series($1::bigint, $2::bigint) n),
  placed as (
    insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot, created_at, expires_at, status,
      paid_at, failed_at, refunded_at, version)
    select 'order-' || n, $5::bigint + n % $3::bigint, $4::bigint, 'USD', 450,
      json_build_object('id', $4::bigint, 'name', 'Spain 5 GB', 'description', repeat('x', 120), 'country_name', 'Spain',
        'data_gb', 5, 'duration_days', 30, 'price_minor_units', 450, 'currency', 'USD'),
      now() - interval '2 hours', now() - interval '1 hour',
      case when n % 10 = 0 then 'failed' when n % 100 = 1 then 'refunded' else 'paid' end,
      case when n % 10 <> 0 then now() - interval '90 minutes' end, case when n % 10 = 0 then now() end,
      case when n % 100 = 1 then now() end, case when n % 100 = 1 then 3 else 2 end
    from numbers returning *
  ), paid as (
    insert into payments (order_id, provider, intent_id, status, currency, amount_minor, livemode, created_at, succeeded_at,
      captured_minor, refund_reserved_minor, refunded_minor, is_counted, version)
    select id, 'MOCK', 'intent-' || reference, case when paid_at is null then 'failed' else 'succeeded' end, 'USD', 450,
      false, created_at, paid_at, case when paid_at is null then 0 else 450 end,
      case when refunded_at is null then 0 else 450 end, case when refunded_at is null then 0 else 450 end,
      paid_at is not null, 2
    from placed returning *
  ), events as (
    insert into webhook_events (provider, event_id, source, type, kind, intent_id, payment_id, outcome, facts,
      provider_created_at, applied_at)
    select 'MOCK', 'event-' || intent_id, 'webhook', 'payment_intent.succeeded', 'intent_succeeded', intent_id, id,
      'processed', '{}', now(), now() from paid where captured_minor > 0
  ), back as (
    insert into refunds (payment_id, order_id, status, amount_minor, currency, origin, reason, finished_at, version)
    select id, order_id, 'succeeded', 450, 'USD', 'admin', 'asked', now(), 3 from paid where refunded_minor > 0 returning id
  ), esims as (
    insert into esim_profiles (order_id, user_id, plan_id, status, supplier, supplier_order_id, supplier_reference, sealed,
      code_fingerprint, activation_code_fingerprint, iccid, created_at, provisioned_at, ended_at, version)
    select id, user_id, plan_id,
      case when paid_at is null then 'failed' when refunded_at is not null then 'cancelled' else 'ready' end,
      'local', 'local-' || reference, 'local-' || reference, case when paid_at is not null then '\\x00'::bytea end, sha256(reference::bytea),
      sha256(('code ' || reference)::bytea), case when refunded_at is null and paid_at is not null then '89' || lpad(id::text, 17, '0') end,
      created_at, case when paid_at is not null then paid_at end,
      case when paid_at is null or refunded_at is not null then now() end,
      case when refunded_at is not null then 3 else 2 end
    from placed returning *
  ), mailed as (
    insert into outgoing_mails (kind, subject_id, order_id, status, ended_at)
    select 'esim_ready', id, order_id, 'sent', now() from esims where status = 'ready'
  ), bought as (
    insert into provisioning_attempts (profile_id, number, reference, supplier, package_id, status, supplier_order_id)
    select id, 1, 'attempt-' || order_id, 'local', 'package', case when status = 'ready' then 'delivered' else 'taken_back' end,
      'local-' || order_id from esims where provisioned_at is not null
  ), logged as (
    insert into audit_log (actor, action, subject, request_id, before, after)
    select 'system', 'order.' || s.status, 'order:' || o.id, gen_random_uuid(), jsonb_build_object('status', s.was),
      jsonb_build_object('status', s.status)
    from placed o, lateral (select 'created' as was, case when paid_at is null then 'failed' else 'paid' end as status
      union all select 'paid', 'refunded' where refunded_at is not null) s
    union all
    select 'system', 'payment.' || status, 'payment:' || id, gen_random_uuid(), '{"status": "requires_action"}',
      jsonb_build_object('status', status) from paid
    union all
    select 'system', 'esim.' || s.status, 'esim:' || e.id, gen_random_uuid(), jsonb_build_object('status', s.was),
      jsonb_build_object('status', s.status)
    from esims e, lateral (select 'pending' as was, case when provisioned_at is null then 'failed' else 'ready' end as status
      union all select 'ready', 'cancelled' where status = 'cancelled') s
    union all
    select 'system', 'refund.' || s.status, 'refund:' || b.id, null, s.was, s.became from back b, (values
      ('requested', null::jsonb, '{"status": "requested", "amount_minor": 450}'::jsonb),
      ('pending', '{"status": "requested"}', '{"status": "pending"}'),
      ('succeeded', '{"status": "pending"}', '{"status": "succeeded"}')) s (status, was, became)
  )
  select id from esims where provisioned_at is not null`;

const SEAL = `
  update esim_profiles e set sealed = s.sealed, activation_code_fingerprint = s.fingerprint
  from unnest($1::bigint[], $2::bytea[], $3::bytea[]) as s (id, sealed, fingerprint) where e.id = s.id`;

/** Orders from one number to another, of people of their own; the codes are sealed with `vault`. */
export async function fillOrders(
  client: pg.Client,
  vault: ReturnType<typeof makeInstallVault>,
  { from, to }: { from: number; to: number },
): Promise<void> {
  const people = Math.max(1, Math.floor((to - from + 1) / 5));
  const made = await client.query(
    `insert into users (email) select 'bench-${from}-' || n || '@example.com' from generate_series(1, $1::bigint) n
     returning id`,
    [people],
  );
  const firstPerson = Math.min(...made.rows.slice(0, 1).map(({ id }: { id: string }) => Number(id)));
  const plan = (await client.query("select id from plans limit 1")).rows[0] as { id: string };
  // The rows come as they are after years of moves, so no trigger moves or logs them here.
  await client.query("set session_replication_role = replica");
  for (let first = from; first <= to; first += BATCH) {
    const last = Math.min(to, first + BATCH - 1);
    const { rows } = await client.query(SEED, [first, last, people, plan.id, firstPerson]);
    const ids = rows.map(({ id }: { id: string }) => Number(id));
    const codes = ids.map((id) => createHash("sha256").update(`code ${id}`).digest("hex"));
    await client.query(SEAL, [
      ids,
      ids.map((id, index) => vault.sealProfile(id, secretsOf(codes[index] ?? ""))),
      codes.map((code) => vault.activationCodeFingerprint(code)),
    ]);
    process.stderr.write(`\r${last} orders`);
  }
  process.stderr.write("\n");
  await client.query("set session_replication_role = origin");
  await client.query("vacuum analyze");
}

const secretsOf = (activationCode: string) => ({
  activationCode,
  smdpAddress: "smdp.example.com",
  matchingId: activationCode.slice(0, 32),
  confirmationCode: null,
  isConfirmationCodeRequired: false,
  activationCodeText: `LPA:1$smdp.example.com$${activationCode.slice(0, 32)}`,
  qrPayload: `LPA:1$smdp.example.com$${activationCode.slice(0, 32)}`,
  installLinks: null,
  apn: null,
  iccidAsGiven: "8900000000000000000",
  warnings: [],
});
