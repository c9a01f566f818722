import { runMigrations as runJobMigrations } from "graphile-worker";
import type pg from "pg";
import { MIGRATOR } from "./connect.js";
import { isOlder, labelOf, type Migration, readMigrations } from "./migration-files.js";
import { withMigrationLock } from "./migration-lock.js";
import { findPoolerProblem } from "./pooler.js";
import { findUnfit } from "./server-fit.js";
import { MIGRATION_SETTINGS, makePool } from "./session.js";
import { sqlStateOf } from "./sql-state.js";

/** A migration that cannot or must not run; the message says what to do next. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

export interface MigrateOptions {
  /** This program's version: a database whose migrations need a newer one is refused. */
  readonly program: string;
  readonly migrations?: readonly Migration[];
  readonly log?: (line: string) => void;
}

export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly oldestProgram: string;
  readonly appliedAt: Date;
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
 * Answers the labels of what this call applied.
 *
 * @throws MigrationError when this program is too old for the database, or a migration fails (nothing of it stays).
 */
export async function migrateUp(url: string, options: MigrateOptions): Promise<string[]> {
  const { program, migrations = readMigrations(), log } = options;
  const poolerProblem = await findPoolerProblem(url, log);
  if (poolerProblem !== undefined) throw new MigrationError(poolerProblem);
  const bringUp = async (client: pg.Client): Promise<string[]> => {
    const problem = await findUnfit(client, log);
    if (problem !== undefined) throw new MigrationError(problem);
    await client.query(`create table if not exists schema_migrations (
      version integer primary key,
      name text not null,
      oldest_program text not null,
      applied_at timestamptz not null default now()
    )`);
    const applied = await readApplied(client);
    refuseOldProgram(applied, program);
    const missing = migrations.filter(({ version }) => !applied.some((one) => one.version === version));
    for (const migration of missing) {
      log?.(`Migrating to ${labelOf(migration)}`);
      await applyUp(client, migration);
    }
    await migrateJobs(url);
    return missing.map(labelOf);
  };
  return withMigrationLock(url, bringUp, log);
}

async function migrateJobs(url: string): Promise<void> {
  const pgPool = makePool({ url, max: 2, applicationName: MIGRATOR, settings: MIGRATION_SETTINGS });
  try {
    await runJobMigrations({ pgPool });
  } finally {
    await pgPool.end();
  }
}

function refuseOldProgram(applied: readonly AppliedMigration[], program: string): void {
  const beyond = applied.find(({ oldestProgram }) => isOlder(program, oldestProgram));
  if (beyond === undefined) return;
  throw new MigrationError(
    `The database has the migration ${labelOf(beyond)}, which needs Tribi ${beyond.oldestProgram} or later; ` +
      `this is ${program}. Start the newer program. Going back needs its \`tribi migrate down\` first.`,
  );
}

async function applyUp(client: pg.Client, migration: Migration): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query("begin isolation level read committed");
      await client.query(`set local lock_timeout = ${LOCK_WAIT_MILLIS}`);
      await client.query("set local statement_timeout = 0");
      await client.query(migration.up);
      await client.query(
        "insert into schema_migrations (version, name, oldest_program) values ($1, $2, $3)",
        [migration.version, migration.name, migration.oldestProgram],
      );
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
            : "Mend the cause and run `tribi migrate up` again."),
        { cause: error },
      );
    }
  }
}

/** What the database has, oldest first; empty when it was never migrated. */
export async function readApplied(client: pg.Client): Promise<readonly AppliedMigration[]> {
  const { rows: found } = await client.query("select to_regclass('schema_migrations') as name");
  if (found[0]?.name === null) return [];
  const { rows } = await client.query<AppliedMigration>(
    `select version, name, oldest_program as "oldestProgram", applied_at as "appliedAt"
     from schema_migrations order by version`,
  );
  return rows;
}
