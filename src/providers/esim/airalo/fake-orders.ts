import { esimById } from "../fakes/common-control.js";
import type { FakeReply } from "../fakes/fake-http.js";
import type { FakeEsim, Ledger } from "../fakes/ledger.js";
import type { FakeLimits } from "../fakes/limits.js";
import { deliver, type WebhookMode } from "../fakes/webhook-sender.js";
import { hmac } from "../signatures.js";
import { coded, fieldFault, ok, orderBody } from "./fake-bodies.js";

/** The order side of the fake: at once, asynchronously with a webhook, top-ups, and the lists. */
export interface FakeAiraloSettings {
  webhookMode: WebhookMode;
  /** For notices; asynchronous orders name their own address. */
  webhookUrl: string | null;
  asyncDelayMillis: number;
  /** Asynchronous orders end with this reason instead of an eSIM. */
  asyncFailure: string | null;
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
  /** What was not taken with a status below 204; sent again by the control function `redeliver`. */
  readonly undelivered: { readonly url: string; readonly body: string }[];
}

/** Sandbox ids (suppliers.md 3.14). */
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
  // The filter finds parts of descriptions too: a careless reader takes another order for its own.
  const found = world.ledger.orders
    .filter((order) => order.state !== "failed" && order.reference.includes(wanted))
    .reverse();
  const data = found
    .slice((page - 1) * limit, page * limit)
    .map((order) =>
      orderBody(order, withSims && order.kind === "esim" ? deliverable(world, order.esimId) : null),
    );
  const meta = {
    message: "success",
    current_page: page,
    last_page: Math.max(1, Math.ceil(found.length / limit)),
  };
  return { status: 200, body: { data, links: {}, meta } };
}

export function oneOrder(world: World, id: string): FakeReply {
  const order = world.ledger.orders.find((entry) => entry.id === id && entry.state !== "failed");
  if (!order) return { status: 404, body: { data: [], meta: { message: "messages.resource_not_found" } } };
  return ok(orderBody(order, order.kind === "esim" ? deliverable(world, order.esimId) : null));
}

function deliverable(world: World, esimId: number): FakeEsim[] {
  const esim = esimById(world.ledger, esimId);
  return world.ledger.isDeliverable(esim) ? [esim] : [];
}

export function submitOrder(world: World, fields: Record<string, string>): FakeReply {
  const quantity = Number(fields.quantity);
  if (quantity > 50) return fieldFault("quantity", "The quantity may not be greater than 50.");
  const magic = MAGIC.get(fields.package_id ?? "");
  if (magic) return magic;
  const sale = world.ledger.sell({ reference: fields.description ?? "", packageId: fields.package_id ?? "" });
  if (!sale.sold) return unsold(sale.why, "The selected package is invalid.");
  return ok(orderBody(sale.order, [sale.esim]));
}

function unsold(why: "unknown_package" | "out_of_stock" | "no_funds", invalid: string): FakeReply {
  if (why === "no_funds") return coded(11, "Insufficient Airalo credit");
  if (why === "unknown_package") return fieldFault("package_id", invalid);
  return fieldFault("quantity", "SIM quantity is not available. Available quantity: 0.");
}

export async function submitLater(world: World, fields: Record<string, string>): Promise<FakeReply> {
  const url = fields.webhook_url;
  if (!url) return fieldFault("webhook_url", "The webhook url field is required.");
  const magic = MAGIC.get(fields.package_id ?? "");
  if (magic) return magic;
  const sale = world.ledger.sell({ reference: fields.description ?? "", packageId: fields.package_id ?? "" });
  if (!sale.sold) return unsold(sale.why, "The selected package is invalid.");
  const requestId = `R${String(sale.order.number).padStart(24, "0")}`;
  const tell = async () => {
    const failure = world.settings.asyncFailure;
    if (failure !== null) {
      world.ledger.takeBack(sale.esim);
      sale.order.state = "failed";
    } else if (sale.esim.readyAtMillis !== null) {
      sale.esim.readyAtMillis = 0;
    }
    const data =
      failure === null
        ? orderBody(sale.order, [sale.esim])
        : { reason: failure, description: sale.order.reference };
    await tellAll(world, url, JSON.stringify({ request_id: requestId, ...data }));
  };
  if (world.settings.webhookMode === "before_answer") await tell();
  else if (sale.esim.readyAtMillis !== null) schedule(world, tell);
  return ok({ request_id: requestId, accepted_at: "2027-03-01 08:30:15" });
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
  const headers = { "airalo-signature": hmac("sha512", key, body).toString("hex") };
  const status = await deliver(world.ledger, { url, body, headers });
  // 204 and above count as failures (suppliers.md 3.13).
  if (!isForged && (status === null || status >= 204)) world.undelivered.push({ url, body });
  return status;
}

/** The supplier's next try, a quarter of an hour later in its own time. */
export async function redeliver(world: World): Promise<void> {
  world.ledger.advanceClock(15 * 60_000);
  for (const { url, body } of world.undelivered.splice(0)) await sendSigned(world, url, body, false);
}

export function submitTopUp(world: World, fields: Record<string, string>): FakeReply {
  const esim = world.ledger.esimByIccid(fields.iccid ?? "");
  if (!esim) return fieldFault("iccid", "The selected iccid is invalid.");
  if (esim.plan === "expired") return coded(73, "The eSIM has been recycled");
  const reference = fields.description ?? `Topup (${esim.iccid})`;
  const sale = world.ledger.topUp({ reference, packageId: fields.package_id ?? "", esim });
  if (!sale.sold) return unsold(sale.why, "invalid topup package");
  esim.totalBytes +=
    (world.ledger.packages.find(({ id }) => id === sale.order.packageId)?.gigabytes ?? 0) * 1024 ** 3;
  return ok(orderBody(sale.order, null));
}
