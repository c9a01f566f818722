import type { RefusedFile, RefusedRow } from "../../../kernel/csv/csv-refusal.js";
import type { CsvRow } from "../../../kernel/csv/csv-rows.js";
import { readCsv } from "../../../kernel/csv/read-csv.js";
import { findIsoCountry } from "../country-names.js";
import { plainText } from "../country-words.js";
import { type Device, SOURCE_CHARACTERS_MAX, type Verdict, WORDS_MAX } from "../device-data.js";
import type { CountryName, ReferenceKind, Region } from "./reference-files.js";

type Row = CountryName | Region | Device;
type Cell = (name: string) => string;
/** A row, or what is wrong with it: the column and the reason. */
type Reading =
  | { readonly row: Row; readonly keys: readonly string[] }
  | readonly [column: string, reason: string];

const COLUMNS: Readonly<
  Record<ReferenceKind, { required: string[]; optional: string[]; read: (cell: Cell) => Reading }>
> = {
  "country-names": { required: ["country", "name"], optional: ["language"], read: readCountryName },
  regions: { required: ["region", "countries"], optional: ["name_es", "also"], read: readRegion },
  devices: {
    required: ["name", "verdict"],
    optional: ["models", "names", "prefixes", "except_suffixes", "note", "note_es", "source", "date"],
    read: readDevice,
  },
};

export type ReferenceReading =
  | RefusedFile
  | { readonly kind: "read"; readonly rows: readonly Row[]; readonly refused: readonly RefusedRow[] };

/** Reads a file of one kind; each row that cannot be taken is named with its line, its column and the reason. */
export async function readReferenceCsv(kind: ReferenceKind, bytes: Uint8Array): Promise<ReferenceReading> {
  const { required, optional, read } = COLUMNS[kind];
  const file = await readCsv(bytes, { required, optional, mayEndEarly: false, isSecret: false });
  if (file.kind === "refused_file") return file;
  if (file.rowCount === 0)
    return { kind: "refused_file", line: file.headerLine, reason: "The file holds no row." };
  const refused: RefusedRow[] = [...file.refused];
  const known = new Map<string, number>();
  const rows = file.rows.flatMap(({ line, cell }: CsvRow): Row[] => {
    const text: Cell = (name) => (file.columns.includes(name) ? cell(name).trim() : "");
    const reading = read(text);
    if (!("row" in reading)) {
      const [column, reason] = reading;
      refused.push({ line, column, reason });
      return [];
    }
    const twice = reading.keys.find((key) => known.has(key));
    if (twice !== undefined) {
      refused.push({ line, column: "", reason: `says the same as line ${known.get(twice)} (${twice})` });
      return [];
    }
    for (const key of reading.keys) known.set(key, line);
    return [reading.row];
  });
  return { kind: "read", rows, refused: refused.sort((a, b) => a.line - b.line) };
}

const isCountry = (code: string): boolean => findIsoCountry(code) !== undefined;
const isLine = (text: string, most: number): boolean =>
  text !== "" && text.length <= most && !/\p{Cc}/u.test(text);
/** A name of signs alone would be found in every title. */
const isName = (text: string): boolean => isLine(text, 100) && /[\p{L}\p{N}]/u.test(text);
/** Trimmed after the cut: a pattern with blanks before the separator takes quadratic time on a line of blanks. */
const listOf = (text: string, separator: RegExp): string[] =>
  text
    .split(separator)
    .map((one) => one.trim())
    .filter((one) => one !== "");

function readCountryName(cell: Cell): Reading {
  const [country, language, name] = [
    cell("country").toUpperCase(),
    cell("language").toLowerCase(),
    cell("name"),
  ];
  if (!isCountry(country)) return ["country", "is no country of ISO 3166-1, such as ES"];
  if (language !== "" && language !== "en" && language !== "es")
    return ["language", "is neither en nor es; leave it empty for what a country is also called"];
  if (!isLine(name, 100)) return ["name", "must be one line of 1 to 100 characters"];
  const keys = [`${country} ${plainText(name)}`, ...(language === "" ? [] : [`${country} in ${language}`])];
  return { row: { country, language, name }, keys };
}

