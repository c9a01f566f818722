import { type Clock, systemClock } from "../../../kernel/clock.js";
import { done, unknown } from "../../../kernel/outcome.js";
import { moneyFromTenThousandths, tenThousandthsOf } from "../formats/supplier-amount.js";
import { utcTimeOf } from "../formats/supplier-time.js";
import { type HttpClientOptions, makeHttpClient, settlingSeconds } from "../http-client.js";
import { filledTextOf, integerOf, listOf, readableListOf, recordOf, textOf } from "../json.js";
import { refusal } from "../outcomes.js";
import type { ExactMoney, PackagePage, SupplierPackage } from "../package-port.js";
import type {
  CancelResult,
  EsimRef,
  EsimSupplier,
  OrderLookup,
  OrderSearch,
  SupplierAnswer,
  SupplierCapabilities,
  SupplierOrder,
  SupplierOutcome,
  SupplierTopUp,
  TopUpRequest,
} from "../port.js";
import { esimAccessPackagesOf } from "./esim-access-catalogue.js";
import { answerOf, type EsimAccessClient, makeEsimAccessClient } from "./esim-access-client.js";
import { esimAccessOrderOf, esimAccessStatusOf, pendingOrder } from "./esim-access-esims.js";
import { ESIM_ACCESS_SENDERS, readEsimAccessWebhook } from "./esim-access-webhook.js";

/** eSIM Access open API v1 (docs/suppliers/esim-access.md). `transactionId` makes ordering idempotent; delivery is deferred. */
export interface EsimAccessOptions extends HttpClientOptions {
  readonly accessCode: string;
  /** Signs every call when given. */
  readonly secretKey?: string | null;
  /** Addresses that webhooks may come from; default: the supplier's published ones. */
  readonly webhookSenders?: readonly string[];
  readonly clock?: Clock;
}

type Fields = Readonly<Record<string, unknown>>;

const CAPABILITIES: Omit<SupplierCapabilities, "lookupSettlesAfterSeconds"> = {
  idempotency: "native",
  lookup: "by_reference",
  delivery: "deferred",
  cancellable: "until_installed",
  webhookAuth: "unsigned",
  dataUnitBase: 1024,
  hasTopUps: true,
  isPrepaid: true,
};
const PAGE_SIZE = 500;
const SEARCH_PAGES_MAX = 10;
/** Their clock and ours may differ. */
const CLOCK_SKEW_MILLIS = 5 * 60_000;
const NOT_ALLOWED_IN_STATE = "200002";

export function makeEsimAccessSupplier(
  options: EsimAccessOptions,
): EsimSupplier & { close(): Promise<void> } {
  const http = makeHttpClient(options);
  const clock = options.clock ?? systemClock;
  const client = makeEsimAccessClient({
    http,
    clock,
    accessCode: options.accessCode,
    secretKey: options.secretKey ?? null,
  });
  const senders = options.webhookSenders ?? ESIM_ACCESS_SENDERS;

  return {
    id: "esim-access",
    capabilities: { ...CAPABILITIES, lookupSettlesAfterSeconds: settlingSeconds(options) },
    async listPackages() {
      const query = { locationCode: "", type: "BASE", packageCode: "", slug: "", iccid: "", dataType: "" };
      return listOfPackages(answerOf(await client.call("package/list", query, "question")), "esim");
    },
    async order({ reference, packageId, expectedCost }) {
      const body = orderBody(reference, packageId, expectedCost);
      const reply = await client.call("esim/order", body, "purchase");
      if (reply.kind === "not_ready") return unknown("200010 to an order");
      if (reply.kind !== "done") return reply;
      const orderNo = filledTextOf(reply.value.orderNo);
      return orderNo
        ? done(pendingOrder(orderNo, reference))
        : unknown("an order was accepted without a number");
    },
    findOrder: (lookup) => findOrder(client, lookup, clock.nowMillis()),
    getOrder: (order) => getOrder(client, order),
    async getStatus(esim) {
      const found = await queryEsim(client, esim);
      return found.kind === "done" ? done(esimAccessStatusOf(found.value)) : found;
    },
    async listTopUps({ iccid }) {
      if (iccid === null) return refusal("unsupported", "top-ups are listed by ICCID and this eSIM has none");
      const query = { locationCode: "", type: "TOPUP", packageCode: "", slug: "", iccid };
      const answer = answerOf(await client.call("package/list", query, "question"));
      const page = listOfPackages(answer, "top_up");
      return page.kind === "done" ? done(page.value.packages) : page;
    },
    topUp: (request) => topUp(client, request),
    // Sending the same reference again is the search: the supplier answers with the same top-up.
    findTopUp: async () => done({ found: "none", isConclusive: false }),
    cancel: (esim) => cancel(client, esim),
    async balance() {
      const answer = answerOf(await client.call("balance/query", {}, "question"));
      if (answer.kind !== "done") return answer;
      const money = moneyFromTenThousandths(textOf(answer.value.balance) ?? "", "USD");
      return money ? done(money) : refusal("retryable", "no balance in the answer");
    },
    readWebhook: (request) => readEsimAccessWebhook(request, senders),
    close: () => http.close(),
  };
}

