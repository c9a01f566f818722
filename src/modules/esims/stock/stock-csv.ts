import { CsvError, parse } from "csv-parse/sync";
import { textOfCsvCell } from "../../../kernel/csv-cell.js";
import { type ActivationCode, readActivationCode } from "../../../providers/esim/formats/activation-code.js";
import { readSupplierIccid } from "../../../providers/esim/formats/iccid.js";

/** A row that was not taken, and why. Never holds the code itself. */
export interface RefusedStockRow {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
}

export interface StockDraft {
  readonly line: number;
  readonly sku: string;
  readonly code: ActivationCode;
  readonly activationCodeText: string;
  readonly confirmationCode: string | null;
  readonly iccid: string | null;
}

export type ParsedStock =
  | { readonly kind: "parsed"; readonly drafts: readonly StockDraft[]; readonly refused: RefusedStockRow[] }
  | { readonly kind: "refused_file"; readonly line: number; readonly reason: string };

const COLUMNS = ["sku", "activation_code", "iccid", "confirmation_code"] as const;
const ROWS_MAX = 50_000;
/** SGP.22: visible characters, which the phone hashes. */
const CONFIRMATION_CODE = /^[\x21-\x7e]{1,32}$/;

/** What csv-parse answers with `info`. */
interface CsvRecord {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** A file of codes: UTF-8, a header with sku and activation_code, and iccid and confirmation_code if there are any. */
export function parseStockCsv(bytes: Uint8Array): ParsedStock {
  let records: CsvRecord[];
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    records = parse(text, {
      bom: true,
      info: true,
      delimiter: [",", ";"],
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as CsvRecord[];
  } catch (error) {
    const line = error instanceof CsvError ? Number(error.lines ?? 1) : 1;
    return { kind: "refused_file", line, reason: "The file is not CSV in UTF-8. Save it as such." };
  }
  const [head, ...body] = records;
  const header = head?.record.map((name) => name.trim().toLowerCase()) ?? [];
  const unknown = header.find((name) => !COLUMNS.some((column) => column === name));
  if (unknown !== undefined || !header.includes("sku") || !header.includes("activation_code")) {
    return { kind: "refused_file", line: 1, reason: `The header must be of ${COLUMNS.join(", ")}.` };
  }
  if (body.length > ROWS_MAX)
    return { kind: "refused_file", line: 1, reason: `The file has more than ${ROWS_MAX} rows. Split it.` };
  const drafts: StockDraft[] = [];
  const refused: RefusedStockRow[] = [];
  for (const { record, info } of body) {
    const cell = (name: (typeof COLUMNS)[number]): string =>
      textOfCsvCell(record[header.indexOf(name)] ?? "").trim();
    const read = readRow(cell, info.lines);
    if ("reason" in read) refused.push(read);
    else drafts.push(read);
  }
  return { kind: "parsed", drafts, refused };
}

function readRow(
  cell: (name: (typeof COLUMNS)[number]) => string,
  line: number,
): StockDraft | RefusedStockRow {
  const sku = cell("sku");
  if (sku === "") return { line, column: "sku", reason: "is empty" };
  const reading = readActivationCode(cell("activation_code"), "strict");
  if (!reading.valid) return { line, column: "activation_code", reason: reading.reason };
  if (reading.code.matchingId === "")
    return {
      line,
      column: "activation_code",
      reason: "has no matching id, so it cannot be told from others",
    };
  const confirmationCode = cell("confirmation_code");
  if (confirmationCode !== "" && !CONFIRMATION_CODE.test(confirmationCode))
    return { line, column: "confirmation_code", reason: "is not 1 to 32 visible characters" };
  if (reading.code.isConfirmationCodeRequired && confirmationCode === "")
    return { line, column: "confirmation_code", reason: "is missing although the code asks for one" };
  const iccid = cell("iccid");
  const accepted = iccid === "" ? null : readSupplierIccid(iccid);
  if (accepted !== null && !accepted.accepted)
    return { line, column: "iccid", reason: "is not the shape of an ICCID" };
  return {
    line,
    sku,
    code: reading.code,
    activationCodeText: reading.canonical,
    confirmationCode: confirmationCode === "" ? null : confirmationCode,
    iccid: accepted?.accepted === true ? accepted.iccid : null,
  };
}
