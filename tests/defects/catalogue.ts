import type { Defect } from "./defect.js";

const REGIONS = "src/modules/catalog/reference/regions.ts";
const REGIONS_TEST = "src/modules/catalog/reference/regions.test.ts";

const READS = "src/modules/catalog/catalog-read-model.ts";
const LISTING = {
  file: READS,
  from: "  const { rows } = await db.run<PlanRow>(LIST_PLANS, [",
  to: "  MARK;\n  const { rows } = await db.run<PlanRow>(LIST_PLANS, [",
};

export const CATALOGUE: readonly Defect[] = [
  {
    number: 61,
    title: "Plans that are paused are listed",
    area: "catalogue",
    edits: [{ file: READS, from: "`p.is_active\n     and ($2", to: "`true\n     and ($2" }, LISTING],
    target: { file: "tests/api/catalog.test.ts", test: "a plan that is paused is neither listed nor shown" },
    reason: /./,
  },
  {
    number: 62,
    title: "A region's plans are missing in the lists of its countries",
    area: "catalogue",
    edits: [{ file: READS, from: "c.iso2 = $2 or exists (", to: "c.iso2 = $2 or not exists (" }, LISTING],
    target: {
      file: "tests/api/catalog.test.ts",
      test: "200: a country's plans include the regional and global ones that work there",
    },
    reason: /./,
  },
  {
    number: 63,
    title: "A dry run of an import changes the catalogue",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/catalog/run-import.ts",
        from: "      if (isDryRun) throw new DryRun(report);",
        to: "      if (isDryRun && !MARK) throw new DryRun(report);",
      },
    ],
    target: {
      file: "tests/api/catalog-admin.test.ts",
      test: "200: a dry run says what would happen, with the refused rows, and leaves no trace",
    },
    reason: /./,
  },
  {
    number: 64,
    title: "Two operators who change one plan undo each other's change",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/catalog/manage-record.ts",
        from: "if (store.lock !== undefined && !(await store.lock(tx, id))) throw missing();",
        to: "MARK;",
      },
    ],
    target: {
      file: "tests/api/catalog-admin.test.ts",
      test: "twenty changes of different members at the same time are all there afterwards",
    },
    reason: /./,
  },
  {
    number: 501,
    title: "A synchronisation overwrites the price that an import wrote while it waited",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/sync/synced-plan-store.ts",
        from: "  await tx.run(LOCK, [keys]);\n  return (await tx.run<SyncedPlan>(FIND, [keys])).rows;",
        to: "  MARK;\n  const { rows } = await tx.run<SyncedPlan>(FIND, [keys]);\n  await tx.run(LOCK, [keys]);\n  return rows;",
      },
    ],
    target: {
      file: "tests/commands/import-while-syncing.test.ts",
      test: "a price from the file is not lost to a difference that was made before it",
    },
    reason: /Applied 29, skipped 1/,
  },
  {
    number: 502,
    title: "An imported region does not replace the set of ours",
    area: "catalogue",
    edits: [
      {
        file: REGIONS,
        from: "{ ...own, ...row }",
        to: "(MARK, { ...row, ...own })",
      },
    ],
    target: {
      file: REGIONS_TEST,
      test: "come on top of ours, and replace the set of one that has the same name",
    },
    reason: /'ES', 'FR'/,
  },
  {
    number: 503,
    title: "Australasia is taken for Asia",
    area: "catalogue",
    edits: [
      {
        file: REGIONS,
        from: "(?<![\\\\p{L}\\\\p{N}])${words}",
        to: "${(MARK, words)}",
      },
    ],
    target: {
      file: REGIONS_TEST,
      test: "a title Australasia 5 GB means undefined",
    },
    reason: /Asia/,
  },
  {
    number: 504,
    title: "The page of a region hides the countries in which nothing works",
    area: "storefront",
    edits: [
      {
        file: "src/modules/storefront/destinations.ts",
        from: ".filter((code) => !covered.has(code))",
        to: ".filter((code) => (MARK, covered.has(code)))",
      },
    ],
    target: {
      file: "tests/api/pages.test.ts",
      test: "200: a region's page says where it works, where it does not although it is called so, and what works in less",
    },
    reason: /Not in/,
  },
  {
    number: 511,
    title: "A country's page names networks of other countries",
    area: "storefront",
    edits: [
      {
        file: "src/modules/storefront/find-terms.ts",
        from: "country === null || one.country === country)",
        to: "country === null || MARK || one.country === country)",
      },
    ],
    target: {
      file: "tests/api/pages.test.ts",
      test: "200: a plan says in which networks it works, as far as its first supplier does, and none of other countries",
    },
    reason: /SK Telecom/,
  },
  {
    number: 620,
    title: "A file without a column of pauses puts paused plans on sale",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/catalog/catalog-csv.ts",
        from: 'hasPausedReason: file.columns.includes("paused_reason"),',
        to: "hasPausedReason: (MARK, true),",
      },
    ],
    target: {
      file: "src/modules/catalog/import-catalog.test.ts",
      test: "a file without the columns of descriptions and pauses leaves those of the plans alone",
    },
    reason: /./,
  },
  {
    number: 622,
    title: "Data are imported that the next start refuses",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/catalog/reference/read-reference-csv.ts",
        from: "    if (words.length > WORDS_MAX) return",
        to: "    if (words.length > WORDS_MAX && !MARK) return",
      },
    ],
    target: {
      file: "tests/commands/import-data.test.ts",
      test: "2: devices with a bad row is refused whole, with the row",
    },
    reason: /./,
  },
  {
    number: 624,
    title: "Two regions have one address, and one of them no page",
    area: "storefront",
    edits: [
      {
        file: "src/modules/storefront/destinations.ts",
        from: "  for (let number = 2; taken.has(slug); number += 1)",
        to: "  for (let number = 2; MARK === undefined && taken.has(slug); number += 1)",
      },
    ],
    target: {
      file: "tests/api/pages.test.ts",
      test: "200: a region is one page however its plans spell it, and no two places share an address",
    },
    reason: /./,
  },
  {
    number: 625,
    title: "Prices in dollars of several countries look alike",
    area: "storefront",
    edits: [
      {
        file: "web/src/text/format.ts",
        from: '    style: "currency",',
        to: '    style: "currency",\n    currencyDisplay: MARK === undefined ? "symbol" : "narrowSymbol",',
      },
    ],
    target: {
      file: "web/src/text/texts.test.ts",
      test: "a price says in which currency it is, in en",
    },
    reason: /./,
  },
  {
    number: 626,
    title: "Rates of another base take the place of only some of those that are here",
    area: "catalogue",
    edits: [
      {
        file: "src/modules/supply/rates/import-rates.ts",
        from: "  if (missing.length === 0) return [];",
        to: "  if (missing.length === 0 || MARK) return [];",
      },
    ],
    target: {
      file: "tests/api/price-rules.test.ts",
      test: "of another base take the place of all that are here, with the same checks, and never of some",
    },
    reason: /./,
  },
];
