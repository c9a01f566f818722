import { Value } from "typebox/value";
import { csvDocument, textOfCsvCell } from "../../kernel/csv-cell.js";
import { amountMajor, isCurrencyCode, minorFromMajor } from "../../kernel/money.js";
import { columnMistake, type RefusedFile, type RefusedRow, readCsvFile, refuseFile } from "./csv-file.js";
import { PlanDraft, planProblems } from "./plan-draft.js";

export interface ParsedFile {
  readonly kind: "parsed";
  readonly drafts: readonly PlanDraft[];
  readonly refused: readonly RefusedRow[];
  /** The currencies that the file has a column for. */
  readonly currencies: readonly string[];
  lineOf(draft: PlanDraft): number;
}

const REQUIRED = ["sku", "name", "data_gb", "duration_days", "carrier"] as const;
const OPTIONAL = ["description", "country", "region", "countries", "paused_reason"] as const;
const PRICE_COLUMN = /^price_([A-Za-z]{3})$/;

/**
 * Reads a catalogue file: UTF-8, comma or semicolon, one plan a row, a price column per currency (`price_USD`). A
 * row with mistakes is refused by itself with its line, column and reason; a column that we do not know refuses the
 * file, so that a typing error in a header does not drop prices silently.
 */
export function parseCatalogCsv(bytes: Uint8Array): ParsedFile | RefusedFile {
  const file = readCsvFile(bytes);
  if (file.kind === "refused_file") return file;
  const { header, rows } = file;
  const mistake = headerMistake(header);
  if (mistake !== undefined) return refuseFile(file.headerLine, mistake);
  const columns = header.map((name) => PRICE_COLUMN.exec(name)?.[1]?.toUpperCase() ?? name);
  const drafts: PlanDraft[] = [];
  const refused: RefusedRow[] = [];
  const lineOfSku = new Map<string, number>();
  for (const { cells, line } of rows) {
    const read = readRow(columns, cells);
    const first = "draft" in read ? lineOfSku.get(read.draft.sku) : undefined;
    if ("problem" in read) refused.push({ line, ...read.problem });
    else if (first !== undefined) {
      refused.push({ line, column: "sku", reason: `stands in line ${first} already` });
    } else {
      lineOfSku.set(read.draft.sku, line);
      drafts.push(read.draft);
    }
  }
  const currencies = columns.filter((_, index) => PRICE_COLUMN.test(header[index] ?? ""));
  return { kind: "parsed", drafts, refused, currencies, lineOf: ({ sku }) => lineOfSku.get(sku) ?? 0 };
}

function headerMistake(header: readonly string[]): string | undefined {
  const prices = header.filter((name) => PRICE_COLUMN.test(name));
  const mistake = columnMistake(header, { required: REQUIRED, known: [...REQUIRED, ...OPTIONAL, ...prices] });
  if (mistake !== undefined) return mistake;
  if (prices.length === 0) return "The header has no price column such as price_USD.";
  const unknown = prices.find((name) => !isCurrencyCode(name.slice(-3).toUpperCase()));
  return unknown === undefined ? undefined : `${unknown} does not name a currency of ISO 4217.`;
}

interface RowProblem {
  readonly problem: { readonly column: string; readonly reason: string };
}
type ReadRow = { readonly draft: PlanDraft } | RowProblem;

const problem = (column: string, reason: string): RowProblem => ({ problem: { column, reason } });

function readRow(columns: readonly string[], cells: readonly string[]): ReadRow {
  if (cells.length !== columns.length) {
    return problem("", `has ${cells.length} cells where the header has ${columns.length}`);
  }
  const text = (name: string): string => textOfCsvCell(cells[columns.indexOf(name)] ?? "");
  const cell = (name: string): string => text(name).trim();
  const orNull = (text: string): string | null => (text === "" ? null : text);
  const amount = readAmount(cell("data_gb"));
  if (amount === undefined) return problem("data_gb", 'must be a number such as 5 or 0.5, or "unlimited"');
  const days = cell("duration_days");
  if (!/^\d{1,5}$/.test(days)) return problem("duration_days", "must be a whole number of days");
  const read = readPrices(columns, cells);
  if ("problem" in read) return read;
  const draft = {
    sku: cell("sku"),
    name: cell("name"),
    description: text("description"),
    data_gb: amount,
    duration_days: Number(days),
    country: orNull(cell("country").toUpperCase()),
    region: orNull(cell("region")),
    countries: cell("countries")
      .toUpperCase()
      .split(/[\s,;]+/)
      .filter(Boolean)
      .sort(),
    carrier: cell("carrier"),
    paused_reason: orNull(text("paused_reason")),
    prices: read.prices,
  };
  return checkDraft(draft);
}

