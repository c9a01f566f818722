import { makePriceProblem } from "../compose/prices.js";
import { makeImportCatalog } from "../modules/catalog/import-catalog.js";
import { runCsvImport } from "./csv-import.js";

/** `tribi import-catalog FILE.csv`: plans into the shop, with a bar on a terminal and a report of refused rows. */
export async function importCatalogFile(file: string, options: { readonly dryRun: boolean }): Promise<void> {
  await runCsvImport(file, { rows: "plans" }, async ({ db, config, bytes, onProgress }) => {
    const priceProblem = makePriceProblem(config.payments);
    const importCatalog = makeImportCatalog({ db, onChanged: () => {}, priceProblem });
    const report = await importCatalog({
      bytes,
      isDryRun: options.dryRun,
      act: { actor: "system:import-catalog", requestId: null },
      onProgress,
    });
    if (report.kind === "refused_file") return report;
    const { rows, created, updated, unchanged, countriesCreated, carriersCreated, refused } = report;
    return {
      summary:
        `${rows} rows. ${options.dryRun ? "Would import" : "Imported"}: ${created} created, ${updated} changed, ${unchanged} unchanged; ` +
        `${countriesCreated} countries and ${carriersCreated} carriers added; ${refused.length} rows refused.`,
      refused,
      advice:
        "Correct the refused rows and import the file again: plans that are in already stay as they are.",
    };
  });
}
