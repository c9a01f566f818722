import { type Defect, runsAt } from "./defect.js";

const COMPOSE = "src/modules/esims/care/compose-notice.ts";
const KINDS = "src/modules/esims/care/notice-kinds.ts";
const STORE = "src/modules/esims/care/notice-store.ts";
const PAGE_STORE = "src/modules/esims/care/notice-page-store.ts";
const TOKEN = "src/modules/esims/care/notice-token.ts";
const NOTICES_TEST = "tests/delivery/care-notices.test.ts";
const PAGE_TEST = "tests/delivery/notice-page.test.ts";

/** What travellers are told unasked, and the page behind it. */
export const CARE_DEFECTS: readonly Defect[] = [
  {
    number: 410,
    title: "A notice that the mail server refused in the evening is sent at night",
    area: "delivery",
    edits: [
      {
        file: COMPOSE,
        from: "if (!isDayAt(deps.dayPlaces(), row.place))",
        to: "if (!isDayAt(deps.dayPlaces(), row.place) && !MARK)",
      },
    ],
    target: {
      file: NOTICES_TEST,
      test: "never at night, although the mail server refused in the evening and the retry comes at night",
    },
    reason: /delayed/,
  },
  {
    number: 411,
    title: "A level is told again for each newer reading",
    area: "delivery",
    edits: [
      {
        file: STORE,
        from: "select d.id, d.kind, d.threshold, d.period, d.is_told",
        to: "select d.id, d.kind, d.threshold, d.period + (extract(epoch from clock_timestamp()) * 1000)::bigint, d.is_told",
      },
      runsAt(STORE, "  await db.run(TELL, ["),
    ],
    target: { file: NOTICES_TEST, test: "at 75 percent" },
    reason: /low_data 75/,
  },
  {
    number: 412,
    title: "A notice is mailed although a top-up was paid meanwhile",
    area: "delivery",
    edits: [
      { file: KINDS, from: "then 'topped_up' end`", to: "then null end`" },
      runsAt(COMPOSE, "    const texts = deps.textsIn(languageOr(row.language));"),
    ],
    target: {
      file: NOTICES_TEST,
      test: "it is told already and the person topped up before the mail went out",
    },
    reason: /cancelled/,
  },
  {
    number: 413,
    title: "The page behind a notice stays open for a person who was deleted",
    area: "delivery",
    edits: [
      {
        file: PAGE_STORE,
        from: "and u.deleted_at is null and u.disabled_at is null",
        to: "and u.disabled_at is null",
      },
      runsAt(PAGE_STORE, "  return (await db.run<NoticePageRow>(FIND, [noticeId])).rows[0];"),
    ],
    target: { file: PAGE_TEST, test: "ends when the person was deleted" },
    reason: /410/,
  },
  {
    number: 414,
    title: "The link that ends mails opens the page too",
    area: "delivery",
    edits: [
      {
        file: TOKEN,
        from: "`tribi ${purpose}`, 32)",
        to: "(MARK, `tribi ${purpose.slice(0, 0)}`), 32)",
      },
    ],
    target: { file: PAGE_TEST, test: "does not open with a token that ends mails" },
    reason: /404/,
  },
  {
    number: 415,
    title: "Anybody who is signed in ends the links of an eSIM",
    area: "delivery",
    edits: [
      {
        file: PAGE_STORE,
        from: "select id from esim_profiles where id = $1 and user_id = $2",
        to: "select id from esim_profiles where id = $1 and user_id + 0 * $2 > 0",
      },
      runsAt(PAGE_STORE, "  const { esimId, userId, requestId } = wanted;"),
    ],
    target: {
      file: PAGE_TEST,
      test: "is ended by its owner together with the install links, and by nobody else",
    },
    reason: /404/,
  },
  {
    number: 533,
    title: "Somebody who has installed an eSIM is reminded to",
    area: "delivery",
    edits: [
      { file: STORE, from: "f.ended_at is null and f.installed_at is null", to: "f.ended_at is null" },
      runsAt(STORE, "  await db.run(TELL, ["),
    ],
    target: { file: NOTICES_TEST, test: "of what its owner has marked as installed" },
    reason: /install 0/,
  },
  {
    number: 534,
    title: "What was read before a top-up is told after it",
    area: "delivery",
    edits: [
      { file: STORE, from: "l.usage_as_of > l.since and ", to: "" },
      runsAt(STORE, "  await db.run(TELL, ["),
    ],
    target: {
      file: NOTICES_TEST,
      test: "what was read since the newest top-up, and on nothing from before it",
    },
    reason: /low_data 90/,
  },
  {
    number: 535,
    title: "Little data is told while a paid top-up is on its way",
    area: "delivery",
    edits: [
      {
        file: STORE,
        from: "t.status = 'pending' and b.status = 'paid')\n   )`",
        to: "t.status = 'none')\n   )`",
      },
      runsAt(STORE, "  await db.run(TELL, ["),
    ],
    target: { file: NOTICES_TEST, test: "whether a paid top-up is on its way" },
    reason: /low_data 90|days_left/,
  },
  {
    number: 536,
    title: "A program that looks at the link of a mail unsubscribes its reader",
    area: "delivery",
    edits: [
      {
        file: "src/modules/esims/care/routes/unsubscribe.ts",
        from: '  app.get("/notices/unsubscribe/:token", { config, schema: { params: Params } }, async (request, reply) => {\n    const found = await notices.find(request.params.token);',
        to: '  app.get("/notices/unsubscribe/:token", { config, schema: { params: Params } }, async (request, reply) => {\n    const found = await notices.find(request.params.token);\n    MARK;\n    if (found !== undefined) await notices.refuse(found);',
      },
    ],
    target: { file: "tests/api/unsubscribe.test.ts", test: "is asked by a GET, which changes nothing" },
    reason: /low_data/,
  },
  {
    number: 537,
    title: "A notice that waited for two days is mailed all the same",
    area: "delivery",
    edits: [
      {
        file: KINDS,
        from: "interval '36 hours' then 'too_late'",
        to: "interval '360 hours' then 'too_late'",
      },
      runsAt(COMPOSE, "    const texts = deps.textsIn(languageOr(row.language));"),
    ],
    target: { file: NOTICES_TEST, test: "of yesterday's morning" },
    reason: /too_late/,
  },
];
