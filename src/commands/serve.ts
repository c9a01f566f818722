import { loadConfig } from "../config/config.js";
import { readEnvironment } from "../config/env.js";
import { armFailpoints } from "../telemetry/failpoints.js";
import { type Logger, makeLog } from "../telemetry/log.js";
import { openDatabaseServer } from "./database-server.js";
import { exitOnFailure } from "./exit.js";
import { nextSteps } from "./next-steps.js";
import type { Roles } from "./start-store.js";

/** Runs until SIGTERM, SIGINT or SIGHUP, then drains and exits 0. */
export async function serve(roles: Roles): Promise<void> {
  await exitOnFailure(async () => {
    const { values, problems } = readEnvironment();
    armFailpoints(values);
    const config = loadConfig(values, problems);
    const log = makeLog(config.log);
    // Most of the program is read while the database starts: that makes a start a fifth of a second shorter.
    const program = import("./start-store.js");
    // It is waited for below; when the database fails first, that is the error to tell.
    program.catch(() => undefined);
    const databaseServer = await openDatabaseServer(config, (line) => log.info(line));
    databaseServer.onUnexpectedExit((cause) => {
      log.fatal(`The embedded database stopped: ${cause}. Start again; the data are safe.`);
      process.exit(1);
    });
    const started = program.then(({ startStore }) => startStore(config, databaseServer.url, log, roles));
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