/** The same laws that the API holds a plan to. */
function checkDraft(draft: PlanDraft): ReadRow {
  const [mistake] = Value.Errors(PlanDraft, draft);
  if (mistake !== undefined) {
    const column = mistake.instancePath.split("/")[1] ?? "";
    return problem(column, SAID_FOR_PEOPLE[column] ?? mistake.message);
  }
  const [law] = planProblems({
    data_gb: draft.data_gb,
    is_unlimited: draft.data_gb === null,
    hasCountry: draft.country !== null,
    region: draft.region,
    coverageCount: draft.countries.length,
    currencies: Object.keys(draft.prices),
  });
  return law === undefined ? { draft } : problem(law.member, law.message);
}

const SAID_FOR_PEOPLE: Readonly<Record<string, string>> = {
  sku: "must be 1 to 64 letters, digits, dots, hyphens or underscores",
  name: "must be one line of 1 to 200 characters",
  region: "must be one line of at most 100 characters",
  carrier: "must be one line of 1 to 100 characters",
  country: "must be a code of two letters such as ES",
  countries: "must be codes of two letters, such as ES PT",
  duration_days: "must be 1 to 3650 days",
  data_gb: "must be greater than 0 and at most 100000",
  prices: "is out of range",
};

/** Null when unlimited, undefined when it is neither. */
function readAmount(text: string): number | null | undefined {
  if (text.toLowerCase() === "unlimited") return null;
  return /^(0|[1-9]\d{0,5})(\.\d{1,3})?$/.test(text) ? Number(text) : undefined;
}

const PRICE_PROBLEMS = {
  unknown_currency: "is not a currency of ISO 4217",
  not_an_amount: "must be a price such as 4.50",
  too_many_decimals: "has more decimals than the currency",
  too_large: "is too large",
} as const;

function readPrices(
  columns: readonly string[],
  cells: readonly string[],
): { readonly prices: Record<string, number> } | RowProblem {
  const prices: Record<string, number> = {};
  for (const [index, currency] of columns.entries()) {
    const text = (cells[index] ?? "").trim();
    if (!/^[A-Z]{3}$/.test(currency) || text === "") continue;
    const column = `price_${currency}`;
    const read = minorFromMajor(text, currency);
    if (!read.ok) return problem(column, PRICE_PROBLEMS[read.error]);
    if (read.minor === 0) return problem(column, "must be greater than 0");
    prices[currency] = read.minor;
  }
  return { prices };
}

/** A file that parseCatalogCsv reads back as the same plans, and that a spreadsheet opens safely. */
export function formatCatalogCsv(drafts: readonly PlanDraft[]): string {
  const currencies = [...new Set(drafts.flatMap(({ prices }) => Object.keys(prices)))].sort();
  const header = [
    "sku",
    "name",
    "description",
    "country",
    "region",
    "countries",
    "carrier",
    "data_gb",
    "duration_days",
    "paused_reason",
    ...(currencies.length === 0 ? ["USD"] : currencies).map((currency) => `price_${currency}`),
  ];
  const rows = drafts.map((draft) => [
    draft.sku,
    draft.name,
    draft.description,
    draft.country,
    draft.region,
    draft.countries.join(" "),
    draft.carrier,
    draft.data_gb ?? "unlimited",
    draft.duration_days,
    draft.paused_reason,
    // Digits only: text to the program, a number to a spreadsheet.
    ...currencies.map((currency) => {
      const minor = draft.prices[currency];
      return minor === undefined ? "" : amountMajor(minor, currency);
    }),
  ]);
  return csvDocument(header, rows);
}
