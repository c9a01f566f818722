import { isCurrencyCode } from "../../../kernel/money.js";
import type { FeeSnapshot } from "../port.js";
import { readReference } from "./adyen-reference.js";
import { modificationOf, type ReportRow, timeOf } from "./adyen-report-row.js";

/**
 * The report's columns of costs: one commission, or the parts of interchange++, taken from what is paid out; and the
 * processing fee, which is invoiced (docs.adyen.com/reporting/invoice-reconciliation/payment-accounting-report).
 */
const COLUMNS = [
  { kind: "commission", column: "Commission (SC)", currency: "Settlement Currency" },
  { kind: "markup", column: "Markup (SC)", currency: "Settlement Currency" },
  { kind: "scheme_fees", column: "Scheme Fees (SC)", currency: "Settlement Currency" },
  { kind: "interchange", column: "Interchange (SC)", currency: "Settlement Currency" },
  { kind: "processing_fee", column: "Processing Fee (FC)", currency: "Processing Fee Currency" },
] as const;

const DECIMAL = /^-?\d{1,15}(\.\d{1,12})?$/;
const isZero = (decimal: string): boolean => !/[1-9]/.test(decimal);

/** Each cost of each line. A line has no id of its own: what it says of itself is one, and is the same in every report. */
export function readFees(
  rows: readonly ReportRow[],
  onUnreadable: (object: string, problem: string) => void,
): FeeSnapshot[] {
  return rows.flatMap((row) =>
    COLUMNS.flatMap((one) => {
      const decimal = row[one.column] ?? "";
      if (decimal === "" || (DECIMAL.test(decimal) && isZero(decimal))) return [];
      const currency = row[one.currency] ?? "";
      if (DECIMAL.test(decimal) && isCurrencyCode(currency)) return [feeOf(row, one.kind, currency, decimal)];
      onUnreadable(`report line of ${row["Psp Reference"] ?? "?"}`, `${one.kind}_not_an_amount`);
      return [];
    }),
  );
}

function feeOf(row: ReportRow, kind: string, currency: string, decimal: string): FeeSnapshot {
  const intentId = row["Psp Reference"] ?? "";
  const line = [intentId, row["Record Type"], modificationOf(row), row["Booking Date"]];
  return {
    feeId: [...line, kind].join("/"),
    kind,
    intentId,
    metadata: readReference(row["Merchant Reference"] ?? ""),
    currency,
    // Some of its users see the processing fee with a minus, none sees one that is given back.
    amount: kind === "processing_fee" ? decimal.replace("-", "") : decimal,
    bookedAt: timeOf(row),
  };
}
