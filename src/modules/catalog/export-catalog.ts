import type { Db } from "../../db/database.js";
import { writeCatalogCsv } from "./catalog-csv.js";
import { plansInPages, priceCurrencies } from "./plan-store.js";

/** Begins a file, which then is written while it is read. */
export type ExportFile = () => AsyncGenerator<string, void, undefined>;

/** The whole catalogue as a CSV file that importCatalog reads back without changing anything. */
export function makeExportCatalog({ db }: { readonly db: Db }): ExportFile {
  return async function* exportCatalog() {
    // A currency that comes up later has no column, which leaves its prices alone when the file is imported.
    const currencies = await priceCurrencies(db);
    yield* writeCatalogCsv(currencies, plansInPages(db));
  };
}
