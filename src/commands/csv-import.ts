import { readFile, stat } from "node:fs/promises";
import { SingleBar } from "cli-progress";
import { type Config, readConfig } from "../config/config.js";
import type { Db } from "../db/database.js";
import { exitOnFailure } from "./exit.js";
import { onDatabase } from "./on-database.js";

/** Exit code when the file was read and some of its rows were refused; 1 is for a file that was not taken at all. */
const ROWS_REFUSED = 2;

export interface CsvImport {
  readonly db: Db;
  readonly config: Config;
  readonly bytes: Uint8Array;
  /** Moves the bar; give it to the import as `onProgress`. */
  readonly onProgress: (done: number, all: number) => void;
}

interface RefusedCsvRow {
  readonly line: number;
  /** "" when the whole row is meant. */
  readonly column: string;
  readonly reason: string;
}

/** What every import tells besides its own counts. */
interface ImportEnd {
  readonly summary: string;
  readonly refused: readonly RefusedCsvRow[];
  /** What to do about the refused rows. */
  readonly advice: string;
  /** What to do with the rows that are in. */
  readonly nextStep?: string;
}

export type CsvImportResult =
  | ImportEnd
  | { readonly kind: "refused_file"; readonly line: number; readonly reason: string };

/**
 * The frame of the commands that import a CSV file: reads it, opens and migrates the database, shows a bar on a
 * terminal, reports refused rows, and sets the exit code: 0 all rows, 2 some were refused, 1 the file was not taken.
 */
export async function runCsvImport(
  file: string,
  { rows }: { readonly rows: string },
  work: (run: CsvImport) => Promise<CsvImportResult>,
): Promise<void> {
  await exitOnFailure(async () => {
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const config = readConfig();
    const bytes = await readBounded(file, config.http.csvImportBytesMax);
    const use = { applicationName: "tribi import", statementTimeoutMillis: 60_000, migrates: true };
    await onDatabase({ config, say, ...use }, async (db) => {
      const bar = makeBar(rows);
      const run = { db, config, bytes, onProgress: bar.update };
      process.exitCode = reportEnd(await work(run).finally(bar.stop), say);
    });
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

function makeBar(rows: string): { update: (done: number, all: number) => void; stop: () => void } {
  const bar = new SingleBar({
    format: `{bar} {value}/{total} ${rows}`,
    stream: process.stderr,
    clearOnComplete: true,
    noTTYOutput: false,
  });
  return {
    update: (done, all) => {
      if (!bar.isActive) bar.start(all, 0);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}

function reportEnd(end: CsvImportResult, say: (line: string) => void): number {
  if ("kind" in end) throw new Error(`Line ${end.line}: ${end.reason} Nothing was imported.`);
  say(end.summary);
  for (const { line, column, reason } of end.refused) {
    say(`  line ${line}${column === "" ? "" : `, ${column}`}: ${reason}`);
  }
  if (end.refused.length > 0) say(end.advice);
  if (end.nextStep !== undefined) say(end.nextStep);
  return end.refused.length > 0 ? ROWS_REFUSED : 0;
}
