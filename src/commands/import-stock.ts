import path from "node:path";
import { makeImportStock, makeInstallVault } from "../modules/esims/esims.module.js";
import { runCsvImport } from "./csv-import.js";

/**
 * `tribi import-stock FILE.csv`: codes into stock, sealed with this store's keys. Importing a file twice is harmless,
 * so the advice for every trouble is to import it again.
 */
export async function importStockFile(
  file: string,
  { dryRun, batch }: { readonly dryRun: boolean; readonly batch?: string },
): Promise<void> {
  await runCsvImport(file, { rows: "codes" }, async ({ db, config, bytes, onProgress }) => {
    const { encryptionKeys: keys, indexKey } = config.secrets;
    const importStock = makeImportStock({ db, vault: makeInstallVault({ keys, indexKey }) });
    const report = await importStock({
      bytes,
      isDryRun: dryRun,
      batch: batch ?? path.basename(file),
      act: { actor: "system:import-stock", requestId: null },
      onProgress,
    });
    if (report.kind === "refused_file") return report;
    const { rows, imported, known, refused } = report;
    return {
      summary:
        `${rows} rows. ${dryRun ? "Would import" : "Imported"}: ${imported} codes; ${known} known already and left as they are; ` +
        `${refused.length} rows refused.`,
      refused,
      advice:
        "Correct the refused rows and import the file again: codes that are in already stay as they are.",
      nextStep: dryRun
        ? "Nothing was changed. Run it again without --dry-run to import."
        : nextStep(config.esims.supplier),
    };
  });
}

function nextStep(supplier: string): string {
  const sale =
    supplier === "stock"
      ? "Plans without a supplier of their own are sold from stock now."
      : "They are sold for plans that name the supplier stock (or, with ESIM_SUPPLIER=stock, for plans that name none).";
  return `${sale} GET /admin/inventory/low-stock shows what is left per plan.`;
}
