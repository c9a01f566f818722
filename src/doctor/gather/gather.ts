import { type Config, cookieCheckOf } from "../../config/config.js";
import { cookieWarnings } from "../../config/cookie-checks.js";
import { modeOf } from "../../config/payments.js";
import { configWarnings } from "../../config/production.js";
import { type MigrationState, readMigrationStatus } from "../../db/migration-status.js";
import type { CanarySecret } from "../../db/secrets-canary.js";
import { type Facts, known, type SettingsFacts, unknown } from "../facts.js";
import { gatherAdyen, gatherSignedItem } from "./gather-adyen.js";
import { gatherDatabase } from "./gather-database.js";
import { gatherCertificate, gatherMailServer, gatherSender, gatherStore } from "./gather-outside.js";
import { gatherSignedEvent, gatherStripe } from "./gather-stripe.js";

/** Jobs at once, the one that listens, and the leases'. */
const WORKER_CONNECTIONS = 10;

export function settingsOf(config: Config): SettingsFacts {
  const { http, auth, payments, shop, database } = config;
  return {
    problems: [],
    warnings: configWarnings(config),
    isProduction: config.isProduction,
    publicUrl: http.publicUrl,
    isCookieEnabled: auth.cookie.isEnabled,
    isCookieSecure: auth.cookie.isSecure,
    cookieWarnings: auth.cookie.isEnabled && config.isProduction ? cookieWarnings(cookieCheckOf(config)) : [],
    operators: config.adminEmails.length,
    hasMetricsToken: http.metricsToken !== null,
    needsSecondFactor: config.operators.needsFactor,
    hasSupportAddress: shop.supportEmail !== null,
    paymentProvider: payments.provider,
    stripeMode: modeOf(payments.stripe?.secretKey ?? null),
    comparedEveryMinutes: comparedEvery(config),
    connectionsPerProcess: database.poolMax + database.reservedPoolMax + WORKER_CONNECTIONS,
  };
}

/** Adyen's books are reports, which are read once an hour at most. */
const REPORTS_EVERY_MINUTES = 60;

function comparedEvery({ payments, isProduction }: Config): Readonly<Record<string, number>> {
  const minutes = payments.reconcileIntervalMinutes;
  return {
    ...(isProduction ? {} : { MOCK: minutes }),
    ...(payments.stripe === null ? {} : { STRIPE: minutes }),
    ...(payments.adyen === null ? {} : { ADYEN: Math.max(minutes, REPORTS_EVERY_MINUTES) }),
  };
}

/** When the configuration cannot be read, nothing else can be asked. */
export function factsWithoutConfig(problem: string): Facts {
  const nothing = unknown("The settings cannot be read.");
  return {
    settings: unknown(problem),
    database: nothing,
    migrations: nothing,
    secrets: nothing,
    disk: nothing,
    work: nothing,
    suppliers: nothing,
    store: nothing,
    certificate: nothing,
    mailServer: nothing,
    sender: nothing,
    stripe: nothing,
    adyen: nothing,
    signedEvent: nothing,
    signedItem: nothing,
  };
}

/** Asks everything at once; changes nothing anywhere. `url` is null when no database could be opened. */
export async function gatherFacts(
  config: Config,
  database: { readonly url: string } | { readonly why: string },
  secrets: readonly CanarySecret[],
): Promise<Facts> {
  const settings = known(settingsOf(config));
  const [inside, migrations, store, certificate, mailServer, sender, stripe, signedEvent, adyen, signedItem] =
    await Promise.all([
      "url" in database
        ? gatherDatabase(database.url, {
            dataDir: config.database.url === null ? config.dataDir : null,
            secrets,
          })
        : nothingInside(database.why),
      "url" in database ? gatherMigrations(database.url) : unknown(database.why),
      gatherStore(config),
      gatherCertificate(config),
      gatherMailServer(config),
      gatherSender(config),
      gatherStripe(config),
      gatherSignedEvent(config),
      gatherAdyen(config),
      gatherSignedItem(config),
    ]);
  const outside = { store, certificate, mailServer, sender, stripe, signedEvent, adyen, signedItem };
  return { settings, ...inside, migrations, ...outside };
}

function nothingInside(why: string): Pick<Facts, "database" | "work" | "suppliers" | "secrets" | "disk"> {
  const nothing = unknown("The database does not answer.");
  return { database: unknown(why), work: nothing, suppliers: nothing, secrets: nothing, disk: nothing };
}

async function gatherMigrations(url: string): Promise<Facts["migrations"]> {
  try {
    const states = await readMigrationStatus(url);
    const labels = (wanted: MigrationState["state"]) =>
      states.filter(({ state }) => state === wanted).map(({ label }) => label);
    return known({
      pending: labels("pending"),
      newer: labels("newer"),
      older: labels("older"),
      changed: labels("changed"),
    });
  } catch {
    return unknown("The database does not answer.");
  }
}
