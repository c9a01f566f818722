import { type Clock, systemClock } from "../../../kernel/clock.js";
import { done, unknown } from "../../../kernel/outcome.js";
import { moneyFromDecimal } from "../formats/supplier-amount.js";
import {
  type HttpClientOptions,
  makeHttpClient,
  settlingSeconds,
  TIMEOUT_MILLIS_DEFAULT,
} from "../http-client.js";
import { filledTextOf, isRecord, listOf, recordOf, textOf } from "../json.js";
import { refusal } from "../outcomes.js";
import type {
  EsimStatus,
  EsimSupplier,
  OrderLookup,
  OrderRequest,
  SupplierAnswer,
  SupplierCapabilities,
  SupplierOrder,
  SupplierOutcome,
} from "../port.js";
import { listAiraloPackages, topUpPackagesOf } from "./airalo-catalogue.js";
import { type AiraloClient, makeAiraloClient } from "./airalo-client.js";
import { RECYCLED } from "./airalo-errors.js";
import { airaloOrderOf, airaloStatusOf } from "./airalo-esims.js";
import { airaloTopUpOf, findAiraloOrder, findAiraloTopUp } from "./airalo-search.js";
import { readAiraloWebhook } from "./airalo-webhook.js";

/** Airalo Partner API v2 (docs/suppliers/airalo.md). No idempotency key: the reference travels in `description`. */
export interface AiraloOptions extends HttpClientOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** With an address orders are asynchronous and their result comes there; without one the answer has the eSIM. */
  readonly webhookUrl?: string | null;
  /** After so long no webhook about an asynchronous order comes any more. Default: five hours. */
  readonly webhookGivesUpAfterSeconds?: number;
  readonly signsRequests?: boolean;
  readonly clock?: Clock;
}

const CAPABILITIES: Omit<SupplierCapabilities, "delivery" | "lookupSettlesAfterSeconds"> = {
  idempotency: "lookup",
  lookup: "by_reference",
  cancellable: "manual_review",
  webhookAuth: "native",
  dataUnitBase: 1024,
  hasTopUps: true,
  isPrepaid: true,
};
/** The webhook of an asynchronous order is sent 20 times, every 15 minutes: until then nothing is proved by silence. */
const WEBHOOK_GIVES_UP_SECONDS = 20 * 15 * 60;
const REQUEST_PREFIX = "request:";

export function makeAiraloSupplier(options: AiraloOptions): EsimSupplier & { close(): Promise<void> } {
  const http = makeHttpClient(options);
  const client = makeAiraloClient({
    http,
    clock: options.clock ?? systemClock,
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    signsRequests: options.signsRequests ?? false,
    sendWithinMillis: options.timeoutMillis ?? TIMEOUT_MILLIS_DEFAULT,
  });
  const webhookUrl = options.webhookUrl ?? null;
  const withoutIccid = () => refusal("unsupported", "Airalo names eSIMs by ICCID and this one has none");

  return {
    id: "airalo",
    capabilities: {
      ...CAPABILITIES,
      delivery: webhookUrl === null ? "immediate" : "deferred",
      // Whether an asynchronous order is listed before it is delivered is not known.
      lookupSettlesAfterSeconds:
        webhookUrl === null
          ? settlingSeconds(options)
          : (options.webhookGivesUpAfterSeconds ?? WEBHOOK_GIVES_UP_SECONDS) + settlingSeconds(options),
    },
    listPackages: (cursor) => listAiraloPackages(client, cursor),
    order: (request) =>
      webhookUrl === null ? orderNow(client, request) : orderLater(client, request, webhookUrl),
    findOrder: (lookup) => findAiraloOrder(client, lookup),
    getOrder: (order) => getOrder(client, order),
    getStatus: async ({ iccid }) => (iccid === null ? withoutIccid() : getStatus(client, iccid)),
    async listTopUps({ iccid }) {
      if (iccid === null) return withoutIccid();
      const answer = await client.ask(`/sims/${encodeURIComponent(iccid)}/topups`);
      if (answer.kind !== "done") return answer;
      const packages = topUpPackagesOf(answer.value);
      return packages ? done(packages) : refusal("retryable", "a list of top-ups that cannot be read");
    },
    async topUp({ reference, esim, packageId }) {
      if (esim.iccid === null) return withoutIccid();
      const fields = { package_id: packageId, iccid: esim.iccid, description: reference };
      const outcome = await client.submit("/orders/topups", fields);
      if (outcome.kind !== "done") return outcome;
      const topUp = airaloTopUpOf(recordOf(recordOf(outcome.value).data));
      return topUp ? done(topUp) : unknown("a top-up was accepted without an id");
    },
    findTopUp: (lookup) => findAiraloTopUp(client, lookup),
    async cancel({ iccid, supplierOrderId }) {
      if (iccid === null) return withoutIccid();
      const notes = `Refund asked for by the store, order ${supplierOrderId}`;
      const outcome = await client.submit("/refund", { "iccids[]": iccid, reason: "OTHERS", notes });
      if (outcome.kind === "refused" && outcome.reason === "terminal") {
        return done({ result: "impossible", why: outcome.detail });
      }
      if (outcome.kind !== "done") return outcome;
      const supplierCaseId = filledTextOf(recordOf(recordOf(outcome.value).data).refund_id);
      return supplierCaseId
        ? done({ result: "requested", supplierCaseId })
        : unknown("a refund was asked for without a number");
    },
    balance: () => balance(client),
    readWebhook: (request) => readAiraloWebhook(request, options.clientSecret),
    close: () => http.close(),
  };
}

