import { expect } from "vitest";
import type { TestDatabase } from "./database.js";
import { eventually } from "./eventually.js";

/** Per table: how many rows, and a hash over all of them. */
export type Checksums = Readonly<Record<string, string>>;

/** Ours, and the queue: a request that is refused enqueues nothing either. */
const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and (n.nspname = 'public' or c.oid = to_regclass('graphile_worker._private_jobs'))
  order by 1`;

/** What does not count: whole tables, or single columns of a table. */
export type Exempt = Readonly<Record<string, "table" | readonly string[]>>;

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

/** What the database holds, table by table. Exact only while no worker runs: see `startQuietApp`. */
export async function checksumsOf(
  database: Pick<TestDatabase, "query">,
  exempt: Exempt = {},
): Promise<Checksums> {
  const tables = await database.query<{ name: string }>(TABLES);
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    const exemption = exempt[name.replace("public.", "")] ?? [];
    if (exemption === "table") continue;
    const [row] = await database.query<{ rows: number; sum: string | null }>(
      `select count(*)::int as rows, md5(string_agg(line, E'\\n' order by line)) as sum
       from (select (to_jsonb(t) - $1::text[])::text as line from ${name} t) lines`,
      [exemption],
    );
    sums[name] = `${row?.rows ?? 0} rows ${row?.sum ?? ""}`;
  }
  return sums;
}

/** Fails when `work` leaves a trace in the database. */
export async function expectNoTrace<Value>(
  database: Pick<TestDatabase, "query">,
  work: () => Promise<Value>,
  exempt: Exempt = {},
): Promise<Value> {
  const before = await checksumsOf(database, exempt);
  const value = await work();
  expect(await checksumsOf(database, exempt)).toEqual(before);
  return value;
}
