import { randomUUID } from "node:crypto";
import { commonControl, esimById, type FakeOptions } from "../supplier/common-control.js";
import { type FakeHttp, type FakeReply, type FakeRequest, startFakeHttp } from "../supplier/fake-http.js";
import { type FakeEsim, type FakeOrder, type Ledger, makeLedger } from "../supplier/ledger.js";
import { type FakeLimits, makeFakeLimits } from "../supplier/limits.js";
import { signed } from "../supplier/signing.js";
import { deliver } from "../supplier/webhook-sender.js";
import { esimBody, failure, packageBody, success, tranNoOf } from "./fake-bodies.js";
import { announce, eventBody, type FakeEsimAccessSettings, tell, type World } from "./fake-events.js";
import { ESIM_ACCESS_DEFAULTS } from "./fake-shapes.js";

/** A faithful stand-in for eSIM Access's open API v1, with its own books. */
export interface FakeEsimAccess {
  readonly url: string;
  readonly origin: string;
  readonly ledger: Ledger;
  readonly http: FakeHttp;
  readonly settings: FakeEsimAccessSettings;
  readonly limits: FakeLimits;
  /** Sends an event about an eSIM to the saved webhook address, as often as asked, with the same notifyId. */
  sendEvent(esimId: number, notifyType: string, times?: number): Promise<void>;
  stop(): Promise<void>;
}

export const FAKE_ESIM_ACCESS_CODE = "fake-access-code";
export const FAKE_ESIM_ACCESS_SECRET = "fake-access-secret";

type Fields = Record<string, unknown>;

export async function startFakeEsimAccess(options: FakeOptions = {}): Promise<FakeEsimAccess> {
  const stock = 1_000_000;
  const ledger = makeLedger({
    iccidSeries: 3,
    numbersAfter: options.numbersAfter ?? 0,
    packages: [
      { id: "AU1GB7D", kind: "esim", countries: ["AU"], gigabytes: 1, days: 7, price: 18_000, stock },
      {
        id: "EU10GB30D",
        kind: "esim",
        countries: ["DE", "ES", "FR"],
        gigabytes: 10,
        days: 30,
        price: 152_300,
        stock,
      },
      { id: "TOPUP_AU1GB7D", kind: "top_up", countries: ["AU"], gigabytes: 1, days: 7, price: 17_000, stock },
    ],
    gigabyteBytes: 1024 ** 3,
    orderId: (number) => `B2703010830${String(number).padStart(4, "0")}`,
    matchingId: (number) => number.toString(16).toUpperCase().padStart(32, "0"),
  });
  const limits = makeFakeLimits(ledger.nowMillis);
  const settings: FakeEsimAccessSettings = {
    webhookMode: "after",
    webhookUrl: null,
    unusedValidDays: 180,
    ...ESIM_ACCESS_DEFAULTS,
  };
  const world: World = { ledger, limits, settings, timers: new Set() };
  const sendEvent = async (esimId: number, notifyType: string, times = 1) => {
    const body = eventBody(notifyType, esimById(ledger, esimId), world);
    for (let time = 0; time < times; time += 1) await tell(world, body);
  };
  const http = await startFakeHttp({
    ...(options.port === undefined ? {} : { port: options.port }),
    handle: (request) => handle(world, request),
    control: {
      ...commonControl(ledger, limits),
      settings: (change: Partial<FakeEsimAccessSettings>) => Object.assign(settings, change),
      event: (input: { esimId: number; notifyType: string; times?: number }) =>
        sendEvent(input.esimId, input.notifyType, input.times),
    },
  });
  return {
    url: `${http.origin}/api/v1/open`,
    origin: http.origin,
    ledger,
    http,
    settings,
    limits,
    sendEvent,
    async stop() {
      for (const timer of world.timers) clearTimeout(timer);
      await http.stop();
    },
  };
}

async function handle(world: World, request: FakeRequest): Promise<FakeReply> {
  const { settings, ledger } = world;
  const fault = authFault(world, request);
  if (fault) return fault;
  const wait = world.limits.hit("all", 8, 1);
  if (wait !== null) return { status: 429, headers: { "retry-after": String(wait) }, body: {} };
  let body: Fields;
  try {
    body = JSON.parse(request.rawBody.toString("utf8")) as Fields;
  } catch {
    return failure("000104", "invalid JSON", settings);
  }
  switch (request.path.replace("/api/v1/open/", "")) {
    case "package/list": {
      const kind = body.type === "TOPUP" ? "top_up" : "esim";
      const found = ledger.packages.filter((entry) => entry.kind === kind);
      return success(
        { packageList: found.map((entry) => packageBody(entry, settings.unusedValidDays)) },
        settings,
      );
    }
    case "esim/order":
      return placeOrder(world, body);
    case "esim/query":
      return query(world, body);
    case "esim/cancel":
      return cancel(world, body);
    case "esim/topup":
      return topUp(world, body);
    case "balance/query":
      return success({ balance: ledger.balance }, settings);
    case "webhook/save":
      return saveWebhook(world, String(body.webhook));
    default:
      return { status: 404, body: {} };
  }
}

