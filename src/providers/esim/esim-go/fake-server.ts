import { commonControl, esimById, type FakeOptions } from "../fakes/common-control.js";
import { type FakeHttp, type FakeReply, type FakeRequest, startFakeHttp } from "../fakes/fake-http.js";
import { type FakeEsim, type FakePackage, type Ledger, makeLedger } from "../fakes/ledger.js";
import { type FakeLimits, makeFakeLimits } from "../fakes/limits.js";
import { deliver } from "../fakes/webhook-sender.js";
import { hmac } from "../signatures.js";
import {
  bundleBody,
  bundlesBody,
  type FakeEsimGoQuirks,
  installFields,
  json,
  message,
  orderBody,
  profileStatusOf,
} from "./fake-bodies.js";

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

export interface FakeEsimGoSettings extends FakeEsimGoQuirks {
  callbackUrl: string | null;
  areRefundsEnabled: boolean;
}

export const FAKE_ESIM_GO_KEY = "fake-esim-go-key";

interface World {
  readonly ledger: Ledger;
  readonly settings: FakeEsimGoSettings;
}

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
    hasScheme: true,
    assignmentShape: "object",
    isIccidNumber: false,
    areStatesCapitalised: false,
    callbackUrl: null,
    areRefundsEnabled: true,
  };
  const world: World = { ledger, settings };
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
  const bundle = /^\/catalogue\/([^/]+)$/.exec(path);
  if (bundle) {
    const entry = ledger.packages.find((candidate) => candidate.id === decodeURIComponent(bundle[1] ?? ""));
    return entry ? json(bundleBody(entry), settings) : message(404, "bundle not found");
  }
  const esim = /^\/esims\/([0-9A-Fa-fSIM-]+)(\/bundles(?:\/([^/]+)\/assignments\/([^/]+))?)?$/.exec(path);
  if (esim) return aboutEsim(world, request, esim);
  switch (`${request.method} ${path}`) {
    case "GET /catalogue": {
      const bundles = ledger.packages.filter((entry) => entry.kind === "esim");
      return json({ bundles: bundles.map(bundleBody), pageCount: 1, rows: bundles.length }, settings);
    }
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

/** The reference documents an `order` array, the quick start a flat body: both are taken. */
function placeOrder({ ledger, settings }: World, body: Record<string, unknown>): FakeReply {
  const item = ((body.order as Record<string, unknown>[] | undefined)?.[0] ?? body) as {
    item?: string;
    quantity?: number;
    iccids?: string[];
  };
  const packageId = item.item ?? "";
  const iccid = item.iccids?.[0];
  const target = iccid === undefined ? undefined : ledger.esimByIccid(iccid);
  if (iccid !== undefined && !target) return message(403, "not your eSIM");
  const kind = target ? "top_up" : "esim";
  const entry = ledger.packages.find((candidate) => candidate.id === packageId && candidate.kind === kind);
  if (!entry) return message(400, `bundle ${packageId} not found`);
  if (body.type === "validate") {
    const price = entry.price / 10_000;
    return json(
      {
        order: [{ item: packageId, quantity: 1, subTotal: price }],
        total: price,
        currency: "USD",
        valid: true,
      },
      settings,
    );
  }
  const sale = target
    ? ledger.topUp({ reference: "", packageId, esim: target })
    : ledger.sell({ reference: "", packageId });
  if (!sale.sold) {
    return sale.why === "no_funds"
      ? message(400, "insufficient balance")
      : message(400, "no eSIMs available");
  }
  const esims = ledger.isDeliverable(sale.esim) ? [sale.esim] : [];
  return json(orderBody(ledger, sale.order, esims, settings), settings);
}

function listOrders({ ledger, settings }: World, query: URLSearchParams): FakeReply {
  const perPage = Number(query.get("perPage") ?? 10);
  const page = Number(query.get("page") ?? 1);
  const newestFirst = ledger.orders.toReversed();
  const orders = newestFirst.slice((page - 1) * perPage, page * perPage).map((order) => {
    const esim = esimById(ledger, order.esimId);
    const isThere = esim.pollsLeft === 0 && ledger.isDeliverable(esim);
    return orderBody(ledger, order, isThere ? [esim] : [], settings);
  });
  return json(
    { orders, pageCount: Math.max(1, Math.ceil(newestFirst.length / perPage)), rows: newestFirst.length },
    settings,
  );
}

function assignments({ ledger, settings }: World, request: FakeRequest): FakeReply {
  const order = ledger.orders.find((entry) => entry.id === request.query.get("reference"));
  if (!order) return message(404, "no such reference");
  const esim = esimById(ledger, order.esimId);
  if (!ledger.isDeliverable(esim)) return { ...message(503, "processing"), headers: { "retry-after": "3" } };
  const fields = installFields(esim, settings);
  if (!(request.headers.accept ?? "").includes("json")) {
    const row = Object.values(fields).join(",");
    return {
      status: 200,
      headers: { "content-type": "text/csv" },
      body: `ICCID,Matching ID,SMDP Address\n${row}\n`,
    };
  }
  const code = `LPA:1$${esim.host}$${esim.matchingId}`;
  const appleInstallUrl = `https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=${encodeURIComponent(code)}`;
  const one = {
    ...fields,
    profileStatus: profileStatusOf(esim),
    pin: "0000",
    puk: "00000000",
    firstInstalledDateTime: null,
    appleInstallUrl,
  };
  const shapes = { object: one, array: [one], wrapped: { esims: [one] } };
  return json(shapes[settings.assignmentShape], settings);
}

function aboutEsim({ ledger, settings }: World, request: FakeRequest, match: RegExpExecArray): FakeReply {
  const [, iccid = "", bundles, name, assignmentId] = match;
  const esim = ledger.esimByIccid(iccid);
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
  if (!order || order.esimId !== esim.id) return message(404, "no such assignment");
  if (esim.plan !== "new") return message(400, "the bundle has started");
  if (request.query.get("type") === "validate") return json({ valid: true }, settings);
  // Without the account manager's switch the call revokes and keeps the money.
  if (settings.areRefundsEnabled) ledger.takeBack(esim);
  else esim.plan = "revoked";
  return json({ message: "revoked" }, settings);
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
  const digest = hmac("sha256", sending.isForged ? "not-the-key" : FAKE_ESIM_GO_KEY, String(body));
  const headers = { "x-signature-sha256": digest.toString(sending.encoding ?? "base64") };
  return deliver(ledger, { url: settings.callbackUrl ?? "", body: String(body), headers });
}
