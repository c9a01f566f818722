import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import type { Db, Queryable, Tx } from "../../db/database.js";
import { csvDocument, textOfCsvCell } from "../../kernel/csv-cell.js";
import { CarrierBody, CountryBody } from "./admin-views.js";
import type { UpsertCounts } from "./bulk-plan-store.js";
import { allCarriers, upsertCarriers } from "./carrier-store.js";
import { allCountries, upsertCountries } from "./country-store.js";
import { type CsvFile, columnMistake, type RefusedRow, readCsvFile, refuseFile } from "./csv-file.js";
import { refusalOfWrite } from "./manage-record.js";
import { type ImportDeps, type ImportFile, runImport } from "./run-import.js";

/** A kind of record whose CSV file has a column for each member of its API body, the key first. */
interface PlaceFile<Schema extends TSchema> {
  readonly subject: string;
  readonly columns: readonly string[];
  readonly required: readonly string[];
  readonly schema: Schema;
  upsert(tx: Tx, rows: readonly Static<Schema>[]): Promise<UpsertCounts>;
  all(db: Queryable): Promise<readonly Readonly<Record<string, string | null>>[]>;
}

export const countryFile: PlaceFile<typeof CountryBody> = {
  subject: "countries",
  columns: ["iso2", "iso3", "name"],
  required: ["iso2", "name"],
  schema: CountryBody,
  upsert: upsertCountries,
  all: async (db) => (await allCountries(db)).map(({ iso2, iso3, name }) => ({ iso2, iso3, name })),
};

export const carrierFile: PlaceFile<typeof CarrierBody> = {
  subject: "carriers",
  columns: ["name"],
  required: ["name"],
  schema: CarrierBody,
  upsert: upsertCarriers,
  all: async (db) => (await allCarriers(db)).map(({ name }) => ({ name })),
};

/** Imports countries (found by iso2) or carriers (found by name, in any case) with the validation of the API. */
export function makeImportPlaces<Schema extends TSchema>(
  deps: ImportDeps,
  place: PlaceFile<Schema>,
): ImportFile {
  return async (command) => {
    const file = readCsvFile(command.bytes);
    if (file.kind === "refused_file") return file;
    const mistake = columnMistake(file.header, { required: place.required, known: place.columns });
    if (mistake !== undefined) return refuseFile(file.headerLine, mistake);
    const { rows, refused } = readRows(file, place);
    try {
      return await runImport(deps, command, place.subject, async (tx) => {
        const counts = await place.upsert(tx, rows);
        return { ...counts, countriesCreated: 0, carriersCreated: 0, refused };
      });
    } catch (error) {
      throw refusalOfWrite(error);
    }
  };
}

function readRows<Schema extends TSchema>(file: CsvFile, place: PlaceFile<Schema>) {
  const [key = ""] = place.columns.filter((name) => name === "iso2" || name === "name");
  const rows: Static<Schema>[] = [];
  const refused: RefusedRow[] = [];
  const lineOfKey = new Map<string, number>();
  for (const { cells, line } of file.rows) {
    const entries = file.header.map((name, index) => [name, textOfCsvCell((cells[index] ?? "").trim())]);
    // An empty cell is a member left out, and a missing required one is named by the schema.
    const row: Record<string, string> = Object.fromEntries(entries.filter(([, text]) => text !== ""));
    const [mistake] = Value.Errors(place.schema, row);
    const first = lineOfKey.get(row[key]?.toLowerCase() ?? "");
    if (cells.length !== file.header.length) {
      const reason = `has ${cells.length} cells where the header has ${file.header.length}`;
      refused.push({ line, column: "", reason });
    } else if (mistake !== undefined) {
      const column = mistake.instancePath.split("/")[1] ?? key;
      refused.push({ line, column, reason: mistake.message });
    } else if (first !== undefined) {
      refused.push({ line, column: key, reason: `stands in line ${first} already` });
    } else {
      lineOfKey.set(row[key]?.toLowerCase() ?? "", line);
      rows.push(row as Static<Schema>);
    }
  }
  return { rows, refused };
}

export function makeExportPlaces<Schema extends TSchema>(
  { db }: { readonly db: Db },
  place: PlaceFile<Schema>,
): () => Promise<string> {
  return async () => {
    const rows = await place.all(db);
    return csvDocument(
      place.columns,
      rows.map((row) => place.columns.map((column) => row[column])),
    );
  };
}
