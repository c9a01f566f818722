import type { Defect } from "./defect.js";

export const OPERATION: readonly Defect[] = [
  {
    number: 85,
    title: "A paid order whose job was lost waits for ever",
    area: "operation",
    edits: [
      {
        file: "src/modules/esims/provisioning/provisioning-jobs.ts",
        from: "      await sweeps.sweepPending(deps.db);\n",
        to: "        MARK;\n",
      },
    ],
    target: {
      file: "tests/faults/lost-jobs.test.ts",
      test: "a paid order whose job was lost is found by the sweep, by the time that the payment wrote",
    },
    reason: /The eSIM/,
  },
  {
    number: 86,
    title: "A process takes jobs away from one that still runs them",
    area: "operation",
    edits: [
      {
        file: "src/modules/jobs/job-leases.ts",
        from: "if (running.size > 0) await pool.query({ ...RENEW, values: [[...running]] });",
        to: "MARK;",
      },
    ],
    target: {
      file: "tests/jobs/job-leases.test.ts",
      test: "a job that still runs is renewed by its process before that process frees any",
    },
    reason: /locked_by: null/,
  },
  {
    number: 87,
    title: "A process that stops is ready until its port is closed",
    area: "operation",
    edits: [
      {
        file: "src/app.ts",
        from: '  if (state.isStopping) return { isReady: false, parts: { process: "stopping" } };',
        to: "  if (state.isStopping) MARK;",
      },
    ],
    target: {
      file: "tests/operation/restart.test.ts",
      test: "SIGTERM: not ready at once, what is in flight is finished, silent connections are ended, exit 0",
    },
    reason: /Waited|in vain|did not/,
  },
  {
    number: 88,
    title: "A connection that was lost within a transaction is handed out again",
    area: "operation",
    edits: [
      {
        file: "src/db/database.ts",
        from: "    client.release(broken);",
        to: "    client.release(MARK ? undefined : broken);",
      },
    ],
    target: {
      file: "tests/database/lost-connection.test.ts",
      test: "fails the next statement and the transaction, and the process lives on with another connection",
    },
    reason: /./,
  },
  {
    number: 89,
    title: "A deadlock is a 500 instead of a second try",
    area: "operation",
    edits: [
      {
        file: "src/db/database.ts",
        from: "if (attempt === ATTEMPTS_MAX || !RETRIED_STATES.has(sqlStateOf(error))) throw error;",
        to: 'if (attempt === ATTEMPTS_MAX || sqlStateOf(error) !== "40001" || !MARK) throw error;',
      },
    ],
    target: {
      file: "tests/database/repeated-statements.test.ts",
      test: "40P01 once: is repeated, and has its effect once",
    },
    reason: /error: refused/,
  },
  {
    number: 90,
    title: "The address that a client writes into X-Forwarded-For itself is believed",
    area: "operation",
    edits: [
      {
        file: "src/http/client-address.ts",
        from: "if (trusted === null || !trusts(socket, 0)) {",
        to: "if (trusted === null) {",
      },
      {
        file: "src/http/client-address.ts",
        from: 'if (entries.length === 0) onDoubt?.("header_missing");',
        to: 'if (entries.length === 0) onDoubt?.("header_missing");\n    MARK;',
      },
    ],
    target: {
      file: "src/http/client-address.test.ts",
      test: "a caller that connects directly and rotates the header is always its socket",
    },
    reason: /./,
  },
  {
    number: 251,
    title: "A schema that is called like the role gets a second, empty store",
    area: "operation",
    edits: [
      {
        file: "src/db/session.ts",
        from: '  search_path: "public, pg_temp",',
        to: '  search_path: MARK ? \'"$user", public\' : "",',
      },
    ],
    target: {
      file: "tests/database/hostile-settings.test.ts",
      test: "ahead of public: the store stays the one that it was",
    },
    reason: /0001_foundation/,
  },
  {
    number: 252,
    title: "The database's own isolation level counts",
    area: "operation",
    edits: [
      {
        file: "src/db/session.ts",
        from: '  default_transaction_isolation: "read committed",\n',
        to: "  ...(MARK ? {} : {}),\n",
      },
    ],
    target: {
      file: "tests/database/hostile-settings.test.ts",
      test: "whatever the database, the role and the address ask for",
    },
    reason: /serializable/,
  },
  {
    number: 253,
    title: "A process whose database takes no writes is ready",
    area: "operation",
    edits: [
      {
        file: "src/app.ts",
        from: '    const trouble = rows[0]?.is_read_only === true ? "takes no writes" : server.trouble();',
        to: "    const trouble = MARK ? undefined : server.trouble();",
      },
    ],
    target: {
      file: "tests/database/unfit-server.test.ts",
      test: "58030: not ready, with the reason; ready again when writes go through",
    },
    reason: /200/,
  },
  {
    number: 254,
    title: "A read-only server is an error of ours: 500, and nobody comes again",
    area: "operation",
    edits: [
      {
        file: "src/http/error-of.ts",
        from: "  if (state !== undefined) return UNAVAILABLE_STATE.test(state);",
        to: '  if (state !== undefined) return MARK && state !== "25006" && UNAVAILABLE_STATE.test(state);',
      },
    ],
    target: {
      file: "tests/database/unfit-server.test.ts",
      test: "25006: 503 with Retry-After, and served again when it is over",
    },
    reason: /500/,
  },
  {
    number: 260,
    title: "The audit takes a sealed code that does not open for a good one",
    area: "operation",
    edits: [
      {
        file: "src/modules/admin/books/sealed-rows.ts",
        from: "  } catch {\n    return false;",
        to: "  } catch {\n    MARK;\n    return true;",
      },
    ],
    target: {
      file: "tests/audit/books.test.ts",
      test: "finds sealed rows whose key is gone, that were changed, and that belong to another row",
    },
    reason: /to deeply equal/,
  },
  {
    number: 560,
    title: "A trace has the address that a stranger asked for",
    area: "operation",
    edits: [
      {
        file: "src/http/trace-requests.ts",
        from: 'const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? "unknown";',
        to: 'const routeOf = (request: FastifyRequest): string => (MARK ? request.url : "unknown");',
      },
    ],
    target: {
      file: "tests/operation/traces.test.ts",
      test: "has the request's id as the trace's, as a problem document names it, and nothing that a stranger wrote",
    },
    reason: /undefined|not to match/,
  },
  {
    number: 561,
    title: "What fails is in no trace unless it was sampled",
    area: "operation",
    edits: [
      {
        file: "src/telemetry/spans.ts",
        from: "        if (error === undefined && Date.now() - startedMillis < SLOW_MILLIS) return;",
        to: "        if (MARK && Date.now() - startedMillis < SLOW_MILLIS) return;",
      },
    ],
    target: {
      file: "tests/operation/traces.test.ts",
      test: "is told when it fails, as a whole, and not when it does not",
    },
    reason: /to deeply equal/,
  },
  {
    number: 563,
    title: "A server that vanishes with its connections open holds a process for a quarter of an hour",
    area: "operation",
    edits: [
      {
        file: "src/db/session.ts",
        from: "    query_timeout: silenceMillisMax(bound),",
        to: "    query_timeout: MARK ? 20_000 : silenceMillisMax(bound),",
      },
    ],
    target: {
      file: "tests/database/lost-connection.test.ts",
      test: "is left after the bound of its statements, in a transaction and outside of one, and others answer",
    },
    reason: /to be less than 15000/,
  },
];
