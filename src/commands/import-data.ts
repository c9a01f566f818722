import { readFile } from "node:fs/promises";
import path from "node:path";
import { readConfig } from "../config/config.js";
import {
  isDay,
  OWN_REGIONS,
  REFERENCE_KINDS,
  type ReferenceFile,
  type ReferenceKind,
  readReference,
  readReferenceCsv,
  SOURCE_CHARACTERS_MAX,
  writeReference,
} from "../modules/catalog/catalog.module.js";
import { exitOnFailure } from "./exit.js";

const ROWS_REFUSED = 2;

export interface ImportDataOptions {
  readonly source: string;
  readonly date: string;
  readonly dryRun: boolean;
}

/**
 * `tribi data import KIND FILE.csv`: names of countries, regions or devices, all of the file or none. Processes read
 * them when they start.
 */
export async function importData(kind: string, file: string, options: ImportDataOptions): Promise<void> {
  await exitOnFailure(async () => {
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const config = readConfig();
    if (!isKind(kind)) throw new Error(`There is no data called ${kind}: ${REFERENCE_KINDS.join(", ")}.`);
    if (!isDay(options.date) || Date.parse(options.date) > Date.now() + 86_400_000)
      throw new Error("--date is the day of the source, such as 2026-11-30, and not in the future.");
    if (options.source === "" || options.source.length > SOURCE_CHARACTERS_MAX)
      throw new Error(`--source says in 1 to ${SOURCE_CHARACTERS_MAX} characters who says so.`);
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      throw new Error(`${file} cannot be read (${error.code ?? error.message}). Check the path.`);
    });
    if (bytes.length > config.http.csvImportBytesMax)
      throw new Error(
        `${file} has ${bytes.length} bytes; CSV_IMPORT_BYTES_MAX allows ${config.http.csvImportBytesMax}.`,
      );
    const reading = await readReferenceCsv(kind, bytes);
    if (reading.kind === "refused_file")
      throw new Error(`Line ${reading.line}: ${reading.reason} Nothing was imported.`);
    for (const { line, column, reason } of reading.refused)
      say(`  line ${line}${column === "" ? "" : `, ${column}`}: ${reason}`);
    if (reading.refused.length > 0) {
      say("Nothing was imported. Correct the rows and import the file again.");
      process.exitCode = ROWS_REFUSED;
      return;
    }
    if (options.dryRun) return say(`Would import ${reading.rows.length} rows of ${kind}.`);
    const content = { source: options.source, date: options.date, rows: reading.rows };
    writeReference(config.catalog.referenceFolder, kind, content as ReferenceFile<typeof kind>);
    say(
      `${reading.rows.length} rows of ${kind}, from ${options.source}, ${options.date}. Restart the shop's processes.`,
    );
  });
}

const isKind = (kind: string): kind is ReferenceKind => (REFERENCE_KINDS as readonly string[]).includes(kind);

/** `tribi data list`: what is used, from where and of when. */
export async function listData(): Promise<void> {
  await exitOnFailure(async () => {
    const folder = readConfig().catalog.referenceFolder;
    for (const kind of REFERENCE_KINDS) {
      const found = readReference(folder, kind);
      const words =
        found === null
          ? `what comes with the program${kind === "regions" ? ownWords() : ""}`
          : `${found.rows.length} rows from ${found.source}, ${found.date} (${path.join(folder, `${kind}.json`)})`;
      process.stdout.write(`${kind}: ${words}\n`);
    }
  });
}

const ownWords = (): string =>
  `: ${OWN_REGIONS.rows.length} rows from ${OWN_REGIONS.source}, ${OWN_REGIONS.date}`;
