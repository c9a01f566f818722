/**
 * The composition root: the only file that names adapters. A configuration and a database address become a running
 * app. Read it from top to bottom to see who depends on whom.
 */

import { composeEsims } from "./compose-esims.js";
import { composePayments } from "./compose-payments.js";
import { type Config, cookieCheckOf } from "./config/config.js";
import { cookieWarnings } from "./config/cookie-checks.js";
import { type Db, openDatabase, statement } from "./db/database.js";
import { readMigrations } from "./db/migration-files.js";
import { describeTrust, makeClientOf } from "./http/client-address.js";
import { makeCookies } from "./http/cookies.js";
import { type Readiness, registerHealthRoutes } from "./http/health.js";
import { makeDevGuard, makeMetricsGuard } from "./http/local-guard.js";
import { answerCors, makeOriginGuard, type OriginGuard } from "./http/origin-guard.js";
import { registerPages } from "./http/pages.js";
import { describeRoutes, registerReference } from "./http/reference.js";
import { type Guards, makeServer, type Server } from "./http/server.js";
import { systemClock } from "./kernel/clock.js";
import { makeSealer } from "./kernel/sealing.js";
import { makeAdminModule } from "./modules/admin/admin.module.js";
import { type AuthModule, makeAuthModule, type PersonalDataSource } from "./modules/auth/auth.module.js";
import { makeCatalogModule } from "./modules/catalog/catalog.module.js";
import { type Jobs, startWorker, type Worker } from "./modules/jobs/jobs.module.js";
import { makeWakeWorkers } from "./modules/jobs/wake-workers.js";
import { type MailModule, makeMailModule } from "./modules/mail/mail.module.js";
import { makeOrdersModule } from "./modules/orders/orders.module.js";
import type { PaymentsModule } from "./modules/payments/payments.module.js";
import { makeNoEarlyRefusal } from "./providers/early-refusal/no-early-refusal.js";
import { makeRedisEarlyRefusal } from "./providers/early-refusal/redis-early-refusal.js";
import { makeInboxSender } from "./providers/mail/inbox/inbox-sender.js";
import { makeSmtpSender } from "./providers/mail/smtp/smtp-sender.js";
import { type Events, makeEvents } from "./telemetry/events.js";
import type { Logger } from "./telemetry/log.js";
import { type Metrics, makeMetrics } from "./telemetry/metrics.js";
import { PROGRAM_VERSION } from "./version.js";

export interface AppOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly log: Logger;
  /** Whether this process serves HTTP, runs jobs, or both. */
  readonly roles: { readonly api: boolean; readonly worker: boolean };
  /** Routes beside the modules', for a benchmark's or test's own server. */
  readonly extraRoutes?: (server: Server) => void;
}

export interface App {
  readonly server: Server;
  /** Where it listens, e.g. http://127.0.0.1:8000; empty without the api role. */
  readonly url: string;
  /** Readiness turns 503 at once, in-flight work is finished, connections are closed. Takes less than 25 s. */
  stop(): Promise<void>;
}

/** What every module may ask for. */
export interface Foundation {
  readonly config: Config;
  readonly db: Db;
  /** A share of connections that floods of reads cannot use: for webhooks and the work of paid orders. */
  readonly reservedDb: Db;
  readonly events: Events;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly wakeWorkers: () => void;
  readonly origins: OriginGuard;
}

export interface Module {
  registerRoutes(app: Server): void | Promise<void>;
  readonly jobs: Jobs;
  /** What does not work and only slows the store down, by part: `{redis: "down"}`. */
  troubles?(): Readonly<Record<string, string>>;
  /** Lets go of what the module holds open, after the last request and job. */
  close?(): void | Promise<void>;
}

const JOBS_AT_ONCE = 8;
const NEWEST_MIGRATION = Math.max(...readMigrations().map((migration) => migration.version));

