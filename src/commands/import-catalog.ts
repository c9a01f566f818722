import { readFile, stat } from "node:fs/promises";
import { SingleBar } from "cli-progress";
import { loadConfig } from "../config/config.js";
import { readEnvironment } from "../config/env.js";
import { openDatabase } from "../db/database.js";
import { migrateUp } from "../db/migrate.js";
import { makeImportCatalog } from "../modules/catalog/import-catalog.js";
import type { ImportFile } from "../modules/catalog/run-import.js";
import { PROGRAM_VERSION } from "../version.js";
import { openDatabaseServer } from "./database-server.js";
import { exitOnFailure } from "./exit.js";

/** Exit code when the file was read and some of its rows were refused; 1 is for a file that was not taken at all. */
const ROWS_REFUSED = 2;

type Say = (line: string) => void;

/** `tribi import-catalog FILE.csv`: plans into the shop, with a bar on a terminal and a report of refused rows. */
export async function importCatalogFile(file: string, options: { readonly dryRun: boolean }): Promise<void> {
  await exitOnFailure(async () => {
    const say: Say = (line) => void process.stdout.write(`${line}\n`);
    const config = loadConfig(readEnvironment());
    const bytes = await readBounded(file, config.http.csvImportBytesMax);
    const server = await openDatabaseServer(config, say);
    const db = openDatabase({
      url: server.url,
      poolMax: 1,
      applicationName: "tribi import",
      statementTimeoutMillis: 60_000,
    });
    try {
      await migrateUp(server.url, { program: PROGRAM_VERSION });
      const importCatalog = makeImportCatalog({ db, onChanged: () => {} });
      process.exitCode = await runImport(importCatalog, bytes, options.dryRun, say);
    } finally {
      await db.close();
      await server.stop();
    }
  });
}

async function readBounded(file: string, bytesMax: number): Promise<Uint8Array> {
  const { size } = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${file} cannot be read (${error.code ?? error.message}). Check the path.`);
  });
  if (size > bytesMax) {
    throw new Error(
      `${file} has ${size} bytes; CSV_IMPORT_BYTES_MAX allows ${bytesMax}. Split it or raise the limit.`,
    );
  }
  return readFile(file);
}

async function runImport(
  importCatalog: ImportFile,
  bytes: Uint8Array,
  isDryRun: boolean,
  say: Say,
): Promise<number> {
  const bar = new SingleBar({
    format: "{bar} {value}/{total} plans",
    stream: process.stderr,
    clearOnComplete: true,
    noTTYOutput: false,
  });
  const report = await importCatalog({
    bytes,
    isDryRun,
    act: { actor: "system:import-catalog", requestId: null },
    onProgress: (done, all) => {
      if (!bar.isActive) bar.start(all, 0);
      bar.update(done);
    },
  }).finally(() => bar.stop());
  if (report.kind === "refused_file") {
    throw new Error(`Line ${report.line}: ${report.reason} Nothing was imported.`);
  }
  const { created, updated, unchanged, refused } = report;
  say(
    `${isDryRun ? "Would import" : "Imported"}: ${created} created, ${updated} changed, ${unchanged} unchanged; ` +
      `${report.countriesCreated} countries and ${report.carriersCreated} carriers added; ${refused.length} rows refused.`,
  );
  for (const { line, column, reason } of refused) {
    say(`  line ${line}${column === "" ? "" : `, ${column}`}: ${reason}`);
  }
  if (refused.length === 0) return 0;
  say("Correct the refused rows and import the file again: plans that are in already stay as they are.");
  return ROWS_REFUSED;
}
