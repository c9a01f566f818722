import type { Defect } from "./defect.js";

const SETTLE = "src/modules/payments/events/settle-store.ts";
/** Where the settling statement is sent: it has run with the wrong line in it. */
const SETTLING = {
  file: SETTLE,
  from: "    const [row] = (await db.run<SettleRow>(query, valuesOf(input))).rows;",
  to: "    MARK;\n    const [row] = (await db.run<SettleRow>(query, valuesOf(input))).rows;",
};

export const MONEY: readonly Defect[] = [
  {
    number: 1,
    title: "Refunds are not counted against the capture",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/refund-store.ts",
        from: "between 1 and p.left_minor",
        to: ">= 1",
      },
      {
        file: "src/db/migrations/0008_payments.up.sql",
        from: "check (refund_reserved_minor <= captured_minor)",
        to: "check (true)",
      },
      {
        file: "src/modules/payments/refund-store.ts",
        from: "return (await db.run<RefundRow>(INSERT, values)).rows[0];",
        to: "MARK;\n    return (await db.run<RefundRow>(INSERT, values)).rows[0];",
      },
    ],
    target: { file: "tests/api/payments-stripe.test.ts", test: "409: never above the capture, ten at once" },
    reason: /to have a length of 3/,
  },
  {
    number: 2,
    title: "Money that arrives after the order has failed is ignored",
    area: "money",
    edits: [
      {
        file: SETTLE,
        from: "when t.status = 'failed' and $4 = 'intent_succeeded'",
        to: "when t.status = 'failed' and $4 = 'intent_processing'",
      },
      SETTLING,
    ],
    target: {
      file: "tests/api/payments-providers.test.ts",
      test: "a success after the failure is recorded, refunded by itself, and honours nothing",
    },
    reason: /status: 'ignored'/,
  },
  {
    number: 3,
    title: "A success of another amount pays the order",
    area: "money",
    edits: [
      {
        file: SETTLE,
        from: "    when $6 is distinct from t.amount_minor then 'parked amount_differs'\n",
        to: "",
      },
      SETTLING,
    ],
    target: {
      file: "tests/api/payments-providers.test.ts",
      test: "a wrong amount is parked, counted and shown, and the order does not move",
    },
    reason: /processed/,
  },
  {
    number: 4,
    title: "A success in another currency pays the order",
    area: "money",
    edits: [
      {
        file: SETTLE,
        from: "    when $7 is distinct from t.currency then 'parked currency_differs'\n",
        to: "",
      },
      SETTLING,
    ],
    target: { file: "tests/api/payments-providers.test.ts", test: "a relabelled currency is parked" },
    reason: /'processed'/,
  },
  {
    number: 5,
    title: "A refund's event that overtakes the success is dropped",
    area: "money",
    edits: [
      {
        file: SETTLE,
        from: "when $18 and t.captured_minor = 0 then 'waiting capture_unknown'",
        to: "when $18 and t.captured_minor = 0 then 'ignored capture_unknown'",
      },
      SETTLING,
    ],
    target: {
      file: "tests/faults/payments-one-reading.test.ts",
      test: "is not applied at all while a part of it cannot be read",
    },
    reason: /outcome: 'ignored', reason: 'capture_unknown'|'created'/,
  },
  {
    number: 6,
    title: "Money that a dispute withholds is refunded a second time",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/dispute-store.ts",
        from: "if (count === 1) await tx.run(SUM, [paymentId]);",
        to: "MARK;",
      },
    ],
    target: {
      file: "tests/api/payments-stripe.test.ts",
      test: "a dispute is recorded and shown, and its money is not refunded a second time",
    },
    reason: /refund_exceeds_payment/,
  },
  {
    number: 7,
    title: "An expired order fails while its intent can still be paid",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/release-unpaid.ts",
        from: "    return releasePayment(deps, live, reason);",
        to: "    MARK;\n    return failNow(deps, { orderId, paymentId: live.id, reason });",
      },
    ],
    target: {
      file: "tests/api/payments-reconcile.test.ts",
      test: "its intent is cancelled at the provider, then the order fails",
    },
    reason: /to be 'canceled'/,
  },
  {
    number: 8,
    title: "The hourly brake on refunds by itself lets one too many through",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/refunds/refund-surplus.ts",
        from: "(await countSurplusRefundsInTurn(tx)) >= maxPerHour",
        to: "(MARK, await countSurplusRefundsInTurn(tx)) > maxPerHour",
      },
    ],
    target: {
      file: "tests/api/payments-reconcile.test.ts",
      test: "goes back by itself up to the hourly brake; the rest waits for an operator, who lets it go",
    },
    reason: /parked/,
  },
  {
    number: 9,
    title: "A part of the money back makes the whole order refunded",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/refund-follow.ts",
        from: "from counted where back_minor >= captured_minor",
        to: "from counted where back_minor > 0",
      },
      {
        file: "src/modules/payments/refund-follow.ts",
        from: "      const [row] = (await tx.run<Record<string, number>>(follow",
        to: "      MARK;\n      const [row] = (await tx.run<Record<string, number>>(follow",
      },
    ],
    target: {
      file: "tests/api/payments-stripe.test.ts",
      test: "422: a part of it needs an Idempotency-Key; with one it is made once",
    },
    reason: /'refunded' to be 'paid'/,
  },
  {
    number: 10,
    title: "A success is applied alone although a refund of it has been heard of",
    area: "money",
    edits: [
      { file: SETTLE, from: "      then 'waiting refunds_first'", to: "      then 'processed ' || $4" },
      SETTLING,
    ],
    target: {
      file: "tests/faults/payments-one-reading.test.ts",
      test: "is not applied at all while a part of it cannot be read",
    },
    reason: /refunds_first/,
  },
  {
    number: 588,
    title: "A refund that waits for money which never counts asks the provider in a circle",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/events/apply-reading.ts",
        from: 'row.outcome === "waiting" && !options.isOfWhole)',
        to: 'row.outcome === "waiting" && (MARK, true))',
      },
    ],
    target: {
      file: "tests/faults/payments-one-reading.test.ts",
      test: "that waits for money which never counts is asked for again at its pace, not in a circle",
    },
    reason: /to be less than 5/,
  },
  {
    number: 589,
    title: "A refund that was heard of before the failure which makes room for it stays parked",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/events/aside-effects.ts",
        from: 'if (to === "failed") await tx.run(TAKE_UP_EXCEEDING, [payment.id]);',
        to: "MARK;",
      },
    ],
    target: {
      file: "tests/api/payments-adyen.test.ts",
      test: "a refund that is heard of before the failure of the one whose money it takes counts afterwards",
    },
    reason: /did not come about|refunded/,
  },
  {
    number: 11,
    title: "An eSIM is bought for money that a dispute withholds",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/refund-follow.ts",
        from: "where back_minor < captured_minor and gone_minor >= captured_minor",
        to: "where back_minor < captured_minor and gone_minor > captured_minor",
      },
      {
        file: "src/modules/payments/refund-follow.ts",
        from: "      const [row] = (await tx.run<Record<string, number>>(follow",
        to: "      MARK;\n      const [row] = (await tx.run<Record<string, number>>(follow",
      },
    ],
    target: {
      file: "tests/faults/payments-one-reading.test.ts",
      test: "buys nothing when the dispute is lost",
    },
    reason: /parked/,
  },
  {
    number: 12,
    title: "Late news of an open dispute takes a lost one back",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/dispute-store.ts",
        from: "   where (d.status = any ($9)",
        to: "   where d.status <> excluded.status or (d.status = any ($9)",
      },
      {
        file: "src/modules/payments/dispute-store.ts",
        from: "  if (count === 1) await tx.run(SUM, [paymentId]);",
        to: "  MARK;\n  if (count === 1) await tx.run(SUM, [paymentId]);",
      },
    ],
    target: {
      file: "tests/api/payments-stripe.test.ts",
      test: "a dispute that was lost and is won on appeal is money of ours again (events reverse)",
    },
    reason: /./,
  },
];
