import { bounded, type Check, check, fail, ok, skipped, warn } from "../check.js";

const VERSION_MIN = 15;
/** PostgreSQL stops taking writes a little before 2^31. */
const TRANSACTION_AGE = { warnAt: 1_000_000_000, failAt: 1_700_000_000 };
const MINUTE = 60;

export const DATABASE_CHECKS: readonly Check[] = [
  {
    id: "database",
    judge: ({ database }) =>
      database.isKnown
        ? ok("The database answers.")
        : fail(
            `The database does not answer: ${database.why}`,
            "Start the server, or correct DATABASE_URL; the embedded one starts with tribi serve.",
          ),
  },
  check("database_version", "database", ({ versionNumber, encoding }) => {
    const major = Math.floor(versionNumber / 10_000);
    if (major < VERSION_MIN)
      return fail(`PostgreSQL ${major} is too old.`, `Upgrade to ${VERSION_MIN} or later.`);
    if (encoding !== "UTF8")
      return fail(
        `The database is encoded in ${encoding}; names do not fit in.`,
        "Make a new one: create database tribi encoding 'UTF8' template template0",
      );
    return ok(`PostgreSQL ${major}.`);
  }),
  check("database_durability", "database", ({ fsync, fullPageWrites, synchronousCommit }) => {
    const off = [fsync ? null : "fsync", fullPageWrites ? null : "full_page_writes"].filter(
      (name) => name !== null,
    );
    if (off.length > 0)
      return fail(
        `Off: ${off.join(", ")}. A crash of the machine loses or damages paid orders.`,
        `alter system set ${off[0]} = on; select pg_reload_conf()`,
      );
    if (synchronousCommit === "off")
      return fail(
        "synchronous_commit is off: the last moments before a crash are lost, with payments that were acknowledged.",
        "alter system set synchronous_commit = on; select pg_reload_conf()",
      );
    return ok("What is committed survives a crash.");
  }),
  check("database_writes", "database", ({ isStandby, isReadOnly }) => {
    if (isStandby)
      return fail("The server is a standby and takes no writes.", "Name the primary in DATABASE_URL.");
    if (isReadOnly)
      return fail(
        "The database takes no writes: default_transaction_read_only is on.",
        "Find out why (a full disk?), then: alter database … reset default_transaction_read_only",
      );
    return ok("The database takes writes.");
  }),
  check("database_connections", "database", ({ connectionsUsed, connectionsMax }, { settings }) => {
    const own = settings.isKnown ? settings.value.connectionsPerProcess : 0;
    if (own > connectionsMax)
      return fail(
        `One process of the store may open ${own} connections, and the server allows ${connectionsMax}: requests would fail under load.`,
        "Lower DATABASE_POOL_MAX and DATABASE_RESERVED_POOL_MAX, or raise max_connections.",
      );
    return bounded(
      connectionsUsed / connectionsMax,
      { warnAt: 0.8, failAt: 0.95 },
      {
        good: `${connectionsUsed} of ${connectionsMax} connections are used.`,
        bad: `${connectionsUsed} of ${connectionsMax} connections are used: the next process cannot connect.`,
        fix: "Stop what is not needed, raise max_connections, or put PgBouncer in front (docs/scaling.md).",
      },
    );
  }),
  check("database_replication", "database", (database) => {
    const { synchronousStandbysWanted, synchronousStandbys, standbys, replicationLagSeconds } = database;
    if (synchronousStandbysWanted !== "" && synchronousStandbys === 0)
      return fail(
        "A synchronous standby is wanted and none is connected: every sale waits for it.",
        "Start the standby, or: alter system reset synchronous_standby_names; select pg_reload_conf()",
      );
    if (standbys === 0) return skipped("No standby is connected.");
    return bounded(
      replicationLagSeconds,
      { warnAt: 30, failAt: 10 * MINUTE },
      {
        good: `${standbys} standbys follow.`,
        bad: `A standby is ${Math.round(replicationLagSeconds)} s behind: that much is lost if the primary dies.`,
        fix: "Look at the standby's log, its disk and the network between.",
      },
    );
  }),
  check("database_vacuum", "database", ({ hasAutovacuum, transactionAge, neglectedTables }) => {
    if (!hasAutovacuum)
      return fail(
        "autovacuum is off: tables grow, and one day the server takes no writes.",
        "alter system set autovacuum = on; select pg_reload_conf()",
      );
    if (neglectedTables.length > 0 && transactionAge < TRANSACTION_AGE.warnAt)
      return warn(
        `More than half of ${neglectedTables.join(", ")} is dead rows: reads become slow.`,
        `vacuum analyze ${neglectedTables[0]}`,
      );
    return bounded(transactionAge, TRANSACTION_AGE, {
      good: "Vacuum keeps up.",
      bad: `The oldest row is ${transactionAge} transactions old; at two thousand million the server stops.`,
      fix: "End old transactions and prepared ones, then: vacuum freeze",
    });
  }),
  check("database_transactions", "database", ({ oldestTransactionSeconds }) =>
    bounded(
      oldestTransactionSeconds,
      { warnAt: 10 * MINUTE, failAt: 60 * MINUTE },
      {
        good: "No transaction is open for long.",
        bad: `A transaction has been open for ${Math.round(oldestTransactionSeconds / MINUTE)} minutes: it holds locks, and rows cannot be cleaned up.`,
        fix: "select pid, query from pg_stat_activity order by xact_start; then select pg_terminate_backend(pid)",
      },
    ),
  ),
  check("disk", "disk", ({ freeBytes, freeShare }) => {
    const said = `${(freeBytes / 1e9).toFixed(1)} GB are free (${Math.round(freeShare * 100)} %)`;
    const fix = "Free some space or enlarge the disk before the database stops.";
    if (freeBytes < 1e9 || freeShare < 0.03) return fail(`${said}: a full disk stops every sale.`, fix);
    if (freeBytes < 5e9 || freeShare < 0.1) return warn(`${said}.`, fix);
    return ok(`${said}.`);
  }),
  check("migrations", "migrations", ({ pending, newer, older, changed }) => {
    if (changed.length > 0)
      return fail(
        `Not as this program has them: ${changed.join(", ")}. The store does not start with this database.`,
        "Start the program that made the database, or name another one: DATABASE_URL, DATA_DIR",
      );
    if (older.length > 0)
      return fail(
        `A Tribi of before 0.2.0 made the database; it is at ${older.at(-1)}. The store is not ready.`,
        "tribi migrate up takes it over, or says what is in the way",
      );
    if (pending.length > 0)
      return fail(`Not applied: ${pending.join(", ")}. The store is not ready.`, "tribi migrate up");
    if (newer.length > 0)
      return warn(
        `The database was migrated by a newer program: ${newer.join(", ")}.`,
        "Start the newer program, or see the columns that it made: tribi migrate status",
      );
    return ok("The database is up to date.");
  }),
  check("clock_of_database", "database", ({ clockOffsetSeconds }) =>
    bounded(
      Math.abs(clockOffsetSeconds),
      { warnAt: 2, failAt: 30 },
      {
        good: "The database's clock and ours agree.",
        bad: `The database's clock is ${clockOffsetSeconds.toFixed(1)} s away from ours: tokens and codes end at the wrong time.`,
        fix: "Let NTP run on both machines: timedatectl set-ntp true",
      },
    ),
  ),
  check("backups", "database", ({ archiving }) => {
    if (archiving === null)
      return skipped(
        "The server archives no WAL, and other backups are not seen from here. Restore one once a month.",
      );
    if (archiving.isFailing)
      return fail(
        "Archiving of WAL fails: the backup cannot be restored to this moment, and the disk fills.",
        "select last_failed_wal, last_failed_time from pg_stat_archiver; then correct archive_command",
      );
    const seconds = archiving.lastSeconds;
    return seconds === null || seconds > 24 * 60 * MINUTE
      ? warn(
          "WAL was last archived more than a day ago, or never.",
          "select * from pg_stat_archiver; set archive_timeout = '5min'",
        )
      : ok("WAL is archived.");
  }),
];