function listOfPackages(
  answer: SupplierAnswer<Fields>,
  kind: SupplierPackage["kind"],
): SupplierAnswer<PackagePage> {
  if (answer.kind !== "done") return answer;
  const page = esimAccessPackagesOf(answer.value, kind);
  const isRead = page !== null && (page.packages.length > 0 || page.skipped.length === 0);
  return isRead ? done(page) : refusal("retryable", "a list of packages that cannot be read");
}

/** Amount and price are optional and checked when given: that is how a changed price is noticed before buying. */
function orderBody(reference: string, packageCode: string, expectedCost: ExactMoney | null): Fields {
  const price = expectedPrice(expectedCost);
  const item = { packageCode, count: 1, ...(price === null ? {} : { price }) };
  return { transactionId: reference, ...(price === null ? {} : { amount: price }), packageInfoList: [item] };
}

function expectedPrice(cost: ExactMoney | null): number | null {
  return cost === null || cost.currency !== "USD"
    ? null
    : Number(tenThousandthsOf(cost) ?? Number.NaN) || null;
}

async function getOrder(
  client: EsimAccessClient,
  { supplierOrderId, reference }: OrderLookup & { readonly supplierOrderId: string },
): Promise<SupplierAnswer<SupplierOrder>> {
  const query = { orderNo: supplierOrderId, pager: { pageNum: 1, pageSize: 20 } };
  const reply = await client.call("esim/query", query, "question");
  if (reply.kind === "not_ready") return done(pendingOrder(supplierOrderId, reference));
  const answer = answerOf(reply);
  if (answer.kind !== "done") return answer;
  const list = readableListOf(answer.value.esimList);
  if (list === null) return refusal("retryable", "an order that cannot be read");
  return done(esimAccessOrderOf(supplierOrderId, list.map(recordOf)));
}

/**
 * The supplier has no search by transaction id, so this reads what was allocated since and compares. An order that is
 * still being allocated is not in that list: nothing found proves nothing. Sending the same reference again does.
 */
