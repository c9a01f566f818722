import { describeApp } from "../app.js";
import { loadConfig } from "../config/config.js";
import { makeLog } from "../telemetry/log.js";
import { exitOnFailure } from "./exit.js";

/** Needs no database and no configuration: the document depends on the program alone. */
export async function openApiText(): Promise<string> {
  const server = await describeApp({
    config: loadConfig({ ENVIRONMENT: "test" }),
    databaseUrl: "postgresql://127.0.0.1:1/none",
    log: makeLog({ level: "silent", format: "json" }),
  });
  const text = `${JSON.stringify(server.swagger(), null, 2)}\n`;
  await server.close();
  return text;
}

export async function printOpenApi(): Promise<void> {
  await exitOnFailure(async () => {
    process.stdout.write(await openApiText());
  });
}
