import { esimById } from "../supplier/common-control.js";
import type { FakeReply } from "../supplier/fake-http.js";
import type { FakeOrder, Ledger } from "../supplier/ledger.js";
import type { FakeLimits } from "../supplier/limits.js";
import { signed } from "../supplier/signing.js";
import { deliver, type WebhookMode } from "../supplier/webhook-sender.js";
import { coded, fieldFault, listedOrder, ok, orderBody, type SimsOf } from "./fake-bodies.js";
import type { FakeAiraloShapes } from "./fake-shapes.js";

/** The order side of the fake: at once, asynchronously with a webhook, top-ups, and the lists. */
export interface FakeAiraloSettings extends FakeAiraloShapes {
  webhookMode: WebhookMode;
  /** For notices; asynchronous orders name their own address. */
  webhookUrl: string | null;
  asyncDelayMillis: number;
  /** Asynchronous orders end with this instead of an eSIM. */
  asyncFailure: { readonly code: number; readonly reason: string } | null;
  isAddressAllowed: boolean;
}

export const FAKE_AIRALO_ID = "fake-airalo-id";
export const FAKE_AIRALO_SECRET = "fake-airalo-secret";

export interface World {
  readonly ledger: Ledger;
  readonly limits: FakeLimits;
  readonly settings: FakeAiraloSettings;
  readonly tokens: Set<string>;
  readonly timers: Set<NodeJS.Timeout>;
  /** Orders that were taken asynchronously. */
  readonly awaited: Set<string>;
  readonly origin: () => string;
  /** What was not taken with a status below 204; sent again by the control function `redeliver`. */
  readonly undelivered: { readonly url: string; readonly body: string }[];
}

/** Package ids of the sandbox that are refused; which is refused with which code follows their names. */
const MAGIC: ReadonlyMap<string, FakeReply> = new Map([
  ["test-insufficient-balance-7days-1gb", coded(11, "Insufficient Airalo credit")],
  ["test-maintenance-mode-7days-1gb", coded(13, "The operator is in maintenance")],
  ["test-disabled-top-up-7days-1gb", coded(23, "Top-up is disabled")],
  ["test-not-enough-7days-1gb", coded(33, "Insufficient stock")],
  ["test-out-of-stock-7days-1gb", coded(34, "The package is invalid or out of stock")],
]);

export function listOrders(world: World, query: URLSearchParams): FakeReply {
  const wanted = query.get("filter[description]") ?? "";
  const withSims = (query.get("include") ?? "").split(",").includes("sims");
  const limit = Number(query.get("limit") ?? 25);
  const page = Number(query.get("page") ?? 1);
  // A "like" search: the filter finds parts of descriptions too, and a careless reader takes another's order.
  const found = world.ledger.orders
    .filter((order) => order.reference.includes(wanted) && isListed(world, order))
    .reverse();
  const data = found
    .slice((page - 1) * limit, page * limit)
    .map((order) => listedOrder(order, withSims ? simsOf(world, order) : null, world.settings));
  const path = `${world.origin()}/v2/orders`;
  const meta = {
    message: "success",
    current_page: page,
    from: (page - 1) * limit + 1,
    last_page: Math.max(1, Math.ceil(found.length / limit)),
    path,
    per_page: String(limit),
    to: (page - 1) * limit + data.length,
    total: found.length,
  };
  const links = { first: `${path}?page=1`, last: `${path}?page=${meta.last_page}`, prev: null, next: null };
  return { status: 200, body: { data, links, meta } };
}

/** An asynchronous order without its eSIM may not be in the list; every other one is. */
function isListed(world: World, order: FakeOrder): boolean {
  if (order.state === "failed" && world.settings.listsFailed === "never") return false;
  const isAwaited = world.awaited.has(order.id) && order.state === "accepted";
  return !isAwaited || world.settings.listsAsync === "at_once" || isThere(world, order);
}

function isThere({ ledger }: World, order: FakeOrder): boolean {
  const esim = esimById(ledger, order.esimId);
  return esim.pollsLeft === 0 && ledger.isDeliverable(esim);
}

function simsOf(world: World, order: FakeOrder): SimsOf {
  if (order.kind === "top_up") return null;
  const hasEsim = order.state !== "failed" && isThere(world, order);
  return { esim: esimById(world.ledger, order.esimId), isThere: hasEsim };
}

export function oneOrder(world: World, id: string): FakeReply {
  const order = world.ledger.orders.find((entry) => entry.id === id);
  if (!order) return { status: 404, body: { data: [], meta: { message: "messages.resource_not_found" } } };
  return ok(listedOrder(order, simsOf(world, order), world.settings));
}

