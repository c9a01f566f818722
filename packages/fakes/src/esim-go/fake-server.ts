import { commonControl, esimById, type FakeOptions } from "../supplier/common-control.js";
import { type FakeHttp, type FakeReply, type FakeRequest, startFakeHttp } from "../supplier/fake-http.js";
import { type FakeEsim, type FakePackage, type Ledger, makeLedger } from "../supplier/ledger.js";
import { type FakeLimits, makeFakeLimits } from "../supplier/limits.js";
import { signed } from "../supplier/signing.js";
import { deliver } from "../supplier/webhook-sender.js";
import { bundleBody, bundlesBody, installFields, json, message, profileStatusOf } from "./fake-bodies.js";
import {
  assignments,
  type FakeEsimGoSettings,
  listOrders,
  oneOrder,
  ownEsim,
  pageOf,
  placeOrder,
  type World,
} from "./fake-orders.js";
import { ESIM_GO_DEFAULTS } from "./fake-shapes.js";

/** A faithful stand-in for eSIM Go's API, with its own books. */
export interface FakeEsimGo {
  readonly url: string;
  readonly origin: string;
  readonly ledger: Ledger;
  readonly http: FakeHttp;
  readonly settings: FakeEsimGoSettings;
  readonly limits: FakeLimits;
  sendCallback(esimId: number, options?: CallbackOptions): Promise<number | null>;
  stop(): Promise<void>;
}

export interface CallbackOptions {
  readonly encoding?: "hex" | "base64";
  readonly isForged?: boolean;
}

export const FAKE_ESIM_GO_KEY = "fake-esim-go-key";

const BUNDLES: readonly FakePackage[] = [
  {
    id: "esim_1GB_7D_NL_V2",
    kind: "esim",
    countries: ["NL"],
    gigabytes: 1,
    days: 7,
    price: 11_500,
    stock: 1_000_000,
  },
  {
    id: "esim_5GB_30D_RGEU_V2",
    kind: "esim",
    countries: ["DE", "ES", "NL"],
    gigabytes: 5,
    days: 30,
    price: 82_900,
    stock: 1_000_000,
  },
  {
    id: "esim_UL_3D_NL_V2",
    kind: "esim",
    countries: ["NL"],
    gigabytes: null,
    days: 3,
    price: 60_000,
    stock: 1_000_000,
  },
];

export async function startFakeEsimGo(options: FakeOptions = {}): Promise<FakeEsimGo> {
  const ledger = makeLedger({
    iccidSeries: 4,
    numbersAfter: options.numbersAfter ?? 0,
    // The same bundle tops up an eSIM that is there: the ledger keeps it twice, the catalogue shows it once.
    packages: BUNDLES.flatMap((entry) => [entry, { ...entry, kind: "top_up" as const }]),
    orderId: (number) => `11111111-2222-4333-8444-${String(number).padStart(12, "0")}`,
    matchingId: (number) => `ABCD-${String(number).padStart(4, "0")}`,
  });
  const limits = makeFakeLimits(ledger.nowMillis);
  const settings: FakeEsimGoSettings = {
    callbackUrl: null,
    areRefundsEnabled: true,
    isListSorted: true,
    ignoresPages: false,
    listedAfterMillis: 0,
    ...ESIM_GO_DEFAULTS,
  };
  const world: World = { ledger, settings, removed: new Set() };
  const sendCallback = (esimId: number, sending: CallbackOptions = {}) =>
    callback(world, esimById(ledger, esimId), sending);
  const http = await startFakeHttp({
    ...(options.port === undefined ? {} : { port: options.port }),
    handle(request) {
      const wait = limits.hit("all", 10, 1);
      if (wait !== null)
        return { ...message(429, "Too many requests"), headers: { "retry-after": String(wait) } };
      return handle(world, request);
    },
    control: {
      ...commonControl(ledger, limits),
      settings: (change: Partial<FakeEsimGoSettings>) => Object.assign(settings, change),
      callback: (input: { esimId: number } & CallbackOptions) => sendCallback(input.esimId, input),
    },
  });
  return {
    url: `${http.origin}/v2.4`,
    origin: http.origin,
    ledger,
    http,
    settings,
    limits,
    sendCallback,
    stop: () => http.stop(),
  };
}

