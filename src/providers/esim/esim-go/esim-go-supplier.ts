import { done, unknown } from "../../../kernel/outcome.js";
import { isSameAmount, moneyFromDecimal } from "../formats/supplier-amount.js";
import {
  type HttpClientOptions,
  makeHttpClient,
  settlingSeconds,
  TIMEOUT_MILLIS_DEFAULT,
} from "../http-client.js";
import { filledTextOf, listOf, recordOf, textOf } from "../json.js";
import { refusal } from "../outcomes.js";
import type { ExactMoney, SupplierPackage } from "../package-port.js";
import type {
  CancelResult,
  EsimRef,
  EsimStatus,
  EsimSupplier,
  OrderLookup,
  OrderRequest,
  SupplierAnswer,
  SupplierCapabilities,
  SupplierOrder,
  SupplierOutcome,
  SupplierRefused,
  SupplierTopUp,
  TopUpRequest,
} from "../port.js";
import { isDefiniteNo } from "../refusal-port.js";
import { findTopUpBundle, listEsimGoPackages } from "./esim-go-catalogue.js";
import { type EsimGoClient, makeEsimGoClient, refusalOf, settled } from "./esim-go-client.js";
import {
  assignmentsOf,
  bundleAssignmentsOf,
  esimGoOrderOf,
  orderWith,
  profileStateOf,
  totalUsageOf,
} from "./esim-go-esims.js";
import { findEsimGoOrder, findEsimGoTopUp } from "./esim-go-search.js";
import { type EsimGoCallbackVersion, readEsimGoWebhook } from "./esim-go-webhook.js";

/** eSIM Go v2.4 / v2.5 (suppliers.md section 4). Keeps no reference of ours: orders are found by match. */
export interface EsimGoOptions extends HttpClientOptions {
  readonly apiKey: string;
  /** The account manager has enabled refunds. Until then a cancel would destroy the eSIM and keep the money. */
  readonly areRefundsEnabled: boolean;
  readonly callbackVersion?: EsimGoCallbackVersion;
}

const CAPABILITIES: Omit<SupplierCapabilities, "lookupSettlesAfterSeconds"> = {
  idempotency: "lookup",
  lookup: "by_match",
  delivery: "immediate",
  cancellable: "until_used",
  webhookAuth: "native",
  dataUnitBase: 1000,
  hasTopUps: true,
  isPrepaid: true,
};
const TOP_UP_BUNDLES_MAX = 5;

export function makeEsimGoSupplier(options: EsimGoOptions): EsimSupplier & { close(): Promise<void> } {
  const http = makeHttpClient(options);
  const client = makeEsimGoClient(http, options.apiKey);
  const callbackVersion = options.callbackVersion ?? "v3";
  /** The check of the price comes first and may use up the time. */
  const sendBefore = () => performance.now() + (options.timeoutMillis ?? TIMEOUT_MILLIS_DEFAULT);
  const withoutIccid = () => refusal("unsupported", "eSIM Go names eSIMs by ICCID and this one has none");

  return {
    id: "esim-go",
    capabilities: {
      ...CAPABILITIES,
      // The list of orders is not promised to be up to date: twice as long as a reference would need.
      lookupSettlesAfterSeconds: 2 * settlingSeconds(options),
      cancellable: options.areRefundsEnabled ? "until_used" : "never",
      webhookAuth: callbackVersion === "v3" ? "native" : "unsigned",
    },
    async listPackages(cursor) {
      const money = await balance(client);
      return money.kind === "done" ? listEsimGoPackages(client, cursor, money.value.currency) : money;
    },
    order: (request) => order(client, request, sendBefore()),
    findOrder: (lookup) => findEsimGoOrder(client, lookup),
    getOrder: (lookup) => getOrder(client, lookup),
    getStatus: async (esim) => (esim.iccid === null ? withoutIccid() : getStatus(client, esim, esim.iccid)),
    listTopUps: async ({ iccid }) => (iccid === null ? withoutIccid() : listTopUps(client, iccid)),
    topUp: (request) => topUp(client, request, sendBefore()),
    findTopUp: (request) => findEsimGoTopUp(client, request),
    async cancel(esim) {
      if (esim.iccid === null) return withoutIccid();
      if (options.areRefundsEnabled) return cancel(client, esim, esim.iccid);
      return done({ result: "impossible", why: "refunds are not enabled for this account" });
    },
    balance: () => balance(client),
    readWebhook: (request) => readEsimGoWebhook(request, options.apiKey, callbackVersion),
    close: () => http.close(),
  };
}

