import { Value } from "typebox/value";
import { mapPages } from "../../db/read-pages.js";
import { textOfCsvCell } from "../../kernel/csv/csv-cell.js";
import type { CsvColumns } from "../../kernel/csv/csv-header.js";
import type { RefusedFile, RefusedRow } from "../../kernel/csv/csv-refusal.js";
import type { CsvRow } from "../../kernel/csv/csv-rows.js";
import { readCsv } from "../../kernel/csv/read-csv.js";
import { writeCsv } from "../../kernel/csv/write-csv.js";
import { inTurns } from "../../kernel/in-turns.js";
import { amountMajor, isCurrencyCode, minorFromMajor } from "../../kernel/money.js";
import type { DraftScope } from "./bulk-plan-store.js";
import { PlanDraft, type PriceProblem, planProblems } from "./plan-draft.js";

export interface ParsedFile {
  readonly kind: "parsed";
  readonly drafts: readonly PlanDraft[];
  readonly refused: readonly RefusedRow[];
  /** What the file has columns for. */
  readonly scope: DraftScope;
  /** All rows, whatever becomes of them. */
  readonly rowCount: number;
  lineOf(draft: PlanDraft): number;
}

const PRICE_COLUMN = /^price_([a-z]{3})$/;

const COLUMNS: CsvColumns = {
  required: ["sku", "name", "data_gb", "duration_days", "carrier"],
  optional: ["description", "country", "region", "countries", "paused_reason"],
  pattern: PRICE_COLUMN,
  // A price that is not there is withdrawn; one that was cut off with the end of its row must not be.
  mayEndEarly: false,
  isSecret: false,
};

/**
 * Reads a catalogue file of any make: one plan a row, a price column per currency (`price_USD`). A row with mistakes
 * is refused by itself with its line, column and reason; a column that we do not know refuses the file, so that a
 * typing error in a header does not drop prices silently.
 */
export async function parseCatalogCsv(
  bytes: Uint8Array,
  priceProblem: PriceProblem,
): Promise<ParsedFile | RefusedFile> {
  const file = await readCsv(bytes, COLUMNS);
  if (file.kind === "refused_file") return file;
  const currencies = file.columns.flatMap((name) => PRICE_COLUMN.exec(name)?.[1]?.toUpperCase() ?? []);
  const mistake = priceColumnMistake(currencies);
  if (mistake !== undefined) return { kind: "refused_file", line: file.headerLine, reason: mistake };
  const drafts: PlanDraft[] = [];
  const refused: RefusedRow[] = [...file.refused];
  const lineOfSku = new Map<string, number>();
  for await (const row of inTurns(file.rows)) {
    const { line } = row;
    const read = readRow(row, currencies, priceProblem);
    const first = "draft" in read ? lineOfSku.get(read.draft.sku) : undefined;
    if ("problem" in read) refused.push({ line, ...read.problem });
    else if (first !== undefined) {
      refused.push({ line, column: "sku", reason: `stands in line ${first} already` });
    } else {
      lineOfSku.set(read.draft.sku, line);
      drafts.push(read.draft);
    }
  }
  const lineOf = ({ sku }: PlanDraft): number => lineOfSku.get(sku) ?? 0;
  const scope = {
    currencies,
    hasDescription: file.columns.includes("description"),
    hasPausedReason: file.columns.includes("paused_reason"),
  };
  return { kind: "parsed", drafts, refused, scope, rowCount: file.rowCount, lineOf };
}

function priceColumnMistake(currencies: readonly string[]): string | undefined {
  if (currencies.length === 0) return "The header has no price column such as price_USD.";
  const unknown = currencies.find((currency) => !isCurrencyCode(currency));
  return unknown === undefined ? undefined : `price_${unknown} does not name a currency of ISO 4217.`;
}

interface RowProblem {
  readonly problem: { readonly column: string; readonly reason: string };
}
type ReadRow = { readonly draft: PlanDraft } | RowProblem;

const problem = (column: string, reason: string): RowProblem => ({ problem: { column, reason } });

function readRow(row: CsvRow, currencies: readonly string[], priceProblem: PriceProblem): ReadRow {
  const text = (name: string): string => textOfCsvCell(row.cell(name));
  const cell = (name: string): string => text(name).trim();
  const orNull = (text: string): string | null => (text === "" ? null : text);
  const amount = readAmount(cell("data_gb"));
  if (amount === undefined) return problem("data_gb", 'must be a number such as 5 or 0.5, or "unlimited"');
  const days = cell("duration_days");
  if (!/^\d{1,5}$/.test(days)) return problem("duration_days", "must be a whole number of days");
  const read = readPrices(row, currencies, priceProblem);
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
  row: CsvRow,
  currencies: readonly string[],
  priceProblem: PriceProblem,
): { readonly prices: Record<string, number> } | RowProblem {
  const prices: Record<string, number> = {};
  for (const currency of currencies) {
    const column = `price_${currency}`;
    const text = row.cell(column.toLowerCase()).trim();
    if (text === "") continue;
    const read = minorFromMajor(text, currency);
    if (!read.ok) return problem(column, PRICE_PROBLEMS[read.error]);
    if (read.minor === 0) return problem(column, "must be greater than 0");
    const reason = priceProblem({ currency, minor: read.minor });
    if (reason !== undefined) return problem(column, reason);
    prices[currency] = read.minor;
  }
  return { prices };
}

/** A file that parseCatalogCsv reads back as the same plans, and that a spreadsheet opens safely. */
export function writeCatalogCsv(
  found: readonly string[],
  pages: AsyncIterable<readonly PlanDraft[]>,
): AsyncGenerator<string, void, undefined> {
  // A file without a price column could not be imported.
  const currencies = found.length === 0 ? ["USD"] : found;
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
    ...currencies.map((currency) => `price_${currency}`),
  ];
  return writeCsv(
    header,
    mapPages(pages, (draft) => [
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
    ]),
  );
}
