import { type Defect, runsAt } from "./defect.js";

const REFUNDS = "src/modules/payments/refund-store.ts";
const PROCEED = "src/modules/payments/refunds/proceed-refund.ts";
const DISPUTES = "src/modules/payments/dispute-store.ts";
const PAYMENTS = "src/modules/payments/payment-store.ts";
const SURPLUS = "src/modules/payments/refunds/refund-surplus.ts";
const CREATE = "src/modules/payments/create-payment.ts";

const GUARDED = "tests/api/refunds-guarded.test.ts";
const KEYS = "tests/faults/provider-keys.test.ts";
const ADYEN_REFUNDS = "tests/api/payments-adyen-refunds.test.ts";

/** Money that goes back, and what is told to the provider about it. */
export const REFUND_DEFECTS: readonly Defect[] = [
  {
    number: 274,
    title: "A customer's money goes back while the supplier still has to confirm",
    area: "money",
    edits: [
      {
        file: PROCEED,
        from: 'origin === "admin" || origin === "customer"',
        to: 'origin === "admin" || !MARK',
      },
    ],
    target: {
      file: "tests/api/customers-refunds.test.ts",
      test: "202: no money goes while the supplier has not confirmed; it goes as soon as it has",
    },
    reason: /202/,
  },
  {
    number: 101,
    title: "A refund's key is honoured for another order",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/refunds/refund-order.ts",
        from: "known.order_id === orderId && known.request_fingerprint",
        to: "MARK && known.request_fingerprint",
      },
    ],
    target: {
      file: GUARDED,
      test: "422: a refund's Idempotency-Key belongs to the order that it was first used for",
    },
    reason: /idempotency_key_reused/,
  },
  {
    number: 102,
    title: "Money that a lost dispute took is refunded besides",
    area: "money",
    edits: [
      { file: DISPUTES, from: "status in ('open', 'lost')), 0))", to: "status in ('open')), 0))" },
      runsAt(DISPUTES, "if (count === 1) await tx.run(SUM, [paymentId]);"),
    ],
    target: {
      file: GUARDED,
      test: "409: what a lost dispute took is not refunded besides; a won one gives it back",
    },
    reason: /refund_exceeds_payment/,
  },
  {
    number: 103,
    title: "The plan's price of today is charged instead of the order's",
    area: "money",
    edits: [
      {
        file: PAYMENTS,
        from: "select o.id, $3, o.currency, o.amount_minor, $4, $5 from o\n",
        to: `select o.id, $3, o.currency, (
       select x.amount_minor from plan_prices x join orders y on y.plan_id = x.plan_id
       where y.id = o.id and x.currency = o.currency), $4, $5 from o\n`,
      },
      runsAt(PAYMENTS, "const [row] = (await db.run<Row>(BEGIN, values)).rows;"),
    ],
    target: {
      file: GUARDED,
      test: "the price of the order is charged, whatever the plan costs by the time of the payment",
    },
    reason: /to be \d+/,
  },
  {
    number: 104,
    title: "A refund whose answer is lost is sent again although nobody could say that it was not made",
    area: "money",
    edits: [
      {
        file: PROCEED,
        from: "    if (!isDefiniteNo(found)) return found;\n  }\n  const keyNumber",
        to: '    if (found.kind === "done" || MARK === undefined) return found;\n  }\n  const keyNumber',
      },
    ],
    target: {
      file: GUARDED,
      test: "a refund whose answer is lost is not sent again while nobody can say whether it was made",
    },
    reason: /to be \d/,
  },
  {
    number: 112,
    title: "An order that ended while its intent was being made leaves one that can be paid",
    area: "money",
    edits: [
      {
        file: CREATE,
        from: 'if (stored.status === "failed") await provider.cancelIntent(intent.page?.pageId ?? intent.intentId);',
        to: 'if (stored.status === "failed") MARK;',
      },
    ],
    target: {
      file: GUARDED,
      test: "an order that ends while the provider is still making its intent leaves none that can be paid",
    },
    reason: /canceled/,
  },
  {
    number: 121,
    title: "Late money whose job was lost stays with us",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/carry-on-money.ts",
        from: "    await each(owed.rows, (payment) => deps.refundSurplus(payment.id));",
        to: "    if (owed.count >= 0) MARK;",
      },
    ],
    target: {
      file: "tests/faults/lost-jobs.test.ts",
      test: "late money whose job was lost goes back by the sweep, once",
    },
    reason: /The late money is back did not come about/,
  },
  {
    number: 130,
    title: "A refund that was refused is tried again under the key that keeps the refusal",
    area: "money",
    edits: [
      {
        file: REFUNDS,
        from: "key_number + (status = 'parked' and $3 = 'requested' and failure_reason like 'refused%')::integer",
        to: "key_number",
      },
      runsAt(REFUNDS, "return (await db.run<RefundRow>(MOVE, values)).rows[0];"),
    ],
    target: {
      file: KEYS,
      test: "a refund that was refused goes through when an operator has it tried again",
    },
    reason: /succeeded/,
  },
  {
    number: 131,
    title: "A refund at which the provider failed is told for ever under the key that keeps the failure",
    area: "money",
    edits: [
      {
        file: PROCEED,
        from: "isLive && refund.was_called && refund.was_told_long_ago,",
        to: "(MARK, false),",
      },
    ],
    target: {
      file: KEYS,
      test: "a refund at which the provider failed is made under the next key, once its call has long ended",
    },
    reason: /did not come about/,
  },
  {
    number: 132,
    title:
      "A refund is told under the next key while the call under the present one may still have its effect",
    area: "money",
    edits: [
      {
        file: PROCEED,
        from: "isLive && refund.was_called && refund.was_told_long_ago,",
        to: "(MARK, refund.was_called),",
      },
    ],
    target: {
      file: KEYS,
      test: "a refund at which the provider failed is made under the next key, once its call has long ended",
    },
    reason: /requested|to be 1/,
  },
  {
    number: 133,
    title: "Two who found the provider without a refund tell it under a key each",
    area: "money",
    edits: [
      {
        file: REFUNDS,
        from: "where id = $1 and status = 'requested' and tellings = $2",
        to: "where id = $1 and status = 'requested' and $2::integer >= 0",
      },
      runsAt(REFUNDS, "return (await db.run<{ key_number: number }>(TELL, values)).rows[0]?.key_number;"),
    ],
    target: {
      file: KEYS,
      test: "of two who found the provider without a refund one tells it; the other's look says nothing any more",
    },
    reason: /to be undefined/,
  },
  {
    number: 134,
    title: "An order whose intent the provider failed to make cannot be paid for a day",
    area: "money",
    edits: [
      {
        file: CREATE,
        from: "    keyNumber = await nextPaymentKey(deps.db, payment, CREATE_CALL_SECONDS_MAX);",
        to: "    MARK;",
      },
    ],
    target: {
      file: KEYS,
      test: "a payment at which the provider failed gets its intent under the next key, once its call has long ended",
    },
    reason: /503 to be 200/,
  },
  {
    number: 135,
    title: "Money of a person who was locked out goes back without anybody's decision",
    area: "money",
    edits: [
      {
        file: SURPLUS,
        from: '  if (await isPayerDisabled(tx, payment.id)) return "person_disabled";',
        to: "  if (await isPayerDisabled(tx, payment.id)) MARK;",
      },
    ],
    target: {
      file: "tests/api/orders-of-leaving-persons.test.ts",
      test: "does not become paid by money that comes although nobody has ended it yet",
    },
    reason: /did not come about|person_disabled/,
  },
  {
    number: 480,
    title: "Refunds that are pending for days keep those from the provider that it was not told of",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/carry-on-money.ts",
        from: "order by status = 'pending', case status when 'requested' then coalesce(called_at, created_at) end,",
        to: "order by status, case status when 'requested' then coalesce(called_at, created_at) end,",
      },
      {
        file: "src/modules/payments/carry-on-money.ts",
        from: "    await each(refunds.rows, (refund) =>",
        to: "    MARK;\n    await each(refunds.rows, (refund) =>",
      },
    ],
    target: {
      file: "tests/faults/carry-on-turns.test.ts",
      test: "refunds that are pending for days hold up neither those that were not told yet nor each other",
    },
    reason: /to deeply equal \[ 231 \]/,
  },
  {
    number: 590,
    title: "A refund at the provider's pages is given up because ours is not decided yet",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/events/aside-effects.ts",
        from: 'hasRefundIn(tx, payment.id, "requested", "pending"))',
        to: 'hasRefundIn(tx, payment.id, (MARK, "requested")))',
      },
    ],
    target: {
      file: ADYEN_REFUNDS,
      test: "of all is recorded, and what is left goes back besides",
    },
    reason: /did not come about/,
  },
  {
    number: 591,
    title: "A refund by itself that the provider fails each time is made for ever",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/refunds/refund-in-vain.ts",
        from: "if (row === undefined || row.count < TRIES_MAX) return null;",
        to: "if (row === undefined || row.count < TRIES_MAX || row.is_too_much !== true) return (MARK, null);",
      },
    ],
    target: {
      file: ADYEN_REFUNDS,
      test: "for what was not to be had waits for an operator after five tries, who lets it go",
    },
    reason: /did not come about/,
  },
  {
    number: 592,
    title: "What was won on appeal stays lost in the books",
    area: "money",
    edits: [
      { file: "src/modules/payments/payment-state.ts", from: 'lost: ["won"],', to: "lost: []," },
      runsAt(DISPUTES, "if (count === 1) await tx.run(SUM, [paymentId]);"),
    ],
    target: {
      file: "tests/api/payments-stripe.test.ts",
      test: "a dispute that was lost and is won on appeal is money of ours again (events as_is)",
    },
    reason: /"disputed_minor": 0|disputed_minor/,
  },
  {
    number: 593,
    title: "Money that a prevented dispute took counts as ours",
    area: "money",
    edits: [
      {
        file: "src/providers/payment/stripe/stripe-objects.ts",
        from: 'return sum < 0 ? "lost" : "won";',
        to: 'return sum < 0 && !MARK ? "lost" : "won";',
      },
    ],
    target: {
      file: "tests/api/payments-stripe.test.ts",
      test: "what a prevented dispute took is gone, and what was blocked is not",
    },
    reason: /disputed_minor/,
  },
  {
    number: 594,
    title: "A chargeback that is lost in pre-arbitration is booked twice",
    area: "money",
    edits: [
      {
        file: "src/providers/payment/adyen/adyen-event-facts.ts",
        from: '    case "SECOND_CHARGEBACK":\n      return',
        to: '    case "SECOND_CHARGEBACK":\n    case "PREARBITRATION_LOST":\n      return MARK,',
      },
      {
        file: "src/providers/payment/adyen/adyen-event-facts.ts",
        from: '    case "PREARBITRATION_LOST":\n    case "SCHEME_ARBITRATION_LOST":',
        to: '    case "SCHEME_ARBITRATION_LOST":',
      },
    ],
    target: {
      file: "tests/api/payments-adyen.test.ts",
      test: "what is lost in pre-arbitration is one chargeback, and no second one",
    },
    reason: /to deeply equal/,
  },
  {
    number: 595,
    title: "A payment that was begun is refused when the shop has switched to another provider",
    area: "money",
    edits: [
      {
        file: CREATE,
        from: "command.provider === null ? deps.providers.of(payment.provider) : chosen;",
        to: "command.provider === null && MARK ? chosen : chosen;",
      },
    ],
    target: {
      file: "tests/api/payments-stripe.test.ts",
      test: "200: without a choice the payment that was begun is given again, whatever the shop has switched to",
    },
    reason: /payment_in_progress/,
  },
  {
    number: 596,
    title: "The end of a dispute that lasts for weeks is learnt by a webhook or never",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/reconciliation/compare-refunds.ts",
        from: 'if (provider.books !== "live") return;',
        to: "if (MARK ?? true) return;",
      },
    ],
    target: {
      file: "tests/api/payments-reconcile.test.ts",
      test: "a dispute of weeks ago is asked about while it is open",
    },
    reason: /disputed_minor/,
  },
  {
    number: 597,
    title: "A refund that is older than the provider's list is reported as missing there",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/reconciliation/compare-ours.ts",
        from: "if (!(await isMissing(comparison, refund))) continue;",
        to: "if (!MARK && !(await isMissing(comparison, refund))) continue;",
      },
    ],
    target: {
      file: "tests/api/payments-reconcile.test.ts",
      test: "a refund that we heard of days after it was made is not missing at the provider",
    },
    reason: /refund_missing/,
  },
  {
    number: 598,
    title: "Books that cannot be compared are covered up by another provider's",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/reconciliation/reconciliation-read-model.ts",
        from: "select coalesce(max(greatest(0, extract",
        to: "select coalesce(min(greatest(0, extract",
      },
      {
        file: "src/modules/payments/reconciliation/reconciliation-read-model.ts",
        from: "  const values = [providers.map(({ name }) => name),",
        to: "  MARK;\n  const values = [providers.map(({ name }) => name),",
      },
    ],
    target: {
      file: "tests/api/payments-adyen-reports.test.ts",
      test: "books of one provider that are not compared are told of, whatever the others do; reports may be an hour old",
    },
    reason: /greater than 900/,
  },
  {
    number: 599,
    title: "A payment provider is taken away with refunds that are open, and the doctor finds all well",
    area: "money",
    edits: [
      {
        file: "src/doctor/checks/work-checks.ts",
        from: "return absent.length === 0\n",
        to: "return absent.length === 0 || MARK\n",
      },
    ],
    target: { file: "tests/doctor/checks.test.ts", test: "payment_providers: fail when it is planted" },
    reason: /payment_providers/,
  },
  {
    number: 640,
    title: "A fault at one payment provider ends the comparison of those after it",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/reconciliation/reconcile.ts",
        from: 'deps.log.error({ err: error, ...names }, "books could not be compared");',
        to: "MARK;\n      throw error;",
      },
    ],
    target: {
      file: "tests/api/payments-reconcile.test.ts",
      test: "a fault at one provider ends its run, and the providers after it are compared",
    },
    reason: /cannot read/,
  },
  {
    number: 641,
    title: "A refund of all that a dispute has left leaves the eSIM in use",
    area: "money",
    edits: [
      {
        file: PROCEED,
        from: "payment.refund_reserved_minor + payment.disputed_minor >= payment.captured_minor;",
        to: "MARK && payment.refund_reserved_minor === payment.captured_minor;",
      },
    ],
    target: {
      file: GUARDED,
      test: "ends the sale: what was delivered is taken back, and the order is refunded when the dispute is lost",
    },
    reason: /cancelled/,
  },
  {
    number: 642,
    title: "A dispute that is taken up again after a win stays won",
    area: "money",
    edits: [
      {
        file: DISPUTES,
        from: "or (d.status = 'won' and d.status = any ($9)",
        to: "or (false and d.status = any ($9)",
      },
      runsAt(DISPUTES, "if (count === 1) await tx.run(SUM, [paymentId]);"),
    ],
    target: {
      file: "tests/api/payments-stripe.test.ts",
      test: "a dispute that was won and is taken up again withholds its money, and is lost in the end (events as_is)",
    },
    reason: /lost/,
  },
  {
    number: 643,
    title: "A refund that fails weeks later is not seen without its webhook",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/reconciliation/reconcile.ts",
        from: "await readChanges(comparison);",
        to: "if (!MARK) await readChanges(comparison);",
      },
    ],
    target: {
      file: "tests/api/payments-reconcile.test.ts",
      test: "a refund of weeks ago that fails is seen though nobody told of it",
    },
    reason: /succeeded/,
  },
  {
    number: 644,
    title: "A success of a part of the price takes the place of the payment",
    area: "money",
    edits: [
      {
        file: "src/modules/payments/events/own-intent.ts",
        from: 'return payment.amount_minor === event.amount.minor ? null : "amount_differs";',
        to: "return MARK ? null : null;",
      },
    ],
    target: {
      file: "tests/api/payments-adyen.test.ts",
      test: "200 parked: a part of the price, as a gift card pays it, is never the payment; the whole price is",
    },
    reason: /PART/,
  },
  {
    number: 645,
    title: "What is won in arbitration after a second chargeback stays lost",
    area: "money",
    edits: [
      {
        file: "src/providers/payment/adyen/adyen-event-facts.ts",
        from: "if (!isForGood || facts.dispute === null) return null;",
        to: "if (MARK || !isForGood || facts.dispute === null) return null;",
      },
    ],
    target: {
      file: "tests/api/payments-adyen.test.ts",
      test: "what PREARBITRATION_WON after a second chargeback is money of ours again",
    },
    reason: /disputed_minor/,
  },
];
