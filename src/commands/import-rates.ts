import { makeImportRates } from "../modules/supply/supply.module.js";
import { runCsvImport } from "./csv-import.js";

/** `tribi rates import FILE.csv`: exchange rates, all of the file or none. */
export async function importRatesFile(
  file: string,
  options: { readonly acceptJump: boolean },
): Promise<void> {
  await runCsvImport(file, { rows: "rates" }, async ({ db, bytes, config }) => {
    const importRates = makeImportRates({ db, limits: config.supply.rates });
    const report = await importRates({
      bytes,
      acceptsJump: options.acceptJump,
      act: { actor: "system:import-rates", requestId: null },
    });
    if (report.kind === "refused_file") return report;
    if (report.kind === "refused_rows") {
      return {
        summary: `Nothing was imported: ${report.refused.length} rows cannot be taken.`,
        refused: report.refused,
        advice: "Rates are taken together or not at all. Correct the rows and import the file again.",
      };
    }
    return { summary: `${report.rates} rates, ${report.changed} new or changed.`, refused: [], advice: "" };
  });
}
