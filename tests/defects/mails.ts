import { type Defect, runsAt } from "./defect.js";

const MAILS = "src/modules/esims/delivery/mail-store.ts";
const KINDS = "src/modules/esims/delivery/mail-kinds.ts";
const OUTBOX = "src/modules/mail/outbox-store.ts";
const SENDING = "src/modules/mail/send-queued-mail.ts";
const PERSONS = "src/modules/auth/person-store.ts";
const LINKS = "src/modules/esims/delivery/link-store.ts";
const ESIM = "src/modules/esims/purchase/subjects/esim.ts";
const ONCE = "tests/delivery/esim-mail-once.test.ts";
const TOP_UP_ONCE = "tests/delivery/top-up-mail.test.ts";

const ANONYMISING = runsAt(PERSONS, "const { rows } = await tx.run<{ sids: string[] }>(ANONYMISE, values);");
const CLAIMING = runsAt(OUTBOX, "const { rows } = await db.run<ClaimedMail>(claim, [ids]);");
const GONE = "is in no column of any table: browser, device, address";

/** What is mailed, shown and kept of a person. */
export const MAIL_DEFECTS: readonly Defect[] = [
  {
    number: 109,
    title: "The code of a purchase that is parked stands in its attempt's evidence",
    area: "delivery",
    edits: [
      {
        file: ESIM,
        from: "{ duplicate: result, isOurOwn",
        to: "{ duplicate: (MARK, `${result} ${sold.bought.thing.esims[0]?.qrPayload}`), isOurOwn",
      },
    ],
    target: {
      file: "tests/delivery/no-code-leaks-after-faults.test.ts",
      test: "into any column of any table, the detail of an attempt among them",
    },
    reason: /provisioning_attempts/,
  },
  {
    number: 115,
    title: "Two senders of one top-up's mail both send it",
    area: "delivery",
    edits: [
      {
        file: OUTBOX,
        from: "\n           and (m.claimed_until is null or m.claimed_until < now())\n         returning",
        to: "\n         returning",
      },
      CLAIMING,
    ],
    target: { file: TOP_UP_ONCE, test: "however many senders there are at once" },
    reason: /to deeply equal/,
  },
  {
    number: 116,
    title: "The device of a person who was deleted stays known",
    area: "delivery",
    edits: [
      {
        file: PERSONS,
        from: "ip_address = null, user_agent = null, device_hash = null,",
        to: "ip_address = null, user_agent = null,",
      },
      ANONYMISING,
    ],
    target: { file: "tests/api/auth-twins.test.ts", test: GONE },
    reason: /sessions/,
  },
  {
    number: 117,
    title: "The browser of a person who was deleted stays with their sessions",
    area: "delivery",
    edits: [
      {
        file: PERSONS,
        from: "ip_address = null, user_agent = null, device_hash = null,",
        to: "ip_address = null, device_hash = null,",
      },
      ANONYMISING,
    ],
    target: { file: "tests/api/auth-twins.test.ts", test: GONE },
    reason: /sessions/,
  },
  {
    number: 119,
    title: "A mail that was begun once cannot be sent again by an operator",
    area: "delivery",
    edits: [
      {
        file: OUTBOX,
        from: "coalesce((select number from latest), 0) + 1",
        to: "coalesce((select number from latest), 1)",
      },
      runsAt(
        OUTBOX,
        "const row = (await db.run<Row>(resend, [of.subjectId, of.orderId, actor, requestId])).rows[0];",
      ),
    ],
    target: {
      file: ONCE,
      test: "and once more when an operator has it sent again while the first is still being sent",
    },
    reason: /409/,
  },
  {
    number: 190,
    title: "A top-up's mail that the server refused for good is sent again",
    area: "delivery",
    edits: [
      {
        file: SENDING,
        from: 'return outcome.reason === "rejected"',
        to: 'return (MARK, outcome.reason) === "never"',
      },
    ],
    target: { file: TOP_UP_ONCE, test: "never again when the mail server refuses it for good" },
    reason: /to have a length of 1/,
  },
  {
    number: 191,
    title: "A top-up's mail of which nobody knows whether it was taken counts as sent",
    area: "delivery",
    edits: [
      {
        file: SENDING,
        from: 'if (outcome.kind === "unknown") return { status: "delayed", lastError: "temporary" };',
        to: 'if (outcome.kind === "unknown") return (MARK, { status: "sent", lastError: null });',
      },
    ],
    target: { file: TOP_UP_ONCE, test: "after an unknown outcome again, as the same mail" },
    reason: /true to be false/,
  },
  {
    number: 192,
    title: "A top-up's mail whose sender was killed is never sent",
    area: "delivery",
    edits: [
      {
        file: "src/modules/mail/mail.module.ts",
        from: "    await sweepOutbox(db);",
        to: "    if (sweepOutbox !== undefined) MARK;",
      },
    ],
    target: {
      file: TOP_UP_ONCE,
      test: "at most twice when the process dies between mail and mark, under one Message-ID, without an operator",
    },
    reason: /to have a length of 1/,
  },
  {
    number: 193,
    title: "The code is mailed to a person who was locked out",
    area: "delivery",
    edits: [
      {
        file: KINDS,
        from: "when p.ended_at is not null then 'esim_ended' when u.disabled_at is not null then 'person_disabled' end",
        to: "when p.ended_at is not null then 'esim_ended' end",
      },
      CLAIMING,
    ],
    target: {
      file: "tests/delivery/unseen-esims.test.ts",
      test: "raises it for a person who was locked out, and mails them no code until they are let in again",
    },
    reason: /./,
  },
  {
    number: 194,
    title: "An install link lives for a year",
    area: "delivery",
    edits: [
      {
        file: LINKS,
        from: "select p.id, $3, now() + interval '72 hours'",
        to: "select p.id, $3, now() + interval '1 year'",
      },
      runsAt(LINKS, "const { rows } = await db.run<{ id: number; expires_at: string }>(MAKE, ["),
    ],
    target: {
      file: "tests/delivery/install-page.test.ts",
      test: "lives 72 hours and is stored as a hash of 128 random bits",
    },
    reason: /./,
  },
  {
    number: 195,
    title: "A person whose money went back is reminded to install",
    area: "delivery",
    edits: [
      {
        file: KINDS,
        from: "when o.status <> 'paid' then 'order_' || o.status when p.status <> 'ready'",
        to: "when p.status <> 'ready'",
      },
      {
        file: MAILS,
        from: "p.status = 'ready' and o.status = 'paid' and u.deleted_at is null",
        to: "p.status = 'ready' and u.deleted_at is null",
      },
      runsAt(MAILS, "await db.run(QUEUE_REMINDERS);"),
    ],
    target: {
      file: "tests/delivery/esim-notices.test.ts",
      test: "nor when it is installed, taken back, or its money went back",
    },
    reason: /./,
  },
  {
    number: 196,
    title: "A supplier's name for an eSIM is kept with its code in it, unsealed",
    area: "delivery",
    edits: [
      {
        file: ESIM,
        from: "      data.supplierReference,",
        to: "      (MARK, `${data.supplierReference} ${data.matchingId}`),",
      },
    ],
    target: {
      file: "tests/api/esim-activation.test.ts",
      test: "what is at rest is sealed: no column of any table contains the code",
    },
    reason: /not to contain/,
  },
  {
    number: 197,
    title: "Whoever activates changes the language of the order's mail",
    area: "delivery",
    edits: [
      {
        file: MAILS,
        from: "update esim_profiles set language = $2 where id = $1 and language is null",
        to: "update esim_profiles set language = $2 where id = $1",
      },
      {
        file: "src/modules/esims/activate-esim.ts",
        from: "if (language !== null && row.language === null)",
        to: "if (language !== null && MARK)",
      },
    ],
    target: {
      file: "tests/delivery/esim-mail.test.ts",
      test: "keeps the language of the order when another one activates",
    },
    reason: /./,
  },
  {
    number: 198,
    title: "A person who is locked out while a mail is being written is sent the link to the code",
    area: "delivery",
    edits: [
      {
        file: SENDING,
        from: "if (mail.looksAgain === true) {",
        to: "if (mail.looksAgain === true && !MARK) {",
      },
    ],
    target: {
      file: "tests/delivery/esim-notices.test.ts",
      test: "nor when the person is locked out between the claim and the mail, since it has a link to the code",
    },
    reason: /to deeply equal \[\]/,
  },
  {
    number: 310,
    title: "Mails are given up when the mail server refuses the store itself",
    area: "delivery",
    edits: [
      {
        file: SENDING,
        from: ': { status: "delayed", lastError: "sender_refused" };',
        to: ': (MARK, { status: "refused", lastError: "sender_refused" });',
      },
    ],
    target: {
      file: ONCE,
      test: "and waits, for however long, while the mail server refuses the store itself",
    },
    reason: /to be 'delayed'/,
  },
  {
    number: 311,
    title: "A sign-in code stays in its row, sealed, once it was mailed",
    area: "login",
    edits: [
      {
        file: "src/modules/auth/login-mail.ts",
        from: "and settled.status <> 'delayed' and sealed_code is not null",
        to: "and settled.status = 'delayed' and sealed_code is not null",
      },
      runsAt(OUTBOX, "    await db.run(settle, ["),
    ],
    target: {
      file: "tests/mail/admin-mails.test.ts",
      test: "a sign-in code that was mailed is not kept, so it is not sent again: 409",
    },
    reason: /./,
  },
  {
    number: 384,
    title: "Two senders of one mail that share the statement of the claim both send it",
    area: "delivery",
    edits: [{ file: OUTBOX, from: "      claims.delete(id);", to: "      MARK;" }],
    target: {
      file: TOP_UP_ONCE,
      test: "however many senders begin in one turn, which share the statement that claims",
    },
    reason: /to have a length of 1/,
  },
  {
    number: 512,
    title: "Mails call a plan by its English name in every language",
    area: "delivery",
    edits: [
      {
        file: "src/modules/catalog/plan-words.ts",
        from: 'if (texts.language === "en" && name !== "") return name;',
        to: 'if ((MARK || texts.language === "en") && name !== "") return name;',
      },
    ],
    target: { file: "src/modules/catalog/plan-words.test.ts", test: "one of a country" },
    reason: /España/,
  },
];
