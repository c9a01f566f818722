import { type Defect, runsAt } from "./defect.js";

const APPROVALS = "src/modules/payments/refunds/refund-approval-store.ts";
const LIMIT = "src/modules/payments/refunds/second-person.ts";
const DECIDE = "src/modules/payments/refunds/decide-refund.ts";
const ASK = "src/modules/payments/refunds/ask-for-refund.ts";

const TEST = "tests/api/second-person.test.ts";
const PARTS = "is not split into parts of an order, of a person's day, or at the same moment";
const GUARD = "and expires_at > now() and requested_by <> $2`,";

/** Refunds above the limit, which need a second person. */
export const LARGE_REFUND_DEFECTS: readonly Defect[] = [
  {
    number: 380,
    title: "Who asked for a large refund may approve it",
    area: "money",
    edits: [
      { file: APPROVALS, from: GUARD, to: "and expires_at > now() and requested_by <> -$2::bigint`," },
      runsAt(DECIDE, "if (!(await approveIfWaitingAndOfAnother(tx, approval)))"),
    ],
    target: {
      file: TEST,
      test: "is approved neither by who asked, nor by a key of theirs, nor without the permission",
    },
    reason: /second_person_required/,
  },
  {
    number: 381,
    title: "Two large refunds of one person at the same moment see the smaller sum",
    area: "money",
    edits: [
      { file: ASK, from: "if (limitMinor !== null) await", to: "if (limitMinor !== null && !MARK) await" },
    ],
    target: { file: TEST, test: PARTS },
    reason: /deeply equal/,
  },
  {
    number: 382,
    title: "Parts of a day add up to any amount",
    area: "money",
    edits: [{ file: LIMIT, from: "greatest(${ofOrder}, ${ofPerson})", to: "(${MARK, ofOrder})" }],
    target: { file: TEST, test: PARTS },
    reason: /second_person_required/,
  },
  {
    number: 383,
    title: "A large refund is approved long after it was asked for",
    area: "money",
    edits: [
      { file: APPROVALS, from: GUARD, to: "and requested_by <> $2`," },
      runsAt(DECIDE, "if (!(await approveIfWaitingAndOfAnother(tx, approval)))"),
    ],
    target: {
      file: TEST,
      test: "409: declined or expired it is not approved, and its key asks for nothing new",
    },
    reason: /conflict/,
  },
  {
    number: 526,
    title: "The audit holds a refund against the newest limit, not against that of its time",
    area: "money",
    edits: [
      {
        file: "src/modules/admin/books/money-rules.ts",
        from: "(select b.id from refund_limits b where b.valid_from < r.created_at - ${NOTED_WITHIN}",
        to: '(select b.id from refund_limits b where ${MARK ? "true" : "false"}',
      },
    ],
    target: {
      file: "tests/audit/books.test.ts",
      test: "finds no refund too large where the limit of its time was higher",
    },
    reason: /./,
  },
];
