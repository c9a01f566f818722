import type { Defect } from "./defect.js";

/** The import from the earlier system. */
export const LEGACY_IMPORT: readonly Defect[] = [
  {
    number: 583,
    title: "An order of the earlier shop is imported without its eSIM when the run is cut off between them",
    area: "operation",
    edits: [
      {
        file: "src/modules/admin/legacy/import-legacy.ts",
        from: "(await db.transaction((tx) => importOrder(tx, order, vault)))",
        to: "(MARK, await importOrder(db as never, order, vault))",
      },
    ],
    target: {
      file: "tests/faults/import-legacy-kill.test.ts",
      test: "cut off at the first, the second, the third statement and so on, goes on to the same shop",
    },
    reason: /to deeply equal/,
  },
];
