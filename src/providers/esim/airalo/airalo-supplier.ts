import { type Clock, systemClock } from "../../../kernel/clock.js";
import { done, unknown } from "../../../kernel/outcome.js";
import { moneyFromDecimal } from "../formats/supplier-amount.js";
import {
  type HttpClientOptions,
  makeHttpClient,
  settlingSeconds,
  TIMEOUT_MILLIS_DEFAULT,
} from "../http-client.js";
import { filledTextOf, integerOf, listOf, recordOf, textOf } from "../json.js";
import { refusal } from "../outcomes.js";
import type {
  EsimSupplier,
  OrderLookup,
  OrderRequest,
  OrderSearch,
  SupplierAnswer,
  SupplierCapabilities,
  SupplierOrder,
  SupplierOutcome,
  SupplierTopUp,
} from "../port.js";
import { listAiraloPackages, topUpPackagesOf } from "./airalo-catalogue.js";
import { type AiraloClient, makeAiraloClient } from "./airalo-client.js";
import { airaloOrderOf, airaloStatusOf, costOf } from "./airalo-esims.js";
import { readAiraloWebhook } from "./airalo-webhook.js";

/** Airalo Partner API v2 (suppliers.md section 3). No idempotency key: the reference travels in `description`. */
export interface AiraloOptions extends HttpClientOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** With an address orders are asynchronous and their result comes there; without one the answer has the eSIM. */
  readonly webhookUrl?: string | null;
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
const SEARCH_PAGES_MAX = 10;
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
      lookupSettlesAfterSeconds: settlingSeconds(options),
    },
    listPackages: (cursor) => listAiraloPackages(client, cursor),
    order: (request) =>
      webhookUrl === null ? orderNow(client, request) : orderLater(client, request, webhookUrl),
    findOrder: (lookup) => findOrder(client, lookup),
    getOrder: (order) => getOrder(client, order),
    async getStatus({ iccid }) {
      if (iccid === null) return withoutIccid();
      const answer = await client.ask(`/sims/${encodeURIComponent(iccid)}/usage`);
      return answer.kind === "done" ? done(airaloStatusOf(recordOf(recordOf(answer.value).data))) : answer;
    },
    async listTopUps({ iccid }) {
      if (iccid === null) return withoutIccid();
      const answer = await client.ask(`/sims/${encodeURIComponent(iccid)}/topups`);
      return answer.kind === "done" ? done(topUpPackagesOf(answer.value)) : answer;
    },
    async topUp({ reference, esim, packageId }) {
      if (esim.iccid === null) return withoutIccid();
      const fields = { package_id: packageId, iccid: esim.iccid, description: reference };
      const outcome = await client.submit("/orders/topups", fields);
      if (outcome.kind !== "done") return outcome;
      const topUp = topUpOf(recordOf(recordOf(outcome.value).data));
      return topUp ? done(topUp) : unknown("a top-up was accepted without an id");
    },
    async findTopUp({ reference }) {
      const found = await ordersWithReference(client, reference, "topup");
      if (found.kind !== "done") return found;
      const topUps = found.value.orders.flatMap((order) => topUpOf(order) ?? []);
      const [first] = topUps;
      if (!first) return done({ found: "none", isConclusive: found.value.isComplete });
      if (topUps.length === 1) return done({ found: "one", topUp: first });
      return done({ found: "several", supplierTopUpIds: topUps.map((topUp) => topUp.supplierTopUpId) });
    },
    async cancel({ iccid, supplierOrderId }) {
      if (iccid === null) return withoutIccid();
      const notes = `Refund asked for by the store, order ${supplierOrderId}`;
      const outcome = await client.submit("/refund", { "iccids[]": iccid, reason: "OTHERS", notes });
      if (outcome.kind === "refused" && outcome.reason === "terminal") {
        return done({ result: "impossible", why: outcome.detail });
      }
      if (outcome.kind !== "done") return outcome;
      const supplierCaseId = textOf(recordOf(recordOf(outcome.value).data).refund_id) ?? "";
      return done({ result: "requested", supplierCaseId });
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

async function findOrder(client: AiraloClient, lookup: OrderLookup): Promise<SupplierAnswer<OrderSearch>> {
  const found = await ordersWithReference(client, lookup.reference, "sim");
  if (found.kind !== "done") return found;
  const orders = found.value.orders.flatMap((order) => airaloOrderOf(order) ?? []);
  const [first] = orders;
  if (!first) return done({ found: "none", isConclusive: found.value.isComplete });
  if (orders.length === 1) return done({ found: "one", order: first });
  return done({ found: "several", supplierOrderIds: orders.map((order) => order.supplierOrderId) });
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
  const search = await findOrder(client, lookup);
  if (search.kind !== "done") return search;
  if (search.value.found === "one") return done(search.value.order);
  if (search.value.found === "none") return done(pendingOrder(lookup.supplierOrderId, lookup.reference));
  return refusal(
    "terminal",
    `several orders have this reference: ${search.value.supplierOrderIds.join(", ")}`,
  );
}

/** The filter is only a first sieve: what counts is that the description is our reference, character by character. */
async function ordersWithReference(
  client: AiraloClient,
  reference: string,
  type: "sim" | "topup",
): Promise<SupplierAnswer<{ orders: Readonly<Record<string, unknown>>[]; isComplete: boolean }>> {
  const orders: Readonly<Record<string, unknown>>[] = [];
  for (let page = 1; page <= SEARCH_PAGES_MAX; page += 1) {
    const query = {
      "filter[description]": reference,
      include: "sims,status",
      limit: "50",
      page: String(page),
    };
    const answer = await client.ask("/orders", query);
    if (answer.kind !== "done") return answer;
    const body = recordOf(answer.value);
    if (!("data" in body)) return refusal("retryable", "a list without data");
    orders.push(
      ...listOf(body.data)
        .map(recordOf)
        .filter((order) => order.description === reference && (textOf(order.type) ?? "sim") === type),
    );
    const lastPage = integerOf(recordOf(body.meta).last_page) ?? 1;
    if (page >= lastPage) return done({ orders, isComplete: true });
  }
  return done({ orders, isComplete: false });
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

function topUpOf(order: Readonly<Record<string, unknown>>): SupplierTopUp | null {
  const supplierTopUpId = filledTextOf(order.id);
  return supplierTopUpId ? { supplierTopUpId, state: "done", cost: costOf(order), expiresAt: null } : null;
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
