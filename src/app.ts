/**
 * The life of an app: a configuration and a database address become a running server and worker, and stop again.
 * Who depends on whom is in compose/, the only folder that names adapters.
 */
import type { FastifyRequest } from "fastify";
import { type Foundation, type Module, openFoundation } from "./compose/foundation.js";
import { composeModules } from "./compose/modules.js";
import { composePayments } from "./compose/payments.js";
import type { Config } from "./config/config.js";
import { statement } from "./db/database.js";
import { readMigrations } from "./db/migration-files.js";
import { findCaller } from "./http/caller.js";
import { type Readiness, registerHealthRoutes } from "./http/health.js";
import {
  type IsLocal,
  makeDevGuard,
  makeIsLocal,
  makeIsOperator,
  makeMetricsGuard,
} from "./http/local-guard.js";
import { describeRoutes } from "./http/openapi/describe-routes.js";
import { answerCors } from "./http/origin-guard.js";
import { registerReference } from "./http/reference.js";
import { type Guards, makeServer, type Server } from "./http/server.js";
import type { ErrorCode } from "./kernel/errors.js";
import type { AuthModule } from "./modules/auth/auth.module.js";
import { startWorker, type Worker } from "./modules/jobs/jobs.module.js";
import type { PaymentsModule } from "./modules/payments/payments.module.js";
import type { Logger } from "./telemetry/log.js";
import { traceWith } from "./telemetry/spans.js";
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

const JOBS_AT_ONCE = 8;
const NEWEST_MIGRATION = Math.max(...readMigrations().map((migration) => migration.version));

export async function startApp(options: AppOptions): Promise<App> {
  const { config, log } = options;
  const traces = await startTraces(config);
  const foundation = openFoundation(options);
  const { modules, auth, storefront } = await composeModules(foundation);
  const state = { isStopping: false };

  const server = makeServer({
    log,
    guards: makeGuards(foundation, auth),
    isProduction: config.isProduction,
    support: config.shop.supportEmail ?? undefined,
    load: foundation.db.load,
    isTraced: traces !== undefined,
    onAnswer: foundation.metrics.observeAnswer,
    problemPage: storefront.problemPage,
    onRefused: (request, code) => tellRefused(foundation, request, code),
  });
  await registerEverything(server, modules, foundation, () => readinessOf(foundation, modules, state));
  options.extraRoutes?.(server);
  await server.ready();

  let worker: Worker | undefined;
  if (options.roles.worker) worker = await startJobs(options, foundation, modules);
  const work = options.roles.worker ? modules.flatMap((one) => one.startWork?.() ?? []) : [];
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
      await Promise.all([server.close(), worker?.stop(), ...work.map((one) => one.stop())]);
      for (const one of modules) await one.close?.();
      await Promise.all([foundation.db.close(), foundation.reservedDb.close()]);
      await traces?.stop();
    },
  };
}

/** The routes without a database connection being made: for openapi.json and the tests of the access table. */
export async function describeApp(options: Omit<AppOptions, "roles">): Promise<Server> {
  const foundation = openFoundation(options);
  const { modules, auth } = await composeModules(foundation);
  const server = makeServer({
    log: options.log,
    guards: makeGuards(foundation, auth),
    isProduction: options.config.isProduction,
    compiles: "at_once",
  });
  await registerEverything(server, modules, foundation, async () => ({
    isReady: false,
    parts: {},
  }));
  await server.ready();
  return server;
}

/** The payments module alone, for a command that runs beside the store. */
export async function withPayments<Value>(
  options: Omit<AppOptions, "roles">,
  work: (payments: PaymentsModule) => Promise<Value>,
): Promise<Value> {
  const foundation = openFoundation(options);
  try {
    // No eSIM module here: a refund that needs one is left to the store's own jobs.
    return await work(
      await composePayments(
        foundation,
        async () => "unknown",
        async () => ({ html: "", policy: "" }),
        async () => false,
      ),
    );
  } finally {
    await Promise.all([foundation.db.close(), foundation.reservedDb.close()]);
  }
}