function handle(world: World, request: FakeRequest): FakeReply {
  const { ledger, settings } = world;
  if (request.headers["x-api-key"] !== FAKE_ESIM_GO_KEY) return message(403, "access denied");
  const path = request.path.replace(/^\/v2\.[45]/, "");
  const [, bundleName] = /^\/catalogue\/bundle\/([^/]+)$/.exec(path) ?? [];
  if (bundleName !== undefined) {
    const entry = ledger.packages.find((candidate) => candidate.id === decodeURIComponent(bundleName));
    return entry ? json(bundleBody(entry), settings) : message(400, "bundle not found");
  }
  const [, orderReference] = /^\/orders\/([^/]+)$/.exec(path) ?? [];
  if (orderReference !== undefined && request.method === "GET") return oneOrder(world, orderReference);
  const esim = /^\/esims\/([0-9A-Fa-fSIM-]+)(\/bundles(?:\/([^/]+)\/assignments\/([^/]+))?)?$/.exec(path);
  if (esim) return aboutEsim(world, request, esim);
  switch (`${request.method} ${path}`) {
    case "GET /catalogue":
      return catalogue(world, request.query);
    case "POST /orders":
      return placeOrder(world, JSON.parse(request.rawBody.toString("utf8")) as Record<string, unknown>);
    case "GET /orders":
      return listOrders(world, request.query);
    case "GET /esims/assignments":
      return assignments(world, request);
    case "GET /organisation":
      return json(
        { organisations: [{ name: "Tribi", balance: ledger.balance / 10_000, currency: "USD" }] },
        settings,
      );
    default:
      return message(404, "not found");
  }
}

function catalogue({ ledger, settings }: World, query: URLSearchParams): FakeReply {
  const all = ledger.packages.filter((entry) => entry.kind === "esim");
  const { list, pageCount } = pageOf(all, Number(query.get("page") ?? 1), Number(query.get("perPage") ?? 50));
  const bundles = list.map(bundleBody);
  return json(settings.catalogue === "array" ? bundles : { bundles, pageCount, rows: all.length }, settings);
}

function aboutEsim(world: World, request: FakeRequest, match: RegExpExecArray): FakeReply {
  const { ledger, settings } = world;
  const [, iccid = "", bundles, name, assignmentId] = match;
  const esim = ownEsim(world, iccid);
  if (!esim) return message(403, "not your eSIM");
  if (!bundles) {
    const epochMillis = esim.profile === "released" ? null : ledger.nowMillis();
    const fields = {
      ...installFields(esim, settings),
      profileStatus: profileStatusOf(esim),
      firstInstalledDateTime: epochMillis,
    };
    return json({ ...fields, pin: "0000", puk: "00000000", customerRef: "" }, settings);
  }
  if (request.method === "GET") return json(bundlesBody(ledger, esim, settings), settings);
  const order = ledger.orders.find(
    (entry) => String(entry.number) === assignmentId && entry.packageId === decodeURIComponent(name ?? ""),
  );
  if (!order || order.esimId !== esim.id) return message(400, "no such assignment");
  if (esim.plan !== "new") return message(400, "the bundle has started");
  if (request.query.get("type") === "validate") return json({ status: "Bundle can be revoked" }, settings);
  return revoke(world, esim);
}

/** Without the account manager's switch the call revokes and keeps the money, with the same status. */
function revoke({ ledger, settings, removed }: World, esim: FakeEsim): FakeReply {
  const hasMore = ledger.orders.some((order) => order.esimId === esim.id && order.kind === "top_up");
  if (settings.areRefundsEnabled) ledger.takeBack(esim);
  else esim.plan = "revoked";
  if (settings.removesRevoked && !hasMore && esim.profile === "released") removed.add(esim.id);
  const words = "Successfully Revoked Bundle";
  return json(
    { status: settings.areRefundsEnabled ? `${words}, bundle has been refunded to inventory` : words },
    settings,
  );
}

function callback(
  { ledger, settings }: World,
  esim: FakeEsim,
  sending: CallbackOptions,
): Promise<number | null> {
  const { body } = json(
    {
      iccid: esim.iccid,
      alertType: "Utilisation",
      bundle: {
        id: "1",
        reference: `${esim.orderId}-0`,
        name: esim.packageId,
        initialQuantity: esim.totalBytes,
        remainingQuantity: esim.totalBytes - esim.usedBytes,
        unlimited: false,
      },
    },
    settings,
  );
  const digest = signed("sha256", sending.isForged ? "not-the-key" : FAKE_ESIM_GO_KEY, String(body));
  const headers = { "x-signature-sha256": digest.toString(sending.encoding ?? "base64") };
  return deliver(ledger, { url: settings.callbackUrl ?? "", body: String(body), headers });
}
