import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import type { Db, Queryable, Tx } from "../../db/database.js";
import { mapPages } from "../../db/read-pages.js";
import { type CsvValue, textOfCsvCell } from "../../kernel/csv/csv-cell.js";
import type { RefusedRow } from "../../kernel/csv/csv-refusal.js";
import { type CsvFile, readCsv } from "../../kernel/csv/read-csv.js";
import { writeCsv } from "../../kernel/csv/write-csv.js";
import { inTurns } from "../../kernel/in-turns.js";
import { CarrierBody, CountryBody } from "./admin-views.js";
import type { UpsertCounts } from "./bulk-plan-store.js";
import { carriersInPages, upsertCarriers } from "./carrier-store.js";
import { countriesInPages, upsertCountries } from "./country-store.js";
import type { ExportFile } from "./export-catalog.js";
import { refusalOfWrite } from "./manage-record.js";
import { type ImportDeps, type ImportFile, runImport } from "./run-import.js";

/** A kind of record whose CSV file has a column for each member of its API body. */
interface PlaceFile<Schema extends TSchema> {
  readonly subject: string;
  readonly columns: readonly string[];
  readonly required: readonly string[];
  /** The column by which a record is found. */
  readonly key: string;
  readonly schema: Schema;
  upsert(tx: Tx, rows: readonly Static<Schema>[]): Promise<UpsertCounts>;
  /** The cells of all records, in the order of the columns. */
  cellsInPages(db: Queryable): AsyncIterable<readonly CsvValue[][]>;
}

export const countryFile: PlaceFile<typeof CountryBody> = {
  subject: "countries",
  columns: ["iso2", "iso3", "name"],
  required: ["iso2", "name"],
  key: "iso2",
  schema: CountryBody,
  upsert: upsertCountries,
  cellsInPages: (db) => mapPages(countriesInPages(db), ({ iso2, iso3, name }) => [iso2, iso3, name]),
};

export const carrierFile: PlaceFile<typeof CarrierBody> = {
  subject: "carriers",
  columns: ["name"],
  required: ["name"],
  key: "name",
  schema: CarrierBody,
  upsert: upsertCarriers,
  cellsInPages: (db) => mapPages(carriersInPages(db), ({ name }) => [name]),
};

/** Imports countries (found by iso2) or carriers (found by name, in any case) with the validation of the API. */
export function makeImportPlaces<Schema extends TSchema>(
  deps: ImportDeps,
  place: PlaceFile<Schema>,
): ImportFile {
  const { required, columns } = place;
  return async (command) => {
    const file = await readCsv(command.bytes, {
      required,
      optional: columns,
      mayEndEarly: false,
      isSecret: false,
    });
    if (file.kind === "refused_file") return file;
    const { rows, refused } = await readRows(file, place);
    try {
      return await runImport(deps, command, place.subject, async (tx) => {
        const counts = await place.upsert(tx, rows);
        return { ...counts, countriesCreated: 0, carriersCreated: 0, refused, rows: file.rowCount };
      });
    } catch (error) {
      throw refusalOfWrite(error);
    }
  };
}

async function readRows<Schema extends TSchema>(file: CsvFile, { key, schema }: PlaceFile<Schema>) {
  const rows: Static<Schema>[] = [];
  const refused: RefusedRow[] = [...file.refused];
  const lineOfKey = new Map<string, number>();
  for await (const { line, cell } of inTurns(file.rows)) {
    const entries = file.columns.map((name) => [name, textOfCsvCell(cell(name).trim())] as const);
    // An empty cell is a member left out, and a missing required one is named by the schema.
    const row: Record<string, string> = Object.fromEntries(entries.filter(([, text]) => text !== ""));
    const [mistake] = Value.Errors(schema, row);
    const first = lineOfKey.get(row[key]?.toLowerCase() ?? "");
    if (mistake !== undefined) {
      refused.push({ line, column: mistake.instancePath.split("/")[1] ?? key, reason: mistake.message });
    } else if (first !== undefined) {
      refused.push({ line, column: key, reason: `stands in line ${first} already` });
    } else {
      lineOfKey.set(row[key]?.toLowerCase() ?? "", line);
      rows.push(row as Static<Schema>);
    }
  }
  refused.sort((a, b) => a.line - b.line);
  return { rows, refused };
}

export function makeExportPlaces<Schema extends TSchema>(
  { db }: { readonly db: Db },
  { columns, cellsInPages }: PlaceFile<Schema>,
): ExportFile {
  return () => writeCsv(columns, cellsInPages(db));
}
