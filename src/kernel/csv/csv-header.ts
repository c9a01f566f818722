import { CsvError, parse } from "csv-parse/sync";
import { CsvRefusal } from "./csv-refusal.js";

/** What separates the cells; the earlier one wins where a header of one column leaves it open. */
const SEPARATORS = [",", ";", "\t", "|"] as const;
type Separator = (typeof SEPARATORS)[number];

const SPOKEN: Readonly<Record<Separator, string>> = {
  ",": "a comma",
  ";": "a semicolon",
  "\t": "a tab",
  "|": "a bar",
};

/** The columns that a kind of file has, in lower case. */
export interface CsvColumns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Further columns that are found by their form; in lower case. */
  readonly pattern?: RegExp;
  /** Whether a row may leave out its last cells, which then are empty. */
  readonly mayEndEarly: boolean;
  /** Whether the cells hold secrets, which no reason of a refusal repeats. */
  readonly isSecret: boolean;
}

export interface CsvHeader {
  readonly separator: Separator;
  /** As the file writes them, without blanks around; "" for a column without a name. */
  readonly names: readonly string[];
  readonly line: number;
  /** Where the header begins in the text. */
  readonly offset: number;
}

/** Lines among which the header is looked for: enough for any title above it. */
const LINES_LOOKED_AT = 20;

interface Line {
  readonly text: string;
  readonly number: number;
  readonly offset: number;
}

/**
 * Finds the header at the beginning of a file, and by it what separates the cells. A first line `sep=;`, which
 * spreadsheets read as an instruction, is one here too.
 *
 * @throws CsvRefusal that names the line and what it is instead.
 */
export function findCsvHeader(text: string, columns: CsvColumns): CsvHeader {
  const [first, ...others] = linesOf(text);
  if (first === undefined) throw new CsvRefusal(1, "The file is empty.");
  const instructed = separatorInstruction(first);
  const lines = instructed === undefined ? [first, ...others] : others;
  const [top] = lines;
  if (top === undefined) throw new CsvRefusal(first.number, "The file has no header.");
  const found = lines
    .map((line) => bestHeader(line, columns))
    .find((header) => lacking(header, columns).length === 0);
  const header = found ?? bestHeader(top, columns);
  const mistake = headerMistake(header, columns);
  if (found === undefined || mistake !== undefined)
    throw new CsvRefusal(header.line, mistake ?? "No header was found.");
  if (header.line !== top.number) {
    throw new CsvRefusal(
      top.number,
      `The header is in line ${header.line}; what is above it is no row of this file. Delete the lines above the header.`,
    );
  }
  if (instructed !== undefined && instructed !== header.separator && header.names.length > 1) {
    throw new CsvRefusal(
      first.number,
      `This line says that ${SPOKEN[instructed]} separates the cells, but the header has ${SPOKEN[header.separator]}.`,
    );
  }
  return { ...header, separator: instructed ?? header.separator };
}

/** What else than the separator of this file the text could be separated by, in words. */
export function otherSeparatorIn(text: string, header: CsvHeader): string | undefined {
  const other = SEPARATORS.find(
    (separator) => separator !== header.separator && text.split(separator).length >= header.names.length,
  );
  return other === undefined ? undefined : SPOKEN[other];
}

export const spokenSeparator = ({ separator }: CsvHeader): string => SPOKEN[separator];

/** The first lines that are not blank. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  const ends = /\r\n|\r|\n|$/g;
  let offset = 0;
  for (let number = 1; lines.length < LINES_LOOKED_AT && offset < text.length; number += 1) {
    ends.lastIndex = offset;
    const end = ends.exec(text);
    const line = text.slice(offset, end?.index);
    if (/[^\s,;|"]/.test(line)) lines.push({ text: line, number, offset });
    offset += line.length + (end?.[0].length || 1);
  }
  return lines;
}

function separatorInstruction({ text }: Line): Separator | undefined {
  const [, named] = /^"?sep=(.)"?[\s,;|]*$/i.exec(text.replace(/^\uFEFF/, "")) ?? [];
  return SEPARATORS.find((separator) => separator === named);
}

/** The line read as a header, with the separator that makes most known columns of it. */
function bestHeader(line: Line, columns: CsvColumns): CsvHeader {
  const readings = SEPARATORS.map((separator) => readHeader(line, separator));
  const known = (header: CsvHeader): number => header.names.filter((name) => isKnown(name, columns)).length;
  const most = Math.max(...readings.map(known));
  const best = readings.filter((header) => known(header) === most);
  // Among equals the one that finds more columns: a header whose names are all unknown is told apart by them.
  const [widest] = best.toSorted((one, other) => other.names.length - one.names.length);
  if (widest === undefined) throw new Error("there is a reading for each separator");
  return widest;
}

function readHeader({ text, number, offset }: Line, separator: Separator): CsvHeader {
  return { separator, names: cellsOf(text, separator).map((cell) => cell.trim()), line: number, offset };
}

function cellsOf(text: string, separator: Separator): readonly string[] {
  try {
    const [cells = []] = parse(text, { delimiter: separator, relax_column_count: true }) as string[][];
    return cells;
  } catch (error) {
    // Its quotes are not those of a row: a title, say.
    if (error instanceof CsvError) return [text];
    throw error;
  }
}

const isKnown = (name: string, { required, optional, pattern }: CsvColumns): boolean => {
  const lower = name.toLowerCase();
  return required.includes(lower) || optional.includes(lower) || pattern?.test(lower) === true;
};

function lacking({ names }: CsvHeader, { required }: CsvColumns): readonly string[] {
  const lower = names.map((name) => name.toLowerCase());
  return required.filter((name) => !lower.includes(name));
}

/** What is wrong with a header, in words; undefined when nothing is. */
function headerMistake(header: CsvHeader, columns: CsvColumns): string | undefined {
  const missing = lacking(header, columns);
  if (missing.length > 0) return `The header lacks ${missing.join(", ")}.`;
  const named = header.names.filter((name) => name !== "");
  const strange = named.filter((name) => !isKnown(name, columns));
  if (strange.length > 0) {
    return `The header has ${strange.map((name) => JSON.stringify(name)).join(", ")}, which is no column of this file.`;
  }
  const lower = named.map((name) => name.toLowerCase());
  const twice = named.find((_, index) => lower.indexOf(lower[index] ?? "") !== index);
  return twice === undefined ? undefined : `The header has ${twice} twice.`;
}
