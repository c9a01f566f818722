import { type Queryable, statement, type Tx } from "../../../db/database.js";
import type { InstallVault } from "../../esims/esims.module.js";
import type { OrderDraft, PlanDraft, UserDraft } from "./plan-import.js";

/** What an import writes, in the tables of every module: it makes rows as they would be if they had grown here. */
const USER = statement(
  "legacy.import_user",
  `with made as (
     insert into users (email, name, created_at, last_login_at)
     select $2, $3, $4::timestamptz, $5::timestamptz
     where not exists (select from imported_rows where kind = 'user' and legacy_id = $1)
     on conflict (email) do nothing returning id
   ), person as (
     select id from made union all select id from users where email = $2 and not exists (select from made)
   )
   insert into imported_rows (kind, legacy_id, id) select 'user', $1, id from person limit 1
   on conflict do nothing returning id`,
);

/** False: it was imported before. */
export async function importUser(db: Queryable, user: UserDraft): Promise<boolean> {
  const values = [user.legacyId, user.email, user.name, user.createdAt, user.lastLoginAt];
  return (await db.run(USER, values)).count === 1;
}

const COUNTRY = statement(
  "legacy.import_country",
  "insert into countries (iso2, name) values ($1, $2) on conflict (iso2) do nothing",
);
const CARRIER = statement(
  "legacy.import_carrier",
  "insert into carriers (name) select $1 where not exists (select from carriers where lower(name) = lower($1)) on conflict do nothing",
);
const PLAN = statement(
  "legacy.import_plan",
  `with made as (
     insert into plans (sku, name, description, data_gb, is_unlimited, duration_days, country_id, carrier_id)
     select $2, $3, $4, $5::numeric, $5::numeric is null, $6, (select id from countries where iso2 = $7),
            (select min(id) from carriers where lower(name) = lower($8))
     where not exists (select from imported_rows where kind = 'plan' and legacy_id = $1)
     on conflict (sku) do nothing returning id
   ), price as (
     insert into plan_prices (plan_id, currency, amount_minor) select id, 'USD', $9 from made
   ), supplier as (
     insert into plan_suppliers (plan_id, supplier, package_id) select id, 'stock', id::text from made where $10
   ), plan as (
     select id from made union all select id from plans where sku = $2 and not exists (select from made)
   )
   insert into imported_rows (kind, legacy_id, id) select 'plan', $1, id from plan limit 1
   on conflict do nothing returning id`,
);

/** `fromStock`: it is sold from the codes that are imported with it. */
export async function importPlan(tx: Tx, plan: PlanDraft, fromStock: boolean): Promise<boolean> {
  await tx.run(COUNTRY, [plan.iso2, plan.country]);
  await tx.run(CARRIER, [plan.carrier]);
  const { count } = await tx.run(PLAN, [
    plan.legacyId,
    plan.sku,
    plan.name,
    plan.description,
    plan.dataGb,
    plan.durationDays,
    plan.iso2,
    plan.carrier,
    plan.priceMinor,
    fromStock,
  ]);
  return count === 1;
}

/** The row in imported_rows is the guard: of two imports one makes the order. */
const ORDER = statement(
  "legacy.import_order",
  `with sold as materialized (
     select u.id as user_id, p.id as plan_id, p.country_id, p.carrier_id
     from imported_rows ru join users u on u.id = ru.id, imported_rows rp join plans p on p.id = rp.id
     where ru.kind = 'user' and ru.legacy_id = $2 and rp.kind = 'plan' and rp.legacy_id = $3
   ), number as materialized (
     select nextval(pg_get_serial_sequence('orders', 'id')) as id from sold
   ), claimed as (
     insert into imported_rows (kind, legacy_id, id) select 'order', $1, id from number
     on conflict do nothing returning id
   )
   insert into orders (id, reference, user_id, plan_id, status, currency, amount_minor, plan_snapshot, created_at,
     expires_at, paid_at, failed_at, refunded_at, failure_reason, imported_at)
   overriding system value
   select claimed.id, 'LEGACY-' || $1, sold.user_id, sold.plan_id, $4, $5, $6,
     ($7::jsonb || jsonb_build_object('id', sold.plan_id, 'country_id', sold.country_id, 'carrier_id', sold.carrier_id))::json,
     $8::timestamptz, $8::timestamptz, $9::timestamptz, case when $4 = 'failed' then $8::timestamptz end,
     case when $4 = 'refunded' then $9::timestamptz end, case when $4 = 'failed' then 'imported' end, now()
   from claimed cross join sold
   returning id`,
);

const PAYMENT = statement(
  "legacy.import_payment",
  "insert into imported_payments (order_id, provider, intent_id, status, created_at) values ($1, $2, $3, $4, $5)",
);

const PROFILE_ID = statement(
  "legacy.next_profile_id",
  "select nextval(pg_get_serial_sequence('esim_profiles', 'id')) as id",
);

/** Nobody is mailed about what was delivered elsewhere, and no supplier is asked about it. */
const PROFILE = statement(
  "legacy.import_profile",
  `with profile as (
     insert into esim_profiles (id, order_id, user_id, plan_id, status, supplier, supplier_reference, sealed,
       code_fingerprint, activation_code_fingerprint, iccid, created_at, provisioned_at, installed_at, ended_at,
       due_at, parked_at, parked_reason, failure_reason, profile_state)
     overriding system value
     select $1, o.id, o.user_id, o.plan_id, $3, case when $4::bytea is not null then 'imported' end,
       case when $4::bytea is not null then 'order-' || o.id end, $4, $5, $6, $7, o.created_at,
       case when $4::bytea is not null then greatest($8::timestamptz, o.created_at, o.paid_at) end, case when $3 = 'active' then greatest($8::timestamptz, o.created_at, o.paid_at) end,
       case when $3 in ('failed', 'expired', 'cancelled') then now() end,
       case when $3 = 'pending' then now() end, case when $3 = 'pending' then now() end, $9,
       case when $3 = 'failed' then 'imported' end, case when $3 = 'active' then 'installed' else 'unknown' end
     from orders o where o.id = $2
     returning id, status
   )
   insert into provisioning_attempts (profile_id, number, reference, supplier, package_id, status, decided_at)
   select id, 1, 'imported-' || id, 'imported', 'imported', 'delivered', now() from profile
   where status in ('ready', 'active')`,
);

/** False: it was imported before. In one transaction, so that a run which is cut off leaves no half of an order. */
export async function importOrder(tx: Tx, order: OrderDraft, vault: InstallVault): Promise<boolean> {
  const [made] = (
    await tx.run<{ id: number }>(ORDER, [
      order.legacyId,
      order.legacyUserId,
      order.legacyPlanId,
      order.status,
      order.currency,
      order.amountMinor,
      JSON.stringify(order.snapshot),
      order.createdAt,
      order.paidAt,
    ])
  ).rows;
  if (made === undefined) return false;
  for (const { provider, intentId, status, createdAt } of order.payments)
    await tx.run(PAYMENT, [made.id, provider, intentId, status, createdAt]);
  const id = (await tx.run<{ id: number }>(PROFILE_ID)).rows[0]?.id ?? 0;
  const { secrets, status, iccid, provisionedAt, parkedReason } = order.profile;
  await tx.run(PROFILE, [
    id,
    made.id,
    status,
    secrets === null ? null : vault.sealProfile(id, secrets),
    secrets === null ? null : vault.codeFingerprint(secrets),
    secrets === null ? null : vault.activationCodeFingerprint(secrets.activationCode),
    iccid,
    secrets === null ? null : provisionedAt,
    parkedReason,
  ]);
  return true;
}
