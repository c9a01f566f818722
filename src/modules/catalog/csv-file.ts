import { CsvError, parse } from "csv-parse/sync";

/** A row that was not taken, and why. `line` is the line of the file in which the row begins; `column` its header. */
export interface RefusedRow {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
}

/** The whole file was refused: nothing of it can be read with confidence. */
export interface RefusedFile {
  readonly kind: "refused_file";
  readonly line: number;
  readonly reason: string;
}

/** A file that can be read: its header and its rows, not yet looked at. */
export interface CsvFile {
  readonly kind: "file";
  readonly header: readonly string[];
  readonly headerLine: number;
  readonly rows: readonly CsvRecord[];
}

export interface CsvRecord {
  readonly cells: readonly string[];
  /** The line in which the row begins. */
  readonly line: number;
}

const ROWS_MAX = 50_000;

/** Reads UTF-8 with commas or semicolons; the header's names are trimmed. */
export function readCsvFile(bytes: Uint8Array): CsvFile | RefusedFile {
  const records = readRecords(bytes);
  if ("reason" in records) return records;
  const [head, ...rows] = records;
  if (head === undefined) return refuseFile(1, "The file is empty.");
  if (rows.length > ROWS_MAX) {
    return refuseFile(head.line, `The file has more than ${ROWS_MAX} rows. Split it.`);
  }
  return { kind: "file", header: head.cells.map((name) => name.trim()), headerLine: head.line, rows };
}

/** What is wrong with a header, in words; undefined when nothing is. */
export function columnMistake(
  header: readonly string[],
  columns: { readonly required: readonly string[]; readonly known: readonly string[] },
): string | undefined {
  const missing = columns.required.filter((name) => !header.includes(name));
  if (missing.length > 0) return `The header lacks ${missing.join(", ")}.`;
  const strange = header.filter((name) => !columns.known.includes(name));
  if (strange.length > 0) {
    return `The header has ${strange.map((name) => JSON.stringify(name)).join(", ")}, which is no column of this file.`;
  }
  const lower = header.map((name) => name.toLowerCase());
  const twice = header.find((_, index) => lower.indexOf(lower[index] ?? "") !== index);
  return twice === undefined ? undefined : `The header has ${twice} twice.`;
}

export const refuseFile = (line: number, reason: string): RefusedFile => ({
  kind: "refused_file",
  line,
  reason,
});

function readRecords(bytes: Uint8Array): readonly CsvRecord[] | RefusedFile {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuseFile(1, "The file is not in UTF-8. Save it as CSV UTF-8 and import it again.");
  }
  if (text.includes("\u0000")) return refuseFile(1, "The file holds NUL characters; it is not a CSV file.");
  const [firstLine = ""] = text.split(/\r?\n/, 1);
  const delimiter = firstLine.includes(",") ? "," : ";";
  try {
    const parsed = parse(text, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_records_with_empty_values: true,
    }) as unknown as readonly { record: string[]; info: { lines: number } }[];
    // The parser counts the line in which a record ends; one that spans lines begins earlier.
    return parsed.map(({ record, info }) => ({
      cells: record,
      line: info.lines - record.reduce((sum, cell) => sum + (cell.split("\n").length - 1), 0),
    }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return refuseFile(Number(error.lines ?? 1), "The quotes of the file do not close. Check the row.");
  }
}