function authFault({ settings, ledger }: World, { headers, rawBody }: FakeRequest): FakeReply | null {
  const accessCode = headers["rt-accesscode"];
  if (!accessCode) return failure("000101", "header missing", settings);
  if (accessCode !== FAKE_ESIM_ACCESS_CODE) return failure("000102", "header format", settings);
  const presented = headers["rt-signature"];
  if (!presented) return null;
  const timestamp = headers["rt-timestamp"] ?? "";
  if (Math.abs(Number(timestamp) - ledger.nowMillis()) > 300_000)
    return failure("101001", "timestamp expired", settings);
  const text = `${timestamp}${headers["rt-requestid"] ?? ""}${accessCode}${rawBody.toString("utf8")}`;
  const isRight = presented === signed("sha256", FAKE_ESIM_ACCESS_SECRET, text).toString("hex");
  return isRight ? null : failure("101003", "signature mismatch", settings);
}

async function placeOrder(world: World, body: Fields): Promise<FakeReply> {
  const { ledger, settings } = world;
  const reference = String(body.transactionId ?? "");
  if (reference.length < 1 || reference.length > 50) return failure("000107", "parameter length", settings);
  const earlier = ledger.orders.find((order) => order.reference === reference);
  if (earlier) return success({ orderNo: earlier.id, transactionId: reference }, settings);
  const item = (body.packageInfoList as Fields[] | undefined)?.[0] ?? {};
  const entry = ledger.packages.find(
    (candidate) => candidate.id === item.packageCode && candidate.kind === "esim",
  );
  if (!entry) return failure("310241", "packageCode unknown", settings);
  if (item.price !== undefined && item.price !== entry.price)
    return failure("200005", "package price wrong", settings);
  if (body.amount !== undefined && body.amount !== entry.price)
    return failure("200006", "total wrong", settings);
  const sale = ledger.sell({ reference, packageId: entry.id });
  if (!sale.sold) {
    const code = sale.why === "no_funds" ? "200007" : "200011";
    return failure(code, sale.why, settings);
  }
  await announce(world, sale.esim);
  return success({ orderNo: sale.order.id, transactionId: reference }, settings);
}

function query({ ledger, settings }: World, body: Fields): FakeReply {
  const pager = body.pager as { pageNum?: number; pageSize?: number } | undefined;
  if (!pager?.pageNum || !pager.pageSize) return failure("000105", "pager missing", settings);
  const pairs = ledger.esims.map((esim) => [esim, ledger.orderOf(esim)] as const);
  let found: (readonly [FakeEsim, FakeOrder])[];
  if (body.orderNo || body.esimTranNo) {
    found = pairs.filter(([esim, order]) => order.id === body.orderNo || tranNoOf(esim) === body.esimTranNo);
    if (found.length === 0) return failure("310272", "orderNo unknown", settings);
    if (!found.every(([esim]) => ledger.isDeliverable(esim)))
      return failure("200010", "still allocating", settings);
  } else {
    const [from, to] = [Date.parse(String(body.startTime)), Date.parse(String(body.endTime))];
    found = pairs.filter(
      ([esim, order]) =>
        order.createdAtMillis >= from &&
        order.createdAtMillis <= to &&
        esim.pollsLeft === 0 &&
        ledger.isDeliverable(esim),
    );
  }
  const first = (pager.pageNum - 1) * pager.pageSize;
  const page = found
    .slice(first, first + pager.pageSize)
    .map(([esim, order]) => esimBody(esim, order, settings));
  return success({ esimList: page, pager: { ...pager, total: found.length } }, settings);
}

function cancel({ ledger, settings }: World, body: Fields): FakeReply {
  const esim = ledger.esims.find((entry) => tranNoOf(entry) === body.esimTranNo);
  if (!esim) return failure("310272", "unknown", settings);
  if (esim.plan !== "new" || esim.profile !== "released")
    return failure("200002", "not allowed in this status", settings);
  ledger.takeBack(esim);
  return success({}, settings);
}

function topUp({ ledger, settings }: World, body: Fields): FakeReply {
  const reference = String(body.transactionId ?? "");
  const esim = ledger.esims.find((entry) => tranNoOf(entry) === body.esimTranNo);
  if (!esim || esim.plan === "expired") return failure("200009", "abnormal order status", settings);
  const earlier = ledger.orders.find((order) => order.reference === reference);
  const sale = earlier ? null : ledger.topUp({ reference, packageId: String(body.packageCode), esim });
  if (sale && !sale.sold) {
    const code = { no_funds: "200007", unknown_package: "310243", out_of_stock: "200011" }[sale.why];
    return failure(code, sale.why, settings);
  }
  if (sale !== null)
    esim.totalBytes +=
      (ledger.packages.find(({ id }) => id === body.packageCode)?.gigabytes ?? 0) * 1024 ** 3;
  const topUpEsimTranNo = `T${(earlier ?? (sale?.sold ? sale.order : undefined))?.id}`;
  return success(
    {
      transactionId: reference,
      iccid: esim.iccid,
      totalVolume: esim.totalBytes,
      ...(settings.hasTopUpNumber ? { topUpEsimTranNo } : {}),
    },
    settings,
  );
}

/** CHECK_HEALTH has to be answered with 200 exactly. */
async function saveWebhook({ ledger, settings }: World, url: string): Promise<FakeReply> {
  const content = { orderNo: "1234567890", orderStatus: "Test" };
  const body = JSON.stringify({ notifyType: "CHECK_HEALTH", notifyId: randomUUID(), content });
  const status = await deliver(ledger, { url, body, headers: {} });
  if (status !== 200) return failure("000106", "the webhook did not accept the health check", settings);
  settings.webhookUrl = url;
  return success({}, settings);
}
