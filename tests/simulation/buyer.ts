import { randomUUID } from "node:crypto";
import { nudge } from "./faults.js";
import { insist } from "./insist.js";
import { type Payment, pay, payLater } from "./payer.js";
import { type Gone, leave, type Person } from "./persons.js";
import { stockFile } from "./plans.js";
import type { Random } from "./random.js";
import type { BuyerScript, PaymentScript, Stage, TopUpScript } from "./script.js";
import type { World } from "./world.js";

export interface Purchase {
  readonly orderId: number;
  readonly customer: Person;
  readonly isTopUp: boolean;
  readonly payment: PaymentScript;
}

export interface Seen {
  /** Which customer was shown which code, for which order. */
  readonly codes: Map<string, { readonly userId: number; readonly orderId: number }>;
  /** Who has left or was locked out. */
  readonly gone: Gone[];
  readonly violations: string[];
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

/** One buyer on their way through the shop, and what the steps need. */
interface Way {
  readonly world: World;
  readonly route: Random;
  readonly seen: Seen;
  readonly script: BuyerScript;
  readonly customer: Person;
  readonly ownedEsimId: number | undefined;
  readonly purchases: Purchase[];
}

export interface Buyer {
  readonly script: BuyerScript;
  readonly customer: Person;
  /** Delivered before anything went wrong. */
  readonly ownedEsimId: number | undefined;
  readonly route: Random;
}

/** With double clicks, repeated webhooks, lost answers and an early end: one order or two. */
export async function buyOne(world: World, seen: Seen, buyer: Buyer): Promise<readonly Purchase[]> {
  const { script, customer, route } = buyer;
  const way: Way = { world, seen, ...buyer, purchases: [] };
  const order = await insist(world, route, "POST", "/orders", {
    bearer: customer.token,
    body: { plan_id: world.plans[script.plan % world.plans.length]?.id, currency: "USD" },
    headers: { "idempotency-key": randomUUID() },
  });
  // Nobody can deliver it now, or too many unpaid orders of this customer hold stock.
  if (order.status === 409) return [];
  if (order.status !== 200) {
    seen.violations.push(`POST /orders answered ${order.status} ${order.text}`);
    return [];
  }
  const orderId: number = order.body.id;
  const esimId: number = order.body.esim_profile.id;
  await leaveAt(way, "ordered");
  const payment = await payFor(way, { orderId, isTopUp: false, script: script.payment });
  if (payment === undefined) return way.purchases;
  await leaveAt(way, "paid");
  await activate(way, orderId);
  await leaveAt(way, "activated");
  payLater(world, script.payment, payment);
  if (script.topUp !== null) await topUp(way, esimId, script.topUp);
  await leaveAt(way, "topped_up");
  if (script.refund !== null)
    await insist(world, route, "POST", `/admin/orders/${orderId}/refund`, {
      bearer: world.adminToken,
      body: { reason: "campaign", ...(script.refund.acceptsLoss ? { accept_loss: true } : {}) },
    });
  return way.purchases;
}

const isGone = ({ seen, customer }: Way): boolean =>
  seen.gone.some(({ userId }) => userId === customer.userId);

async function leaveAt({ world, route, seen, script, customer }: Way, stage: Stage): Promise<void> {
  if (script.leaving?.at !== stage) return;
  const gone = await leave(world, route, customer, script.leaving.how);
  if (gone !== undefined) seen.gone.push(gone);
}

/** Undefined: there was no payment at all. */
async function payFor(
  way: Way,
  { orderId, isTopUp, script }: { orderId: number; isTopUp: boolean; script: PaymentScript },
): Promise<Payment | undefined> {
  const { world, route, seen, customer } = way;
  way.purchases.push({ orderId, customer, isTopUp, payment: script });
  const begun = await insist(world, route, "POST", "/payments/create", {
    bearer: customer.token,
    body: { order_id: orderId, provider: script.provider },
  });
  if (begun.status !== 200) {
    if (!isGone(way)) seen.violations.push(`POST /payments/create answered ${begun.status} ${begun.text}`);
    return undefined;
  }
  if (!isTopUp) await leaveAt(way, "payment_begun");
  const payment = { intentId: begun.body.intent_id, amountMinor: begun.body.amount_minor_units };
  const isThere = (): boolean => !isGone(way) && way.script.leaving === null;
  await Promise.all([
    pay(world, route, seen, { script, payment, isThere }),
    leaveAt(way, isTopUp ? "while_topping_up" : "while_paying"),
  ]);
  return payment;
}

/** More data for the eSIM, if it comes soon and its supplier offers any. */
async function topUp(
  way: Way,
  newEsimId: number,
  { of, clicks, payment: script }: TopUpScript,
): Promise<void> {
  const { world, route, seen, customer } = way;
  const esimId = of === "owned" ? way.ownedEsimId : newEsimId;
  if (esimId === undefined) return;
  const planId = await offeredTopUp(way, esimId, TOP_UP_PATIENCE_MILLIS);
  if (planId === undefined) return;
  const options = {
    bearer: customer.token,
    body: { plan_id: planId, currency: "USD" },
    headers: { "idempotency-key": randomUUID() },
  };
  const answers = await Promise.all(
    Array.from({ length: clicks }, () => insist(world, route, "POST", `/esims/${esimId}/top-ups`, options)),
  );
  // The eSIM was taken back meanwhile, its supplier cannot deliver now, or its owner has left.
  if (answers.every(({ status }) => status === 409) || isGone(way)) return;
  const orders = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.id as number));
  const [orderId] = orders;
  if (orderId === undefined || orders.size > 1) {
    seen.violations.push(`POST /esims/${esimId}/top-ups answered ${answers.map(({ text }) => text)}`);
    return;
  }
  const payment = await payFor(way, { orderId, isTopUp: true, script });
  if (payment !== undefined) payLater(world, script, payment);
}

