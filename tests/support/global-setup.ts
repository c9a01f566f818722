import { randomBytes } from "node:crypto";
import type { TestProject } from "vitest/node";
import { makeRunFolder } from "./temporary-folder.js";
import { startTestPostgres } from "./test-postgres.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** A superuser's connection string to the run's PostgreSQL; each test file makes its own database there. */
    adminDatabaseUrl: string;
    /** Names what this run makes at a server that other runs may use at the same time. */
    runId: string;
  }
}

/**
 * One PostgreSQL for the whole run. TEST_DATABASE_URL names another one (a superuser of PostgreSQL 15 or later), for
 * example to try old versions.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide("runId", randomBytes(4).toString("hex"));
  const removeRunFolder = makeRunFolder();
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    project.provide("adminDatabaseUrl", given);
    return async () => removeRunFolder();
  }
  const server = await startTestPostgres();
  project.provide("adminDatabaseUrl", server.url);
  return async () => {
    await server.stop();
    removeRunFolder();
  };
}
