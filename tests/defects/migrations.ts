import type { Defect } from "./defect.js";

const MIGRATE = "src/db/migrate.ts";

export const MIGRATIONS: readonly Defect[] = [
  {
    number: 70,
    title: "Programs that start at once migrate at once",
    area: "migrations",
    edits: [
      {
        file: "src/db/migration-lock.ts",
        from: 'await keeper.query("select pg_advisory_xact_lock($1)", [ADVISORY_LOCK]);',
        to: "MARK;",
      },
    ],
    target: {
      file: "tests/database/migrate.test.ts",
      test: "one of five cold starts migrates and all of them find the database up to date",
    },
    reason: /already exists|failed and changed nothing|duplicate key|concurrently/,
  },
  {
    number: 71,
    title: "A migration that fails leaves half of itself",
    area: "migrations",
    edits: [
      {
        file: MIGRATE,
        from: '      await client.query("begin isolation level read committed");\n',
        to: "      MARK;\n",
      },
      {
        file: MIGRATE,
        from: "      await client.query(migration.up);",
        to: "      for (const part of migration.up.split(/;\\n|; /)) await client.query(part);",
      },
    ],
    target: {
      file: "tests/database/migrate.test.ts",
      test: "a migration that fails leaves nothing, and the ones before it stay",
    },
    reason: /half|changed nothing/,
  },
  {
    number: 72,
    title: "An older program works on a database that it does not understand",
    area: "migrations",
    edits: [
      {
        file: MIGRATE,
        from: "    refuseOldProgram(applied, program);",
        to: "    if (MARK && applied.length < 0) refuseOldProgram(applied, program);",
      },
    ],
    target: {
      file: "tests/database/migrate.test.ts",
      test: "only a program that is older than a migration allows is refused",
    },
    reason: /resolved/,
  },
  {
    number: 73,
    title: "Going back takes data away before anybody has accepted it",
    area: "migrations",
    edits: [
      {
        file: "src/db/migrate-down.ts",
        from: 'await client.query(wasUndone ? "commit" : "rollback");',
        to: 'await client.query(MARK ? "commit" : "rollback");',
      },
    ],
    target: {
      file: "tests/database/migrate.test.ts",
      test: "what is lost is named with its rows, and nothing goes when that is not accepted",
    },
    reason: /extra/,
  },
  {
    number: 74,
    title: "The database lets a paid order fail",
    area: "migrations",
    edits: [
      {
        file: "src/db/migrations/0007_orders.up.sql",
        from: "'paid>refunded'",
        to: "'paid>refunded', 'paid>failed'",
      },
      {
        file: "src/db/migrations/0007_orders.up.sql",
        from: "-- oldest-program: 0.2.0\n",
        to: "-- oldest-program: 0.2.0\nMARK\n",
      },
    ],
    target: {
      file: "tests/database/state-moves.test.ts",
      test: "orders: the trigger allows the moves of the code and no other",
    },
    reason: /paid>failed/,
  },
  {
    number: 484,
    title: "A database is made with one text of a migration and served with another",
    area: "migrations",
    edits: [
      {
        file: MIGRATE,
        from: "    refuseChanged(applied, migrations, program);",
        to: "    if (MARK && applied.length < 0) refuseChanged(applied, migrations, program);",
      },
    ],
    target: {
      file: "tests/database/older-database.test.ts",
      test: "is refused by its name at the start, seen in the status, and not undone",
    },
    reason: /resolved/,
  },
  {
    number: 485,
    title: "An older database is taken over by the names of its migrations alone",
    area: "migrations",
    edits: [
      {
        file: "src/db/adopt-older.ts",
        from: "checksumOf(await schemaTextOn(client)) !== BASELINE_SCHEMA",
        to: 'MARK && checksumOf(await schemaTextOn(client)) === ""',
      },
    ],
    target: {
      file: "tests/database/older-database.test.ts",
      test: "with the right names and another table it is refused, and nothing is changed",
    },
    reason: /resolved/,
  },
  {
    number: 486,
    title: "Production gets the tables of the mock payments",
    area: "migrations",
    edits: [
      {
        file: MIGRATE,
        from: "    if (isDevelopment) await makeDevelopmentTables(client);",
        to: "    if (MARK || isDevelopment) await makeDevelopmentTables(client);",
      },
    ],
    target: {
      file: "tests/database/older-database.test.ts",
      test: "none is made there, and outside of it they are",
    },
    reason: /mock_intents/,
  },
];
