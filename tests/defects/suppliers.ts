import { type Defect, runsAt } from "./defect.js";

const EVENTS = "src/modules/esims/suppliers/supplier-events.ts";
const RULED_OUT = "src/modules/esims/suppliers/ruled-out-store.ts";
const WORDS = "tests/faults/supplier-words.test.ts";
const STORE = "src/modules/esims/purchase/purchase-store.ts";
const TOP_UP_JOBS = "src/modules/esims/top-ups/top-up-jobs.ts";
const WITHHELD = "tests/faults/money-back-before-purchase.test.ts";
const COMES_TO_LIGHT = "tests/faults/bought-after-all.test.ts";

/** What suppliers say by themselves, show late, and write in another shape. */
export const SUPPLIER_DEFECTS: readonly Defect[] = [
  {
    number: 240,
    title: "A supplier's signed failure of an asynchronous order is stored and decides nothing",
    area: "purchases",
    edits: [
      {
        file: EVENTS,
        from: "if (subject.attempt_id !== null) await noteToldFailure(deps.db, eventId, subject.attempt_id);",
        to: "if (subject.attempt_id !== null) MARK;",
      },
    ],
    target: {
      file: WORDS,
      test: "that it failed, and there is no other supplier: the order is failed, which gives the money back",
    },
    reason: /airalo accepted.* to deeply equal \[ 'failed', 'airalo refused out_of_stock' \]/,
  },
  {
    number: 241,
    title: "An event that names a purchase which had been ruled out counts as applied",
    area: "purchases",
    edits: [
      {
        file: EVENTS,
        from: "  if (attemptId === null || !isRuledOut || isFailure) return null;",
        to: "  if (attemptId === null || !isRuledOut || isFailure || MARK) return null;",
      },
    ],
    target: {
      file: COMES_TO_LIGHT,
      test: "after another supplier delivered: parked with its evidence and alarmed; the customer keeps what he has",
    },
    reason: /refused/,
  },
  {
    number: 242,
    title: "What comes to light is parked while its order's worker buys on under its lease",
    area: "purchases",
    edits: [
      {
        file: RULED_OUT,
        from: "parked_reason = 'bought_after_all',\n       lease_token = p.lease_token + 1, lease_until = null\n     from attempt where p.id = attempt.profile_id and p.status = 'pending'",
        to: "parked_reason = 'bought_after_all'\n     from attempt where p.id = attempt.profile_id and p.status = 'ready'",
      },
      runsAt(RULED_OUT, "const { count } = await db.run(PARK, ["),
    ],
    target: {
      file: COMES_TO_LIGHT,
      test: "while the order still waits: whoever is at work on it buys nothing more, and an operator adopts it",
    },
    reason: /bought_after_all|parked_reason/,
  },
  {
    number: 243,
    title: "Looking back takes another customer's open purchase for the one that was ruled out",
    area: "purchases",
    edits: [
      {
        file: RULED_OUT,
        from: "where o.is_exclusive and o.supplier = a.supplier",
        to: "where false and o.supplier = a.supplier",
      },
      runsAt(RULED_OUT, "const { count } = await db.run(PARK, ["),
    ],
    target: {
      file: COMES_TO_LIGHT,
      test: "in the list of a supplier that keeps no reference; what is another purchase's is left to it",
    },
    reason: /parked|bought_after_all/,
  },
  {
    number: 513,
    title: "An eSIM is bought although a dispute of its money was heard of",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/purchase-store.ts",
        from: "       and not ${IS_HEARD_OF_BACK}\n",
        to: "",
      },
      runsAt(
        "src/modules/esims/purchase/purchase-store.ts",
        "      const { rows } = await db.run<{ id: number; sent_after_millis: string }>(sql.beginAttempt, [",
      ),
    ],
    target: {
      file: "tests/faults/money-back-before-purchase.test.ts",
      test: "an eSIM of whose dispute was heard and which is not applied yet: nothing is bought until it is",
    },
    reason: /to be \+0/,
  },
  {
    number: 585,
    title: "A second purchase beside an order waits for ever behind the first one that came to light",
    area: "purchases",
    edits: [
      {
        file: RULED_OUT,
        from: "is_aside = not exists (select from esim_profiles p where p.id = a.profile_id and p.status = 'pending')",
        to: "is_aside = false and not exists (select from esim_profiles p where p.id = a.profile_id)",
      },
      runsAt(RULED_OUT, "const { count } = await db.run(PARK, ["),
    ],
    target: {
      file: COMES_TO_LIGHT,
      test: "several of one order, an eSIM's or a top-up's: each is in front of an operator",
    },
    reason: /never_arrived/,
  },
  {
    number: 586,
    title: "A surplus that its supplier keeps cannot be parked beside another that came to light",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/settle-surplus.ts",
        from: "is_aside = $2 = 'parked'",
        to: "is_aside = false",
      },
      runsAt(
        "src/modules/esims/purchase/settle-surplus.ts",
        "  await db.run(SETTLE, [attemptId, status, reason]);",
      ),
    ],
    target: {
      file: COMES_TO_LIGHT,
      test: "beside a purchase that was given up and that its supplier keeps: whichever is seen first, both stay",
    },
    reason: /provisioning_attempts_one_open_per_profile|never_arrived/,
  },
  {
    number: 587,
    title: "A supplier that cannot be asked for a week is never asked again about what was ruled out",
    area: "purchases",
    edits: [
      {
        file: RULED_OUT,
        from: "and (a.looked_back_at is null or (a.created_at > now() - interval '7 days'\n       and a.decided_at < now() - interval '1 day'",
        to: "and a.created_at > now() - interval '7 days'\n     and (a.looked_back_at is null or (a.decided_at < now() - interval '1 day'",
      },
      runsAt(RULED_OUT, "return (await db.run<{ id: number }>(DUE"),
    ],
    target: {
      file: COMES_TO_LIGHT,
      test: "that the supplier could not be asked is no answer: it is asked again, after weeks too",
    },
    reason: /never_arrived/,
  },
  {
    number: 600,
    title: "An order at eSIM Go that does not say which eSIM it is for counts as one for another eSIM",
    area: "purchases",
    edits: [
      {
        file: "src/providers/esim/esim-go/esim-go-search.ts",
        from: 'isAllClear &&= isOurs !== "unclear";',
        to: "isAllClear &&= Boolean(MARK);",
      },
    ],
    target: {
      file: "src/providers/esim/esim-go/esim-go-search.test.ts",
      test: "an order of our bundle whose eSIM nothing names proves nothing about a top-up",
    },
    reason: /isConclusive/,
  },
  {
    number: 601,
    title:
      "What was given up and never sold takes the order of another open purchase when it is looked back at",
    area: "purchases",
    edits: [
      {
        file: RULED_OUT,
        from: "select from provisioning_attempts o where o.is_exclusive and",
        to: "select from provisioning_attempts o where a.is_exclusive and o.is_exclusive and",
      },
      runsAt(RULED_OUT, "const { count } = await db.run(PARK, ["),
    ],
    target: {
      file: COMES_TO_LIGHT,
      test: "in that list, of one that had been given up: what an open purchase may own is left to it as well",
    },
    reason: /bought_after_all/,
  },
  {
    number: 602,
    title: "An eSIM that waited for our money at a supplier goes on while the buyer's own is withheld",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/provisioning/provisioning-jobs.ts",
        from: ' and not ${isWithheld("p")} and (',
        to: " and (",
      },
      runsAt("src/modules/esims/provisioning/provisioning-jobs.ts", "await db.run(FREE_CURED);"),
    ],
    target: {
      file: WITHHELD,
      test: "an eSIM that waited for money at its supplier: a balance that has come frees it no sooner than the price",
    },
    reason: /'money_withheld' to be 'no_funds'/,
  },
  {
    number: 603,
    title: "A top-up that waited for our money at its supplier goes on while the buyer's own is withheld",
    area: "purchases",
    edits: [
      {
        file: TOP_UP_JOBS,
        from: ' and not ${isWithheld("t")} and (',
        to: " and (",
      },
      runsAt(TOP_UP_JOBS, "await db.run(FREE);"),
    ],
    target: { file: WITHHELD, test: "a top-up that waited for money at its supplier: the same" },
    reason: /'money_withheld' to be 'no_funds'/,
  },
  {
    number: 604,
    title: "A top-up whose price its supplier refused is asked for again at the same price each minute",
    area: "purchases",
    edits: [
      {
        file: TOP_UP_JOBS,
        from: " and k.cost_text is distinct from t.cost_text",
        to: "",
      },
      runsAt(TOP_UP_JOBS, "await db.run(FREE);"),
    ],
    target: {
      file: "tests/faults/supplier-prices.test.ts",
      test: "for a top-up, and its list still says the old one: it is not asked again and again",
    },
    reason: /180/,
  },
  {
    number: 605,
    title: "A refund that is refused asks the supplier's people to end the eSIM all the same",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/life/take-back-esim.ts",
        from: 'cancellable === "manual_review" && !acceptLoss && !row.is_refunded',
        to: 'cancellable === "manual_review" && !acceptLoss && !MARK',
      },
    ],
    target: {
      file: "tests/faults/revoked-esims.test.ts",
      test: "is not asked for an eSIM whose money stays: it would end in the hands of who paid for it",
    },
    reason: /reviewing-esim/,
  },
  {
    number: 606,
    title: "A failed order that is found by package and time ends a purchase that may not be listed yet",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/decide.ts",
        from: 'search.bought.state === "failed" && lookup === "by_match"',
        to: 'search.bought.state === "failed" && lookup === "by_match" && !MARK',
      },
    ],
    target: {
      file: "src/modules/esims/purchase/decide.test.ts",
      test: "a failed one of its package found, not settled",
    },
    reason: /refuse terminal 0/,
  },
  {
    number: 607,
    title: "It is not remembered which purchase a failed order was, so that the next one is taken for it",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/purchase.ts",
        from: 'status: "refused", reason, detail, supplierOrderId, callMillis',
        to: 'status: "refused", reason, detail, supplierOrderId: MARK ? null : supplierOrderId, callMillis',
      },
    ],
    target: {
      file: "tests/faults/supplier-terms.test.ts",
      test: "is not what became of another one that never arrived",
    },
    reason: /'failed' to be 'ready'/,
  },
  {
    number: 608,
    title: "A search by package and time leaves out only the last thousand orders that others own",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/ask-supplier.ts",
        from: "- interval '1 day'`",
        to: "- interval '1 day'\n   order by id desc limit 1000`",
      },
      runsAt(
        "src/modules/esims/purchase/ask-supplier.ts",
        "const values = [supplier, packageId, id, sentAfterMillis];",
      ),
    ],
    target: {
      file: COMES_TO_LIGHT,
      test: "in the list of a day with many sales: every order that others own is left out of it",
    },
    reason: /expected 1000 to be 1002/,
  },
  {
    number: 609,
    title: "eSIM Go's 403 about an eSIM or a bundle is taken for a refused key",
    area: "purchases",
    edits: [
      {
        file: "src/providers/esim/esim-go/esim-go-supplier.ts",
        from: "  if (!isForbidden(outcome)) return outcome;",
        to: "  if (!isForbidden(outcome) || MARK) return outcome;",
      },
    ],
    target: {
      file: "src/providers/esim/esim-go/esim-go-supplier.test.ts",
      test: "403 with a key that is accepted elsewhere is about the eSIM or the bundle, and no fault of the key",
    },
    reason: /auth/,
  },
  {
    number: 246,
    title: "A matching id that a supplier quotes in its error text is kept in the attempt's detail",
    area: "delivery",
    edits: [
      {
        file: "src/providers/esim/outcomes.ts",
        from: '    kept.push(isId ? "[code]" : run);',
        to: "    MARK;\n    kept.push(run);",
      },
    ],
    target: {
      file: "tests/faults/no-code-in-evidence.test.ts",
      test: "for each supplier, purchase and fault",
    },
    reason: /CANARY-7QX1-00AA/,
  },
  {
    number: 630,
    title: "What looks cured at its supplier and is refused again is asked for again every five minutes",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/refused-again.ts",
        from: "having count(*) > 1\n",
        to: "having count(*) > 1000\n",
      },
      runsAt(TOP_UP_JOBS, "await db.run(FREE);"),
    ],
    target: {
      file: "tests/faults/seems-cured.test.ts",
      test: "is asked at once, then ever more rarely, and the order stays parked meanwhile",
    },
    reason: /esim_profiles/,
  },
  {
    number: 631,
    title: "A dispute that is being recorded while its order is freed and bought is not waited for",
    area: "purchases",
    edits: [
      {
        file: STORE,
        from: "$4 - 1 > g.insisted_attempts\n     for share of y\n",
        to: "$4 - 1 > g.insisted_attempts\n",
      },
      runsAt(STORE, "const cost = expectedCost === null"),
    ],
    target: {
      file: WITHHELD,
      test: "an eSIM that is freed in the moment in which its price is withheld is not bought",
    },
    reason: /to deeply equal/,
  },
  {
    number: 633,
    title: "What came to light without a number is searched for beside another purchase of its package",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/provisioning/decide-parked.ts",
        from: 'capabilities.lookup === "by_match")',
        to: 'capabilities.lookup === "by_match" && !MARK)',
      },
    ],
    target: {
      file: COMES_TO_LIGHT,
      test: "in that list without being named: ask_again waits for another purchase of its package, and holds the next one up",
    },
    reason: /200/,
  },
  {
    number: 634,
    title: "An eSIM whose last day to install is over is delivered",
    area: "delivery",
    edits: [
      {
        file: "src/modules/esims/purchase/subjects/esim.ts",
        from: "if (useBy !== null && (await",
        to: "if (useBy !== null && !MARK && (await",
      },
    ],
    target: {
      file: "tests/faults/ended-esims.test.ts",
      test: "is over when it is delivered: nobody gets it, and an operator decides",
    },
    reason: /to match object/,
  },
  {
    number: 635,
    title: "A second eSIM in the answer to an order of one is passed over without a word",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/subjects/esim.ts",
        from: "if (more.length === 0) return null;",
        to: "if (more.length === 0 || MARK) return null;",
      },
    ],
    target: {
      file: "tests/faults/ended-esims.test.ts",
      test: "a second eSIM in the answer to an order of one is nobody's: it is on record, and alarmed",
    },
    reason: /expected \+?0 to be 1/,
  },
  {
    number: 636,
    title: "A search at eSIM Go that finds nothing counts although the clocks differ by five minutes",
    area: "purchases",
    edits: [
      {
        file: "src/providers/esim/esim-go/esim-go-search.ts",
        from: "return seconds * 1000 > CLOCK_SKEW_MILLIS\n",
        to: "return seconds * 1000 > CLOCK_SKEW_MILLIS && !MARK\n",
      },
    ],
    target: {
      file: "src/providers/esim/esim-go/esim-go-search.test.ts",
      test: "where the supplier's clock is behind ours by more than the search allows for, finding nothing is no answer",
    },
    reason: /to match object/,
  },
];
