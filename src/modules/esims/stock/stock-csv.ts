import { textOfCsvCell } from "../../../kernel/csv/csv-cell.js";
import type { CsvColumns } from "../../../kernel/csv/csv-header.js";
import type { RefusedFile, RefusedRow } from "../../../kernel/csv/csv-refusal.js";
import type { CsvRow } from "../../../kernel/csv/csv-rows.js";
import { readCsv } from "../../../kernel/csv/read-csv.js";
import { inTurns } from "../../../kernel/in-turns.js";
import { type ActivationCode, readActivationCode } from "../../../providers/esim/formats/activation-code.js";
import { readSupplierIccid } from "../../../providers/esim/formats/iccid.js";

export interface StockDraft {
  readonly line: number;
  readonly sku: string;
  readonly code: ActivationCode;
  readonly activationCodeText: string;
  readonly confirmationCode: string | null;
  readonly iccid: string | null;
}

export interface ParsedStock {
  readonly kind: "parsed";
  readonly drafts: readonly StockDraft[];
  /** Rows that were not taken, and why. Never with the code itself. */
  readonly refused: readonly RefusedRow[];
  /** All rows, whatever becomes of them. */
  readonly rowCount: number;
}

const COLUMNS: CsvColumns = {
  required: ["sku", "activation_code"],
  optional: ["iccid", "confirmation_code"],
  mayEndEarly: true,
  isSecret: true,
};

const SKU = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** SGP.22: visible characters, which the phone hashes. */
const CONFIRMATION_CODE = /^[\x21-\x7e]{1,32}$/;
/** What a spreadsheet makes of a long number: 8.93E+18, 8,93E+18. */
const SCIENTIFIC = /^\d([.,]\d*)?E\+?\d+$/i;
/** It keeps fifteen digits of a number and writes zeros for the others. */
const ROUNDED = /^\d{15}0{3,}$/;
const ROUNDED_REASON =
  "was rounded by a spreadsheet. Take it from the original, with the column formatted as text; if it really ends so, leave it out";

/** A file of codes of any make: sku and activation_code, and iccid and confirmation_code if there are any. */
export async function parseStockCsv(bytes: Uint8Array): Promise<ParsedStock | RefusedFile> {
  const file = await readCsv(bytes, COLUMNS);
  if (file.kind === "refused_file") return file;
  const drafts: StockDraft[] = [];
  const refused: RefusedRow[] = [...file.refused];
  for await (const row of inTurns(file.rows)) {
    const read = readRow(row);
    if ("reason" in read) refused.push({ line: row.line, ...read });
    else drafts.push({ line: row.line, ...read });
  }
  return { kind: "parsed", drafts, refused, rowCount: file.rowCount };
}

type Mistake = Omit<RefusedRow, "line">;
const mistake = (column: string, reason: string): Mistake => ({ column, reason });

function readRow(row: CsvRow): Omit<StockDraft, "line"> | Mistake {
  const cell = (name: string): string => textOfCsvCell(row.cell(name)).trim();
  // No cell of a code has several lines: a quote opened by mistake, and what follows is other rows.
  if (row.spansLines) return mistake("", "has a cell of several lines. Does a quote not close?");
  const sku = cell("sku");
  if (sku === "") return mistake("sku", "is empty");
  // Not repeated anywhere: where cells changed places it is the code.
  if (!SKU.test(sku)) return mistake("sku", "is not the form of a SKU");
  const reading = readActivationCode(cell("activation_code"), "strict");
  if (!reading.valid) return mistake("activation_code", reading.reason);
  if (reading.code.matchingId === "") {
    return mistake("activation_code", "has no matching id, so it cannot be told from others");
  }
  const confirmationCode = cell("confirmation_code");
  const reason = confirmationCodeMistake(confirmationCode, reading.code.isConfirmationCodeRequired);
  if (reason !== undefined) return mistake("confirmation_code", reason);
  const iccid = readIccid(cell("iccid"));
  if (typeof iccid === "object" && iccid !== null) return iccid;
  return {
    sku,
    code: reading.code,
    activationCodeText: reading.canonical,
    confirmationCode: confirmationCode === "" ? null : confirmationCode,
    iccid,
  };
}

function confirmationCodeMistake(code: string, isRequired: boolean): string | undefined {
  if (code === "") return isRequired ? "is missing although the code asks for one" : undefined;
  if (!CONFIRMATION_CODE.test(code)) return "is not 1 to 32 visible characters";
  if (SCIENTIFIC.test(code) || ROUNDED.test(code)) return ROUNDED_REASON;
  // A file that went through a program with another separator has such an end.
  if (/[,;|]$/.test(code)) return "ends in a separator, which is not the one of this file";
  return undefined;
}

function readIccid(text: string): string | null | Mistake {
  if (text === "") return null;
  const reading = readSupplierIccid(text);
  if (SCIENTIFIC.test(text) || (reading.accepted && ROUNDED.test(reading.iccid)))
    return mistake("iccid", ROUNDED_REASON);
  return reading.accepted ? reading.iccid : mistake("iccid", "is not the shape of an ICCID");
}
