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
import { cancelEsimGo } from "./esim-go-cancel.js";
import { findTopUpBundle, listEsimGoPackages } from "./esim-go-catalogue.js";
import { type EsimGoClient, makeEsimGoClient, refusalOf, settled } from "./esim-go-client.js";
import {
  assignmentsOf,
  bundleAssignmentsOf,
  esimGoOrderOf,
  isOfOrder,
  orderWith,
  planStateOf,
  profileStateOf,
  totalUsageOf,
} from "./esim-go-esims.js";
import { esimGoTopUpOf, findEsimGoOrder, findEsimGoTopUp } from "./esim-go-search.js";
import { type EsimGoCallbackVersion, readEsimGoWebhook } from "./esim-go-webhook.js";

/** eSIM Go v2.4 / v2.5 (docs/suppliers/esim-go.md). Keeps no reference of ours: orders are found by match. */
export interface EsimGoOptions extends HttpClientOptions {
  readonly apiKey: string;
  /** The account manager has enabled refunds. Until then a cancel would destroy the eSIM and keep the money. */
  readonly areRefundsEnabled: boolean;
  readonly callbackVersion?: EsimGoCallbackVersion;
  /** How long an order that was taken may be missing in the list of orders. Default: ten minutes. */
  readonly unlistedSecondsMax?: number;
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
/** "Please allow for up to 10 minutes for the bundle to fully process"; that the list is sooner is not promised. */
const UNLISTED_SECONDS_MAX = 600;
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
      lookupSettlesAfterSeconds:
        settlingSeconds(options) + (options.unlistedSecondsMax ?? UNLISTED_SECONDS_MAX),
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
      if (options.areRefundsEnabled)
        return cancelEsimGo(client, (iccid) => assignments(client, iccid), { ...esim, iccid: esim.iccid });
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
  const outcome = await ofGoodKey(client, await client.submit("POST", "/orders", { body, sendBefore }));
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
  const checked = await client.check("POST", "/orders", { body: orderBody("validate", item, iccid) });
  const answer = await ofGoodKey(client, checked);
  if (answer.kind !== "done") return answer;
  const quote = recordOf(answer.value);
  if (quote.valid === false || textOf(quote.valid) === "false")
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
  if (answer.kind === "refused") return answer;
  const isProcessing = answer.kind === "processing";
  const esims = isProcessing ? [] : assignmentsOf(answer.value);
  if (esims === null) return refusal("retryable", "install data that cannot be read");
  const order = orderWith(supplierOrderId, esims);
  if (order.state !== "pending") return done(order);
  // An order that failed has no eSIM either, and says so in its own place only.
  const detail = await client.ask(`/orders/${encodeURIComponent(supplierOrderId)}`);
  const itself = detail.kind === "done" ? esimGoOrderOf(recordOf(detail.value)) : null;
  if (itself?.state === "failed") return done(itself);
  return done(isProcessing ? { ...order, askAgainSeconds: answer.askAgainSeconds ?? 3 } : order);
}

/**
 * 403 to an order is a key that is not accepted, an eSIM that is not ours, or "no available bundles left": the key is
 * tried elsewhere, and where that is good the words say what was refused.
 */
async function ofGoodKey<Outcome extends { readonly kind: string }>(
  client: EsimGoClient,
  outcome: Outcome | SupplierRefused,
): Promise<Outcome | SupplierRefused> {
  if (!isForbidden(outcome)) return outcome;
  const key = await balance(client);
  return key.kind === "refused" ? key : refusalOf(403, outcome.detail.replace(FORBIDDEN, ""));
}

const FORBIDDEN = /^HTTP 403: /;
const isForbidden = (outcome: { readonly kind: string }): outcome is SupplierRefused =>
  outcome.kind === "refused" && FORBIDDEN.test((outcome as SupplierRefused).detail);

/** 403 is an eSIM that is not ours (any more), and also a key that is not accepted: the key is tried elsewhere. */
async function askAboutEsim(client: EsimGoClient, path: string, query?: Readonly<Record<string, string>>) {
  const answer = settled(await client.ask(path, query));
  if (answer.kind !== "refused" || answer.reason !== "not_found") return answer;
  const key = await balance(client);
  return key.kind === "refused" ? key : answer;
}

async function assignments(client: EsimGoClient, iccid: string) {
  const query = { limit: "200", includeUsed: "true" };
  const answer = await askAboutEsim(client, `/esims/${encodeURIComponent(iccid)}/bundles`, query);
  if (answer.kind !== "done") return answer;
  const list = bundleAssignmentsOf(answer.value);
  return list ? done(list) : refusal("retryable", "a list of bundles that cannot be read");
}

async function getStatus(
  client: EsimGoClient,
  esim: EsimRef,
  iccid: string,
): Promise<SupplierAnswer<EsimStatus>> {
  const profile = await askAboutEsim(client, `/esims/${encodeURIComponent(iccid)}`);
  if (profile.kind !== "done") return profile;
  const status = textOf(recordOf(profile.value).profileStatus);
  if (status === null) return refusal("retryable", "an eSIM that cannot be read");
  const bundles = await assignments(client, iccid);
  if (bundles.kind !== "done") return bundles;
  const own = bundles.value.find((entry) => isOfOrder(entry, esim.supplierOrderId));
  const active = bundles.value.find((entry) => entry.state === "active");
  return done({
    profileState: profileStateOf(status),
    planState: planStateOf(bundles.value, esim.supplierOrderId),
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
  const outcome = await ofGoodKey(client, await client.submit("POST", "/orders", { body, sendBefore }));
  if (outcome.kind !== "done") return outcome;
  const placed = esimGoOrderOf(recordOf(outcome.value));
  if (!placed) return unknown("a top-up was accepted without a reference");
  if (placed.state === "failed") return refusal("terminal", `the order failed: ${placed.problem}`);
  return done(esimGoTopUpOf(placed));
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
