/**
 * Owns: shop_events and what comes before their numbers (new_shop_events, shop_event_stream), webhook_endpoints,
 *   webhook_deliveries.
 * Promises: what happened is told exactly when its change was committed, and in one sequence without a gap, so that a
 *   receiver can tell that it missed nothing; a receiver that hangs, fails or lies in the shop's own network delays
 *   and endangers nobody.
 * Never: a number given inside the transaction of a sale; a code, ICCID, e-mail address or secret in an event; the
 *   words of a receiver's answer kept or shown.
 */
import { randomInt } from "node:crypto";
import type { Config } from "../../config/config.js";
import type { Db } from "../../db/database.js";
import { containsPattern, readListPage } from "../../db/list-sql.js";
import type { Server } from "../../http/server.js";
import type { Sealer } from "../../kernel/sealing.js";
import type { Receiver } from "../../providers/receiver/port.js";
import type { Events } from "../../telemetry/events.js";
import type { Logger } from "../../telemetry/log.js";
import type { Metrics } from "../../telemetry/metrics.js";
import { defineScheduledJob } from "../jobs/jobs.module.js";
import { makeDeliverTo } from "./deliver-events.js";
import { type DeliveryRow, deliveryList } from "./delivery-store.js";
import { countGivenUp, type EndpointRow, endpointList } from "./endpoint-store.js";
import { listEventsAfter, oldestNewEventSeconds, purgeOldEvents } from "./event-store.js";
import { makeManageEndpoints } from "./manage-endpoints.js";
import { resealEndpoints } from "./reseal-endpoints.js";
import { registerWebhookEndpoints } from "./routes/admin-webhook-endpoints.js";
import { registerListEvents } from "./routes/list-events.js";
import { registerWebhookDeliveries } from "./routes/webhook-deliveries.js";
import { startWebhookWork } from "./webhook-work.js";

export interface WebhooksDeps {
  readonly config: Config;
  readonly db: Db;
  readonly reservedDb: Db;
  readonly sealer: Sealer;
  readonly receiver: Receiver;
  readonly events: Events;
  readonly metrics: Metrics;
  readonly log: Logger;
}

const PURGE_SHOP_EVENTS = defineScheduledJob("purge_shop_events", "41 3 * * *");
const KEEP = { eventDays: 90, deliveryDays: 30 };
const PURGE_BATCH = 5_000;
const PURGE_BATCHES_MAX = 200;

export function makeWebhooksModule(deps: WebhooksDeps) {
  const { db, reservedDb, metrics } = deps;
  const manage = makeManageEndpoints(deps);
  metrics.gauge("shop_events_oldest_new_seconds", "How long an event has waited for its number", () =>
    oldestNewEventSeconds(db),
  );
  metrics.gauge("webhook_endpoints_given_up", "Receivers that are paused because they failed", () =>
    countGivenUp(db),
  );
  const jobs = PURGE_SHOP_EVENTS.handledBy(async () => {
    for (let batch = 0; batch < PURGE_BATCHES_MAX; batch += 1) {
      if ((await purgeOldEvents(reservedDb, KEEP, PURGE_BATCH)) < PURGE_BATCH) return;
    }
  });
  return {
    jobs,
    registerRoutes(app: Server): void {
      registerWebhookEndpoints(app, {
        manage,
        listEndpoints: (request) =>
          readListPage<EndpointRow, typeof request.sortBy>(db, endpointList, request, [
            containsPattern(request.q),
          ]),
      });
      registerWebhookDeliveries(app, {
        manage,
        listDeliveries: ({ endpointId, status, ...request }) =>
          readListPage<DeliveryRow, typeof request.sortBy>(db, deliveryList, request, [
            endpointId,
            status,
            containsPattern(request.q),
          ]),
      });
      registerListEvents(app, { listEventsAfter: (page) => listEventsAfter(db, page) });
    },
    /** What a worker does beside its jobs. */
    startWork: () =>
      startWebhookWork({
        db: reservedDb,
        deliverTo: makeDeliverTo({ ...deps, db: reservedDb, random: () => randomInt(1_000) / 1_000 }),
        log: deps.log,
      }),
    close: () => deps.receiver.close(),
  };
}

export { resealEndpoints };
