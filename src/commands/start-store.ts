import { type App, startApp } from "../app.js";
import type { Config } from "../config/config.js";
import { configWarnings } from "../config/production.js";
import type { Logger } from "../telemetry/log.js";
import { migrateStore } from "./on-database.js";
import { readSecretWarnings } from "./secrets.js";
import { seedDemo } from "./seed.js";

export type Roles = { readonly api: boolean; readonly worker: boolean };

/** Brings the database up to date, warns of what an operator should look at, and starts the app. */
export async function startStore(
  config: Config,
  databaseUrl: string,
  log: Logger,
  roles: Roles,
): Promise<App> {
  const say = (line: string): void => log.info(line);
  await migrateStore(config, databaseUrl, say);
  for (const warning of await readSecretWarnings(databaseUrl, config)) log.warn(warning);
  for (const warning of configWarnings(config)) log.warn(warning);
  if (!config.isProduction) await seedDemo(databaseUrl, say);
  return startApp({ config, databaseUrl, log, roles });
}
