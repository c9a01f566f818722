import { stringify } from "csv-stringify/sync";
import { type CsvValue, csvCell } from "./csv-cell.js";

/** Without it a spreadsheet opens UTF-8 in the machine's own code page, and saves it back garbled. */
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * A CSV file (UTF-8 with a byte-order mark; RFC 4180: CRLF, quotes where needed) whose every cell is safe to open in
 * a spreadsheet, in pieces of one batch each. A batch is written at once, so keep it to some hundred rows.
 */
export async function* writeCsv(
  header: readonly string[],
  batches: AsyncIterable<Iterable<readonly CsvValue[]>>,
): AsyncGenerator<string, void, undefined> {
  let text = BYTE_ORDER_MARK + csvRows([header]);
  for await (const batch of batches) {
    // The header waits for the first batch: a file that cannot be read is not begun.
    yield text + csvRows(batch);
    text = "";
  }
  if (text !== "") yield text;
}

function csvRows(rows: Iterable<readonly CsvValue[]>): string {
  const cells = [...rows].map((row) => row.map(csvCell));
  // Any line end in a cell is quoted, and not only the one of the rows: readers take each for the end of a row.
  return stringify(cells, { record_delimiter: "\r\n", quote_record_delimiter: true });
}
