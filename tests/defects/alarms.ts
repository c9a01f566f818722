import { type Defect, runsAt } from "./defect.js";

const STORE = "src/modules/admin/alarms/alarm-store.ts";
const MAIL = "src/modules/admin/alarms/alarm-mail.ts";
const TEST = "tests/mail/operator-alarms.test.ts";

/** Mails to the team about what waits for a decision. */
export const ALARM_DEFECTS: readonly Defect[] = [
  {
    number: 420,
    title: "Every new alarm is a mail of its own",
    area: "console",
    edits: [
      {
        file: STORE,
        from: "const PERIOD = \"interval '30 minutes'\";",
        to: "const PERIOD = \"interval '0'\";",
      },
      runsAt(STORE, "await tx.run(TELL, [ownerEmails, WHO]);"),
    ],
    target: {
      file: TEST,
      test: "in one mail for all that came in its period, whatever comes meanwhile",
    },
    reason: /deeply equal/,
  },
  {
    number: 421,
    title: "An auditor is mailed about what only others decide",
    area: "console",
    edits: [
      {
        file: STORE,
        from: "roles: rolesWith(ALARMS[kind].permission)",
        to: 'roles: (MARK, rolesWith("overview.read"))',
      },
      { file: MAIL, from: "mine.includes(kind) && ", to: "" },
    ],
    target: { file: TEST, test: "to the roles that may decide it, and to nobody else" },
    reason: /deeply equal/,
  },
  {
    number: 422,
    title: "Who asked for a large refund is told to approve it",
    area: "money",
    edits: [
      {
        file: STORE,
        from: " and a.except_user is distinct from p.user_id",
        to: "",
      },
      runsAt(STORE, "await tx.run(TELL, [ownerEmails, WHO]);"),
    ],
    target: {
      file: TEST,
      test: "a refund that needs a second person, to everybody who may approve it but who asked for it",
    },
    reason: /deeply equal/,
  },
  {
    number: 424,
    title: "A step of a synchronisation that waits can never be accepted, since the rest is done",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/sync/sync-store.ts",
        from: "or (state = 'done' and $2 and id =",
        to: "or (state = 'done' and not $2 and id =",
      },
      runsAt(
        "src/modules/supply/sync/sync-store.ts",
        "const row = (await db.run<{ accepts_held: boolean }>(BEGIN,",
      ),
    ],
    target: {
      file: "tests/faults/catalogue-sync.test.ts",
      test: "a step that waits is accepted after the others were applied, as long as no newer difference is there",
    },
    reason: /applied/,
  },
  {
    number: 423,
    title: "An event that was overtaken takes the answer of a dispute back",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/dispute-store.ts",
        from: "coalesce(d.answered_at, excluded.answered_at)",
        to: "excluded.answered_at",
      },
      {
        file: "src/modules/payments/dispute-store.ts",
        from: "(d.respond_by is null and excluded.respond_by is not null)",
        to: "excluded.respond_by is not null",
      },
      runsAt("src/modules/payments/dispute-store.ts", "const { count } = await tx.run(UPSERT, ["),
    ],
    target: {
      file: "tests/api/payments-stripe.test.ts",
      test: "a dispute's deadline is told while it has no answer, in whatever order the events come",
    },
    reason: /null/,
  },
];
