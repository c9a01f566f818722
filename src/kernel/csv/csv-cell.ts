/** A number stays a number in the file; text is what a spreadsheet could take for a formula. */
export type CsvValue = string | number | boolean | null | undefined;

/** Characters that show nothing and that a spreadsheet skips before it looks for a formula. */
const INVISIBLE = /^[\s\p{Cc}\p{Cf}]+/u;

/**
 * True for text that a spreadsheet could run: after leading blanks and invisible characters, and in Unicode's
 * compatible form (a full-width ＝ is an =), it starts with one of = + - @, or it starts with tab, CR or LF
 * (OWASP ASVS 1.2.10).
 */
function looksLikeFormula(text: string): boolean {
  if (/^[\t\r\n]/.test(text)) return true;
  const visible = text.replace(INVISIBLE, "").slice(0, 4);
  return /^[=+\-@]/.test(visible.normalize("NFKC"));
}

/** Text that is already marked needs a mark of its own, or reading the file back would lose one. */
function needsMark(text: string): boolean {
  return looksLikeFormula(text.replace(/^'+/, ""));
}

/** The cell's text: dangerous text gets a leading apostrophe, everything else is as it was. */
export function csvCell(value: CsvValue): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  return needsMark(value) ? `'${value}` : value;
}

/** Takes back what csvCell added, so that what was exported is imported as it was. */
export function textOfCsvCell(cell: string): string {
  return cell.startsWith("'") && needsMark(cell) ? cell.slice(1) : cell;
}
