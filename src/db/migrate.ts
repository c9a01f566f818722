import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runMigrations as runJobMigrations } from "graphile-worker";
import pg from "pg";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: string;
  readonly down: string;
  /** The oldest program that works with the schema after this migration. */
  readonly oldestProgram: string;
}

const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), "migrations");
/** One key for every process that migrates this database; the value only has to be ours. */
const ADVISORY_LOCK = 7_402_317;

export function readMigrations(folder = FOLDER): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".up.sql"))
    .sort()
    .map((file) => {
      const [, version = "", name = ""] = /^(\d{4})_([a-z0-9_]+)\.up\.sql$/.exec(file) ?? [];
      const up = readFileSync(path.join(folder, file), "utf8");
      const [, oldestProgram] = /^-- oldest-program: (\S+)$/m.exec(up) ?? [];
      if (name === "" || oldestProgram === undefined) {
        throw new Error(`${file} must be called NNNN_name.up.sql and say "-- oldest-program: X.Y.Z"`);
      }
      const down = readFileSync(path.join(folder, file.replace(".up.", ".down.")), "utf8");
      return { version: Number(version), name, up, down, oldestProgram };
    });
}

/** Applies what is missing, in order, one process at a time. Answers the names of what this call applied. */
export function migrateUp(url: string): Promise<string[]> {
  return withMigrationLock(url, async (client) => {
    await client.query(`create table if not exists schema_migrations (
      version integer primary key,
      name text not null,
      oldest_program text not null,
      applied_at timestamptz not null default now()
    )`);
    const { rows } = await client.query<{ version: number }>("select version from schema_migrations");
    const applied = new Set(rows.map((row) => row.version));
    const fresh: string[] = [];
    for (const migration of readMigrations()) {
      if (applied.has(migration.version)) continue;
      await applyUp(client, migration);
      fresh.push(`${String(migration.version).padStart(4, "0")}_${migration.name}`);
    }
    await runJobMigrations({ connectionString: url });
    return fresh;
  });
}

async function applyUp(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query(migration.up);
    await client.query("insert into schema_migrations (version, name, oldest_program) values ($1, $2, $3)", [
      migration.version,
      migration.name,
      migration.oldestProgram,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw new Error(`Migration ${migration.version}_${migration.name} failed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function withMigrationLock<Value>(
  url: string,
  work: (client: pg.Client) => Promise<Value>,
): Promise<Value> {
  const client = new pg.Client({ connectionString: url, application_name: "tribi migrate" });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [ADVISORY_LOCK]);
    return await work(client);
  } finally {
    await client.end();
  }
}