function orderFields(request: OrderRequest): Record<string, string> {
  return { quantity: "1", package_id: request.packageId, type: "sim", description: request.reference };
}

async function orderNow(
  client: AiraloClient,
  request: OrderRequest,
): Promise<SupplierOutcome<SupplierOrder>> {
  const outcome = await client.submit("/orders", orderFields(request));
  if (outcome.kind !== "done") return outcome;
  const order = airaloOrderOf(recordOf(recordOf(outcome.value).data));
  return order ? done(order) : unknown("an order was accepted without an id");
}

async function orderLater(
  client: AiraloClient,
  request: OrderRequest,
  webhookUrl: string,
): Promise<SupplierOutcome<SupplierOrder>> {
  const outcome = await client.submit("/orders-async", { ...orderFields(request), webhook_url: webhookUrl });
  if (outcome.kind !== "done") return outcome;
  const requestId = filledTextOf(recordOf(recordOf(outcome.value).data).request_id);
  if (requestId === null) return unknown("an order was accepted without a request id");
  return done(pendingOrder(`${REQUEST_PREFIX}${requestId}`, request.reference));
}

async function getOrder(
  client: AiraloClient,
  lookup: OrderLookup & { readonly supplierOrderId: string },
): Promise<SupplierAnswer<SupplierOrder>> {
  if (!lookup.supplierOrderId.startsWith(REQUEST_PREFIX)) {
    const path = `/orders/${encodeURIComponent(lookup.supplierOrderId)}`;
    const answer = await client.ask(path, { include: "sims,status" });
    if (answer.kind !== "done") return answer;
    const order = airaloOrderOf(recordOf(recordOf(answer.value).data));
    return order ? done(order) : refusal("retryable", "an order without an id");
  }
  const search = await findAiraloOrder(client, lookup);
  if (search.kind !== "done") return search;
  if (search.value.found === "one") return done(search.value.order);
  if (search.value.found === "none") return done(pendingOrder(lookup.supplierOrderId, lookup.reference));
  return refusal(
    "terminal",
    `several orders have this reference: ${search.value.supplierOrderIds.join(", ")}`,
  );
}

async function getStatus(client: AiraloClient, iccid: string): Promise<SupplierAnswer<EsimStatus>> {
  const answer = await client.ask(`/sims/${encodeURIComponent(iccid)}/usage`);
  if (answer.kind === "refused" && answer.detail.startsWith(`code ${RECYCLED}:`))
    return done(airaloStatusOf({ status: "RECYCLED" }));
  if (answer.kind !== "done") return answer;
  const { data } = recordOf(answer.value);
  // An answer that says neither is about something else.
  const isUsage = isRecord(data) && (textOf(data.status) !== null || textOf(data.total) !== null);
  return isUsage ? done(airaloStatusOf(data)) : refusal("retryable", "a usage that cannot be read");
}

async function balance(client: AiraloClient) {
  const answer = await client.ask("/balance");
  if (answer.kind !== "done") return answer;
  const balances = recordOf(recordOf(answer.value).data).balances;
  const entry = recordOf(listOf(balances)[0] ?? balances);
  const available = recordOf(entry.availableBalance);
  const money = moneyFromDecimal(textOf(available.amount) ?? "", textOf(available.currency) ?? "USD");
  return money ? done(money) : refusal("retryable", "no balance in the answer");
}

function pendingOrder(supplierOrderId: string, reference: string): SupplierOrder {
  return {
    supplierOrderId,
    reference,
    state: "pending",
    problem: null,
    esims: [],
    cost: null,
    askAgainSeconds: 15,
  };
}
