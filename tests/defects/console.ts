import { type Defect, runsAt } from "./defect.js";

export const CONSOLE: readonly Defect[] = [
  {
    number: 77,
    title: "Every person who is signed in may do what an operator may",
    area: "console",
    edits: [
      {
        file: "src/http/session-guard.ts",
        from: '  if (!caller.isAdmin) throw new AppError("admin_required", "Admin access required");',
        to: "  if (!caller.isAdmin) MARK;",
      },
      {
        file: "src/http/session-guard.ts",
        from: "  assertPermission(caller, needed);",
        to: "  void [assertPermission, needed];",
      },
    ],
    target: {
      file: "tests/api/catalog-admin.test.ts",
      test: "GET /admin/plans: 401 for strangers, 403 for people who are no admins",
    },
    reason: /403/,
  },
  {
    number: 78,
    title: "A change by an operator is not in the audit log",
    area: "console",
    edits: [
      {
        file: "src/modules/catalog/manage-record.ts",
        from: '        await writeAudit(tx, act, auditOf(store.subject, "changed", id, before, after));',
        to: '        if (MARK === undefined) await writeAudit(tx, act, auditOf(store.subject, "changed", id, before, after));',
      },
    ],
    target: {
      file: "tests/api/catalog-admin.test.ts",
      test: "201, 200, 200, 404: made, changed, deleted, each with one audit row",
    },
    reason: /./,
  },
  {
    number: 79,
    title: "An operator sees a customer's code, and the audit log does not say so",
    area: "console",
    edits: [
      {
        file: "src/modules/esims/delivery/admin-delivery.ts",
        from: "if (shown.secrets !== null) await logOperatorReveal(db, profileId, act);",
        to: "if (shown.secrets === null && MARK) await logOperatorReveal(db, profileId, act);\n      MARK;",
      },
    ],
    target: {
      file: "tests/delivery/admin-delivery.test.ts",
      test: "GET /admin/esims/:id/install shows the code, and each time is on record before the answer",
    },
    reason: /./,
  },
  {
    number: 80,
    title: "A repeated decision with its key is carried out again for another eSIM",
    area: "console",
    edits: [
      {
        file: "src/modules/esims/provisioning/decision-keys.ts",
        from: "select subject = $3 and request_fingerprint = $4 as is_same",
        to: "select $3::text is not null and $4::bytea is not null as is_same",
      },
      {
        file: "src/modules/esims/provisioning/decision-keys.ts",
        from: '    return rows[0]?.is_same === true ? "replayed" : "key_reused";',
        to: '    MARK;\n    return rows[0]?.is_same === true ? "replayed" : "key_reused";',
      },
    ],
    target: {
      file: "tests/faults/esim-provisioning.test.ts",
      test: "with a key is decided once and answered every time; another decision may not use the key",
    },
    reason: /idempotency_key_reused/,
  },
  {
    number: 81,
    title: "Pages of a list overlap where rows are equal in what is sorted by",
    area: "console",
    edits: [
      {
        file: "src/db/list-sql.ts",
        from: "nulls last, ${id} ${order} ${limits}`;",
        to: "nulls last, random() ${limits}`;",
      },
      {
        file: "src/db/list-sql.ts",
        from: "  const offset = (request.page - 1) * request.pageSize;",
        to: "  MARK;\n  const offset = (request.page - 1) * request.pageSize;",
      },
    ],
    target: {
      file: "tests/api/catalog-admin.test.ts",
      test: "200: pages of any order meet every record once",
    },
    reason: /to deeply equal/,
  },
  {
    number: 330,
    title: "An invitation makes a member of whoever has its link",
    area: "console",
    edits: [
      {
        file: "src/modules/access/invitation-store.ts",
        from: "and u.id = $2 and u.email = i.email and u.disabled_at is null",
        to: "and u.id = $2 and u.disabled_at is null",
      },
      runsAt(
        "src/modules/access/invitation-store.ts",
        "return (await tx.run<{ id: number; role: Role }>(ACCEPT, [tokenHash, userId])).rows[0];",
      ),
    ],
    target: {
      file: "tests/api/team.test.ts",
      test: "is used once, by the person of its address, and opens what its role may",
    },
    reason: /invitation_invalid/,
  },
  {
    number: 331,
    title: "Two owners who remove each other leave a shop without one",
    area: "console",
    edits: [
      {
        file: "src/modules/access/team-store.ts",
        from: "  await tx.run(LOCK);",
        to: "  void [tx, LOCK];\n  MARK;",
      },
    ],
    target: {
      file: "tests/api/team.test.ts",
      test: "keeps its last owner, also when two owners remove each other at once",
    },
    reason: /./,
  },
  {
    number: 332,
    title: "A key keeps what the person who made it has lost",
    area: "console",
    edits: [
      {
        file: "src/modules/access/use-key.ts",
        from: "permissions: new Set(own.filter((permission) => creators.has(permission))),",
        to: "permissions: (MARK, new Set(own.filter((permission) => creators.has(permission) || true))),",
      },
    ],
    target: { file: "tests/api/api-keys.test.ts", test: "loses what its maker loses" },
    reason: /permission_missing/,
  },
  {
    number: 520,
    title: "Support locks an owner out, as if they were a customer",
    area: "console",
    edits: [
      {
        file: "src/modules/auth/manage-person.ts",
        from: 'if (action === "user.disabled") await getCustomer(tx, userId, deps);',
        to: 'if (action === "user.disabled" && MARK === undefined) await getCustomer(tx, userId, deps);',
      },
    ],
    target: {
      file: "tests/api/customer-rights.test.ts",
      test: "409: neither deletes nor locks out who works for the shop, an owner least of all",
    },
    reason: /./,
  },
  {
    number: 521,
    title: "A deleted customer's notes stay",
    area: "console",
    edits: [
      {
        file: "src/db/migrations/0086_notes.up.sql",
        from: "  delete from notes where user_id = new.id;",
        to: "  perform 1;",
      },
      {
        file: "src/db/migrations/0086_notes.up.sql",
        from: "-- oldest-program: 0.1.0\n",
        to: "-- oldest-program: 0.1.0\nMARK\n",
      },
    ],
    target: {
      file: "tests/api/customer-rights.test.ts",
      test: "200: as the person could themselves, after a preview that says what ends",
    },
    reason: /deeply equal/,
  },
  {
    number: 522,
    title: "What is previewed may run scripts with the operator's rights",
    area: "console",
    edits: [
      {
        file: "src/modules/admin/routes/previews.ts",
        from: '.header("content-security-policy", PREVIEW_POLICY)',
        to: '.header("content-security-policy", PREVIEW_POLICY.replace("; sandbox", MARK ? "" : ""))',
      },
    ],
    target: {
      file: "tests/api/operators-reads.test.ts",
      test: "has documents in which nothing runs, with the mail's pictures in them",
    },
    reason: /to match/,
  },
  {
    number: 523,
    title: "An hour of a supplier is counted once, although unclear answers are decided later",
    area: "console",
    edits: [
      {
        file: "src/modules/esims/suppliers/supplier-hour-store.ts",
        from: "const OPEN_HOURS = 6;",
        to: "const OPEN_HOURS = MARK ? 0 : 0;",
      },
    ],
    target: {
      file: "tests/api/esim-suppliers.test.ts",
      test: "counts by the hour how a supplier did, anew while answers are still decided, and for 90 days",
    },
    reason: /deeply equal/,
  },
];
