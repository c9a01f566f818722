/**
 * Writes schema.sql from the catalogue of a freshly migrated database, and statements.sql with every statement of the
 * program, whole: `npm run schema`. With --check it fails when a file is out of date. SCHEMA_DATABASE_URL names an
 * empty database to use instead of an embedded one. PostgreSQL prepares every statement on that database: one that it
 * refuses, or whose rows the code takes for others, fails. A new migration gets its line in checksums.txt; one that is
 * not what it was when it was added fails.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import { migrateUp } from "../src/db/migrate.js";
import { readSchemaText } from "../src/db/schema-text.js";
import { PROGRAM_VERSION } from "../src/version.js";
import { compareRows, declaredRows } from "./declared-rows.js";
import { writeOrCheck } from "./drift.js";
import { freezeOrCheck } from "./frozen-migrations.js";
import {
  type PreparedStatement,
  prepareAll,
  statementsOfTheProgram,
  statementsText,
} from "./prepared-statements.js";

interface Made {
  readonly schema: string;
  readonly prepared: readonly PreparedStatement[];
  readonly refused: readonly string[];
}

async function madeOn(url: string): Promise<Made> {
  await migrateUp(url, { program: PROGRAM_VERSION, isDevelopment: true });
  const schema = await readSchemaText(url);
  return { schema, ...(await prepareAll(url, await statementsOfTheProgram())) };
}

async function madeOnEmbedded(): Promise<Made> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "tribi-schema-"));
  const server = await startEmbeddedPostgres({ name: "tribi", dataDir, settings: { fsync: "off" } });
  try {
    return await madeOn(server.url);
  } finally {
    await server.stop();
    await rm(path.dirname(server.dataFolder), { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  }
}

const given = process.env.SCHEMA_DATABASE_URL;
const { schema, prepared, refused } = await (given === undefined ? madeOnEmbedded() : madeOn(given));
writeOrCheck("schema.sql", schema);
writeOrCheck("statements.sql", statementsText(prepared));

const { compared, wrong } = compareRows(prepared, declaredRows());
const faults = [...refused, ...wrong, ...freezeOrCheck()];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
console.log(`${prepared.length} statements are prepared, the rows of ${compared} compared.`);
