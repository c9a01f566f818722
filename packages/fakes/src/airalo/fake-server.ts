import { randomUUID } from "node:crypto";
import { commonControl, esimById, type FakeOptions } from "../supplier/common-control.js";
import { type FakeHttp, type FakeReply, type FakeRequest, startFakeHttp } from "../supplier/fake-http.js";
import { fieldsOf } from "../supplier/forms.js";
import { type FakeEsim, type FakePackage, type Ledger, makeLedger } from "../supplier/ledger.js";
import { type FakeLimits, makeFakeLimits } from "../supplier/limits.js";
import {
  cataloguePage,
  coded,
  fieldFault,
  ok,
  packageBody,
  usageBody,
  withNumbers,
  withWords,
} from "./fake-bodies.js";
import {
  FAKE_AIRALO_ID,
  FAKE_AIRALO_SECRET,
  type FakeAiraloSettings,
  listOrders,
  oneOrder,
  redeliver,
  sendSigned,
  submitLater,
  submitOrder,
  submitTopUp,
  type World,
} from "./fake-orders.js";
import { AIRALO_DEFAULTS } from "./fake-shapes.js";

/** A faithful stand-in for Airalo's Partner API v2, with its own books. See docs/write-a-supplier.md for control. */
export interface FakeAiralo {
  /** Base URL for the adapter. */
  readonly url: string;
  readonly origin: string;
  readonly ledger: Ledger;
  readonly http: FakeHttp;
  readonly settings: FakeAiraloSettings;
  readonly limits: FakeLimits;
  /** Every token that was given out stops working. */
  revokeTokens(): void;
  /** Sends a signed (or forged) notice about an eSIM to the webhook address of its settings. */
  sendNotice(esimId: number, level: string, isForged?: boolean): Promise<number | null>;
  stop(): Promise<void>;
}

const DAY_PACKAGES: readonly FakePackage[] = [
  {
    id: "moshi-7days-1gb",
    kind: "esim",
    countries: ["JP"],
    gigabytes: 1,
    days: 7,
    price: 35_000,
    stock: 1_000_000,
  },
  {
    id: "eurolink-30days-5gb",
    kind: "esim",
    countries: ["DE", "ES", "FR"],
    gigabytes: 5,
    days: 30,
    price: 120_000,
    stock: 1_000_000,
  },
  {
    id: "moshi-unlimited-3days",
    kind: "esim",
    countries: ["JP"],
    gigabytes: null,
    days: 3,
    price: 90_000,
    stock: 1_000_000,
  },
  {
    id: "moshi-7days-1gb-topup",
    kind: "top_up",
    countries: ["JP"],
    gigabytes: 1,
    days: 7,
    price: 34_000,
    stock: 1_000_000,
  },
];

export async function startFakeAiralo(options: FakeOptions = {}): Promise<FakeAiralo> {
  const ledger = makeLedger({
    iccidSeries: 2,
    numbersAfter: options.numbersAfter ?? 0,
    packages: DAY_PACKAGES,
    gigabyteBytes: 1024 ** 3,
    orderId: (number) => String(9_000 + number),
    matchingId: (number) => `AAAA0-BBBB1-${String(number).padStart(5, "0")}`,
  });
  const limits = makeFakeLimits(ledger.nowMillis);
  const settings: FakeAiraloSettings = {
    webhookMode: "after",
    webhookUrl: null,
    asyncDelayMillis: 0,
    asyncFailure: null,
    isAddressAllowed: true,
    ...AIRALO_DEFAULTS,
  };
  const world: World = {
    ledger,
    limits,
    settings,
    tokens: new Set(),
    timers: new Set(),
    awaited: new Set(),
    undelivered: [],
    origin: () => http.origin,
  };
  const sendNotice = (esimId: number, level: string, isForged = false) =>
    sendSigned(world, settings.webhookUrl ?? "", noticeBody(esimById(ledger, esimId), level), isForged);
  const http: FakeHttp = await startFakeHttp({
    ...(options.port === undefined ? {} : { port: options.port }),
    handle: async (request) => withNumbers(withWords(await handle(world, request), settings), settings),
    control: {
      ...commonControl(ledger, limits),
      settings: (change: Partial<FakeAiraloSettings>) => Object.assign(settings, change),
      revoke_tokens: () => world.tokens.clear(),
      redeliver: () => redeliver(world),
      notice: (input: { esimId: number; level: string; isForged?: boolean }) =>
        sendNotice(input.esimId, input.level, input.isForged),
    },
  });
  return {
    url: `${http.origin}/v2`,
    origin: http.origin,
    ledger,
    http,
    settings,
    limits,
    revokeTokens: () => world.tokens.clear(),
    sendNotice,
    async stop() {
      for (const timer of world.timers) clearTimeout(timer);
      await http.stop();
    },
  };
}

