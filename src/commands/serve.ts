import { type App, startApp } from "../app.js";
import { type Config, loadConfig } from "../config/config.js";
import { readEnvironment } from "../config/env.js";
import { migrateUp } from "../db/migrate.js";
import { armFailpoints } from "../telemetry/failpoints.js";
import { type Logger, makeLog } from "../telemetry/log.js";
import { PROGRAM_VERSION } from "../version.js";
import { openDatabaseServer } from "./database-server.js";
import { exitOnFailure } from "./exit.js";
import { nextSteps } from "./next-steps.js";
import { readSecretWarnings } from "./secrets.js";
import { seedDemo } from "./seed.js";

type Roles = { readonly api: boolean; readonly worker: boolean };

/** Runs until SIGTERM, SIGINT or SIGHUP, then drains and exits 0. */
export async function serve(roles: Roles): Promise<void> {
  await exitOnFailure(async () => {
    const environment = readEnvironment();
    armFailpoints(environment);
    const config = loadConfig(environment);
    const log = makeLog(config.log);
    const databaseServer = await openDatabaseServer(config, (line) => log.info(line));
    databaseServer.onUnexpectedExit((cause) => {
      log.fatal(`The embedded database stopped: ${cause}. Start again; the data are safe.`);
      process.exit(1);
    });
    const started = start(config, databaseServer.url, log, roles);
    // A signal may come at any time from here on: what has begun to start is finished and then stopped.
    stopOnSignals(log, async () => {
      await (await started.catch(() => undefined))?.stop();
      await databaseServer.stop();
    });
    try {
      const app = await started;
      if (roles.api) log.info(nextSteps(config, app.url));
    } catch (error) {
      await databaseServer.stop();
      throw error;
    }
  });
}

async function start(config: Config, databaseUrl: string, log: Logger, roles: Roles): Promise<App> {
  const say = (line: string): void => log.info(line);
  await migrateUp(databaseUrl, { program: PROGRAM_VERSION, log: say });
  for (const warning of await readSecretWarnings(databaseUrl, config)) log.warn(warning);
  if (config.isProduction && new URL(config.http.publicUrl).hostname === "localhost") {
    log.warn(
      `Links in mails begin with ${config.http.publicUrl}: set PUBLIC_URL to the store's own address.`,
    );
  }
  if (!config.isProduction) await seedDemo(databaseUrl, say);
  return startApp({ config, databaseUrl, log, roles });
}

/** Whoever stops us kills after 30 s (Kubernetes) or sooner; a job that is cut off here runs again elsewhere. */
const STOP_MILLIS_MAX = 23_000;

function stopOnSignals(log: Logger, stop: () => Promise<void>): void {
  const onSignal = async (signal: string): Promise<void> => {
    log.info(`${signal}: finishing what is running`);
    setTimeout(() => {
      log.warn("Not everything finished in time; what was cut off is done again by the next process.");
      process.exit(0);
    }, STOP_MILLIS_MAX).unref();
    await stop();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    process.once(signal, () => void onSignal(signal));
}