function readRegion(cell: Cell): Reading {
  const region = cell("region");
  const countries = listOf(cell("countries").toUpperCase(), /[\s,;|]+/);
  const unknown = countries.find((code) => !isCountry(code));
  if (!isName(region)) return ["region", "must be one line of 1 to 100 characters, with a letter or digit"];
  if (unknown !== undefined) return ["countries", `${unknown} is no country of ISO 3166-1`];
  if (new Set(countries).size !== countries.length) return ["countries", "names a country twice"];
  if (countries.length < 2) return ["countries", "must be two countries or more, such as ES PT FR"];
  const spanish = cell("name_es");
  const also = listOf(cell("also"), /\|/);
  if (spanish !== "" && !isName(spanish))
    return ["name_es", "must be one line of at most 100 characters, with a letter or digit"];
  if (!also.every(isName))
    return ["also", "has a name of more than 100 characters or without a letter or digit"];
  const sorted = countries.sort();
  const names = {
    ...(spanish === "" ? {} : { name_es: spanish }),
    ...(also.length === 0 ? {} : { also: [...new Set(also)] }),
  };
  return { row: { region, ...names, countries: sorted }, keys: [plainText(region), sorted.join(" ")] };
}

const VERDICTS: readonly string[] = [
  "likely_compatible",
  "unknown",
  "likely_incompatible",
] satisfies Verdict[];

const DEVICE_CELLS = ["name", "verdict", "note", "source", "date"] as const;

function readDevice(cell: Cell): Reading {
  const [name = "", verdict = "", note = "", source = "", date = ""] = DEVICE_CELLS.map(cell);
  const spanish = cell("note_es");
  const lists = Object.fromEntries(
    (["models", "names", "prefixes", "except_suffixes"] as const)
      .map((column) => [column, listOf(cell(column), /\|/)] as const)
      .filter(([, words]) => words.length > 0),
  );
  if (!isLine(name, 200)) return ["name", "must be one line of 1 to 200 characters"];
  if (!VERDICTS.includes(verdict)) return ["verdict", `must be one of ${VERDICTS.join(", ")}`];
  if (lists.names === undefined && lists.prefixes === undefined && lists.models === undefined)
    return ["names", "names, prefixes or models must say which device it is, separated by |"];
  for (const [column, words] of Object.entries(lists)) {
    if (words.some((word) => !isLine(word, 64))) return [column, "has a name of more than 64 characters"];
    if (words.length > WORDS_MAX) return [column, `has more than ${WORDS_MAX} names; make rows of them`];
  }
  if (note.length > 500) return ["note", "has more than 500 characters"];
  if (spanish.length > 500) return ["note_es", "has more than 500 characters"];
  if (spanish !== "" && note === "") return ["note_es", "needs the same in English in note"];
  if (date !== "" && !isDay(date)) return ["date", "is no date such as 2026-11-30"];
  if (source.length > SOURCE_CHARACTERS_MAX)
    return ["source", `has more than ${SOURCE_CHARACTERS_MAX} characters`];
  if ((source === "") !== (date === "")) return ["source", "source and date go together"];
  const about = {
    ...(note === "" ? {} : { note }),
    ...(spanish === "" ? {} : { note_es: spanish }),
    ...(source === "" ? {} : { source, date }),
  };
  const keys = [
    plainText(name),
    ...(lists.names ?? []).map((one) => `name ${one.toLowerCase()}`),
    ...(lists.prefixes ?? []).map((one) => `prefix ${one.toLowerCase()}`),
  ];
  return { row: { name, verdict: verdict as Verdict, ...lists, ...about }, keys: [...new Set(keys)] };
}

export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}
