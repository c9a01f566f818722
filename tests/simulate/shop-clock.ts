import type pg from "pg";

/**
 * Time passes by making everything older: every timestamp in the shop's tables and of its jobs moves back. What decides by
 * the database's clock then sees that the time is over, and no statement had to be changed for it.
 */
export async function makeShopClock(pool: pg.Pool): Promise<(seconds: number) => Promise<void>> {
  const { rows } = await pool.query<{ name: string; columns: string[] }>(
    `select format('%I.%I', n.nspname, c.relname) as name, array_agg(quote_ident(a.attname)::text) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
     where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
       and a.atttypid = 'timestamptz'::regtype and c.relname <> 'schema_migrations'
       and (n.nspname = 'public' or c.oid = to_regclass('graphile_worker._private_jobs'))
     group by 1 order by 1`,
  );
  const ages = rows.map(
    ({ name, columns }) =>
      `update ${name} set ${columns.map((column) => `${column} = ${column} - make_interval(secs => v_seconds)`).join(", ")};`,
  );
  await pool.query(
    `create or replace function simulate_time_passes(v_seconds double precision) returns void language plpgsql as $$
     begin
       set local session_replication_role = replica;
       ${ages.join("\n       ")}
     end $$`,
  );
  return async (seconds) => {
    await pool.query("select simulate_time_passes($1)", [seconds]);
  };
}

const MADE_BY_HISTORIES = [
  "orders",
  "order_consents",
  "payments",
  "refunds",
  "disputes",
  "webhook_events",
  "esim_profiles",
  "install_links",
  "esim_reveals",
  "provisioning_attempts",
  "top_ups",
  "outgoing_mails",
  "audit_log",
  "mock_intents",
  "mock_refunds",
  "reconciliation_runs",
  "reconciliation_findings",
  "supplier_events",
  "supplier_accounts",
  "new_shop_events",
  "shop_events",
  "graphile_worker._private_jobs",
];

/** Everything that a history made goes, so that each can be played again alone; the catalogue stays. */
export async function makeClearShop(pool: pg.Pool): Promise<() => Promise<void>> {
  await pool.query(
    `create or replace function simulate_anew() returns void language plpgsql as $$
     begin
       set local session_replication_role = replica;
       ${MADE_BY_HISTORIES.map((table) => `delete from ${table};`).join("\n       ")}
       update plan_suppliers set paused_reason = null, paused_at = null where paused_at is not null;
     end $$`,
  );
  return async () => {
    await pool.query("select simulate_anew()");
  };
}
