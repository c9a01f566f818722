import { expect } from "vitest";
import type { TestDatabase } from "./database.js";
import { eventually } from "./eventually.js";

/** Per table: how many rows, and a hash over all of them. */
export type Checksums = Readonly<Record<string, string>>;

const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname = 'public'
  order by 1`;

/** Written every minute whatever a test does. */
const BY_THE_CLOCK: ReadonlySet<string> = new Set(["public.reconciliation_runs"]);

/** Waits until no job is waiting to run now, so that what a test did before leaves no more traces. */
export async function jobsSettled({ query }: Pick<TestDatabase, "query">): Promise<void> {
  await eventually(async () => {
    const [row] = await query<{ due: number }>(
      `select count(*)::int as due from graphile_worker._private_jobs
       where run_at <= now() and attempts < max_attempts or locked_at is not null`,
    );
    return row?.due === 0;
  });
}

/**
 * What the database holds, table by table. `except` names tables that do not count. Jobs are left out: those of the
 * clock come and go by themselves, and what a job does stands in the tables.
 */
export async function checksumsOf(
  database: Pick<TestDatabase, "query">,
  except: readonly string[] = [],
): Promise<Checksums> {
  const tables = await database.query<{ name: string }>(TABLES);
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    if (BY_THE_CLOCK.has(name) || except.includes(name.replace("public.", ""))) continue;
    const [row] = await database.query<{ rows: number; sum: string | null }>(
      `select count(*)::int as rows, md5(string_agg(t::text, E'\\n' order by t::text)) as sum from ${name} t`,
    );
    sums[name] = `${row?.rows ?? 0} rows ${row?.sum ?? ""}`;
  }
  return sums;
}

/** Fails when `work` leaves a trace in the database. */
export async function expectNoTrace<Value>(
  database: Pick<TestDatabase, "query">,
  work: () => Promise<Value>,
  options: { except?: readonly string[] } = {},
): Promise<Value> {
  const before = await checksumsOf(database, options.except);
  const value = await work();
  expect(await checksumsOf(database, options.except)).toEqual(before);
  return value;
}
