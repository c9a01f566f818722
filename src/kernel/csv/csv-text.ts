import { CsvRefusal } from "./csv-refusal.js";

/** Small, so that whatever a file holds, one step of reading it is short. */
const STEP_BYTES = 512;

/** What other kinds of file begin with. */
const STRANGE_FILES: readonly { readonly begins: readonly number[]; readonly what: string }[] = [
  { begins: [0x50, 0x4b, 0x03, 0x04], what: "a spreadsheet or an archive (XLSX, ODS, ZIP)" },
  { begins: [0xd0, 0xcf, 0x11, 0xe0], what: "a spreadsheet of an old kind (XLS)" },
  { begins: [0x1f, 0x8b], what: "compressed (gzip)" },
  { begins: [0x25, 0x50, 0x44, 0x46], what: "a PDF" },
];

const begins = (bytes: Uint8Array, expected: readonly number[]): boolean =>
  expected.every((byte, index) => bytes[index] === byte);

type Encoding = "utf-8" | "utf-16le" | "utf-16be";

function encodingOf(bytes: Uint8Array): Encoding {
  for (const { begins: signature, what } of STRANGE_FILES) {
    if (begins(bytes, signature)) {
      throw new CsvRefusal(1, `The file is ${what}, not CSV. Save it as CSV UTF-8 and import that.`);
    }
  }
  if (begins(bytes, [0xff, 0xfe])) return "utf-16le";
  if (begins(bytes, [0xfe, 0xff])) return "utf-16be";
  return "utf-8";
}

/**
 * The text of a file in small pieces: UTF-8 with or without a byte-order mark, UTF-16 with one (a spreadsheet's
 * "Unicode text"). The mark itself is left out.
 *
 * @throws CsvRefusal for other encodings, other kinds of file, and NUL, which no text has.
 */
export function* readCsvText(bytes: Uint8Array): Generator<string, void, undefined> {
  const encoding = encodingOf(bytes);
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; start += STEP_BYTES) {
    const step = bytes.subarray(start, start + STEP_BYTES);
    const isLast = start + STEP_BYTES >= bytes.length;
    let text: string;
    try {
      text = decoder.decode(step, { stream: !isLast });
    } catch {
      const readable = new TextDecoder(encoding).decode(step);
      throw new CsvRefusal(
        line + countLineEnds(readable.slice(0, readable.indexOf("\uFFFD"))),
        badText(encoding),
      );
    }
    const nul = text.indexOf("\u0000");
    if (nul !== -1) throw new CsvRefusal(line + countLineEnds(text.slice(0, nul)), NUL);
    line += countLineEnds(text);
    yield text;
  }
}

const badText = (encoding: Encoding): string =>
  encoding === "utf-8"
    ? "The file is not in UTF-8. Save it as CSV UTF-8 and import it again."
    : "The file begins as UTF-16 and is not. Save it as CSV UTF-8 and import it again.";

const NUL =
  "The file holds NUL characters: it is UTF-16 without a byte-order mark, or no CSV file. Save it as CSV UTF-8.";

/** CRLF counts once; one that is cut in two counts twice, which is good enough for the place of a mistake. */
const countLineEnds = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;
