import { randomUUID } from "node:crypto";
import { type Answer, type RequestOptions, send } from "../support/app.js";
import type { Random } from "./random.js";
import type { World } from "./world.js";

export interface Purchase {
  readonly orderId: number;
  readonly userId: number;
  readonly isPaid: boolean;
}

export interface Seen {
  /** Which customer was shown which code. */
  readonly codes: Map<string, number>;
  readonly violations: string[];
}

const PATIENCE_MILLIS = 60_000;

/** Asks one process after the other until one of them answers; what it repeats is safe to repeat. */
async function insist(
  world: World,
  random: Random,
  method: string,
  path: string,
  options: RequestOptions,
): Promise<Answer> {
  const deadline = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    try {
      const answer = await send(`${random.pick(world.urls)}${path}`, method, options);
      if (answer.status < 500 || answer.status === 502) return answer;
      if (Date.now() > deadline) return answer;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** One customer's way through the shop, with double clicks, repeated webhooks and lost answers. */
export async function buyOne(world: World, random: Random, seen: Seen): Promise<Purchase | undefined> {
  const customer = random.pick(world.customers);
  const bearer = customer.token;
  const planId = random.pick(world.plans);
  const order = await insist(world, random, "POST", "/orders", {
    bearer,
    body: { plan_id: planId, currency: "USD" },
    headers: { "idempotency-key": randomUUID() },
  });
  if (order.status === 409) return undefined;
  if (order.status !== 200) {
    seen.violations.push(`POST /orders answered ${order.status} ${order.text}`);
    return undefined;
  }
  const orderId: number = order.body.id;
  const payment = await insist(world, random, "POST", "/payments/create", {
    bearer,
    body: { order_id: orderId, provider: "MOCK" },
  });
  if (payment.status !== 200) {
    seen.violations.push(`POST /payments/create answered ${payment.status} ${payment.text}`);
    return undefined;
  }
  const isPaid = !random.chance(0.08);
  const webhook = { intent_id: payment.body.intent_id, status: isPaid ? "succeeded" : "failed" };
  const copies = 1 + random.integer(3);
  const told = await Promise.all(
    Array.from({ length: copies }, () =>
      insist(world, random, "POST", "/payments/webhook/mock", { body: webhook }),
    ),
  );
  if (!told.some(({ status }) => status === 200)) seen.violations.push(`webhook: ${told[0]?.text}`);
  const activations = random.integer(4);
  await Promise.all(
    Array.from({ length: activations }, async () => {
      const answer = await insist(world, random, "POST", "/esims/activate", {
        bearer,
        body: { order_id: orderId },
      });
      noteCode(seen, answer, customer.userId);
    }),
  );
  if (isPaid && random.chance(0.1)) {
    await insist(world, random, "POST", `/admin/orders/${orderId}/refund`, {
      bearer: world.adminToken,
      body: { reason: "campaign", ...(random.chance(0.5) ? { accept_loss: true } : {}) },
    });
  }
  return { orderId, userId: customer.userId, isPaid };
}

function noteCode(seen: Seen, answer: Answer, userId: number): void {
  const code: unknown = answer.body?.qr_payload;
  if (typeof code !== "string") return;
  const owner = seen.codes.get(code);
  // One customer may buy twice, but never the same code for two orders.
  const key = `${userId}:${answer.body.order_id}`;
  const known = seen.codes.get(`${code} ${key}`);
  if (owner !== undefined && owner !== userId)
    seen.violations.push(`one code was shown to users ${owner} and ${userId}`);
  if (owner === userId && known === undefined)
    seen.violations.push(`one code was shown for two orders of user ${userId}`);
  seen.codes.set(code, userId);
  seen.codes.set(`${code} ${key}`, userId);
}