export async function startApp(options: AppOptions): Promise<App> {
  const { config, log } = options;
  const foundation = openFoundation(options);
  const { modules, auth } = composeModules(foundation);
  const state = { isStopping: false };

  const server = makeServer({
    log,
    guards: makeGuards(foundation, auth),
    isProduction: config.isProduction,
    load: foundation.db.load,
    onAnswer: foundation.metrics.observeAnswer,
  });
  await registerEverything(server, modules, foundation, () => readinessOf(foundation, modules, state));
  options.extraRoutes?.(server);
  await server.ready();

  let worker: Worker | undefined;
  if (options.roles.worker) worker = await startJobs(options, foundation, modules);
  const url = options.roles.api
    ? await server.listen({ host: config.http.host, port: config.http.port })
    : "";
  return {
    server,
    url,
    stop: async () => {
      if (state.isStopping) return;
      state.isStopping = true;
      // Load balancers see 503 on /health/ready and send new requests elsewhere before the port closes.
      await new Promise((resolve) => setTimeout(resolve, config.http.drainSeconds * 1000));
      await Promise.all([server.close(), worker?.stop()]);
      for (const one of modules) await one.close?.();
      await Promise.all([foundation.db.close(), foundation.reservedDb.close()]);
    },
  };
}

/** The routes without a database connection being made: for openapi.json and the tests of the access table. */
export async function describeApp(options: Omit<AppOptions, "roles">): Promise<Server> {
  const foundation = openFoundation({ ...options, roles: { api: false, worker: false } });
  const { modules, auth } = composeModules(foundation);
  const server = makeServer({
    log: options.log,
    guards: makeGuards(foundation, auth),
    isProduction: options.config.isProduction,
  });
  await registerEverything(server, modules, foundation, async () => ({
    isReady: false,
    parts: {},
  }));
  await server.ready();
  return server;
}

/** The payments room alone, for a command that runs beside the store. */
export async function withPayments<Value>(
  options: Omit<AppOptions, "roles">,
  work: (payments: PaymentsModule) => Promise<Value>,
): Promise<Value> {
  const foundation = openFoundation({ ...options, roles: { api: false, worker: false } });
  const mail = composeMail(foundation);
  try {
    // No eSIM room here: a refund that needs one is left to the store's own jobs.
    return await work(composePayments(foundation, mail, async () => "unknown"));
  } finally {
    mail.close();
    await Promise.all([foundation.db.close(), foundation.reservedDb.close()]);
  }
}

function openFoundation({ config, databaseUrl, log }: AppOptions): Foundation {
  const metrics = makeMetrics();
  const open = (poolMax: number, applicationName: string): Db =>
    openDatabase({
      url: databaseUrl,
      poolMax,
      applicationName,
      tracksTransactions: config.environment === "test",
      onIdleError: (error) => log.warn({ err: error }, "an idle database connection was lost"),
    });
  const db = open(config.database.poolMax, "tribi api");
  const reservedDb = open(config.database.reservedPoolMax, "tribi reserved");
  return {
    config,
    db,
    reservedDb,
    events: makeEvents(log, metrics.registry),
    metrics,
    log,
    wakeWorkers: makeWakeWorkers(reservedDb, (error) => log.debug({ err: error }, "workers were not woken")),
    origins: makeOriginGuard({ ...config.http, isProduction: config.isProduction }),
  };
}

/** Every module with what it needs; an event between modules is a function argument here. */
function composeModules(foundation: Foundation): { modules: readonly Module[]; auth: AuthModule } {
  const { config, db } = foundation;
  const mail = composeMail(foundation);
  const catalog = makeCatalogModule({
    db,
    clock: systemClock,
    defaultCurrency: config.payments.defaultCurrency,
    deviceDataFile: config.catalog.deviceDataFile,
    csvImportBytesMax: config.http.csvImportBytesMax,
  });
  const auth = composeAuth(foundation, mail, []);
  // A refund takes the eSIM back, and an eSIM that cannot be delivered gives the money back.
  const payments = composePayments(foundation, mail, (...order) => esims.takeBackEsim(...order));
  const esims = composeEsims(foundation, payments, mail);
  const orders = makeOrdersModule({
    ...foundation,
    releaseUnpaid: payments.releaseUnpaid,
    offer: esims.offer,
  });
  const admin = makeAdminModule(foundation);
  return { modules: [mail, catalog, auth, payments, esims, orders, admin], auth };
}

