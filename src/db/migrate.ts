import { runMigrations as runJobMigrations } from "graphile-worker";
import type pg from "pg";
import { adoptOlder, isOlderDatabase } from "./adopt-older.js";
import { noteApplied, readApplied, refuseChanged, refuseOldProgram } from "./applied-migrations.js";
import { MIGRATOR } from "./connect.js";
import { dropEmptyDevelopmentTables, makeDevelopmentTables } from "./development-tables.js";
import { MigrationError } from "./migration-error.js";
import { labelOf, type Migration, readMigrations } from "./migration-files.js";
import { withMigrationLock } from "./migration-lock.js";
import { findPoolerProblem } from "./pooler.js";
import { findUnfit } from "./server-fit.js";
import { makePool } from "./session.js";
import { sqlStateOf } from "./sql-state.js";

export interface MigrateOptions {
  /** This program's version: a database whose migrations need a newer one is refused. */
  readonly program: string;
  readonly migrations?: readonly Migration[];
  /** Outside production: with the tables of the development adapters. */
  readonly isDevelopment?: boolean;
  readonly log?: (line: string) => void;
}

/**
 * A migration that waits for a lock makes everything behind it wait as well, so it gives up soon, lets the others
 * through and tries again.
 */
const LOCK_WAIT_MILLIS = 3_000;
const LOCK_ATTEMPTS_MAX = 10;
const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Applies what is missing, in order, one process at a time: of programs that start at once, one migrates and the
 * others wait for it. Migrations of a newer program are fine as long as they say that this one still works.
 * A database of before 0.2.0 is taken over once, or refused by name. Returns the labels of what this call applied.
 *
 * @throws MigrationError when this program is too old for the database, a migration that it has is another than this
 * program's, or a migration fails (nothing of it stays).
 */
export async function migrateUp(url: string, options: MigrateOptions): Promise<string[]> {
  const { program, migrations = readMigrations(), isDevelopment = false, log } = options;
  const poolerProblem = await findPoolerProblem(url, log);
  if (poolerProblem !== undefined) throw new MigrationError(poolerProblem);
  const bringUp = async (client: pg.Client): Promise<string[]> => {
    const problem = await findUnfit(client, log);
    if (problem !== undefined) throw new MigrationError(problem);
    await client.query(`create table if not exists schema_migrations (
      version integer primary key,
      name text not null,
      oldest_program text not null,
      applied_at timestamptz not null default now(),
      checksum text not null
    )`);
    let applied = await readApplied(client);
    if (applied.length === 0)
      await client.query("alter table schema_migrations add column if not exists checksum text not null");
    refuseOldProgram(applied, program);
    if (isOlderDatabase(applied)) {
      await adoptOlder(client, applied, migrations);
      log?.("This database of before Tribi 0.2.0 was taken over: its migrations are those of 0.2.0 now.");
      if (!isDevelopment) await dropEmptyDevelopmentTables(client, log ?? (() => {}));
      applied = await readApplied(client);
    }
    refuseChanged(applied, migrations, program);
    const missing = migrations.filter(({ version }) => !applied.some((one) => one.version === version));
    for (const migration of missing) {
      log?.(`Migrating to ${labelOf(migration)}`);
      await applyUp(client, migration);
    }
    if (isDevelopment) await makeDevelopmentTables(client);
    await migrateJobs(url);
    return missing.map(labelOf);
  };
  return withMigrationLock(url, bringUp, log);
}

async function migrateJobs(url: string): Promise<void> {
  const pgPool = makePool({ url, max: 2, applicationName: MIGRATOR, statementTimeoutMillis: null });
  try {
    await runJobMigrations({ pgPool });
  } finally {
    await pgPool.end();
  }
}

async function applyUp(client: pg.Client, migration: Migration): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query("begin isolation level read committed");
      await client.query(`set local lock_timeout = ${LOCK_WAIT_MILLIS}`);
      await client.query("set local statement_timeout = 0");
      await client.query(migration.up);
      await noteApplied(client, migration);
      await client.query("commit");
      return;
    } catch (error) {
      await client.query("rollback");
      const isBusy = sqlStateOf(error) === LOCK_NOT_AVAILABLE;
      if (isBusy && attempt < LOCK_ATTEMPTS_MAX) continue;
      throw new MigrationError(
        `The migration ${labelOf(migration)} failed and changed nothing: ${(error as Error).message}. ` +
          (isBusy
            ? "Something holds a table for long; see above, or find it in pg_stat_activity, and run `tribi migrate up` again."
            : "Remove the cause and run `tribi migrate up` again."),
        { cause: error },
      );
    }
  }
}
