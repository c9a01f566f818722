import type { Defect } from "./defect.js";

const DECIDE = "src/modules/esims/purchase/decide-look-back.ts";
const RESTORED = "tests/faults/restored-backup.test.ts";

/** What is bought, or taken for bought, after a backup was put back. */
export const RESTORED_BACKUP_DEFECTS: readonly Defect[] = [
  {
    number: 564,
    title:
      "An order of before a restored backup is bought without asking the supplier for the purchase that was lost",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/next-step.ts",
        from: "if (claim.restoration !== null) return",
        to: "if (claim.restoration !== null && !MARK) return",
      },
    ],
    target: { file: RESTORED, test: "delivers the eSIM that was bought after it, and buys no second one" },
    reason: /expected 2 to be 1/,
  },
  {
    number: 565,
    title: "After a restored backup only the first attempt of an order is looked for",
    area: "purchases",
    edits: [{ file: DECIDE, from: 'lookup === "by_match" ? 1', to: 'lookup === "by_match" || MARK ? 1' }],
    target: {
      file: RESTORED,
      test: "finds what the second supplier sold, though the first one would sell by now",
    },
    reason: /expected 1 to be \+?0/,
  },
  {
    number: 566,
    title: "After a restored backup a purchase of the same package is taken for the order's own",
    area: "purchases",
    edits: [
      {
        file: DECIDE,
        from: 'return terms.lookup === "by_match"\n',
        to: 'return terms.lookup === "by_match" && !MARK\n',
      },
    ],
    target: {
      file: RESTORED,
      test: "at a supplier without references a person decides whose the purchase is, and a new order is not asked about",
    },
    reason: /to be 'several_orders'/,
  },
  {
    number: 567,
    title: "After a restored backup finding nothing counts while the last request may be under way",
    area: "purchases",
    edits: [{ file: DECIDE, from: "if (settlesInMillis <= 0)", to: "if (settlesInMillis <= 0 || MARK)" }],
    target: {
      file: RESTORED,
      test: "buys what had not been bought, once the settling time since the restore is over",
    },
    reason: /expected 1 to be \+?0/,
  },
  {
    number: 568,
    title: "After a restored backup a supplier that does not answer is taken to have sold nothing",
    area: "purchases",
    edits: [
      {
        file: DECIDE,
        from: 'if (answer.kind === "refused") return {',
        to: 'if (answer.kind === "refused") return MARK ? { do: "go_on" } : {',
      },
    ],
    target: { file: RESTORED, test: "while a supplier cannot be asked, nobody is sent anything" },
    reason: /expected 1 to be \+?0/,
  },
  {
    number: 621,
    title: "A backup's time in another notation is taken for a time that it is not",
    area: "purchases",
    edits: [
      {
        file: "src/commands/restored.ts",
        from: "  const moment = readMoment(text);",
        to: "  const moment = (MARK, Number.isNaN(Date.parse(text)) ? readMoment(text) : new Date(text));",
      },
    ],
    target: {
      file: "tests/commands/restored.test.ts",
      test: "0: notes when the backup was made, on record; 1 for what is no time, or not past",
    },
    reason: /./,
  },
  {
    number: 623,
    title: "A restore is noted in a new shop, where the address of the database is another",
    area: "purchases",
    edits: [
      {
        file: "src/commands/restored.ts",
        from: "migrates: true, needsShop: true }",
        to: "migrates: true, needsShop: MARK === undefined }",
      },
    ],
    target: {
      file: "tests/commands/command-line.test.ts",
      test: "1: a command that needs a shop says that there is none in this database, and makes none",
    },
    reason: /restored/,
  },
  {
    number: 632,
    title: "After a restored backup only suppliers that the plan still names are asked for lost purchases",
    area: "purchases",
    edits: [
      {
        file: "src/modules/esims/purchase/look-back.ts",
        from: "const others = former === null ?",
        to: "const others = former === null || MARK ?",
      },
    ],
    target: {
      file: RESTORED,
      test: "finds what a supplier sold that is not in the plan's list any more, and buys nothing there",
    },
    reason: /expected true to be false/,
  },
];
