import pg from "pg";

/**
 * What our SQL, and the reading of what it returns, depend on. A server, a database, a role, `options` in DATABASE_URL
 * or a pooler may set any of it otherwise, so every connection sets it before anybody uses it; ours win.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  // A schema of the role's name would come before public, and a second, empty shop would be made in it.
  search_path: "public, pg_temp",
  // With "replica" no trigger runs: no audit log, no state machine. Only a superuser can set it.
  session_replication_role: "origin",
  // The guarded writes and the limits wait for the row and look at it again, which is what read committed does.
  default_transaction_isolation: "read committed",
  standard_conforming_strings: "on",
  transform_null_equals: "off",
  array_nulls: "on",
  client_encoding: "UTF8",
  DateStyle: "ISO, MDY",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  bytea_output: "hex",
  extra_float_digits: "1",
  quote_all_identifiers: "off",
  // An idle connection of the pool, and the one that listens for jobs, are not to be cut.
  idle_session_timeout: "0",
  // Of PostgreSQL 17 and later. Statements and idle transactions have bounds of their own.
  transaction_timeout: "0",
  // The named statements are long and always the same: planning them anew took a fifth of an order's time.
  plan_cache_mode: "force_generic_plan",
};

/** So that nothing holds a connection for ever. */
const BOUNDS = { idle_in_transaction_session_timeout: "10s" };
/** Who has time for a long statement waits for a lock as well, such as a command for an import; no request does. */
const LOCK_MILLIS_MAX = 30_000;

/** A migration bounds its locks itself, and may have to write a large table anew. */
const UNBOUNDED = {
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
};

export type SessionSettings = Readonly<Record<string, string>>;

export function sessionSettings(statementTimeoutMillis: number): SessionSettings {
  const lockMillis = Math.min(statementTimeoutMillis / 2, LOCK_MILLIS_MAX);
  return {
    ...SETTINGS,
    ...BOUNDS,
    lock_timeout: shown(lockMillis),
    statement_timeout: shown(statementTimeoutMillis),
  };
}

/** As PostgreSQL shows it, so that what is right is not set again. */
const shown = (millis: number): string => (millis % 1_000 === 0 ? `${millis / 1_000}s` : `${millis}ms`);

export const MIGRATION_SETTINGS: SessionSettings = { ...SETTINGS, ...UNBOUNDED };

const valuesOf = (settings: SessionSettings): string =>
  Object.entries(settings)
    .map(([name, value]) => `('${name}', '${value}')`)
    .join(", ");

/**
 * In transaction mode a pooler shares its sessions, and the settings are the role's; this one says so. What is set then
 * would be set for somebody else.
 */
export const POOLER_MARK: SessionSettings = { "tribi.settings": "pooler" };
const IS_MARKED = "(pg_catalog.current_setting('tribi.settings', true) = 'pooler')";

/** A setting that this version of PostgreSQL does not have is null, and left alone. */
export const differing = (settings: SessionSettings): string =>
  `from (values ${valuesOf(settings)}) as wanted (name, value)
   where pg_catalog.current_setting(name, true) <> value`;

/** Names functions with their schema, since the search path is not ours yet. */
const setStatement = (settings: SessionSettings, client: object): string => {
  // The key to cancel with has the process's number; a pooler gives out keys of its own.
  const { processID = null } = client as { processID?: number | null };
  return `select pg_catalog.set_config(name, value, false) ${differing(settings)}
    and (${IS_MARKED} is not true or pg_catalog.pg_backend_pid() = ${processID ?? 0})`;
};

const SET_MILLIS_MAX = 5_000;
const INSUFFICIENT_PRIVILEGE = "42501";

/**
 * Sets what the program depends on in a new connection: one round trip, before its first statement.
 * Returns whether the server is a standby.
 */
export async function prepareSession(
  client: Pick<pg.ClientBase, "query">,
  settings: SessionSettings,
): Promise<boolean> {
  try {
    // A pooler takes a connection before it has a server for it: the wait is bounded here, not by the pool.
    const text = `${setStatement(settings, client)}; select pg_catalog.pg_is_in_recovery() as "isStandby"`;
    const config: pg.QueryConfig & { query_timeout: number } = { text, query_timeout: SET_MILLIS_MAX };
    // Two statements in one text have two results.
    const [, standby] = (await client.query(config)) as unknown as pg.QueryResult<{ isStandby: boolean }>[];
    return standby?.rows[0]?.isStandby === true;
  } catch (error) {
    if ((error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw await forbiddenSetting(client, settings, error);
  }
}

/** The settings that only a superuser may change, and where each is set. */
async function forbiddenSetting(
  client: Pick<pg.ClientBase, "query">,
  settings: SessionSettings,
  cause: unknown,
): Promise<Error> {
  const { rows } = await client.query<{ name: string; value: string; source: string }>(
    `select s.name, s.setting as value, s.source
     from (values ${valuesOf(settings)}) as wanted (name, value)
     join pg_catalog.pg_settings s on s.name = wanted.name
     where s.context = 'superuser' and s.setting <> wanted.value`,
  );
  const found = rows.map(
    ({ name, value, source }) => `${name} is ${value} (set by: ${source}) and has to be ${settings[name]}`,
  );
  return new Error(
    `${found.join("; ")}. The role of DATABASE_URL may not change that. Let a superuser take it back: ` +
      `alter database … reset ${rows[0]?.name}, or the same with alter role.`,
    { cause },
  );
}

/** After a failover a name may still lead to the old server: what it holds may be old, and it takes no writes. */
class StandbyError extends Error {
  readonly code = "25006";
  constructor() {
    super("The server is a standby");
  }
}

export interface PoolOptions {
  readonly url: string;
  readonly max: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** The bound of a statement; null for migrations, which have none. */
  readonly statementTimeoutMillis: number | null;
}

/**
 * The server itself ends what takes longer than its bound. One that says nothing for longer still has vanished, with its
 * machine or the network, without a word to its connections: TCP would wait for a quarter of an hour.
 */
const silenceMillisMax = (statementTimeoutMillis: number | null): number =>
  statementTimeoutMillis === null ? 0 : statementTimeoutMillis + Math.max(1_000, statementTimeoutMillis / 2);
/** Of a connection that only listens: after so long without a word the system asks whether the other side is there. */
const KEEP_ALIVE_MILLIS = 10_000;

/** A pool whose connections have our settings before anybody gets them. */
export function makePool(options: PoolOptions, more: pg.PoolConfig = {}): pg.Pool {
  const { statementTimeoutMillis: bound } = options;
  const settings = bound === null ? MIGRATION_SETTINGS : sessionSettings(bound);
  return new pg.Pool({
    ...more,
    connectionString: options.url,
    max: options.max,
    application_name: options.applicationName,
    query_timeout: silenceMillisMax(bound),
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MILLIS,
    // A connection whose settings cannot be set is closed, and whoever asked for it is told.
    verify: (client, done) => {
      prepareSession(client, settings).then(
        (isStandby) => done(isStandby ? new StandbyError() : undefined),
        done,
      );
    },
  });
}