const TOP_UP_PATIENCE_MILLIS = 1_200;

async function offeredTopUp(
  { world, route, customer }: Pick<Way, "world" | "route" | "customer">,
  esimId: number,
  patienceMillis: number,
): Promise<number | undefined> {
  const bearer = customer.token;
  const deadline = Date.now() + patienceMillis;
  while (Date.now() < deadline) {
    const esim = await insist(world, route, "GET", `/esims/${esimId}`, { bearer });
    if (esim.body?.status === "ready" || esim.body?.status === "active") {
      await nudge(world, ["read_top_up_lists"]);
      const { body } = await insist(world, route, "GET", `/esims/${esimId}/top-ups`, { bearer });
      const [offer] = body?.offers ?? [];
      if (offer !== undefined) return offer.plan_id;
      if (body?.listed_at !== null) return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return undefined;
}

const CALM_MILLIS_MAX = 30_000;

/** An eSIM with a list of what can be added to it, while everything around the shop is well. */
export async function buyCalmly(
  world: World,
  { route, script, customer }: Omit<Buyer, "ownedEsimId">,
): Promise<number | undefined> {
  const bearer = customer.token;
  const plans = world.plans.filter(({ isFromStock }) => !isFromStock);
  const order = await insist(world, route, "POST", "/orders", {
    bearer,
    body: { plan_id: plans[script.plan % plans.length]?.id, currency: "USD" },
    headers: { "idempotency-key": randomUUID() },
  });
  if (order.status !== 200) return undefined;
  const begun = await insist(world, route, "POST", "/payments/create", {
    bearer,
    body: { order_id: order.body.id, provider: "MOCK" },
  });
  await insist(world, route, "POST", "/payments/webhook/mock", {
    body: { intent_id: begun.body.intent_id, status: "succeeded" },
  });
  const esimId: number = order.body.esim_profile.id;
  const offered = await offeredTopUp({ world, route, customer }, esimId, CALM_MILLIS_MAX);
  return offered === undefined ? undefined : esimId;
}

async function activate({ world, route, seen, script, customer }: Way, orderId: number): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: script.activations }, () =>
      insist(world, route, "POST", "/esims/activate", {
        bearer: customer.token,
        body: { order_id: orderId },
      }),
    ),
  );
  for (const answer of answers) noteCode(seen, answer.body?.qr_payload, orderId, customer.userId);
  const iccid: unknown = answers.find(({ body }) => typeof body?.iccid === "string")?.body.iccid;
  if (typeof iccid === "string" && script.installs) await install(world, iccid);
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
