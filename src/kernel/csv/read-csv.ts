import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CsvError, type InfoRecord, type Options, parse } from "csv-parse";
import { makeTurns } from "../in-turns.js";
import { type CsvColumns, type CsvHeader, findCsvHeader } from "./csv-header.js";
import { CsvRefusal, type RefusedFile, type RefusedRow } from "./csv-refusal.js";
import { type CsvRow, makeRowCollector } from "./csv-rows.js";
import { readCsvText } from "./csv-text.js";

/** A file that can be read. Every row of it is in `rows` or in `refused`. */
export interface CsvFile {
  readonly kind: "file";
  /** The columns that the file has, in lower case. */
  readonly columns: readonly string[];
  readonly headerLine: number;
  readonly rows: readonly CsvRow[];
  readonly refused: readonly RefusedRow[];
  /** Rows that are not blank, counted as they came. */
  readonly rowCount: number;
}

/** More than any row of ours: the longest text is 2,000 characters, and a plan has prices in at most 200 currencies. */
const ROW_CHARACTERS_MAX = 64 * 1024;
const CELLS_MAX = 512;
/** The header is looked for in the first so many pieces of text, 16 KiB: no line of a header is as long. */
const HEADER_PIECES_MAX = 32;

/**
 * Reads a CSV file of any make: UTF-8 or UTF-16, cells separated by commas, semicolons, tabs or bars as its header
 * has them, lines ended by CRLF, LF or CR in any mixture, quotes as RFC 4180 has them. Rows and columns of nothing
 * are left out. A row that cannot be trusted is refused by itself, and the file when what follows cannot be trusted
 * either. Other work of the process gets its turns meanwhile.
 */
export async function readCsv(bytes: Uint8Array, columns: CsvColumns): Promise<CsvFile | RefusedFile> {
  try {
    const pieces = readCsvText(bytes);
    const beginning = take(pieces, HEADER_PIECES_MAX);
    const header = findCsvHeader(beginning.join(""), columns);
    return await readRows(header, beginning, pieces, columns);
  } catch (error) {
    if (!(error instanceof CsvRefusal)) throw error;
    return { kind: "refused_file", line: error.line, reason: error.reason };
  }
}

function take(pieces: Iterator<string>, count: number): readonly string[] {
  const taken: string[] = [];
  for (let piece = pieces.next(); piece.done !== true; piece = pieces.next()) {
    taken.push(piece.value);
    if (taken.length === count) break;
  }
  return taken;
}

async function readRows(
  header: CsvHeader,
  beginning: readonly string[],
  rest: Iterable<string>,
  columns: CsvColumns,
): Promise<CsvFile> {
  const collector = makeRowCollector(header, columns);
  const options: Options = {
    delimiter: header.separator,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_CHARACTERS_MAX,
    // Further ones count as text of the last cell, so that a row of nothing else than separators becomes too long.
    ignore_last_delimiters: CELLS_MAX,
    // Called for each row at once; nothing comes out of the parser's other end.
    on_record: (cells: string[], { empty_lines }: InfoRecord) => {
      collector.add(cells, empty_lines);
      return null;
    },
  };
  // One piece in the parser at a time, so that there is a turn between any two.
  const parser = parse({ ...options, writableHighWaterMark: 1 } as Options);
  const counted = { lineEnds: 0 };
  try {
    await pipeline(Readable.from(inTurnsFrom(header.offset, beginning, rest, counted)), parser, drain);
  } catch (error) {
    throw refusalOf(error, collector.nextLine(parser.info.empty_lines));
  }
  const lines = collector.nextLine(parser.info.empty_lines) - header.line;
  if (lines !== counted.lineEnds + 1) {
    throw new Error(`The parser read ${lines} lines of a CSV file that has ${counted.lineEnds + 1}`);
  }
  return {
    kind: "file",
    columns: header.names.filter(Boolean).map((name) => name.toLowerCase()),
    headerLine: header.line,
    rows: collector.rows,
    refused: collector.refused,
    rowCount: collector.rowCount(),
  };
}

/** The text from the header on, and the count of its line ends. */
async function* inTurnsFrom(
  offset: number,
  beginning: readonly string[],
  rest: Iterable<string>,
  counted: { lineEnds: number },
): AsyncGenerator<string> {
  const turns = makeTurns();
  let skipped = 0;
  let last = "";
  for (const pieces of [beginning, rest]) {
    for (const piece of pieces) {
      await turns();
      const text = piece.slice(Math.max(0, offset - skipped));
      skipped += piece.length;
      if (text === "") continue;
      counted.lineEnds += text.match(/\r\n|\r|\n/g)?.length ?? 0;
      if (last === "\r" && text.startsWith("\n")) counted.lineEnds -= 1;
      last = text.slice(-1);
      yield text;
    }
  }
}

async function drain(parsed: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of parsed);
}

const SAID_FOR_PEOPLE: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "A quote opens in the row that begins here and does not close.",
  CSV_INVALID_CLOSING_QUOTE:
    "In the row that begins here a closing quote is followed by text. Double the quotes within a quoted cell.",
  INVALID_OPENING_QUOTE:
    "In the row that begins here a quote is within a cell that does not begin with one. Quote the cell, and double the quote within.",
  CSV_MAX_RECORD_SIZE: `The row that begins here has more than ${ROW_CHARACTERS_MAX} characters. Does a quote not close?`,
};

function refusalOf(error: unknown, line: number): unknown {
  if (!(error instanceof CsvError)) return error;
  return new CsvRefusal(line, SAID_FOR_PEOPLE[error.code] ?? "The row that begins here is not CSV.");
}