function orderBody(type: "validate" | "transaction", item: string, iccid: string | null) {
  const target = iccid === null ? {} : { iccids: [iccid], allowReassign: false };
  return { type, assign: true, order: [{ type: "bundle", quantity: 1, item, ...target }] };
}

async function order(
  client: EsimGoClient,
  request: OrderRequest,
  sendBefore: number,
): Promise<SupplierOutcome<SupplierOrder>> {
  const refused = await priceRefusal(client, request.packageId, request.expectedCost, null);
  if (refused) return refused;
  const body = orderBody("transaction", request.packageId, null);
  const outcome = await client.submit("POST", "/orders", { body, sendBefore });
  if (outcome.kind !== "done") return outcome;
  const placed = esimGoOrderOf(recordOf(outcome.value));
  return placed ? done(placed) : unknown("an order was accepted without a reference");
}

/** `type: "validate"` charges nothing; asked only when the caller reckons with a cost. */
async function priceRefusal(
  client: EsimGoClient,
  item: string,
  expected: ExactMoney | null,
  iccid: string | null,
) {
  if (expected === null) return null;
  const answer = await client.check("POST", "/orders", { body: orderBody("validate", item, iccid) });
  if (answer.kind !== "done") return answer;
  const quote = recordOf(answer.value);
  if (quote.valid === false)
    return refusalOf(200, textOf(quote.statusMessage) ?? textOf(quote.message) ?? "not valid");
  const total = moneyFromDecimal(textOf(quote.total) ?? "", textOf(quote.currency) ?? expected.currency);
  if (!total) return refusal("retryable", "a quote without a total");
  if (isSameAmount(total, expected)) return null;
  return refusal("price_changed", `${total.amountText} ${total.currency} instead of ${expected.amountText}`);
}

async function getOrder(
  client: EsimGoClient,
  { supplierOrderId }: OrderLookup & { readonly supplierOrderId: string },
): Promise<SupplierAnswer<SupplierOrder>> {
  const query = { reference: supplierOrderId, additionalFields: "appleInstallUrl" };
  const answer = await client.ask("/esims/assignments", query);
  if (answer.kind === "processing") {
    return done({ ...orderWith(supplierOrderId, []), askAgainSeconds: answer.askAgainSeconds ?? 3 });
  }
  return answer.kind === "done" ? done(orderWith(supplierOrderId, assignmentsOf(answer.value))) : answer;
}

async function assignments(client: EsimGoClient, iccid: string) {
  const query = { limit: "200", includeUsed: "true" };
  const answer = settled(await client.ask(`/esims/${encodeURIComponent(iccid)}/bundles`, query));
  return answer.kind === "done" ? done(bundleAssignmentsOf(answer.value)) : answer;
}

async function getStatus(
  client: EsimGoClient,
  esim: EsimRef,
  iccid: string,
): Promise<SupplierAnswer<EsimStatus>> {
  const profile = settled(await client.ask(`/esims/${encodeURIComponent(iccid)}`));
  if (profile.kind !== "done") return profile;
  const bundles = await assignments(client, iccid);
  if (bundles.kind !== "done") return bundles;
  const own = bundles.value.find((entry) => entry.reference.startsWith(esim.supplierOrderId));
  const active = bundles.value.find((entry) => entry.state === "active");
  return done({
    profileState: profileStateOf(textOf(recordOf(profile.value).profileStatus)),
    planState: active ? "active" : (own?.state ?? "unknown"),
    usage: totalUsageOf(bundles.value),
    expiresAt: (active ?? own)?.endsAt ?? null,
    useBy: null,
  });
}

