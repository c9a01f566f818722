import { randomUUID } from "node:crypto";
import { type Answer, type RequestOptions, send } from "../support/app.js";
import { nudge } from "./faults.js";
import { stockFile } from "./plans.js";
import type { Random } from "./random.js";
import type { Customer, World } from "./world.js";

export interface Purchase {
  readonly orderId: number;
  readonly customer: Customer;
  readonly isPaid: boolean;
  readonly isTopUp: boolean;
}

export interface Seen {
  /** Which customer was shown which code, for which order. */
  readonly codes: Map<string, { readonly userId: number; readonly orderId: number }>;
  readonly violations: string[];
}

/** Longer than a process takes to come back on a busy machine. */
const PATIENCE_MILLIS = 240_000;

/** Asks one process after the other until one of them answers; what it repeats is safe to repeat. */
export async function insist(
  world: World,
  random: Random,
  method: string,
  path: string,
  options: RequestOptions,
): Promise<Answer> {
  const deadline = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    try {
      const answer = await send(`${random.pick(world.fleet.urls)}${path}`, method, options);
      if (answer.status < 500 || answer.status === 502) return answer;
      if (Date.now() > deadline) return answer;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Puts a few codes into stock, fewer than there are buyers in some rounds. */
export async function fillStock(world: World, random: Random): Promise<void> {
  for (const plan of world.plans) {
    const count = random.integer(5);
    if (!plan.isFromStock || count === 0) continue;
    await insist(world, random, "POST", "/admin/inventory/import", {
      bearer: world.adminToken,
      headers: { "content-type": "text/csv" },
      body: stockFile(plan.sku, count),
    });
  }
}

/** One customer's way through the shop, with double clicks, repeated webhooks and lost answers: one order or two. */
export async function buyOne(world: World, random: Random, seen: Seen): Promise<Purchase[]> {
  const customer = random.pick(world.customers);
  const bearer = customer.token;
  const order = await insist(world, random, "POST", "/orders", {
    bearer,
    body: { plan_id: random.pick(world.plans).id, currency: "USD" },
    headers: { "idempotency-key": randomUUID() },
  });
  // Nobody can deliver it now, or too many unpaid orders of this customer hold stock.
  if (order.status === 409) return [];
  if (order.status !== 200) {
    seen.violations.push(`POST /orders answered ${order.status} ${order.text}`);
    return [];
  }
  const orderId: number = order.body.id;
  const isPaid = await payFor(world, random, seen, { orderId, customer });
  if (isPaid === undefined) return [];
  await activate(world, random, seen, { orderId, customer });
  const esimId: number = order.body.esim_profile.id;
  const toppedUp =
    isPaid && random.chance(0.35) ? await topUp(world, random, seen, { esimId, customer }) : [];
  if (isPaid && random.chance(0.12))
    await insist(world, random, "POST", `/admin/orders/${orderId}/refund`, {
      bearer: world.adminToken,
      body: { reason: "campaign", ...(random.chance(0.5) ? { accept_loss: true } : {}) },
    });
  return [{ orderId, customer, isPaid, isTopUp: false }, ...toppedUp];
}

/** Whether the order was paid; undefined when there was no payment at all. */
async function payFor(
  world: World,
  random: Random,
  seen: Seen,
  { orderId, customer }: Pick<Purchase, "orderId" | "customer">,
): Promise<boolean | undefined> {
  const payment = await insist(world, random, "POST", "/payments/create", {
    bearer: customer.token,
    body: { order_id: orderId, provider: "MOCK" },
  });
  if (payment.status !== 200) {
    seen.violations.push(`POST /payments/create answered ${payment.status} ${payment.text}`);
    return undefined;
  }
  const isPaid = !random.chance(0.08);
  await pay(world, random, seen, {
    intent_id: payment.body.intent_id,
    status: isPaid ? "succeeded" : "failed",
  });
  return isPaid;
}

/** More data for the eSIM, if it comes soon and its supplier offers any. */
async function topUp(
  world: World,
  random: Random,
  seen: Seen,
  { esimId, customer }: { readonly esimId: number; readonly customer: Customer },
): Promise<Purchase[]> {
  const planId = await offeredTopUp(world, random, { esimId, customer });
  if (planId === undefined) return [];
  const options = {
    bearer: customer.token,
    body: { plan_id: planId, currency: "USD" },
    headers: { "idempotency-key": randomUUID() },
  };
  const clicks = await Promise.all(
    Array.from({ length: 1 + random.integer(2) }, () =>
      insist(world, random, "POST", `/esims/${esimId}/top-ups`, options),
    ),
  );
  // The eSIM was taken back meanwhile, or its supplier cannot deliver now.
  if (clicks.every(({ status }) => status === 409)) return [];
  const orders = new Set(clicks.filter(({ status }) => status === 200).map(({ body }) => body.id as number));
  const [orderId] = orders;
  if (orderId === undefined || orders.size > 1) {
    seen.violations.push(`POST /esims/${esimId}/top-ups answered ${clicks.map(({ text }) => text)}`);
    return [];
  }
  const isPaid = await payFor(world, random, seen, { orderId, customer });
  return isPaid === undefined ? [] : [{ orderId, customer, isPaid, isTopUp: true }];
}

const TOP_UP_PATIENCE_MILLIS = 1_200;

async function offeredTopUp(
  world: World,
  random: Random,
  { esimId, customer }: { readonly esimId: number; readonly customer: Customer },
): Promise<number | undefined> {
  const deadline = Date.now() + TOP_UP_PATIENCE_MILLIS;
  while (Date.now() < deadline) {
    const esim = await insist(world, random, "GET", `/esims/${esimId}`, { bearer: customer.token });
    if (esim.body?.status === "ready" || esim.body?.status === "active") {
      await nudge(world, ["read_top_up_lists"]);
      const { body } = await insist(world, random, "GET", `/esims/${esimId}/top-ups`, {
        bearer: customer.token,
      });
      const [offer] = body?.offers ?? [];
      if (offer !== undefined) return offer.plan_id;
      if (body?.listed_at !== null) return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return undefined;
}

async function pay(world: World, random: Random, seen: Seen, webhook: object): Promise<void> {
  const copies = 1 + random.integer(3);
  const told = await Promise.all(
    Array.from({ length: copies }, () =>
      insist(world, random, "POST", "/payments/webhook/mock", { body: webhook }),
    ),
  );
  if (!told.some(({ status }) => status === 200)) seen.violations.push(`webhook: ${told[0]?.text}`);
}

async function activate(
  world: World,
  random: Random,
  seen: Seen,
  { orderId, customer }: Pick<Purchase, "orderId" | "customer">,
): Promise<void> {
  const clicks = random.integer(4);
  const answers = await Promise.all(
    Array.from({ length: clicks }, () =>
      insist(world, random, "POST", "/esims/activate", {
        bearer: customer.token,
        body: { order_id: orderId },
      }),
    ),
  );
  for (const answer of answers) noteCode(seen, answer.body?.qr_payload, orderId, customer.userId);
  const iccid: unknown = answers.find(({ body }) => typeof body?.iccid === "string")?.body.iccid;
  if (typeof iccid === "string" && random.chance(0.1)) await install(world, iccid);
}

/** A phone takes the eSIM: from now on no supplier gives money back for it. */
async function install(world: World, iccid: string): Promise<void> {
  for (const { id, ledger } of world.suppliers.all) {
    const esim = ledger.esimByIccid(iccid);
    if (esim === undefined || esim.plan !== "new") continue;
    Object.assign(esim, { profile: "enabled", plan: "active" });
    if (id === "esim-access") await world.suppliers.access.sendEvent(esim.id, "ESIM_STATUS", 2);
  }
}

/** A code has one owner and one order, however often it is shown. */
export function noteCode(seen: Seen, code: unknown, orderId: number, userId: number): void {
  if (typeof code !== "string") return;
  const known = seen.codes.get(code);
  if (known !== undefined && known.userId !== userId)
    seen.violations.push(`one code was shown to users ${known.userId} and ${userId}`);
  if (known !== undefined && known.orderId !== orderId)
    seen.violations.push(`one code was shown for the orders ${known.orderId} and ${orderId}`);
  seen.codes.set(code, { userId, orderId });
}
