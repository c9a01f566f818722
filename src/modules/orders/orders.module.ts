/**
 * Owns: orders.
 * Promises: one order per user and key, of an eSIM or of a top-up; the price of the moment of ordering, whatever happens to the catalogue
 *   afterwards; an order that is not paid in time ends, after its intent has ended.
 * Never: an amount from a client; a status that moves backwards.
 */

import type { FastifyRequest } from "fastify";
import type { Config } from "../../config/config.js";
import type { CurrentSetting } from "../../config/run-time-settings.js";
import type { Db } from "../../db/database.js";
import type { ClientAddress } from "../../http/client-address.js";
import type { Server } from "../../http/server.js";
import type { Events } from "../../telemetry/events.js";
import type { Logger } from "../../telemetry/log.js";
import type { OfferFragment, TopUpOfferFragment } from "../esims/esims.module.js";
import { joinJobs } from "../jobs/jobs.module.js";
import { findConsent, recordConsent } from "./consent-store.js";
import { EXPIRE_IDEMPOTENCY_KEYS, makeExpireIdempotencyKeys } from "./expire-idempotency-keys.job.js";
import { EXPIRE_UNPAID_ORDERS, makeExpireUnpaidOrders } from "./expire-unpaid-orders.job.js";
import { makeKeysAtWork } from "./keys-at-work.js";
import { makeOrderReads } from "./order-read-model.js";
import { closeUnpaidOrdersOfPlans, makeOrderPlacingStore } from "./order-store.js";
import { makeOrderTopUp } from "./order-top-up.js";
import { findOwedOrders } from "./owed-orders.js";
import { orderFollowsPayment, orderFollowsRefund } from "./payment-effects.js";
import { collectOrdersOf } from "./personal-data.js";
import { makePlaceOrder } from "./place-order.js";
import {
  enqueueReleaseOfPerson,
  makeReleaseOrdersOfPerson,
  RELEASE_ORDERS_OF_PERSON,
  type ReleaseUnpaid,
} from "./release-orders-of-person.js";
import { registerCreateOrder } from "./routes/create-order.js";
import { registerOrderConsent } from "./routes/order-consent.js";
import { registerOrderTopUp } from "./routes/order-top-up.js";
import { registerReadOrders } from "./routes/read-orders.js";
import { makeTopUpOrderStore } from "./top-up-order-store.js";

export interface OrdersDeps {
  readonly config: Config;
  readonly setting: CurrentSetting;
  readonly db: Db;
  readonly events: Events;
  readonly log: Logger;
  readonly releaseUnpaid: ReleaseUnpaid;
  /** What can be delivered, and holding it: the eSIM room's part of the order's statement. */
  readonly offer: OfferFragment;
  /** The same for what is added to an eSIM. */
  readonly topUpOffer: TopUpOfferFragment;
  readonly clientOf: (request: FastifyRequest) => ClientAddress;
}

export function makeOrdersModule(deps: OrdersDeps) {
  const { config, db, events } = deps;
  const { caps } = config.orders;
  const ttlMinutes = () => deps.setting("order_ttl_minutes");
  const store = makeOrderPlacingStore(deps.offer, caps);
  const reads = makeOrderReads(db);
  const placeOrder = makePlaceOrder({
    db,
    store,
    findOrderByKey: reads.findOrderByKey,
    keys: makeKeysAtWork(),
    events,
    ttlMinutes,
    caps,
  });
  const orderTopUp = makeOrderTopUp({
    db,
    store: makeTopUpOrderStore(deps.topUpOffer, caps),
    events,
    ttlMinutes,
    caps,
  });
  const releaseOrdersOfPerson = makeReleaseOrdersOfPerson(deps);
  const jobs = joinJobs(
    EXPIRE_IDEMPOTENCY_KEYS.handledBy(
      makeExpireIdempotencyKeys({ db, ttlHours: config.orders.idempotencyKeyTtlHours }),
    ),
    EXPIRE_UNPAID_ORDERS.handledBy(makeExpireUnpaidOrders(deps)),
    RELEASE_ORDERS_OF_PERSON.handledBy(async ({ user_id: userId }) => {
      const { waiting } = await releaseOrdersOfPerson(userId);
      if (waiting.length > 0) throw new Error(`Orders ${waiting.join(", ")} could not be ended yet`);
    }),
  );
  return {
    placeOrder,
    releaseOrdersOfPerson,
    enqueueReleaseOfPerson,
    jobs,
    registerRoutes(app: Server): void {
      const { defaultCurrency } = config.payments;
      registerCreateOrder(app, { placeOrder, defaultCurrency, clientOf: deps.clientOf });
      registerOrderTopUp(app, { orderTopUp, defaultCurrency });
      registerReadOrders(app, reads);
      registerOrderConsent(app, {
        record: (consent) => recordConsent(db, consent),
        find: (userId, orderId) => findConsent(db, userId, orderId),
      });
    },
  };
}

export { closeUnpaidOrdersOfPlans, collectOrdersOf, findOwedOrders, orderFollowsPayment, orderFollowsRefund };