/** The path of the compatibility check is not confirmed; the bundles that an eSIM has already fit it for certain. */
async function listTopUps(
  client: EsimGoClient,
  iccid: string,
): Promise<SupplierAnswer<readonly SupplierPackage[]>> {
  const money = await balance(client);
  if (money.kind !== "done") return money;
  const bundles = await assignments(client, iccid);
  if (bundles.kind !== "done") return bundles;
  const names = [...new Set(bundles.value.map((entry) => entry.bundleName))].slice(0, TOP_UP_BUNDLES_MAX);
  const offered: SupplierPackage[] = [];
  for (const name of names) {
    const found = await findTopUpBundle(client, name, money.value.currency);
    if (found.kind !== "done") return found;
    if (found.value) offered.push(found.value);
  }
  return done(offered);
}

async function topUp(
  client: EsimGoClient,
  request: TopUpRequest,
  sendBefore: number,
): Promise<SupplierOutcome<SupplierTopUp>> {
  const { iccid } = request.esim;
  if (iccid === null) return refusal("unsupported", "a top-up needs the ICCID");
  const refused = await priceRefusal(client, request.packageId, request.expectedCost, iccid);
  if (refused) return refused;
  const body = orderBody("transaction", request.packageId, iccid);
  const outcome = await client.submit("POST", "/orders", { body, sendBefore });
  if (outcome.kind !== "done") return outcome;
  const placed = esimGoOrderOf(recordOf(outcome.value));
  if (!placed) return unknown("a top-up was accepted without a reference");
  // A further bundle waits until the one before it is used up.
  return done({
    supplierTopUpId: placed.supplierOrderId,
    state: "queued",
    cost: placed.cost,
    expiresAt: null,
  });
}

/** Validates first: a revoke without refund would destroy what the customer has and give nothing back. */
async function cancel(
  client: EsimGoClient,
  esim: EsimRef,
  iccid: string,
): Promise<SupplierOutcome<CancelResult>> {
  const bundles = await assignments(client, iccid);
  if (bundles.kind !== "done") return bundles;
  const own = bundles.value.find((entry) => entry.reference.startsWith(esim.supplierOrderId));
  if (!own) return refusal("not_found", "no bundle of this order on the eSIM");
  if (own.state === "revoked") return done({ result: "refunded" });
  const bundle = `/esims/${encodeURIComponent(iccid)}/bundles/${encodeURIComponent(own.bundleName)}`;
  const path = `${bundle}/assignments/${encodeURIComponent(own.id)}`;
  const check = await client.check("DELETE", path, { query: { type: "validate", refundToBalance: "true" } });
  if (check.kind === "refused") return isDefiniteNo(check.reason) ? afterRefusal(check) : check;
  const query = { type: "transaction", refundToBalance: "true" };
  const outcome = await client.submit("DELETE", path, { query });
  if (outcome.kind === "refused" && isDefiniteNo(outcome.reason)) return afterRefusal(outcome);
  return outcome.kind === "done" ? done({ result: "refunded" }) : outcome;

  /** Somebody may have revoked it between our look and our call; then the no is about a second time. */
  async function afterRefusal({ detail }: SupplierRefused): Promise<SupplierOutcome<CancelResult>> {
    const now = await assignments(client, iccid);
    if (now.kind !== "done") return now;
    const state = now.value.find((entry) => entry.reference.startsWith(esim.supplierOrderId))?.state;
    return done(state === "revoked" ? { result: "refunded" } : { result: "impossible", why: detail });
  }
}

async function balance(client: EsimGoClient): Promise<SupplierAnswer<ExactMoney>> {
  const answer = settled(await client.ask("/organisation"));
  if (answer.kind !== "done") return answer;
  const body = recordOf(answer.value);
  const organisation = "organisations" in body ? recordOf(listOf(body.organisations)[0]) : body;
  const currency = filledTextOf(organisation.currency);
  const money = currency === null ? null : moneyFromDecimal(textOf(organisation.balance) ?? "", currency);
  return money ? done(money) : refusal("retryable", "no balance in the answer");
}
