import { type Defect, runsAt } from "./defect.js";

const PRICE = "src/modules/supply/pricing/price-package.ts";
const PRICE_TEST = "src/modules/supply/pricing/price-package.test.ts";
const SYNC = "src/modules/supply/sync/sync-catalogue.ts";
const DESIRED = "src/modules/supply/sync/desired-plans.ts";
const APPLY = "src/modules/supply/sync/apply-sync.ts";
const SYNC_TEST = "tests/faults/catalogue-sync.test.ts";
const READ = "src/modules/supply/sync/read-catalogue.ts";
const RATES = "src/modules/supply/rates/import-rates.ts";
const RATES_TEST = "tests/api/price-rules.test.ts";
const RATES_ONCE = "are taken once, never back in time, and a jump only when somebody says so";
const TRIP = "src/modules/catalog/trips/plan-trip.ts";
const TRIP_TEST = "src/modules/catalog/trips/plan-trip.test.ts";

/** Prices by rule, the synchronisation of the catalogue, and trips. */
export const SUPPLY_DEFECTS: readonly Defect[] = [
  {
    number: 350,
    title: "A price is rounded down to its step",
    area: "catalogue",
    edits: [
      {
        file: PRICE,
        from: "const price = ((least + step - 1n) / step) * step;",
        to: "MARK;\n    const price = (least / step) * step;",
      },
    ],
    target: { file: PRICE_TEST, test: "three decimals, of which cards know two" },
    reason: /1540/,
  },
  {
    number: 351,
    title: "A fixed price is published below cost and card fee",
    area: "catalogue",
    edits: [
      {
        file: PRICE,
        from: "  if (isLess(subtract(rational(price), fee), cost)) {",
        to: "  if (MARK && isLess(rational(price), ZERO)) {",
      },
    ],
    target: {
      file: PRICE_TEST,
      test: "is refused, with what to do, for a fixed price below cost and fee",
    },
    reason: /refused/,
  },
  {
    number: 352,
    title: "A supplier's list of less than half of what it was is taken as the whole one",
    area: "catalogue",
    edits: [
      {
        file: SYNC,
        from: "reading.packages.length * 2 < known && !acceptsShrunk",
        to: "reading.packages.length * 2 < known && !MARK && !acceptsShrunk",
      },
    ],
    target: { file: SYNC_TEST, test: "half a list changes nothing and alarms" },
    reason: /two shrunk/,
  },
  {
    number: 353,
    title: "A cost that is a hundred times less is taken without a person",
    area: "catalogue",
    edits: [
      {
        file: DESIRED,
        from: '? "cost_jump" : null;\n}',
        to: "? (MARK, null) : null;\n}",
      },
    ],
    target: {
      file: SYNC_TEST,
      test: "prices a hundred times too small: a finding, and nothing is given away or sold at a loss",
    },
    reason: /cost_jump/,
  },
  {
    number: 354,
    title: "A step is applied to a plan that somebody changed meanwhile",
    area: "catalogue",
    edits: [
      {
        file: APPLY,
        from: "    if (!isSameState(state, orderedState(wanted))) skipped",
        to: "    if (!MARK && !isSameState(state, orderedState(wanted))) skipped",
      },
    ],
    target: {
      file: SYNC_TEST,
      test: "an import while a synchronisation waits: a plan that was changed meanwhile is left alone",
    },
    reason: /applied/,
  },
  {
    number: 416,
    title: "A first synchronisation of a few plans is applied without a person",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/sync/diff-plans.ts",
        from: 'if (known === 0) return "first_run";',
        to: 'if (known === 0 && !MARK) return "first_run";',
      },
    ],
    target: {
      file: SYNC_TEST,
      test: "waits for a person, however small it is; a later one as small does not",
    },
    reason: /first_run/,
  },
  {
    number: 417,
    title: "More changes than the limit are applied without a person",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/sync/diff-plans.ts",
        from: "return steps > Math.max(FREE_CHANGES,",
        to: "return MARK && steps > Math.max(10 * FREE_CHANGES,",
      },
    ],
    target: {
      file: SYNC_TEST,
      test: "all prices a hundred times too small wait for a person, who can look at each step",
    },
    reason: /more_than_limit/,
  },
  {
    number: 418,
    title: "An exchange rate of any age makes prices",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/rates/rate-book.ts",
        from: "if (days > maxAgeDays) return",
        to: "if (days > maxAgeDays && !MARK) return",
      },
    ],
    target: {
      file: "tests/api/price-rules.test.ts",
      test: "200: without a fresh rate there is no price, and it says why",
    },
    reason: /rate_too_old/,
  },
  {
    number: 419,
    title: "A price below what the supplier allows is published",
    area: "catalogue",
    edits: [
      {
        file: PRICE,
        from: "  if (isLess(rational(price), leastRetailMinor)) {",
        to: "  if (MARK && isLess(rational(price), ZERO)) {",
      },
    ],
    target: {
      file: "tests/api/price-rules.test.ts",
      test: "200: names the least that the supplier allows to ask, converted, and that a price is below it",
    },
    reason: /below_supplier_minimum/,
  },
  {
    number: 430,
    title: "Steps that wait for a person are applied with the others",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/sync/sync-store.ts",
        from: "and ($2::boolean or s.held_reason is null)",
        to: "and ($2::boolean or true)",
      },
      runsAt("src/modules/supply/sync/sync-store.ts", "  return (await tx.run<TakenStep>(TAKE, ["),
    ],
    target: {
      file: "tests/faults/catalogue-campaign.test.ts",
      test: "suppliers that misbehave, people who edit and processes that die leave a catalogue that is right",
    },
    reason: /although it waits for/,
  },
  {
    number: 355,
    title: "A trip is offered a plan that ends a day early",
    area: "catalogue",
    edits: [
      {
        file: TRIP,
        from: "  if (plan.days < trip.days) return",
        to: "  if ((MARK, plan.days) < trip.days - 1) return",
      },
    ],
    target: {
      file: TRIP_TEST,
      test: "offers nothing when nothing covers the trip, else the cheapest first, each covering all, none with a surplus",
    },
    reason: /Property failed/,
  },
  {
    number: 505,
    title: "An exchange rate a hundred times too large is taken without a person",
    area: "catalogue",
    edits: [
      {
        file: RATES,
        from: "if (acceptsJump || !isLess(",
        to: "if (acceptsJump || MARK || !isLess(",
      },
    ],
    target: { file: RATES_TEST, test: RATES_ONCE },
    reason: /refused_rows/,
  },
  {
    number: 506,
    title: "An older exchange rate replaces a newer one",
    area: "catalogue",
    edits: [
      {
        file: RATES,
        from: "if (rate.as_of < before.as_of) {",
        to: "if ((MARK, rate.as_of) < before.as_of && maxJumpPercent < 0) {",
      },
    ],
    target: { file: RATES_TEST, test: RATES_ONCE },
    reason: /refused_rows/,
  },
  {
    number: 507,
    title: "A file of exchange rates of three weeks ago is taken",
    area: "catalogue",
    edits: [
      {
        file: RATES,
        from: "if (days > maxAgeDays) return",
        to: "if (days > maxAgeDays && !MARK) return",
      },
    ],
    target: { file: RATES_TEST, test: "a rate of three weeks ago: nothing of the file is taken" },
    reason: /refused_rows/,
  },
  {
    number: 508,
    title: "Whatever SYNC_MAX_CHANGE_PERCENT says, half of the catalogue may change",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/sync/diff-plans.ts",
        from: "Math.floor((onSale * percent) / 100)",
        to: "Math.floor((onSale * (MARK, percent, 50)) / 100)",
      },
    ],
    target: {
      file: "src/modules/supply/sync/diff-plans.test.ts",
      test: "71 steps with 1000 plans on sale and a limit of 7 per cent: waits because of more_than_limit",
    },
    reason: /more_than_limit/,
  },
  {
    number: 509,
    title: "An empty page among others ends a supplier's list",
    area: "catalogue",
    edits: [
      {
        file: READ,
        from: "if (packages.length + skipped.length === 0 &&",
        to: "if (packages.length + skipped.length === 0 && !MARK &&",
      },
    ],
    target: { file: SYNC_TEST, test: "an empty page among full ones changes nothing and alarms" },
    reason: /two not_read/,
  },
  {
    number: 510,
    title: "An entry that cannot be understood lets its package vanish",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/sync/package-store.ts",
        from: "    doubtful.flatMap(({ packageId }) => packageId ?? []),",
        to: "    (MARK, []),",
      },
    ],
    target: {
      file: SYNC_TEST,
      test: "what is known of a package that is listed in two forms stays",
    },
    reason: /vanished/,
  },
  {
    number: 530,
    title: "A synchronisation takes over the plan that a file makes under its SKU at the same moment",
    area: "catalogue",
    edits: [
      {
        file: APPLY,
        from: "if (created !== fresh.length) throw",
        to: "if (created !== fresh.length && !MARK) throw",
      },
    ],
    target: {
      file: SYNC_TEST,
      test: "the file was first: its plan stays as it is, and the step says that the SKU is taken",
    },
    reason: /skipped/,
  },
  {
    number: 531,
    title: "The limit of the synchronisation is the one of when the process began",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/supply.module.ts",
        from: "  const pricing = { db, limits, priceProblem };",
        to: '  const pricing = { db, limits, priceProblem };\n  const percent = (MARK, deps.setting("sync_max_change_percent"));',
      },
      {
        file: "src/modules/supply/supply.module.ts",
        from: 'maxChangePercent: () => deps.setting("sync_max_change_percent"),',
        to: "maxChangePercent: () => percent,",
      },
    ],
    target: {
      file: SYNC_TEST,
      test: "holds the limit that counts when it runs, whatever it was when the process began and the job was asked for",
    },
    reason: /more_than_limit/,
  },
  {
    number: 532,
    title: "What is slowed down after a fair use is bought for a plan that is unlimited",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/sync/product.ts",
        from: "${hasFairUseLimit ? ",
        to: "${hasFairUseLimit && !MARK ? ",
      },
    ],
    target: {
      file: SYNC_TEST,
      test: "makes two plans of what is unlimited and what is so with fair use, and none of what has minutes or texts",
    },
    reason: /dearer_than_price/,
  },
  {
    number: 538,
    title: "A Spanish receipt names the country in English",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/catalog/plan-words.ts",
        from: "countryNameIn(iso2, known, texts.language);",
        to: "(MARK, known);",
      },
    ],
    target: {
      file: "tests/mail/receipt-mail.test.ts",
      test: "an order in es has its receipt in that language, from the shop",
    },
    reason: /España/,
  },
  {
    number: 539,
    title: "A difference shows margins as if no card fee was paid",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/sync/step-margins.ts",
        from: "subtract(subtract(rational(minor), fee), paid.minor)",
        to: "subtract(subtract(rational(minor), (MARK, ZERO)), subtract(paid.minor, subtract(fee, fee)))",
      },
    ],
    target: {
      file: SYNC_TEST,
      test: "says what each sale leaves before and after, and nothing of what would be paused",
    },
    reason: /1\.3453/,
  },
];
