import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import type { TestProject } from "vitest/node";
import { makeRunFolder } from "./temporary-folder.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** A superuser's connection string to the run's PostgreSQL; each test file makes its own database there. */
    adminDatabaseUrl: string;
    /** Names what this run makes at a server that other runs may use at the same time. */
    runId: string;
  }
}

/**
 * One PostgreSQL for the whole run, in a folder of its own that goes afterwards, so it need not be durable.
 * TEST_DATABASE_URL names another one (a superuser of PostgreSQL 15 or later), for example to try old versions.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide("runId", randomBytes(4).toString("hex"));
  const removeRunFolder = makeRunFolder();
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    project.provide("adminDatabaseUrl", given);
    return async () => removeRunFolder();
  }
  const dataDir = await mkdtemp(path.join(tmpdir(), "tribi-tests-"));
  const server = await startEmbeddedPostgres({
    name: "tribi",
    dataDir,
    settings: {
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
      max_connections: "300",
    },
  });
  project.provide("adminDatabaseUrl", server.url);
  return async () => {
    await server.stop();
    await rm(path.dirname(server.dataFolder), { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
    removeRunFolder();
  };
}
