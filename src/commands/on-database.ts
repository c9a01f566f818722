import type { Config } from "../config/config.js";
import { type Db, openDatabase } from "../db/database.js";
import { migrateUp } from "../db/migrate.js";
import { readMigrationStatus } from "../db/migration-status.js";
import { PROGRAM_VERSION } from "../version.js";
import { openDatabaseServer } from "./database-server.js";

export interface DatabaseUse {
  /** How the command's connections are called in pg_stat_activity. */
  readonly applicationName: string;
  /** 1 when left out. */
  readonly connections?: number;
  readonly statementTimeoutMillis?: number;
  /** Brings the database up to date before the work begins. Otherwise it must be. */
  readonly migrates?: boolean;
  /** A shop's tables must be there already, however old they are. */
  readonly needsShop?: boolean;
}

type Say = (line: string) => void;

/** Applies every pending migration of this program; returns their labels. */
export const migrateStore = (config: Config, url: string, log?: Say): Promise<string[]> =>
  migrateUp(url, {
    program: PROGRAM_VERSION,
    isDevelopment: !config.isProduction,
    ...(log === undefined ? {} : { log }),
  });

/**
 * Throws an Error with what to do where the database lacks tables or columns that this program's statements name: that
 * of another shop, a new one, or one of before an update.
 */
export async function assertMigrated(
  url: string,
  { mayBeOld = false }: { readonly mayBeOld?: boolean } = {},
): Promise<void> {
  const states = await readMigrationStatus(url);
  const pending = states.filter(({ state }) => state === "pending").length;
  if (pending === states.length)
    throw new Error(
      "This database holds no shop. Is DATABASE_URL (or DATA_DIR) the shop's own? `tribi migrate up` makes a new one.",
    );
  if (pending > 0 && !mayBeOld)
    throw new Error(
      `This database lacks ${pending} migrations of this program. Is DATABASE_URL the shop's own? ` +
        "Then `tribi migrate up` applies them, as starting the store does.",
    );
}

/** Runs a command's work on the store's database; an embedded one is started for it and stopped after it. */
export async function onDatabase<Value>(
  { config, say, ...use }: DatabaseUse & { readonly config: Config; readonly say: Say },
  work: (db: Db, url: string) => Promise<Value>,
): Promise<Value> {
  const server = await openDatabaseServer(config, say);
  try {
    if (use.migrates !== true || use.needsShop === true)
      await assertMigrated(server.url, { mayBeOld: use.migrates === true });
    if (use.migrates === true) await migrateStore(config, server.url, say);
    const { applicationName, connections: poolMax = 1, statementTimeoutMillis } = use;
    const db = openDatabase({
      url: server.url,
      poolMax,
      applicationName,
      ...(statementTimeoutMillis === undefined ? {} : { statementTimeoutMillis }),
    });
    try {
      return await work(db, server.url);
    } finally {
      await db.close();
    }
  } finally {
    await server.stop();
  }
}
