/**
 * Writes schema.sql from the catalogue of a freshly migrated database: `npm run schema`. With --check it fails when
 * the file is out of date. SCHEMA_DATABASE_URL names an empty database to use instead of an embedded one.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import { migrateUp } from "../src/db/migrate.js";
import { readSchemaText } from "../src/db/schema-text.js";
import { PROGRAM_VERSION } from "../src/version.js";
import { writeOrCheck } from "./drift.js";

async function textOf(url: string): Promise<string> {
  await migrateUp(url, { program: PROGRAM_VERSION });
  return readSchemaText(url);
}

async function textOfEmbedded(): Promise<string> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "tribi-schema-"));
  const server = await startEmbeddedPostgres({ name: "tribi", dataDir, settings: { fsync: "off" } });
  try {
    return await textOf(server.url);
  } finally {
    await server.stop();
    await rm(path.dirname(server.dataFolder), { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  }
}

const given = process.env.SCHEMA_DATABASE_URL;
writeOrCheck("schema.sql", given === undefined ? await textOfEmbedded() : await textOf(given));
