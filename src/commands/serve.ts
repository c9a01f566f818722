import { startApp } from "../app.js";
import { type Config, loadConfig } from "../config/config.js";
import { readEnvironment } from "../config/env.js";
import { migrateUp } from "../db/migrate.js";
import { armFailpoints } from "../telemetry/failpoints.js";
import { makeLog } from "../telemetry/log.js";
import { PROGRAM_VERSION } from "../version.js";
import { openDatabaseServer } from "./database-server.js";
import { exitOnFailure } from "./exit.js";
import { readSecretWarnings } from "./secrets.js";
import { seedDemo } from "./seed.js";

/** Runs until SIGTERM or SIGINT, then drains and exits 0. */
export async function serve(roles: { api: boolean; worker: boolean }): Promise<void> {
  await exitOnFailure(async () => {
    const environment = readEnvironment();
    armFailpoints(environment);
    const config = loadConfig(environment);
    const log = makeLog(config.log);
    const databaseServer = await openDatabaseServer(config, (line) => log.info(line));
    await migrateUp(databaseServer.url, { program: PROGRAM_VERSION, log: (line) => log.info(line) });
    for (const warning of await readSecretWarnings(databaseServer.url, config)) log.warn(warning);
    if (!config.isProduction) await seedDemo(databaseServer.url, (line) => log.info(line));
    const app = await startApp({ config, databaseUrl: databaseServer.url, log, roles });
    if (roles.api) log.info(nextSteps(config, app.url));

    const stop = async (signal: string): Promise<void> => {
      log.info(`${signal}: finishing what is running`);
      await app.stop();
      await databaseServer.stop();
      process.exit(0);
    };
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(signal));
    databaseServer.onUnexpectedExit((cause) => {
      log.fatal(`The embedded database stopped: ${cause}. Start again; the data are safe.`);
      process.exit(1);
    });
  });
}

function nextSteps(config: Config, url: string): string {
  return [`The store is at ${config.http.publicUrl} (listening on ${url})`].join("\n");
}