/** The libraries are read only where an endpoint is configured. */
async function startTraces({ traces }: Config): Promise<{ stop(): Promise<void> } | undefined> {
  if (traces === null) return undefined;
  const { startOpenTelemetry } = await import("./telemetry/open-telemetry.js");
  const { tracer, stop } = startOpenTelemetry({ ...traces, version: PROGRAM_VERSION });
  traceWith(tracer);
  return {
    stop: () => {
      traceWith(undefined);
      return stop();
    },
  };
}

function makeGuards({ config }: Foundation, { sessionGuard }: AuthModule): Guards {
  const { http, isProduction } = config;
  return {
    user: sessionGuard.user,
    admin: sessionGuard.admin,
    dev: makeDevGuard({ isProduction, devToken: http.devToken, isLocal: makeIsLocal(http) }),
    metrics: makeMetricsGuard(isOperatorOf(config)),
  };
}

const isOperatorOf = ({ http, isProduction }: Config): IsLocal =>
  makeIsOperator({ isProduction, metricsToken: http.metricsToken, isLocal: makeIsLocal(http) });

/** Who was refused what: enough to find a person or a program again, and no address. */
function tellRefused({ events, clientOf }: Foundation, request: FastifyRequest, code: ErrorCode): void {
  const { address } = clientOf(request);
  events.requestRefused(
    { kind: code },
    {
      method: request.method,
      route: request.routeOptions.url,
      user_id: findCaller(request)?.userId ?? null,
      address_family: address.includes(":") ? "ipv6" : "ipv4",
      request_id: request.id,
    },
  );
}

async function registerEverything(
  server: Server,
  modules: readonly Module[],
  { config, metrics, origins, proxyWatch, refreshSettings }: Foundation,
  readiness: () => Promise<Readiness>,
): Promise<void> {
  answerCors(server, origins);
  // What pages say of the shop is as it is now; files with a name of their own never change.
  server.addHook("onRequest", async ({ url, headers, routeOptions: { config: route } }) => {
    const isPage = /text\/html/i.test(headers.accept ?? "") || url.startsWith("/brand/");
    if (isPage && route.isInternal === true && route.access === "public") await refreshSettings();
  });
  await describeRoutes(server, PROGRAM_VERSION);
  registerHealthRoutes(server, {
    readiness,
    isOperator: isOperatorOf(config),
    forOperators: proxyWatch.troubles,
  });
  server.get("/metrics", { config: { access: "metrics", isInternal: true } }, async (_request, reply) => {
    reply.header("content-type", metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  for (const one of modules) await one.registerRoutes(server);
  registerReference(server);
}

function startJobs(
  options: AppOptions,
  { events, log, server }: Foundation,
  modules: readonly Module[],
): Promise<Worker> {
  const jobs = modules.map((one) => one.jobs);
  return startWorker({
    databaseUrl: options.databaseUrl,
    jobs,
    concurrency: JOBS_AT_ONCE,
    events,
    log,
    server,
  });
}

const READINESS = statement(
  "app.readiness",
  `select (select max(version) from schema_migrations) as version, exists (select from plans) as has_plans,
     current_setting('transaction_read_only') = 'on' as is_read_only`,
);

interface ReadinessRow {
  readonly version: number | null;
  readonly has_plans: boolean;
  readonly is_read_only: boolean;
}

/** Ready is: connected, taking writes, migrated as far as this program knows, seeded (a production store fills its own catalogue). */
async function readinessOf(
  { reservedDb, server, config }: Foundation,
  modules: readonly Module[],
  state: { isStopping: boolean },
): Promise<Readiness> {
  if (state.isStopping) return { isReady: false, parts: { process: "stopping" } };
  try {
    const { rows } = await reservedDb.run<ReadinessRow>(READINESS);
    if (rows[0]?.is_read_only === true) server.leave();
    const trouble = rows[0]?.is_read_only === true ? "takes no writes" : server.trouble();
    if (trouble !== undefined) return { isReady: false, parts: { database: trouble } };
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
