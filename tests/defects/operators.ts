import { type Defect, runsAt } from "./defect.js";

const ORDERS = "src/modules/orders/order-store.ts";
const READS = "src/modules/catalog/catalog-read-model.ts";
const LEASES = "src/modules/jobs/job-leases.ts";
const MIGRATED = "tests/database/migrate.test.ts";
const ACTS = "tests/api/operators-acts.test.ts";

/** What the shop sells, what its operators do, and what keeps it running. */
export const OPERATOR_DEFECTS: readonly Defect[] = [
  {
    number: 118,
    title: "A program whose database lacks a migration takes traffic",
    area: "operation",
    edits: [
      {
        file: "src/app.ts",
        from: '      return { isReady: false, parts: { database: "migrations are pending: run tribi migrate up" } };',
        to: "      MARK;",
      },
    ],
    target: {
      file: "tests/operation/readiness.test.ts",
      test: "503: while one migration is missing, with what to run; the process lives",
    },
    reason: /503/,
  },
  {
    number: 122,
    title: "A text that a spreadsheet would run is exported as it is",
    area: "console",
    edits: [
      {
        file: "src/kernel/csv/write-csv.ts",
        from: "row.map(csvCell)",
        to: 'row.map((value) => (MARK, value === null || value === undefined ? "" : String(value)))',
      },
    ],
    target: {
      file: "tests/api/csv-exports.test.ts",
      test: "every CSV route sends an attachment with a byte-order mark, and no cell that a spreadsheet could run",
    },
    reason: /true/,
  },
  {
    number: 200,
    title: "A plan that is paused can be ordered",
    area: "catalogue",
    edits: [
      {
        file: ORDERS,
        from: "where f.plan_id = $3 and f.currency = $4 and f.is_active and not exists",
        to: "where f.plan_id = $3 and f.currency = $4 and not exists",
      },
      {
        file: ORDERS,
        from: "where f.plan_id = $3 and f.currency = $4 and f.is_active and exists",
        to: "where f.plan_id = $3 and f.currency = $4 and exists",
      },
      {
        file: ORDERS,
        from: "await db.run<PlacedOrder>(place, values)",
        to: "await db.run<PlacedOrder>(place, (MARK, values))",
      },
    ],
    target: {
      file: "tests/api/orders-idempotency.test.ts",
      test: "asks for a plan that is paused: 409 out_of_stock",
    },
    reason: /out_of_stock/,
  },
  {
    number: 201,
    title: "Unlimited plans are missing where a traveller asks for much data",
    area: "catalogue",
    edits: [
      {
        file: READS,
        from: "($3::numeric is null or p.is_unlimited or p.data_gb >= $3)",
        to: "($3::numeric is null or p.data_gb >= $3)",
      },
      runsAt(READS, "const { rows } = await db.run<PlanRow>(LIST_PLANS, ["),
    ],
    target: {
      file: "tests/api/catalog.test.ts",
      test: "200: filters narrow, and unlimited plans have at least any amount",
    },
    reason: /./,
  },
  {
    number: 203,
    title: "A search for a per cent sign finds everything",
    area: "console",
    edits: [
      {
        file: "src/db/list-sql.ts",
        from: '  return `%${text.replace(/[\\\\%_]/g, "\\\\$&")}%`;',
        to: "  return (MARK, `%${text}%`);",
      },
    ],
    target: {
      file: "tests/api/catalog-admin.test.ts",
      test: "200: q finds anywhere, in any case, with literal wildcards",
    },
    reason: /./,
  },
  {
    number: 204,
    title: "A mail that an operator has sent again is not in the audit log",
    area: "console",
    edits: [
      {
        file: "src/modules/mail/outbox-store.ts",
        from: "'number', number)\n         from again\n",
        to: "'number', number)\n         from again where number < 0\n",
      },
      runsAt(
        "src/modules/mail/outbox-store.ts",
        "const row = (await db.run<Row>(resend, [of.subjectId, of.orderId, actor, requestId])).rows[0];",
      ),
    ],
    target: {
      file: "tests/delivery/admin-delivery.test.ts",
      test: "POST /admin/esims/:id/resend-mail sends one more mail, with a Message-ID of its own and an audit row",
    },
    reason: /to deeply equal/,
  },
  {
    number: 205,
    title: "A decision that was refused burns its key",
    area: "console",
    edits: [
      {
        file: "src/modules/esims/provisioning/decision-keys.ts",
        from: 'if (outcome !== "decided") await tx.run(GIVE_BACK, name);',
        to: 'if (outcome !== "decided") MARK;',
      },
    ],
    target: {
      file: "tests/faults/esim-provisioning.test.ts",
      test: "that is refused does not burn its key",
    },
    reason: /200/,
  },
  {
    number: 206,
    title: "A failed job that an operator runs again is not in the audit log",
    area: "console",
    edits: [
      {
        file: "src/modules/admin/retry-failed-job.ts",
        from: '      await writeAudit(tx, act, { action: "job.retried", subject: `job:${jobId}` });',
        to: '      if (!MARK) await writeAudit(tx, act, { action: "job.retried", subject: `job:${jobId}` });',
      },
    ],
    target: { file: ACTS, test: "200: a failed job runs again, with its attempts back and an audit row" },
    reason: /job.retried/,
  },
  {
    number: 207,
    title: "A person is locked out, and the audit log does not say by whom",
    area: "console",
    edits: [
      {
        file: "src/modules/auth/manage-person.ts",
        from: "      await writeAudit(tx, act, { action, subject: `user:${userId}`, after: { reason } });",
        to: "      if (!MARK) await writeAudit(tx, act, { action, subject: `user:${userId}`, after: { reason } });",
      },
    ],
    target: {
      file: ACTS,
      test: "200: a person is locked out and let in again, each on record with its reason",
    },
    reason: /user.disabled/,
  },
  {
    number: 208,
    title: "A refund's key is forgotten within the hour",
    area: "console",
    edits: [
      {
        file: "src/modules/payments/refunds/refund-approval-store.ts",
        from: "idempotency_key is not null and created_at < now() - $1 * interval '1 hour'`",
        to: "idempotency_key is not null and created_at < now() - $1 * interval '0 hours'`",
      },
      runsAt(
        "src/modules/payments/refunds/refund-approval-store.ts",
        "await db.run(FORGET_REFUND_KEYS, [olderThanHours]);",
      ),
    ],
    target: { file: ACTS, test: "a refund's key is honoured for its life, and is new again afterwards" },
    reason: /./,
  },
  {
    number: 209,
    title: "A statement waits for a lock for ever",
    area: "operation",
    edits: [
      {
        file: "src/db/session.ts",
        from: "lock_timeout: shown(lockMillis),",
        to: 'lock_timeout: (MARK, "0"),',
      },
    ],
    target: { file: "tests/operation/overload.test.ts", test: "every one has its time-outs" },
    reason: /lock_timeout/,
  },
  {
    number: 210,
    title: "A provider or supplier is called while a transaction is open",
    area: "operation",
    edits: [
      {
        file: "src/db/database.ts",
        from: "  if (openTransaction.getStore() === true) {\n    throw new Error(`${callee} was",
        to: "  if (openTransaction.getStore() === true && !MARK) {\n    throw new Error(`${callee} was",
      },
    ],
    target: {
      file: "tests/operation/overload.test.ts",
      test: "whatever is outside refuses to be called while a transaction is open",
    },
    reason: /resolved|rejects|reject/,
  },
  {
    number: 211,
    title: "A job that another process runs is taken away from it at once",
    area: "operation",
    edits: [
      {
        file: LEASES,
        from: "where locked_at < now() - interval '${LEASE_SECONDS} seconds'",
        to: "where locked_at < now() - interval '0 seconds'",
      },
      runsAt(LEASES, "const { rowCount } = await pool.query(FREE);"),
    ],
    target: {
      file: "tests/jobs/job-leases.test.ts",
      test: "are taken up by another process once their lease is over, and not before",
    },
    reason: /./,
  },
  {
    number: 213,
    title: "A database that cannot hold every name is used all the same",
    area: "migrations",
    edits: [
      {
        file: "src/db/server-fit.ts",
        from: '  if (encoding === "UTF8") return undefined;',
        to: '  if (encoding !== "") return (MARK, undefined);',
      },
    ],
    target: { file: MIGRATED, test: "another encoding than UTF8" },
    reason: /./,
  },
  {
    number: 214,
    title: "A migration that was undone leaves a table behind",
    area: "migrations",
    edits: [
      {
        file: "src/db/migrations/0015_mails.down.sql",
        from: "drop table refused_notices;",
        to: "MARK",
      },
    ],
    target: { file: MIGRATED, test: "each migration that is undone leaves the database as it was before it" },
    reason: /0015_mails/,
  },
  {
    number: 215,
    title: "Migrations that have not run are shown as applied",
    area: "migrations",
    edits: [
      {
        file: "src/db/migration-status.ts",
        from: '        state: "pending" as const,',
        to: '        state: (MARK, "applied" as const),',
      },
    ],
    target: { file: MIGRATED, test: "before anything ran, every migration is pending" },
    reason: /pending/,
  },
  {
    number: 216,
    title: "A dry run of the command changes the catalogue, where the API's does not",
    area: "catalogue",
    edits: [
      {
        file: "src/commands/import-catalog.ts",
        from: "      isDryRun: options.dryRun,",
        to: "      isDryRun: MARK === undefined,",
      },
    ],
    target: {
      file: "tests/commands/import-catalog.test.ts",
      test: "0: imports a good file; --dry-run only says so",
    },
    reason: /./,
  },
  {
    number: 217,
    title: "The command takes prices that the API refuses",
    area: "catalogue",
    edits: [
      {
        file: "src/commands/import-catalog.ts",
        from: "makeImportCatalog({ db, onChanged: () => {}, priceProblem });",
        to: "makeImportCatalog({ db, onChanged: () => {}, priceProblem: () => (MARK, undefined) });",
      },
    ],
    target: {
      file: "tests/commands/import-catalog.test.ts",
      test: "2: refuses a price that no card can be charged, as the API does",
    },
    reason: /./,
  },
  {
    number: 610,
    title: "A range that leads out of the years that the database knows is asked for all the same",
    area: "console",
    edits: [
      {
        file: "src/kernel/moment.ts",
        from: 'return isDay && YEAR.test(moment.toJSON() ?? "") ? moment : undefined;',
        to: "return isDay && (MARK, !Number.isNaN(moment.getTime())) ? moment : undefined;",
      },
    ],
    target: {
      file: "tests/api/operators-reads.test.ts",
      test: "422: a range that leads out of the years 1 to 9999, in lists, their exports and the books of money",
    },
    reason: /500/,
  },
  {
    number: 611,
    title: "The address of a key is kept as it was typed, and no caller has it",
    area: "console",
    edits: [
      {
        file: "src/modules/access/manage-keys.ts",
        from: "const addresses = command.addresses.map((address) => canonicalNetwork(address) ?? address);",
        to: "const addresses = command.addresses.map((address) => (MARK, address));",
      },
    ],
    target: {
      file: "tests/api/api-keys.test.ts",
      test: "keeps each address in its one form, and an address that is none is 422",
    },
    reason: /::ffff/,
  },
  {
    number: 612,
    title: "A key that only reads ends the sessions of who made it",
    area: "console",
    edits: [
      {
        file: "src/modules/access/routes/operator-sessions.ts",
        from: 'if (credential === "key") {',
        to: 'if ((MARK, credential === "key" && permissions.size === 0)) {',
      },
    ],
    target: { file: "tests/api/api-keys.test.ts", test: "ends no session of the person who made it" },
    reason: /permission_missing/,
  },
  {
    number: 613,
    title: "Who may not write about customers takes away what others wrote",
    area: "console",
    edits: [
      {
        file: "src/modules/admin/notes/keep-notes.ts",
        from: 'if (orderId === null && !permissions.has("customers.write")) {',
        to: 'if ((MARK, orderId === null && !permissions.has("notes.write"))) {',
      },
    ],
    target: {
      file: "tests/api/customer-rights.test.ts",
      test: "403: one about a customer is taken away by nobody who may not write it",
    },
    reason: /permission_missing/,
  },
  {
    number: 614,
    title: "The audit log keeps the address by which an export was filtered, also when its person is deleted",
    area: "console",
    edits: [
      {
        file: "src/modules/admin/list-screen-where.ts",
        from: 'name === "q" || filters[name]?.type === "person" || text.includes("@");',
        to: '(MARK, filters[name]?.type === "person" && text === "");',
      },
    ],
    target: {
      file: "tests/api/personal-data.test.ts",
      test: "200: the person is gone from every table, and the money rows stay as they were",
    },
    reason: /audit_log/,
  },
  {
    number: 615,
    title: "The export of findings takes no notice of what the list is filtered by",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/routes/reconciliation.ts",
        from: "const pages = deps.findingsInPages(filterOf(request.query));",
        to: "const pages = deps.findingsInPages((MARK, filterOf({})));",
      },
    ],
    target: { file: "tests/api/operators-reads.test.ts", test: "take a range as every list does" },
    reason: /expected 1 to be/,
  },
  {
    number: 616,
    title: "The last owner deletes the account, and the shop has none",
    area: "console",
    edits: [
      {
        file: "src/modules/access/manage-team.ts",
        from: "if (membership?.is_last_owner === true) throw lastOwner();",
        to: "if ((MARK, membership === undefined)) throw lastOwner();",
      },
    ],
    target: {
      file: "tests/api/team.test.ts",
      test: "keeps its last owner, also when two owners remove each other at once",
    },
    reason: /last_owner/,
  },
  {
    number: 617,
    title: "What an owner has offered counts after they have deleted the account",
    area: "console",
    edits: [
      {
        file: "src/modules/access/manage-team.ts",
        from: "      await assertMayLeave(tx, userId);\n      await revokeInvitationsOf(tx, `admin:${userId}`);",
        to: "      await assertMayLeave(tx, userId);\n      MARK;",
      },
    ],
    target: {
      file: "tests/api/team.test.ts",
      test: "is worth nothing late, revoked, replaced, or when its owner has left",
    },
    reason: /invitation_invalid/,
  },
  {
    number: 618,
    title: "A list that has no filters takes any, and shows everything",
    area: "console",
    edits: [
      {
        file: "src/http/server.ts",
        from: 'else if (route.method === "GET") refuseAnyQueryMember(route);',
        to: 'else if ((MARK, route.method === "QUERY")) refuseAnyQueryMember(route);',
      },
    ],
    target: {
      file: "tests/api/operators-reads.test.ts",
      test: "422: a filter that they do not have, of one without any too",
    },
    reason: /200/,
  },
  {
    number: 619,
    title: "The keys of somebody who was removed work again when they come back",
    area: "console",
    edits: [
      {
        file: "src/modules/access/manage-team.ts",
        from: "for (const key of await revokeKeysOf(tx, user)) {",
        to: "for (const key of (MARK, [] as Awaited<ReturnType<typeof revokeKeysOf>>)) {",
      },
    ],
    target: {
      file: "tests/api/api-keys.test.ts",
      test: "stays revoked when its maker, who was removed, comes back",
    },
    reason: /expected 200 to be 401/,
  },
];
