import { type Defect, runsAt } from "./defect.js";

const NOTIFICATION = "src/providers/payment/adyen/adyen-notification.ts";
const FACTS = "src/providers/payment/adyen/adyen-event-facts.ts";
const APPLY = "src/modules/payments/events/apply-reading.ts";
const TESTS = "tests/api/payments-adyen.test.ts";

/** A provider that cannot be asked. */
export const ADYEN_DEFECTS: readonly Defect[] = [
  {
    number: 720,
    title: "A notification's item is believed whatever its signature says",
    area: "money",
    edits: [
      { file: NOTIFICATION, from: "if (!isSignedItem(item, settings.hmacKeys))", to: "if ((MARK, false))" },
    ],
    target: { file: TESTS, test: "400: unsigned, wrongly signed, changed, cut or empty; nothing is stored" },
    reason: /./,
  },
  {
    number: 721,
    title: "Money that is taken twice in one session stays with the shop",
    area: "money",
    edits: [{ file: APPLY, from: "(await isPaidAgain(db, provider, event))", to: "(MARK, false)" }],
    target: { file: TESTS, test: "money that is taken twice in one session goes back once" },
    reason: /./,
  },
  {
    number: 722,
    title: "A declined try becomes the payment's own, and the next one pays nothing",
    area: "money",
    edits: [
      {
        file: FACTS,
        from: '{ ...NO_FACTS, kind: "intent_failed_attempt", decline: declineOf(item) }',
        to: '{ ...NO_FACTS, kind: "intent_failed_attempt", intentId: (MARK, item.pspReference), decline: declineOf(item) }',
      },
    ],
    target: {
      file: TESTS,
      test: "a declined card ends nothing: the decline is recorded, another card pays",
    },
    reason: /./,
  },
  {
    number: 540,
    title: "A second try that took money is known neither from its notification nor from the report",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/payment-store.ts",
        from: "return (await db.run(RECORD_PAID_AGAIN, values)).count === 1;",
        to: "return (MARK, values.length === 0);",
      },
    ],
    target: {
      file: "tests/simulate/simulate.test.ts",
      test: "finds nothing, and says what it has not seen",
    },
    reason: /Adyen captured \d+ by \S+, we nothing/,
  },
  {
    number: 541,
    title: "The audit takes money that came twice for a change that nobody logged",
    area: "money",
    edits: [
      {
        file: "src/modules/admin/books/log-rules.ts",
        from: '["payment", "payments", FIRST_OF_PAYMENT]',
        to: '["payment", "payments", (MARK, "\'requires_action\'")]',
      },
    ],
    target: { file: TESTS, test: "the audit finds the log of money that was taken twice whole" },
    reason: /payment:\d+/,
  },
  {
    number: 580,
    title: "What Adyen takes for a declined try is in no export",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/reconciliation/fee-store.ts",
        from: "(intent_id = f.intent_id or reference = f.reference)",
        to: "(intent_id = f.intent_id or reference = f.kind)",
      },
      runsAt("src/modules/payments/reconciliation/fee-store.ts", "  await db.run(RECORD_FEES,"),
    ],
    target: {
      file: "tests/api/fee-exports.test.ts",
      test: "are those of its payments accounting report: blended, in parts, and of tries that were declined",
    },
    reason: /expected \d+ to be \d+/,
  },
  {
    number: 581,
    title: "Stripe's fees are taken for amounts of the payment's own currency",
    area: "money",
    edits: [
      {
        file: "src/providers/payment/stripe/stripe-objects.ts",
        from: 'needText(object, "currency").toUpperCase();\n  const amount = decimalFromStripe',
        to: '(MARK, needText(source, "currency")).toUpperCase();\n  const amount = decimalFromStripe',
      },
    ],
    target: {
      file: "tests/api/fee-exports.test.ts",
      test: "stand in the currency that the account is paid out in",
    },
    reason: /EUR/,
  },
  {
    number: 582,
    title: "A provider that is offered for one country takes payments for every one",
    area: "money",
    edits: [
      {
        file: "src/config/payment-offers.ts",
        from: "one.country === null || one.country === country",
        to: "(MARK, country !== undefined)",
      },
    ],
    target: {
      file: "tests/api/payment-offers.test.ts",
      test: "400: a provider that is not offered for the country that the plan is for",
    },
    reason: /400/,
  },
];
