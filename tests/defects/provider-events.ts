import { type Defect, runsAt } from "./defect.js";

const SETTLE = "src/modules/payments/events/settle-store.ts";
const SETTLING = runsAt(SETTLE, "const [row] = (await db.run<SettleRow>(query, valuesOf(input))).rows;");
const GUARDED = "tests/api/refunds-guarded.test.ts";
const STRIPE = "tests/api/payments-stripe.test.ts";

/** What a provider tells us, and what it may not do. */
export const PROVIDER_EVENT_DEFECTS: readonly Defect[] = [
  {
    number: 113,
    title: "A refund of the other mode is believed",
    area: "money",
    edits: [
      { file: SETTLE, from: "when t.livemode <> $8 then", to: "when t.livemode <> $8 and not $18 then" },
      SETTLING,
    ],
    target: { file: GUARDED, test: "200 parked: refund.created of the other mode is not believed" },
    reason: /to be 'parked'/,
  },
  {
    number: 114,
    title: "A dispute in another currency is believed",
    area: "money",
    edits: [
      {
        file: SETTLE,
        from: "when $7 is distinct from t.currency then",
        to: "when $7 is distinct from t.currency and not $18 then",
      },
      SETTLING,
    ],
    target: { file: GUARDED, test: "200 parked: charge.dispute.created in another currency is not believed" },
    reason: /to be 'parked'/,
  },
  {
    number: 136,
    title: "An event of another product on the account is parked as ours because it is odd",
    area: "money",
    edits: [
      {
        file: SETTLE,
        from: "    when t.id is null and not $11 then 'ignored not_of_this_shop'\n    when $12 is not null then 'parked ' || $12\n",
        to: "    when $12 is not null then 'parked ' || $12\n    when t.id is null and not $11 then 'ignored not_of_this_shop'\n",
      },
      SETTLING,
    ],
    target: { file: STRIPE, test: "refund.created in UGX" },
    reason: /ignored/,
  },
  {
    number: 137,
    title: "An event of a connected account in our name pays our order",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/payment-providers.ts",
        from: 'if (event.account !== null && event.account !== provider.account) return "account_differs";',
        to: "if (event.account !== null && event.account !== provider.account) MARK;",
      },
    ],
    target: { file: STRIPE, test: "200 parked: amount, currency, mode and account must be the payment's" },
    reason: /parked|account_differs/,
  },
  {
    number: 138,
    title: "An event of ours that comes before its payment is dropped",
    area: "money",
    edits: [
      {
        file: SETTLE,
        from: "when t.id is null then 'waiting payment_unknown'",
        to: "when t.id is null then 'ignored payment_unknown'",
      },
      SETTLING,
    ],
    target: {
      file: "tests/api/payments-reconcile.test.ts",
      test: "an event of ours without a payment waits, and after three days it is an alarm, never dropped",
    },
    reason: /./,
  },
  {
    number: 139,
    title: "A webhook that was recorded an hour ago is taken again",
    area: "money",
    edits: [
      {
        file: "src/providers/payment/stripe/stripe-signature.ts",
        from: "    return invalid(`t is more than ${FRESHNESS_SECONDS} s away from the arrival`);",
        to: "    MARK;",
      },
    ],
    target: { file: STRIPE, test: "400: missing, wrong, old, re-serialised; nothing is stored" },
    reason: /400/,
  },
  {
    number: 140,
    title: "A reading of which a part cannot be true pays the order with the rest",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/events/apply-reading.ts",
        from: "    throw new PartialReading();",
        to: "    MARK;",
      },
    ],
    target: {
      file: "tests/faults/payments-one-reading.test.ts",
      test: "is parked as a whole when a part of it cannot be true",
    },
    reason: /./,
  },
  {
    number: 141,
    title: "A refund made at the provider's pages is seen by reconciliation and not recorded",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/reconciliation/compare-refunds.ts",
        from: "  if (run.applies) await deps.rereadPayment(payment.id);\n  const now",
        to: "  if (run.applies && deps !== undefined) MARK;\n  const now",
      },
    ],
    target: {
      file: "tests/api/payments-reconcile.test.ts",
      test: "a refund made in the provider's own pages is recorded and moves the order",
    },
    reason: /./,
  },
  {
    number: 142,
    title: "A refund that a dispute came on top of does not fit into the books",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/refund-store.ts",
        from: "case $3 when 'provider' then 0 else disputed_minor end as left_minor",
        to: "disputed_minor * (length($3) > 0)::integer as left_minor",
      },
      runsAt(
        "src/modules/payments/refund-store.ts",
        "return (await db.run<RefundRow>(INSERT, values)).rows[0];",
      ),
    ],
    target: {
      file: "tests/faults/payments-one-reading.test.ts",
      test: "of a refund in full and a dispute besides: both are recorded, whichever is heard of first",
    },
    reason: /did not come about/,
  },
];