async function findOrder(
  client: EsimAccessClient,
  lookup: OrderLookup,
  nowMillis: number,
): Promise<SupplierAnswer<OrderSearch>> {
  const startTime = supplierTime(lookup.sentAfterMillis - CLOCK_SKEW_MILLIS);
  const endTime = supplierTime(nowMillis + CLOCK_SKEW_MILLIS + 60_000);
  const ours = new Map<string, Fields[]>();
  for (let pageNum = 1; pageNum <= SEARCH_PAGES_MAX; pageNum += 1) {
    const query = { startTime, endTime, pager: { pageNum, pageSize: PAGE_SIZE } };
    const reply = await client.call("esim/query", query, "question");
    if (reply.kind === "not_ready") return done({ found: "none", isConclusive: false });
    const answer = answerOf(reply);
    if (answer.kind !== "done") return answer;
    const list = listOf(answer.value.esimList).map(recordOf);
    for (const esim of list) {
      const orderNo = filledTextOf(esim.orderNo);
      if (orderNo !== null && textOf(esim.transactionId) === lookup.reference) {
        ours.set(orderNo, [...(ours.get(orderNo) ?? []), esim]);
      }
    }
    const total = integerOf(recordOf(answer.value.pager).total);
    if (list.length === 0 || (total !== null && pageNum * PAGE_SIZE >= total)) break;
  }
  const [first] = ours;
  if (!first) return done({ found: "none", isConclusive: false });
  if (ours.size > 1) return done({ found: "several", supplierOrderIds: [...ours.keys()] });
  return done({ found: "one", order: esimAccessOrderOf(first[0], first[1]) });
}

async function queryEsim(client: EsimAccessClient, esim: EsimRef): Promise<SupplierAnswer<Fields>> {
  const query = { esimTranNo: esim.supplierReference, pager: { pageNum: 1, pageSize: 20 } };
  const answer = answerOf(await client.call("esim/query", query, "question"));
  if (answer.kind !== "done") return answer;
  const list = readableListOf(answer.value.esimList);
  if (list === null) return refusal("retryable", "an eSIM that cannot be read");
  const found = list.map(recordOf).find((entry) => textOf(entry.esimTranNo) === esim.supplierReference);
  return found ? done(found) : refusal("not_found", `no eSIM ${esim.supplierReference}`);
}

async function topUp(
  client: EsimAccessClient,
  request: TopUpRequest,
): Promise<SupplierOutcome<SupplierTopUp>> {
  const amount = expectedPrice(request.expectedCost);
  const body = {
    esimTranNo: request.esim.supplierReference,
    packageCode: request.packageId,
    transactionId: request.reference,
    ...(amount === null ? {} : { amount }),
  };
  const reply = await client.call("esim/topup", body, "purchase");
  if (reply.kind === "not_ready") return unknown("200010 to a top-up");
  if (reply.kind !== "done") return reply;
  const { topUpEsimTranNo, transactionId } = reply.value;
  if (filledTextOf(topUpEsimTranNo) === null && textOf(transactionId) !== request.reference)
    return unknown("a top-up was accepted without a number");
  return done({
    supplierTopUpId: filledTextOf(topUpEsimTranNo) ?? request.reference,
    state: "done",
    cost: request.expectedCost,
    expiresAt: utcTimeOf(textOf(reply.value.expiredTime)),
  });
}

/** Only new and released eSIMs can be given back. "Not allowed" is also the answer for one that was cancelled before. */
async function cancel(client: EsimAccessClient, esim: EsimRef): Promise<SupplierOutcome<CancelResult>> {
  const reply = await client.call("esim/cancel", { esimTranNo: esim.supplierReference }, "purchase");
  if (reply.kind === "done") return done({ result: "refunded" });
  if (reply.kind === "not_ready") return refusal("retryable", "still allocating", 3);
  if (reply.kind !== "refused" || reply.code !== NOT_ALLOWED_IN_STATE) return reply;
  const now = await queryEsim(client, esim);
  if (now.kind !== "done") return now;
  const state = textOf(now.value.esimStatus) ?? "unknown";
  if (state === "CANCEL") return done({ result: "refunded" });
  const { planState } = esimAccessStatusOf(now.value);
  // Revoking is the call that gives nothing back.
  if (planState === "revoked") return done({ result: "revoked", why: `the eSIM is ${state}` });
  return done({ result: "impossible", why: `the eSIM is ${state}` });
}

/** `2010-06-30T01:20+00:00` in the vendor's table: minutes, and an offset with a colon. */
const supplierTime = (millis: number): string => `${new Date(millis).toISOString().slice(0, 16)}+00:00`;
