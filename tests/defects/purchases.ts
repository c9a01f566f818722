import type { Defect } from "./defect.js";

const DECIDE = "src/modules/esims/purchase/decide.ts";
const STORE = "src/modules/esims/purchase/purchase-store.ts";
const ORDERS = "src/modules/orders/order-store.ts";

export const PURCHASES: readonly Defect[] = [
  {
    number: 16,
    title: "Finding nothing decides at once, while the purchase may still be under way",
    area: "purchases",
    edits: [
      {
        file: DECIDE,
        from: 'if (search.isConclusive && settlesInMillis(one.attempt, lookupSettlesAfterSeconds, "decide") === 0) {',
        to: "if (search.isConclusive && MARK) {",
      },
    ],
    target: {
      file: "tests/faults/esim-unknown.test.ts",
      test: "nothing found decides only after the settling time, and until then nobody else is asked",
    },
    reason: /never_arrived.* to deeply equal \[ 'pending', 'searched unknown' \]/,
  },
  {
    number: 17,
    title: "A definite no to the second sending decides without a search",
    area: "purchases",
    edits: [
      {
        file: DECIDE,
        from: '  if (search.value.found === "one") return ofBought(one, search.value.bought, callMillis);\n',
        to: '  if (search.value.found === "one") MARK;\n',
      },
    ],
    target: {
      file: "tests/faults/esim-unknown.test.ts",
      test: "a definite no to the second sending counts only when a search finds nothing either",
    },
    reason: /native refused no_funds.* to deeply equal/,
  },
  {
    number: 18,
    title: "A 429 to the second sending is taken for a no",
    area: "purchases",
    edits: [
      {
        file: DECIDE,
        from: "  if (!isSettled || !isDefiniteNo(outcome.reason))",
        to: "  if (MARK) return refuse(one, outcome, callMillis);\n  if (!isSettled || !isDefiniteNo(outcome.reason))",
      },
    ],
    target: {
      file: "tests/faults/esim-unknown.test.ts",
      test: "retryable to the second sending says nothing about the first: it stays unknown and nobody else is asked",
    },
    reason: /native refused retryable.* to deeply equal \[ 'pending', 'native unknown' \]/,
  },
  {
    number: 20,
    title: "A key of an order is honoured for a request that says something else",
    area: "purchases",
    edits: [
      {
        file: "src/modules/orders/place-order.ts",
        from: "known.request_fingerprint?.equals(idempotent.fingerprint) !== true",
        to: "(MARK, false)",
      },
    ],
    target: {
      file: "tests/api/orders-idempotency.test.ts",
      test: "belongs to another request of the same user; the first order is untouched",
    },
    reason: /422/,
  },
  {
    number: 21,
    title: "Simultaneous requests with one key make an order each",
    area: "purchases",
    edits: [
      ...["       and ${offer.isElsewhere}\n", "     where exists (select from deliverable)\n"].map(
        (before) => ({
          file: ORDERS,
          from: `${before}     on conflict on constraint orders_one_per_user_and_key do nothing\n`,
          to: before,
        }),
      ),
      ...["$7 *", "${offer"].map((minutes) => ({
        file: ORDERS,
        from: `            $5, $6, now() + ${minutes}`,
        to: `            case when $5 is not null then $5 || ' ' || $1 end, $6, now() + ${minutes}`,
      })),
      {
        file: ORDERS,
        from: "await db.run<PlacedOrder>(place, values)",
        to: "await db.run<PlacedOrder>(place, (MARK, values))",
      },
    ],
    target: {
      file: "tests/api/orders-idempotency.test.ts",
      test: "gives the same order again, with its frozen price, quoted or bare",
    },
    reason: /to (be|deeply equal|equal)/,
  },
  {
    number: 22,
    title: "An eSIM that nobody can deliver fails, and its refund is not asked for",
    area: "purchases",
    edits: [
      {
        file: STORE,
        from: "   select ${whenFailed} from failed`",
        to: "   select id from failed`",
      },
      {
        file: STORE,
        from: "isDone(db, sql.fail, [...holds(lease), reason]),",
        to: "isDone(db, sql.fail, [...holds(lease), (MARK, reason)]),",
      },
    ],
    target: {
      file: "tests/faults/esim-provisioning.test.ts",
      test: "refused by everybody, the eSIM fails, the refund is asked for once, and activation answers 502",
    },
    reason: /Waited|in vain|not/,
  },
  {
    number: 23,
    title: "What is delivered after a refund had asked for the order is nobody's to take back",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/subjects/esim.ts",
        from: "      await recordSurplus(db, claim, attempt.id, sold.bought.supplierOrderId);",
        to: "      MARK;",
      },
    ],
    target: {
      file: "tests/faults/esim-provisioning.test.ts",
      test: "a refund while the purchase is unknown waits; what was bought is taken back and nobody gets it",
    },
    reason: /cancelled/,
  },
  {
    number: 24,
    title: "Two top-ups are bought at once where the supplier has no references to tell them apart",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/purchase.ts",
        from: 'const isExclusive = supplier.capabilities.lookup === "by_match";',
        to: 'const isExclusive = supplier.capabilities.lookup === "by_match" && (chain.subject.wares.kind === "esim" || MARK === undefined);',
      },
    ],
    target: {
      file: "tests/faults/top-ups.test.ts",
      test: "while the outcome of one is unknown at a supplier without references, no other of its bundle is bought there",
    },
    reason: /to be /,
  },
  {
    number: 25,
    title: "A top-up is bought for an eSIM that was taken back",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/subjects/top-up.ts",
        from: '(isAlive ? null : "esim_not_alive")',
        to: "(isAlive ? null : (MARK, null))",
      },
    ],
    target: {
      file: "tests/faults/top-ups.test.ts",
      test: "an eSIM that was taken back after the order takes nothing: nothing is bought and the money goes back",
    },
    reason: /./,
  },
];
