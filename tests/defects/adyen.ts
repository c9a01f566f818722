import type { Defect } from "./defect.js";

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
];
