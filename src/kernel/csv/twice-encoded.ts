/** The code pages in which spreadsheets open a file that does not say that it is UTF-8. */
const CODE_PAGES = [
  "windows-1252",
  "windows-1250",
  "windows-1251",
  "windows-1253",
  "windows-1254",
  "windows-1257",
  "windows-1258",
  "macintosh",
] as const;

/**
 * What garbled text could have been before: letters, signs and pictures that people use. Phonetic and dead scripts
 * are left out: NESTLÉ® would be one of their letters.
 */
const PLAUSIBLE =
  /^(?:[\0-\x7f\u00a0-\u017f\u0218-\u021b\u0370-\u03ff\u0400-\u045f\u0490\u0491\u05d0-\u05ea\u0600-\u06ff\u0900-\u0e7f\u1e00-\u1eff\u2010-\u2122\u2190-\u21ff\u2600-\u27bf\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\ufeff\uff00-\uffef\u{1f000}-\u{1faff}]|\ufe0f)*$/u;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

let byteTables: readonly ReadonlyMap<string, number>[] | undefined;

/** For each code page the byte of each of its characters beyond ASCII. */
function tables(): readonly ReadonlyMap<string, number>[] {
  byteTables ??= CODE_PAGES.map((page) => {
    const decoder = new TextDecoder(page);
    const bytes = Array.from({ length: 128 }, (_, index) => 128 + index);
    return new Map(bytes.map((byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
  });
  return byteTables;
}

/**
 * The text that this one was before somebody opened its UTF-8 in another encoding and saved it ("EspaÃ±a" was
 * "España"); undefined where nothing speaks for that. All of the text must fit, so that one odd pair of characters
 * in good text is no evidence.
 */
export function textBeforeSecondEncoding(text: string): string | undefined {
  if (/^[\0-\x7f]*$/.test(text)) return undefined;
  for (const table of tables()) {
    const before = decodeBytes(text, table);
    if (before !== undefined && PLAUSIBLE.test(before)) return before;
  }
  return undefined;
}

function decodeBytes(text: string, table: ReadonlyMap<string, number>): string | undefined {
  const bytes: number[] = [];
  for (const character of text) {
    const byte = character < "\u0080" ? character.charCodeAt(0) : table.get(character);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  try {
    return utf8.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
