import type { FastifyRequest } from "fastify";
import type { Config } from "../config/config.js";
import type { CurrentSetting } from "../config/run-time-settings.js";
import { type Db, openDatabase } from "../db/database.js";
import { type ServerWatch, watchServer } from "../db/server-watch.js";
import { type ClientAddress, makeClientOf } from "../http/client-address.js";
import { makeOriginGuard, type OriginGuard } from "../http/origin-guard.js";
import { makeProxyWatch, type ProxyWatch } from "../http/proxy-watch.js";
import type { Server } from "../http/server.js";
import { systemClock } from "../kernel/clock.js";
import type { Jobs } from "../modules/jobs/jobs.module.js";
import { makeWakeWorkers } from "../modules/jobs/wake-workers.js";
import type { LiveShop } from "../modules/mail/mail.module.js";
import { makeCurrentSetting } from "../modules/settings/settings.module.js";
import { type Events, makeEvents } from "../telemetry/events.js";
import type { Logger } from "../telemetry/log.js";
import { type Metrics, makeMetrics } from "../telemetry/metrics.js";

/** What every module may ask for. */
export interface Foundation {
  readonly config: Config;
  readonly db: Db;
  /** A share of connections that floods of reads cannot use: for webhooks and the work of paid orders. */
  readonly reservedDb: Db;
  /** Whether the database takes writes. */
  readonly server: ServerWatch;
  readonly events: Events;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly wakeWorkers: () => void;
  readonly origins: OriginGuard;
  readonly proxyWatch: ProxyWatch;
  /** What operators change at run time, as every module reads it. */
  readonly setting: CurrentSetting;
  /** What the shop is called now, and where its customers write to. */
  readonly shop: LiveShop;
  /** The look that operators have chosen, as it is now. */
  readonly colors: () => { readonly color: string; readonly accentColor: string };
  /** Before what cannot wait for a setting: what is known is fresh then. */
  readonly refreshSettings: () => Promise<void>;
  /** This process reads the settings anew at their next use. */
  readonly forgetSettings: () => void;
  readonly clientOf: (request: FastifyRequest) => ClientAddress;
}

export interface Module {
  registerRoutes(app: Server): void | Promise<void>;
  readonly jobs: Jobs;
  /** What a worker does beside its jobs, until it is stopped. */
  startWork?(): { stop(): Promise<void> };
  /** What does not work and only slows the store down, by part: `{redis: "down"}`. */
  troubles?(): Readonly<Record<string, string>>;
  /** Lets go of what the module holds open, after the last request and job. */
  close?(): void | Promise<void>;
}

export interface FoundationOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly log: Logger;
}

export function openFoundation({ config, databaseUrl, log }: FoundationOptions): Foundation {
  const metrics = makeMetrics();
  const server = watchServer();
  const open = (poolMax: number, applicationName: string): Db =>
    openDatabase({
      url: databaseUrl,
      poolMax,
      applicationName,
      server,
      tracksTransactions: config.environment === "test",
      onIdleError: (error) => log.warn({ err: error }, "an idle database connection was lost"),
    });
  const db = open(config.database.poolMax, "tribi api");
  const reservedDb = open(config.database.reservedPoolMax, "tribi reserved");
  const events = makeEvents(log, metrics.registry);
  const proxyWatch = makeProxyWatch({
    clock: systemClock,
    onDoubt: (reason) => events.forwardingDoubted({ reason }),
    warn: (message) => log.warn(message),
  });
  const { current, lastKnown, refresh, forget } = makeCurrentSetting({
    db: reservedDb,
    defaults: config.settings,
    log,
  });
  return {
    config,
    setting: current,
    shop: {
      get name() {
        return lastKnown("shop_name");
      },
      supportEmail: config.shop.supportEmail,
    },
    colors: () => ({ color: lastKnown("shop_color"), accentColor: lastKnown("shop_accent_color") }),
    refreshSettings: refresh,
    forgetSettings: forget,
    db,
    reservedDb,
    server,
    events,
    proxyWatch,
    clientOf: makeClientOf(config.http.trustProxy, proxyWatch),
    metrics,
    log,
    wakeWorkers: makeWakeWorkers(reservedDb, (error) => log.debug({ err: error }, "workers were not woken")),
    origins: makeOriginGuard({ ...config.http, isProduction: config.isProduction }),
  };
}
