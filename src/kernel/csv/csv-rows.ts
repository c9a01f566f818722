import { type CsvColumns, type CsvHeader, otherSeparatorIn, spokenSeparator } from "./csv-header.js";
import { CsvRefusal, type RefusedRow } from "./csv-refusal.js";
import { textBeforeSecondEncoding } from "./twice-encoded.js";

export interface CsvRow {
  /** The line in which the row begins. */
  readonly line: number;
  /** Whether a cell holds line ends, so that the row is of several lines. */
  readonly spansLines: boolean;
  /** The text of the column, exactly as the file has it; "" where the row or the file has none. */
  cell(column: string): string;
}

const ROWS_MAX = 50_000;
const LINE_END = /\r\n|\r|\n/g;

export interface RowCollector {
  /** One row of the parser, the header first. `blankLines` are those that the parser has skipped so far. */
  add(cells: readonly string[], blankLines: number): void;
  /** The line in which the next row begins. */
  nextLine(blankLines: number): number;
  readonly rows: readonly CsvRow[];
  readonly refused: readonly RefusedRow[];
  /** Rows that are not blank, counted as they came. */
  rowCount(): number;
}

/** Sorts what the parser reads into rows, refused rows and nothing. */
export function makeRowCollector(header: CsvHeader, columns: CsvColumns): RowCollector {
  const width = header.names.length;
  const indexes = new Map(header.names.map((name, index) => [name.toLowerCase(), index]));
  const rows: CsvRow[] = [];
  const refused: RefusedRow[] = [];
  let line = header.line;
  let blankBefore = 0;
  let oddBlankRows = 0;
  let rowCount = 0;
  let isHeader = true;
  const nextLine = (blankLines: number): number => line + blankLines - blankBefore;

  const keep = (cells: readonly string[], at: number, lineCount: number): void => {
    rowCount += 1;
    const mistake = rowMistake(cells, header, columns, { at, lineCount });
    if (mistake !== undefined) refused.push({ line: at, ...mistake });
    else {
      const cell = (column: string): string => cells[indexes.get(column) ?? width] ?? "";
      rows.push({ line: at, spansLines: lineCount > 1, cell });
    }
  };
  return {
    rows,
    refused,
    nextLine,
    rowCount: () => rowCount,
    add(cells, blankLines) {
      const at = nextLine(blankLines);
      const lineCount = cells.reduce((sum, cell) => sum + (cell.match(LINE_END)?.length ?? 0), 1);
      line = at + lineCount;
      blankBefore = blankLines;
      if (isHeader) isHeader = false;
      else if (!cells.every(isBlank)) keep(cells, at, lineCount);
      // Rows of nothing come by the hundred thousand, as wide as the header; others cost the parser much.
      else if (cells.length !== width) oddBlankRows += 1;
      if (rowCount + oddBlankRows > ROWS_MAX) {
        throw new CsvRefusal(at, `The file has more than ${ROWS_MAX} rows. Split it.`);
      }
    },
  };
}

const isBlank = (cell: string): boolean => cell.trim() === "";

type RowMistake = Omit<RefusedRow, "line">;

/** Why the row cannot be trusted; undefined when nothing speaks against it. */
function rowMistake(
  cells: readonly string[],
  header: CsvHeader,
  columns: CsvColumns,
  { at, lineCount }: { readonly at: number; readonly lineCount: number },
): RowMistake | undefined {
  const width = header.names.length;
  const isTooLong = !cells.slice(width).every(isBlank);
  const isTooShort = cells.length < neededCells(header) && !columns.mayEndEarly;
  const isOtherwiseSeparated = cells.length < width && otherSeparatorIn(cells.join(header.separator), header);
  if (isOtherwiseSeparated) {
    return whole(
      `looks as if ${isOtherwiseSeparated} separated its cells, where the header has ${spokenSeparator(header)}`,
    );
  }
  if (isTooLong || isTooShort) return whole(`has ${cells.length} cells where the header has ${width}`);
  const nameless = header.names.findIndex((name, index) => name === "" && !isBlank(cells[index] ?? ""));
  if (nameless !== -1) return whole(`has text in column ${nameless + 1}, which has no name in the header`);
  if (lineCount > 1 && looksLikeRows(cells, header)) {
    return whole(
      `lines ${at} to ${at + lineCount - 1} look like rows of their own, but a quote that opens in one of them makes them one row. Remove or double the quote`,
    );
  }
  for (const [index, name] of header.names.entries()) {
    const reason = textMistake(cells[index] ?? "", columns);
    if (reason !== undefined) return { column: name.toLowerCase(), reason };
  }
  return undefined;
}

const whole = (reason: string): RowMistake => ({ column: "", reason });

/** Cells up to the last column that has a name. */
const neededCells = ({ names }: CsvHeader): number => names.findLastIndex((name) => name !== "") + 1;

/** A quote that opens by mistake swallows rows up to the next one: then each line alone is as wide as the header. */
function looksLikeRows(cells: readonly string[], { names, separator }: CsvHeader): boolean {
  const lines = cells.join(separator).split(/\r\n|\r|\n/);
  return lines
    .filter((text) => !isBlank(text))
    .every((text) => text.split(separator).length === names.length);
}

function textMistake(text: string, { isSecret }: CsvColumns): string | undefined {
  if (text.includes("\uFFFD")) {
    return "has a character that was lost when the file was opened in another encoding. Take it from the original";
  }
  const before = textBeforeSecondEncoding(text);
  if (before === undefined) return undefined;
  const meaning = isSecret ? "" : `: it seems to mean ${JSON.stringify(before.slice(0, 60))}`;
  return `was saved in the wrong encoding${meaning}. Open the original as UTF-8`;
}
