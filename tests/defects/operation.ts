import type { Defect } from "./defect.js";

export const OPERATION: readonly Defect[] = [
  {
    number: 85,
    title: "A paid order whose job was lost waits for ever",
    area: "operation",
    edits: [
      {
        file: "src/modules/esims/provisioning/provisioning-jobs.ts",
        from: "        await deps.db.run(SWEEP);\n",
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
      test: "SIGTERM: not ready at once, what is in flight is finished, exit 0 within 25 s",
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
];
