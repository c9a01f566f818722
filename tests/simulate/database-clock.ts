import type pg from "pg";
import { START_MICROS } from "./virtual-time.js";

/**
 * The database's clock is a sequence that the simulator sets: microseconds since the epoch. The first question of a
 * transaction moves it on by one and stays its answer, as now() does; so no two moments are the same, and the machine's
 * own pace decides nothing.
 */
const CLOCK = `
  create schema sim;
  create sequence sim.ticks minvalue 1 start ${START_MICROS};
  create function sim.now() returns timestamptz language plpgsql stable as $$
  declare
    v_at text := current_setting('sim.at', true);
  begin
    if v_at is null or v_at = '' then
      v_at := nextval('sim.ticks')::text;
      perform set_config('sim.at', v_at, true);
    end if;
    return timestamptz 'epoch' + v_at::bigint * interval '1 microsecond';
  end $$;
  create function sim.clock() returns timestamptz language sql volatile as $$
    select timestamptz 'epoch' + nextval('sim.ticks') * interval '1 microsecond' $$;
  create function sim.uuid() returns uuid language sql volatile as $$
    select md5(nextval('sim.ticks')::text)::uuid $$;
  create unlogged table sim.moves (at integer generated always as identity, edge text not null);
`;

const ASKS =
  /(?<![.\w])(?:pg_catalog\.)?(now|transaction_timestamp|statement_timestamp|clock_timestamp|gen_random_uuid)\(\)/g;
const ANSWERS: Readonly<Record<string, string>> = {
  clock_timestamp: "sim.clock()",
  gen_random_uuid: "sim.uuid()",
};

/** SQL that asks the simulated clock, and draws its names from it. */
export const onSimulatedClock = (sql: string): string =>
  sql.replace(ASKS, (_, asked: string) => ANSWERS[asked] ?? "sim.now()");

/** After migration: what is stored in the database asks the simulated clock too. */
export async function installDatabaseClock(pool: pg.Pool): Promise<void> {
  await pool.query(CLOCK);
  const all = async (text: string): Promise<string[]> =>
    (await pool.query<{ sql: string }>(text)).rows.map(({ sql }) => sql);
  const functions = await all(
    `select pg_get_functiondef(p.oid) as sql from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname in ('public', 'graphile_worker') and p.prokind = 'f' and p.prosrc ~ '(now|_timestamp|gen_random_uuid)\\(\\)'`,
  );
  const defaults = await all(
    `select format('alter table %s alter column %I set default %s', d.adrelid::regclass, a.attname,
       pg_get_expr(d.adbin, d.adrelid)) as sql
     from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
     where a.attgenerated = '' and pg_get_expr(d.adbin, d.adrelid) ~ '(now|_timestamp|gen_random_uuid)\\(\\)'`,
  );
  const views = await all(
    `select format('create or replace view %s as %s', c.oid::regclass, pg_get_viewdef(c.oid)) as sql
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'v' and n.nspname in ('public', 'graphile_worker') and pg_get_viewdef(c.oid) ~ '(now|_timestamp|gen_random_uuid)\\(\\)'`,
  );
  for (const sql of [...functions, ...defaults, ...views]) await pool.query(onSimulatedClock(sql));
  await forgetful(pool);
  const [guard] = await all("select pg_get_functiondef('enforce_state_moves'::regproc) as sql");
  if (guard === undefined) throw new Error("There is no enforce_state_moves()");
  // A move that is rolled back leaves no row.
  await pool.query(
    guard.replace(
      "new.version :=",
      "insert into sim.moves (edge) values (tg_table_name || ' ' || old.status || '>' || new.status);\n  new.version :=",
    ),
  );
}

/** Writes no log for what nobody recovers: those first that no logged table refers to. */
async function forgetful(pool: pg.Pool): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ sql: string }>(`
      select format('alter table %s set unlogged', c.oid::regclass) as sql
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and c.relpersistence = 'p' and not c.relispartition
        and n.nspname in ('public', 'graphile_worker')
        and not exists (select from pg_constraint k join pg_class r on r.oid = k.conrelid
          where k.confrelid = c.oid and k.contype = 'f' and r.oid <> c.oid and r.relpersistence = 'p')`);
    if (rows.length === 0) return;
    for (const { sql } of rows) await pool.query(sql);
  }
}

/** The catalogue and what the shop is told once; everything else was made by histories. */
const KEPT = [
  "schema_migrations",
  "countries",
  "carriers",
  "plans",
  "plan_prices",
  "plan_countries",
  "plan_suppliers",
  "settings",
  "setting_changes",
  "installation_facts",
];

/** Empties the shop and puts its ids and its clock back, so that every batch is played in the same shop. */
const ANEW = `
  create function sim.anew() returns void language plpgsql as $$
  declare
    v_tables text;
  begin
    select string_agg(c.oid::regclass::text, ', ') into v_tables
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and not c.relispartition and pg_relation_size(c.oid) > 0
      and (n.nspname in ('public', 'sim') and c.relname <> all (array[${KEPT.map((name) => `'${name}'`).join(", ")}])
        or c.oid = to_regclass('graphile_worker._private_jobs'));
    if v_tables is not null then
      execute 'truncate ' || v_tables || ' restart identity cascade';
    end if;
    perform setval('sim.ticks', ${START_MICROS});
  end $$`;

export const installAnew = (pool: pg.Pool): Promise<unknown> => pool.query(ANEW);
