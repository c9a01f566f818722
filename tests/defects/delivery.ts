import type { Defect } from "./defect.js";

const OUTBOX = "src/modules/mail/outbox-store.ts";
const LINKS = "src/modules/esims/delivery/link-store.ts";
const PERSONS = "src/modules/auth/person-store.ts";

const CLAIMING = {
  file: OUTBOX,
  from: "  const { rows } = await db.run<ClaimedMail>(claim, [ids]);",
  to: "  MARK;\n  const { rows } = await db.run<ClaimedMail>(claim, [ids]);",
};
const FINDING = {
  file: LINKS,
  from: "  return (await db.run<InstallLink>(FIND, [secretHash])).rows[0];",
  to: "  MARK;\n  return (await db.run<InstallLink>(FIND, [secretHash])).rows[0];",
};
const ANONYMISING = {
  file: PERSONS,
  from: "  const { rows } = await tx.run<{ sids: string[] }>(ANONYMISE, values);",
  to: "  MARK;\n  const { rows } = await tx.run<{ sids: string[] }>(ANONYMISE, values);",
};

export const DELIVERY: readonly Defect[] = [
  {
    number: 46,
    title: "Two senders of one eSIM's mail both send it",
    area: "delivery",
    edits: [
      {
        file: OUTBOX,
        from: "\n           and (m.claimed_until is null or m.claimed_until < now())\n         returning",
        to: "\n         returning",
      },
      CLAIMING,
    ],
    target: {
      file: "tests/delivery/esim-mail-once.test.ts",
      test: "by one while another is still at it",
    },
    reason: /to have a length of 1/,
  },
  {
    number: 47,
    title: "A mail that the server refused for good is sent again by the sweep",
    area: "delivery",
    edits: [
      {
        file: OUTBOX,
        from: "where ${WAITING} and next_try_at <",
        to: "where status <> 'sent' and next_try_at <",
      },
      { file: OUTBOX, from: "  await db.run(SWEEP);", to: "  MARK;\n  await db.run(SWEEP);" },
    ],
    target: {
      file: "tests/delivery/esim-mail-once.test.ts",
      test: "never again when the mail server refuses it for good",
    },
    reason: /to deeply equal \[\]/,
  },
  {
    number: 48,
    title: "The code is mailed although the money went back",
    area: "delivery",
    edits: [
      {
        file: "src/modules/esims/delivery/mail-kinds.ts",
        from: "when o.status <> 'paid' then 'order_' || o.status when p.status not in",
        to: "when p.status not in",
      },
      // The code itself asks once more before it leaves.
      {
        file: "src/modules/esims/esim-view.ts",
        from: '!isInstallable(row.status) || row.order_status !== "paid")',
        to: "!isInstallable(row.status))",
      },
      CLAIMING,
    ],
    target: {
      file: "tests/delivery/esim-mail-once.test.ts",
      test: "not at all when the eSIM was taken back or the money went back",
    },
    reason: /to deeply equal \[\]/,
  },
  {
    number: 49,
    title: "The install page shows the code to whoever looks, previews of links among them",
    area: "delivery",
    edits: [
      {
        file: "src/modules/esims/delivery/routes/install-page.ts",
        from: "    return sendSecretPage(reply, 200, closedPage(texts, found.link.expires_at));",
        to: `    const opened = await installLinks.open(request.params.secret, request.id);
    if (MARK && opened.kind === "open") {
      const { row, secrets, link } = opened;
      const guide = installGuide({ row, secrets, orderReference: link.order_reference }, texts);
      return sendSecretPage(reply, 200, openPage(guide, texts, link.expires_at));
    }
    return sendSecretPage(reply, 200, closedPage(texts, found.link.expires_at));`,
      },
    ],
    target: {
      file: "tests/delivery/install-page.test.ts",
      test: "shows nothing of the eSIM until the button is pressed",
    },
    reason: /not to (contain|include)/,
  },
  {
    number: 50,
    title: "An install link works after the money went back",
    area: "delivery",
    edits: [
      {
        file: LINKS,
        from: "       and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null as is_live",
        to: "       and u.deleted_at is null and u.disabled_at is null as is_live",
      },
      FINDING,
    ],
    target: {
      file: "tests/delivery/install-page.test.ts",
      test: "404 and 410 are one friendly page, whether the link never was, has expired or was revoked",
    },
    reason: /200 to be 410/,
  },
  {
    number: 51,
    title: "A person makes an install link for somebody else's eSIM",
    area: "delivery",
    edits: [
      {
        file: LINKS,
        from: "where p.id = $1 and p.user_id = $2 and p.status",
        to: "where p.id = $1 and $2::bigint > 0 and p.status",
      },
      {
        file: LINKS,
        from: "  const { rows } = await db.run<{ id: number; expires_at: string }>(MAKE, [",
        to: "  MARK;\n  const { rows } = await db.run<{ id: number; expires_at: string }>(MAKE, [",
      },
    ],
    target: {
      file: "tests/delivery/install-page.test.ts",
      test: "is made for the owner only, only while there is something to install, and from PUBLIC_URL",
    },
    reason: /to be 404/,
  },
  {
    number: 52,
    title: "Old links stay alive however many new ones are made",
    area: "delivery",
    edits: [
      { file: LINKS, from: "order by l.id desc offset $4 - 1", to: "order by l.id desc offset 10 * $4" },
      {
        file: LINKS,
        from: "  const { rows } = await db.run<{ id: number; expires_at: string }>(MAKE, [",
        to: "  MARK;\n  const { rows } = await db.run<{ id: number; expires_at: string }>(MAKE, [",
      },
    ],
    target: {
      file: "tests/delivery/install-page.test.ts",
      test: "makes at most ten of them live; the oldest end",
    },
    reason: /200 to be 410/,
  },
  {
    number: 53,
    title: "Wrong tries keep the address of a person who was deleted",
    area: "delivery",
    edits: [
      {
        file: PERSONS,
        from: "update auth_tries set email = $3 from person",
        to: "update auth_tries set email = auth_tries.email from person",
      },
      ANONYMISING,
    ],
    target: {
      file: "tests/api/personal-data.test.ts",
      test: "200: the person is gone from every table, and the money rows stay as they were",
    },
    reason: /./,
  },
  {
    number: 54,
    title: "The export of a person holds everybody's sessions",
    area: "delivery",
    edits: [
      {
        file: PERSONS,
        from: "from sessions where user_id = $1) line), '[]') as sessions",
        to: "from sessions) line), '[]') as sessions",
      },
      {
        file: PERSONS,
        from: "  return (await db.run<LoginExport>(EXPORT, [userId])).rows[0];",
        to: "  MARK;\n  return (await db.run<LoginExport>(EXPORT, [userId])).rows[0];",
      },
    ],
    target: {
      file: "tests/api/personal-data.test.ts",
      test: "200: all that is held about the person, purchases included, and no secret",
    },
    reason: /to have a length of 1/,
  },
  {
    number: 627,
    title: "A day is named as the end of an eSIM that ends at its beginning",
    area: "delivery",
    edits: [
      {
        file: "src/modules/esims/delivery/install-guide.ts",
        from: "value: moment(row.expires_at) }",
        to: "value: (MARK, texts.day(row.expires_at)) }",
      },
    ],
    target: {
      file: "src/modules/esims/delivery/install-guide.test.ts",
      test: "says until which moment, while it is not installed yet: a day would last longer than the eSIM",
    },
    reason: /10:00 UTC/,
  },
];
