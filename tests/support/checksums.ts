import { expect } from "vitest";
import type { TestDatabase } from "./database.js";

/** Per table: how many rows, and a hash over all of them. */
export type Checksums = Readonly<Record<string, string>>;

const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and (n.nspname = 'public' or (n.nspname = 'graphile_worker' and c.relname = '_private_jobs'))
  order by 1`;

/** What the database holds, table by table, jobs included. `except` names tables of public that do not count. */
export async function checksumsOf(
  database: Pick<TestDatabase, "query">,
  except: readonly string[] = [],
): Promise<Checksums> {
  const tables = await database.query<{ name: string }>(TABLES);
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    if (except.includes(name.replace("public.", ""))) continue;
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
