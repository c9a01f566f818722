import type pg from "pg";
import { MigrationError } from "./migration-error.js";
import { isOlder, labelOf, type Migration } from "./migration-files.js";

export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly oldestProgram: string;
  readonly appliedAt: Date;
  /** Null in a database of before 0.2.0. */
  readonly checksum: string | null;
}

/** What the database has, oldest first; empty when it was never migrated. */
export async function readApplied(client: pg.Client): Promise<readonly AppliedMigration[]> {
  const { rows: found } = await client.query("select to_regclass('schema_migrations') as name");
  if (found[0]?.name === null) return [];
  const { rows } = await client.query<AppliedMigration>(
    `select version, name, oldest_program as "oldestProgram", applied_at as "appliedAt",
       to_jsonb(m) ->> 'checksum' as checksum
     from schema_migrations m order by version`,
  );
  return rows;
}

/** `checksum` of a migration that this program applies now. */
export async function noteApplied(client: pg.Client, migration: Migration): Promise<void> {
  await client.query(
    "insert into schema_migrations (version, name, oldest_program, checksum) values ($1, $2, $3, $4)",
    [migration.version, migration.name, migration.oldestProgram, migration.checksum],
  );
}

/** @throws MigrationError when the database needs a newer program. */
export function refuseOldProgram(applied: readonly AppliedMigration[], program: string): void {
  const beyond = applied.find(({ oldestProgram }) => isOlder(program, oldestProgram));
  if (beyond === undefined) return;
  throw new MigrationError(
    `The database has the migration ${labelOf(beyond)}, which needs Tribi ${beyond.oldestProgram} or later; ` +
      `this is ${program}. Start the newer program. Going back needs its \`tribi migrate down\` first.`,
  );
}

/** Whether the database got this migration with another name or text than the program has. */
export const isChanged = (one: AppliedMigration, migration: Migration): boolean =>
  one.name !== migration.name || one.checksum !== migration.checksum;

/** @throws MigrationError when a migration that both know is not the same in the database and in this program. */
export function refuseChanged(
  applied: readonly AppliedMigration[],
  migrations: readonly Migration[],
  program: string,
): void {
  for (const one of applied) {
    const migration = migrations.find(({ version }) => version === one.version);
    if (migration === undefined || !isChanged(one, migration)) continue;
    throw new MigrationError(
      `The database was made with another ${labelOf(one)} than ${labelOf(migration)} of Tribi ${program} ` +
        `(checksum ${short(one.checksum)} there, ${short(migration.checksum)} here). A migration is never changed ` +
        "once it is released, so this database or this program is of an unreleased version. Nothing was changed. " +
        "Start the program that made the database, or this one with another database (DATABASE_URL or DATA_DIR).",
    );
  }
}

const short = (checksum: string | null): string => checksum?.slice(0, 12) ?? "unknown";