async function handle(world: World, request: FakeRequest): Promise<FakeReply> {
  const path = request.path.replace(/^\/v2/, "");
  if (path === "/token" && request.method === "POST") return token(world, request);
  if (!world.settings.isAddressAllowed) return coded(89, "Your IP address is not allowed", 403);
  const bearer = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  if (!world.tokens.has(bearer)) return { status: 401, body: unauthenticatedBody(world, "Unauthenticated.") };
  const iccid = /^\/sims\/([^/]+)\/(usage|topups)$/.exec(path);
  if (iccid) return simQuestion(world, decodeURIComponent(iccid[1] ?? ""), iccid[2] ?? "");
  const order = /^\/orders\/([0-9]+)$/.exec(path);
  if (order && request.method === "GET") return oneOrder(world, order[1] ?? "");
  switch (`${request.method} ${path}`) {
    case "GET /packages":
      return limited(world, "packages", 80, 60) ?? catalogue(world, request);
    case "POST /orders":
      return submitOrder(world, fieldsOf(request));
    case "POST /orders-async":
      return submitLater(world, fieldsOf(request));
    case "GET /orders":
      return listOrders(world, request.query);
    case "POST /orders/topups":
      return submitTopUp(world, fieldsOf(request));
    case "POST /notifications/opt-in":
      return optIn(world, fieldsOf(request));
    case "POST /refund":
      return limited(world, "refund", 5, 60) ?? refund(world, fieldsOf(request));
    case "GET /balance":
      return ok({
        balances: {
          name: "balance",
          availableBalance: { amount: world.ledger.balance / 10_000, currency: "USD" },
        },
      });
    default:
      return { status: 404, body: { data: [], meta: { message: "messages.resource_not_found" } } };
  }
}

function limited(world: World, bucket: string, callsMax: number, windowSeconds: number): FakeReply | null {
  const seconds = world.limits.hit(bucket, callsMax, windowSeconds);
  if (seconds === null) return null;
  return {
    status: 429,
    headers: { "retry-after": String(seconds) },
    body: { message: "Too Many Attempts." },
  };
}

const unauthenticatedBody = ({ settings }: World, message: string): object =>
  settings.unauthenticated === "envelope" ? { data: [], meta: { message } } : { message };

function token(world: World, request: FakeRequest): FakeReply {
  const refusal = limited(world, "token", 3, 60);
  if (refusal) return refusal;
  const fields = fieldsOf(request);
  if (fields.client_id !== FAKE_AIRALO_ID)
    return fieldFault("client_id", "The selected client id is invalid.", {
      ...world.settings,
      faultStatus: 422,
    });
  if (fields.client_secret !== FAKE_AIRALO_SECRET) {
    return { status: 401, body: unauthenticatedBody(world, "Client authentication failed") };
  }
  const text = randomUUID();
  world.tokens.add(text);
  return ok({ token_type: "Bearer", expires_in: 31_622_400, access_token: text });
}

/** The address is probed with HEAD and has to answer 200. */
async function optIn(world: World, fields: Record<string, string>): Promise<FakeReply> {
  const url = fields.webhook_url ?? "";
  const probe = await fetch(url, { method: "HEAD" }).catch(() => null);
  if (probe?.status !== 200)
    return fieldFault("webhook_url", "The webhook url did not answer with 200.", world.settings);
  world.settings.webhookUrl = url;
  return ok({ type: fields.type, webhook_url: url });
}

function catalogue(world: World, request: FakeRequest): FakeReply {
  const page = Number(request.query.get("page") ?? 1);
  const limit = Number(request.query.get("limit") ?? 25);
  return cataloguePage(world.ledger, { page, limit }, world.settings);
}

function noticeBody(esim: FakeEsim, level: string): string {
  const left = esim.totalBytes === 0 ? 0 : Math.round((1 - esim.usedBytes / esim.totalBytes) * 100);
  return JSON.stringify({
    level,
    package_name: esim.packageId,
    remaining_percentage: left,
    iccid: esim.iccid,
  });
}

function simQuestion(world: World, iccid: string, question: string): FakeReply {
  const esim = world.ledger.esimByIccid(iccid);
  if (!esim) return { status: 404, body: { data: [], meta: { message: "messages.resource_not_found" } } };
  const entry = world.ledger.packages.find((candidate) => candidate.id === esim.packageId);
  if (question === "topups") {
    const isOver = esim.plan === "expired" || esim.plan === "cancelled";
    const topUps = world.ledger.packages.filter((candidate) => candidate.kind === "top_up" && !isOver);
    return ok(topUps.map(packageBody));
  }
  const tooMany = limited(world, `usage ${iccid}`, 10, 60) ?? limited(world, "usage", 5, 1);
  if (tooMany) return tooMany;
  const body = usageBody(esim, entry?.gigabytes === null, world.ledger.nowMillis());
  return ok(body, { message: "api.succes" });
}

function refund(world: World, fields: Record<string, string>): FakeReply {
  const iccid = fields["iccids[]"] ?? "";
  if (!world.ledger.esimByIccid(iccid)) {
    return fieldFault(
      "iccids",
      `The following ICCIDs do not belong to your company: ${iccid}`,
      world.settings,
    );
  }
  if (fields.reason === "OTHERS" && !fields.notes)
    return fieldFault("notes", "The notes field is required.", world.settings);
  return {
    status: 202,
    body: { data: { refund_id: 501, created_at: "2027-03-01 08:30" }, meta: { message: "success" } },
  };
}