/** Redis only says an early "no"; without it every question goes to PostgreSQL. */
function composeAuth(
  foundation: Foundation,
  { mailer }: MailModule,
  personalData: readonly PersonalDataSource[],
): AuthModule {
  const { config, log } = foundation;
  const { auth, secrets, isProduction } = config;
  const { trustProxy, publicUrl } = config.http;
  const warn = (message: string): void => log.warn(message);
  log.info({ trust_proxy: trustProxy }, `client addresses: ${describeTrust(trustProxy)}`);
  if (auth.cookie.isEnabled) cookieWarnings(cookieCheckOf(config)).forEach(warn);
  return makeAuthModule({
    ...foundation,
    clock: systemClock,
    mailer,
    personalData,
    earlyRefusal:
      config.redisUrl === null
        ? makeNoEarlyRefusal()
        : makeRedisEarlyRefusal({
            url: config.redisUrl,
            onTrouble: (error) =>
              log.debug({ err: error }, "Redis does not answer; PostgreSQL decides alone"),
          }),
    cookies: makeCookies({ ...auth.cookie, isProduction }),
    clientOf: makeClientOf(trustProxy, warn),
    sealer: makeSealer(secrets.encryptionKeys),
    settings: { ...auth, ...secrets, adminEmails: config.adminEmails, publicUrl },
  });
}

/** SMTP when it is configured, else the development inbox (production requires SMTP: config/config.ts). */
function composeMail({ config, reservedDb, events, log }: Foundation): MailModule {
  const { smtp, fromEmail: from } = config.mail;
  return makeMailModule({
    db: reservedDb,
    events,
    isProduction: config.isProduction,
    openSender: (keep) =>
      smtp === null
        ? makeInboxSender({ keep, from, announce: (line) => log.info(line) })
        : makeSmtpSender({ ...smtp, from }),
  });
}

function makeGuards({ config }: Foundation, { sessionGuard }: AuthModule): Guards {
  return {
    user: sessionGuard.user,
    admin: sessionGuard.admin,
    dev: makeDevGuard({ isProduction: config.isProduction, devToken: config.http.devToken }),
    metrics: makeMetricsGuard(config.http),
  };
}

async function registerEverything(
  server: Server,
  modules: readonly Module[],
  { config, metrics, origins }: Foundation,
  readiness: () => Promise<Readiness>,
): Promise<void> {
  answerCors(server, origins);
  await describeRoutes(server, PROGRAM_VERSION);
  registerHealthRoutes(server, readiness);
  server.get("/metrics", { config: { access: "metrics", isInternal: true } }, async (_request, reply) => {
    reply.header("content-type", metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  for (const one of modules) await one.registerRoutes(server);
  await registerPages(server, config);
  await registerReference(server);
}

function startJobs(
  options: AppOptions,
  { events, log }: Foundation,
  modules: readonly Module[],
): Promise<Worker> {
  const jobs = modules.map((one) => one.jobs);
  return startWorker({ databaseUrl: options.databaseUrl, jobs, concurrency: JOBS_AT_ONCE, events, log });
}

const READINESS = statement(
  "app.readiness",
  "select (select max(version) from schema_migrations) as version, exists (select from plans) as has_plans",
);

/** Ready is: connected, migrated as far as this program knows, seeded (a production store fills its own catalogue). */
async function readinessOf(
  { reservedDb, config }: Foundation,
  modules: readonly Module[],
  state: { isStopping: boolean },
): Promise<Readiness> {
  if (state.isStopping) return { isReady: false, parts: { process: "stopping" } };
  try {
    const { rows } = await reservedDb.run<{ version: number | null; has_plans: boolean }>(READINESS);
    const isMigrated = (rows[0]?.version ?? 0) >= NEWEST_MIGRATION;
    if (!isMigrated)
      return { isReady: false, parts: { database: "migrations are pending: run tribi migrate up" } };
    if (rows[0]?.has_plans !== true && config.environment === "development") {
      return { isReady: false, parts: { catalogue: "empty: run tribi seed" } };
    }
    return { isReady: true, parts: Object.assign({}, ...modules.map((one) => one.troubles?.())) };
  } catch {
    return { isReady: false, parts: { database: "unreachable" } };
  }
}