export function submitOrder(world: World, fields: Record<string, string>): FakeReply {
  const { ledger, settings } = world;
  const quantity = Number(fields.quantity);
  if (quantity > 50) return fieldFault("quantity", "The quantity may not be greater than 50.", settings);
  const magic = MAGIC.get(fields.package_id ?? "");
  if (magic) return magic;
  const sale = ledger.sell({ reference: fields.description ?? "", packageId: fields.package_id ?? "" });
  if (!sale.sold) return unsold(world, sale.why, "The selected package is invalid.");
  return ok(orderBody(sale.order, simsOf(world, sale.order), settings));
}

function unsold(
  { settings }: World,
  why: "unknown_package" | "out_of_stock" | "no_funds",
  invalid: string,
): FakeReply {
  if (why === "no_funds") return coded(11, "Insufficient Airalo credit");
  if (why === "unknown_package") return fieldFault("package_id", invalid, settings);
  return fieldFault("quantity", "SIM quantity is not available. Available quantity: 0.", settings);
}

export async function submitLater(world: World, fields: Record<string, string>): Promise<FakeReply> {
  const { ledger, settings } = world;
  const url = fields.webhook_url;
  if (!url) return { status: 422, body: { reason: "User is not opted in and no webhook URL provided." } };
  const magic = MAGIC.get(fields.package_id ?? "");
  if (magic) return magic;
  const sale = ledger.sell({ reference: fields.description ?? "", packageId: fields.package_id ?? "" });
  if (!sale.sold) return unsold(world, sale.why, "The selected package is invalid.");
  const { order, esim } = sale;
  world.awaited.add(order.id);
  const requestId = `R${String(order.number).padStart(24, "0")}`;
  const tell = async () => {
    if (settings.asyncFailure !== null) {
      ledger.takeBack(esim);
      order.state = "failed";
    } else if (esim.readyAtMillis !== null) esim.readyAtMillis = 0;
    await tellAll(world, url, JSON.stringify(asyncBody(world, order, requestId)));
  };
  if (settings.webhookMode === "before_answer") await tell();
  else if (esim.readyAtMillis !== null) schedule(world, tell);
  const data = { request_id: requestId, accepted_at: "2027-03-01 08:30:15" };
  return { status: settings.asyncStatus, body: { data, meta: { message: "success" } } };
}

function asyncBody(world: World, order: FakeOrder, requestId: string): object {
  const { asyncFailure: failure, failureBody } = world.settings;
  if (failure === null)
    return { request_id: requestId, ...orderBody(order, simsOf(world, order), world.settings) };
  const full = { request_id: requestId, description: order.reference, ...failure };
  switch (failureBody) {
    case "full":
      return full;
    case "reason_only":
      return { request_id: requestId, reason: failure.reason };
    case "enveloped":
      return { data: full, meta: { message: "failed" } };
  }
}

function schedule(world: World, act: () => Promise<void>): void {
  const timer = setTimeout(() => {
    world.timers.delete(timer);
    act().catch(() => undefined);
  }, world.settings.asyncDelayMillis);
  world.timers.add(timer);
}

async function tellAll(world: World, url: string, body: string): Promise<void> {
  const mode = world.settings.webhookMode;
  if (mode === "never") return;
  const copies = mode === "twice" ? 2 : 1;
  for (let copy = 0; copy < copies; copy += 1) await sendSigned(world, url, body, mode === "forged_only");
}

export async function sendSigned(
  world: World,
  url: string,
  body: string,
  isForged: boolean,
): Promise<number | null> {
  const key = isForged ? "not-the-secret" : FAKE_AIRALO_SECRET;
  const headers = { "airalo-signature": signed("sha512", key, body).toString("hex") };
  const status = await deliver(world.ledger, { url, body, headers });
  // 204 and above count as failures.
  if (!isForged && (status === null || status >= 204)) world.undelivered.push({ url, body });
  return status;
}

/** The supplier's next try, a quarter of an hour later in its own time. */
export async function redeliver(world: World): Promise<void> {
  world.ledger.advanceClock(15 * 60_000);
  for (const { url, body } of world.undelivered.splice(0)) await sendSigned(world, url, body, false);
}

export function submitTopUp(world: World, fields: Record<string, string>): FakeReply {
  const { ledger, settings } = world;
  const esim = ledger.esimByIccid(fields.iccid ?? "");
  if (!esim) return fieldFault("iccid", "The selected iccid is invalid.", settings);
  if (esim.plan === "expired") return coded(73, "The eSIM has been recycled");
  const reference = fields.description ?? `Topup (${esim.iccid})`;
  const sale = ledger.topUp({ reference, packageId: fields.package_id ?? "", esim });
  if (!sale.sold) return unsold(world, sale.why, "invalid topup package");
  esim.totalBytes +=
    (ledger.packages.find(({ id }) => id === sale.order.packageId)?.gigabytes ?? 0) * 1024 ** 3;
  return ok(orderBody(sale.order, null, settings));
}
