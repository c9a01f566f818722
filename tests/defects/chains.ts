import { type Defect, runsAt } from "./defect.js";

const CHOICE = "src/modules/esims/purchase/choose-supplier.ts";
const ESIM = "src/modules/esims/purchase/subjects/esim.ts";
const REFRESH = "src/modules/esims/life/refresh-store.ts";
const ORDERS = "src/modules/orders/order-store.ts";

/** Who is asked when, and what belongs to whom. */
export const CHAIN_DEFECTS: readonly Defect[] = [
  {
    number: 158,
    title: "A supplier that asks for a pause is left for a dearer one",
    area: "purchases",
    edits: [
      {
        file: CHOICE,
        from: "= { retryable: 8, never_arrived: 3,",
        to: "= { retryable: 1, never_arrived: 3,",
      },
      runsAt(CHOICE, "const reasons: string[] = [];"),
    ],
    target: {
      file: "tests/faults/esim-provisioning.test.ts",
      test: "429 is waited for at the same supplier",
    },
    reason: /./,
  },
  {
    number: 159,
    title: "An eSIM is bought for more than its customer paid",
    area: "purchases",
    edits: [
      {
        file: CHOICE,
        from: "  pausedReason === null && !isAbovePaid && costText",
        to: "  (MARK, isAbovePaid || pausedReason === null) && costText",
      },
    ],
    target: {
      file: "tests/faults/supplier-prices.test.ts",
      test: "above what the customer paid: nothing is bought there, and an operator decides",
    },
    reason: /./,
  },
  {
    number: 160,
    title: "After an outage of ours purchases are parked before anybody has asked about them",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/chain-timing.ts",
        from: "  ageMillis > PATIENCE_MILLIS && lookups >= LOOKUPS_MIN;",
        to: "  (MARK, ageMillis > PATIENCE_MILLIS) && lookups >= 0;",
      },
    ],
    target: {
      file: "tests/faults/esim-unknown.test.ts",
      test: "after an outage of ours the age of an attempt alone parks nothing: the supplier is asked some times",
    },
    reason: /'pending', 'searched unknown'/,
  },
  {
    number: 161,
    title: "An eSIM in use loses its number to the next customer",
    area: "purchases",
    edits: [
      {
        file: ESIM,
        from: "and ended_at is null\n     and (plan_expires_at < now() or (status = 'ready' and use_by < now()))",
        to: "and ended_at is null",
      },
      runsAt(ESIM, "return (await db.run(FREE_ICCID, [iccid])).count === 1;"),
    ],
    target: {
      file: "tests/faults/ended-esims.test.ts",
      test: "is parked with its evidence while the old one is in use",
    },
    reason: /duplicate/,
  },
  {
    number: 162,
    title: "An eSIM that has ended is asked about, and shows what its next owner uses",
    area: "purchases",
    edits: [
      {
        file: REFRESH,
        from: "from esim_profiles where id = $1 and status in ('ready', 'active') and ended_at is null`",
        to: "from esim_profiles where id = $1 and status in ('ready', 'active')`",
      },
      runsAt(REFRESH, "return (await db.run<RefreshRow>(FIND, [profileId])).rows[0];"),
    ],
    target: {
      file: "tests/faults/ended-esims.test.ts",
      test: "never shows the old customer what the new one uses, by poll, event or list",
    },
    reason: /not include|to be /,
  },
  {
    number: 163,
    title: "Simultaneous buyers hold one stock code together",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/stock/deliverable-offer.ts",
        from: "       order by i.id limit 1 for update skip locked",
        to: "       order by i.id limit 1",
      },
      runsAt(ORDERS, "const { rows } = await db.run<PlacedOrder>(placeOrFind, ["),
    ],
    target: {
      file: "tests/races/stock-orders.test.ts",
      test: "100 buyers of 60 codes: 60 orders that hold one and 40 clear refusals",
    },
    reason: /./,
  },
  {
    number: 164,
    title: "A top-up that was given up counts as never sold while its request may still arrive",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/decide.ts",
        from: 'if (search.isConclusive && settlesInMillis(one.attempt, lookupSettlesAfterSeconds, "decide") === 0) {',
        to: 'if (search.isConclusive && (one.attempt.status === "surplus" ? MARK !== undefined : settlesInMillis(one.attempt, lookupSettlesAfterSeconds, "decide") === 0)) {',
      },
    ],
    target: {
      file: "tests/faults/top-up-unknown.test.ts",
      test: "given up with a loss, it was never sold only when the settling time since the call is over",
    },
    reason: /resolved|rejects|not decided/,
  },
  {
    number: 165,
    title: "The price of an eSIM that failed stays with us when the refund's job was lost",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/provisioning/provisioning-jobs.ts",
        from: "      await sweeps.sweepFailed(deps.db);",
        to: "        MARK;",
      },
    ],
    target: {
      file: "tests/faults/lost-jobs.test.ts",
      test: "the price of what failed (eSIM) and whose refund's job was lost goes back by the sweep, once",
    },
    reason: /The money is back did not come about/,
  },
  {
    number: 166,
    title: "The price of a top-up that failed stays with us when the refund's job was lost",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/top-ups/top-up-jobs.ts",
        from: "      await sweeps.sweepFailed(db);",
        to: "        MARK;",
      },
    ],
    target: {
      file: "tests/faults/lost-jobs.test.ts",
      test: "the price of what failed (top-up) and whose refund's job was lost goes back by the sweep, once",
    },
    reason: /The money is back did not come about/,
  },
];
