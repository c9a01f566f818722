import { spawn } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { readConfig } from "../config/config.js";
import {
  type DumpRow,
  LEGACY_TABLES,
  type LegacyReport,
  type LegacyTable,
  linesOf,
  makeImportLegacy,
  readDump,
} from "../modules/admin/admin.module.js";
import { makeImportStock, makeInstallVault } from "../modules/esims/esims.module.js";
import { exitOnFailure } from "./exit.js";
import { onDatabase } from "./on-database.js";

/** Exit code when rows were left out. */
const ROWS_LEFT_OUT = 2;
const FINDINGS_SHOWN = 200;

export interface ImportLegacyOptions {
  readonly from?: string;
  readonly dump?: string;
  readonly dryRun: boolean;
}

/** `tribi import-legacy`: from a running MySQL or MariaDB, or from a dump of one. */
export async function importLegacy(options: ImportLegacyOptions): Promise<void> {
  await exitOnFailure(async () => {
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    if ((options.from === undefined) === (options.dump === undefined))
      throw new Error("Name the earlier system: --from mysql://user:password@host/database, or --dump FILE.");
    const config = readConfig();
    const use = { applicationName: "tribi import", statementTimeoutMillis: 60_000, migrates: true };
    await onDatabase({ config, say, ...use }, async (db) => {
      const rows = await readLegacy(options);
      const { encryptionKeys: keys, indexKey } = config.secrets;
      const vault = makeInstallVault({ keys, indexKey });
      const run = makeImportLegacy({ db, vault, importStock: makeImportStock({ db, vault }) });
      process.exitCode = tell(await run(rows, { isDryRun: options.dryRun }), say);
    });
  });
}

async function readLegacy({ from, dump }: ImportLegacyOptions): Promise<Record<LegacyTable, DumpRow[]>> {
  const rows = Object.fromEntries(LEGACY_TABLES.map((table) => [table, [] as DumpRow[]])) as Record<
    LegacyTable,
    DumpRow[]
  >;
  const read = async (input: Readable): Promise<void> => {
    const seen = await readDump(linesOf(input), new Set(LEGACY_TABLES), (table, row) =>
      rows[table as LegacyTable].push(row),
    );
    const missing = LEGACY_TABLES.filter((table) => table !== "esim_inventory" && !seen.has(table));
    if (missing.length > 0)
      throw new Error(`The earlier system's tables are not all there: ${missing.join(", ")}.`);
  };
  if (dump !== undefined) await read(createReadStream(dump));
  else await dumpFrom(from ?? "", read);
  return rows;
}

/**
 * The server's own dump program reads it, in one snapshot; so there is one way to read rows. The password goes by a
 * file that only this user can read, never by the list of processes.
 */
async function dumpFrom(address: string, read: (input: Readable) => Promise<void>): Promise<void> {
  if (!URL.canParse(address) || !/^(mysql|mariadb):$/.test(new URL(address).protocol))
    throw new Error("--from is an address such as mysql://user:password@127.0.0.1:3306/tribi");
  const { hostname, port, username, password, pathname } = new URL(address);
  const folder = mkdtempSync(path.join(tmpdir(), "tribi-legacy-"));
  const options = path.join(folder, "client.cnf");
  const quoted = (text: string): string => `"${decodeURIComponent(text).replace(/["\\]/g, "\\$&")}"`;
  writeFileSync(
    options,
    `[client]\nhost=${quoted(hostname)}\nport=${port || "3306"}\nuser=${quoted(username)}\npassword=${quoted(password)}\n`,
    { mode: 0o600 },
  );
  try {
    await dumpWith(options, decodeURIComponent(pathname.slice(1)), read);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function dumpWith(
  options: string,
  database: string,
  read: (input: Readable) => Promise<void>,
): Promise<void> {
  const flags = [
    "--single-transaction",
    "--skip-lock-tables",
    "--complete-insert",
    "--default-character-set=utf8mb4",
  ];
  const child = spawn("mysqldump", [`--defaults-extra-file=${options}`, ...flags, "--", database], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (piece: Buffer) => {
    complaint = (complaint + piece.toString("utf8")).slice(-500);
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", () =>
      reject(
        new Error("mysqldump is not installed here. Install the client, or make a dump and use --dump."),
      ),
    );
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`mysqldump ended with ${code}: ${complaint.trim()}`)),
    );
  });
  // Which of the two fails first decides what is said; the other must not be left without a listener.
  const [dumped, taken] = await Promise.allSettled([ended, read(child.stdout)]);
  if (dumped.status === "rejected") throw dumped.reason;
  if (taken.status === "rejected") throw taken.reason;
}

function tell(
  { isDryRun, users, plans, orders, stock, findings }: LegacyReport,
  say: (line: string) => void,
): number {
  const of = ({ found, added }: { found: number; added: number }): string =>
    isDryRun ? `${found}` : `${added} of ${found}`;
  say(
    `${isDryRun ? "Would import" : "Imported"}: ${of(users)} customers, ${of(plans)} plans, ${of(orders)} orders, ${of(stock)} codes for sale.`,
  );
  const left = findings.filter(({ outcome }) => outcome === "left_out");
  for (const { row, problem, outcome } of findings.slice(0, FINDINGS_SHOWN))
    say(`  ${outcome === "left_out" ? "left out" : "to look at"}: ${row}: ${problem}`);
  if (findings.length > FINDINGS_SHOWN) say(`  and ${findings.length - FINDINGS_SHOWN} more.`);
  say(
    isDryRun
      ? "Nothing was changed. Run it again without --dry-run to import."
      : "Running it again takes what is new and leaves the rest.",
  );
  return left.length > 0 ? ROWS_LEFT_OUT : 0;
}
