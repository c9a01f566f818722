import type pg from "pg";
import { isChanged, readApplied } from "./applied-migrations.js";
import { MigrationError } from "./migration-error.js";
import { labelOf, type Migration, readMigrations } from "./migration-files.js";
import { withMigrationLock } from "./migration-lock.js";

export interface DownResult {
  readonly label: string;
  /** Tables and columns that go, with how many rows (of a column: values) are lost with them. */
  readonly losses: readonly { readonly what: string; readonly rows: number }[];
  readonly wasUndone: boolean;
}

type Counts = ReadonlyMap<string, number>;

/**
 * Undoes the last migration in one transaction, after `accept` has seen what would be lost; when it says no, all
 * stays as it was. What is lost is found by comparing the database before and after, not by reading the SQL.
 *
 * @throws MigrationError when there is nothing to undo or the last migration is not this program's.
 */
export function migrateDown(
  url: string,
  accept: (losses: DownResult["losses"], label: string) => boolean,
  migrations: readonly Migration[] = readMigrations(),
): Promise<DownResult> {
  return withMigrationLock(url, async (client) => {
    const last = (await readApplied(client)).at(-1);
    if (last === undefined) throw new MigrationError("The database has no migration to undo.");
    const migration = migrations.find(({ version }) => version === last.version);
    if (migration === undefined) {
      throw new MigrationError(
        `The last migration, ${labelOf(last)}, was made by a newer program. Undo it with that program's \`tribi migrate down\`.`,
      );
    }
    if (isChanged(last, migration)) {
      throw new MigrationError(
        `The last migration, ${labelOf(last)}, is not the one of this program. Undo it with the program that applied it.`,
      );
    }
    await client.query("begin isolation level read committed");
    try {
      await client.query("set local lock_timeout = 3000");
      const before = await countValues(client);
      await client.query(migration.down);
      await client.query("delete from schema_migrations where version = $1", [migration.version]);
      const losses = lossesOf(before, await countValues(client));
      const wasUndone = accept(losses, labelOf(last));
      await client.query(wasUndone ? "commit" : "rollback");
      return { label: labelOf(last), losses, wasUndone };
    } catch (error) {
      await client.query("rollback");
      throw new MigrationError(
        `${labelOf(last)} could not be undone and changed nothing: ${(error as Error).message}`,
        { cause: error },
      );
    }
  });
}

/** Rows of each table (`orders`) and values of each column that may be empty (`orders.failed_at`). */
async function countValues(client: pg.Client): Promise<Counts> {
  const { rows: columns } = await client.query<{ name: string; column: string; nullable: boolean }>(`
    select r.relname as name, a.attname as column, not a.attnotnull as nullable
    from pg_class r join pg_attribute a on a.attrelid = r.oid
    where r.relnamespace = 'public'::regnamespace and r.relkind in ('r', 'p')
      and r.relname <> 'schema_migrations' and a.attnum > 0 and not a.attisdropped
    order by r.relname, a.attnum`);
  const counts = new Map<string, number>();
  for (const name of new Set(columns.map((column) => column.name))) {
    const own = columns.filter((column) => column.name === name);
    const counted = own.map(({ column, nullable }) => (nullable ? `count(${quoted(column)})` : "count(*)"));
    const { rows } = await client.query({
      text: `select count(*), ${counted.join(", ")} from ${quoted(name)}`,
      rowMode: "array",
    });
    const [total, ...values] = (rows[0] ?? []) as unknown[];
    counts.set(name, Number(total));
    own.forEach(({ column }, index) => {
      counts.set(`${name}.${column}`, Number(values[index]));
    });
  }
  return counts;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function lossesOf(before: Counts, after: Counts): DownResult["losses"] {
  const isGone = (what: string): boolean => !after.has(what);
  return [...before]
    .filter(([what]) => {
      const [table = ""] = what.split(".");
      // The columns of a table that goes are not worth a line of their own.
      return isGone(what) && (what === table || !isGone(table));
    })
    .map(([what, rows]) => ({ what, rows }));
}
