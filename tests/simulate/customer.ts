import { createHash } from "node:crypto";
import type pg from "pg";
import type { PaymentProvider } from "../../src/providers/payment/port.js";
import type { Random } from "../simulation/random.js";
import { beyondTheShop, Crashed, type Scheduler } from "./scheduler.js";
import type { ShopProcess } from "./shop-process.js";

export interface CustomerWorld {
  readonly pool: pg.Pool;
  readonly provider: PaymentProvider;
  readonly processes: readonly ShopProcess[];
  readonly scheduler: () => Scheduler;
  readonly random: () => Random;
  readonly userId: number;
  readonly operatorId: number;
  readonly planId: number;
}

const TRIES = 6;

/** From the click to the payment, and what the payment provider and an operator then do. Each may come more than once. */
export async function playCustomer(world: CustomerWorld, history: number): Promise<void> {
  const { random } = world;
  const key = `history-${history}`;
  const order = () =>
    onAny(world, "order", async (shop) => (await shop.orders.placeOrder(orderOf(world, key))).order.id);
  const [orderId] = await twice(world, order);
  if (orderId === undefined) return;
  const pay = () =>
    onAny(world, "pay", async (shop) => {
      const command = { orderId, userId: world.userId, provider: "MOCK", language: null };
      return (await shop.payments.createPayment(command)).intent.intentId;
    });
  const [intentId] = await twice(world, pay);
  if (intentId === undefined || random().chance(0.1)) return;
  const isPaid = random().chance(0.85);
  await tell(world, intentId, isPaid ? "succeeded" : "failed");
  // A failed card is tried again, and may succeed after the order was given up.
  if (!isPaid && random().chance(0.5)) await tell(world, intentId, "succeeded");
  if (random().chance(0.2)) await refund(world, orderId);
}

const orderOf = ({ userId, planId }: CustomerWorld, key: string) => ({
  userId,
  planId,
  currency: "USD",
  idempotent: { key, fingerprint: createHash("sha256").update(key).digest() },
  language: null,
  network: "192.0.2.1",
});

/** A request that is sent again until some process answers; a refusal is an answer. */
async function onAny<Value>(
  world: CustomerWorld,
  name: string,
  ask: (shop: ShopProcess) => Promise<Value>,
): Promise<Value | undefined> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const process = world.random().integer(world.processes.length);
    const shop = world.processes[process];
    if (shop === undefined) return undefined;
    try {
      return await world.scheduler().start(`p${process} ${name}`, process, () => ask(shop));
    } catch (error) {
      const isWorthIt =
        error instanceof Crashed || (error as { code?: string }).code === "provider_unavailable";
      if (!isWorthIt) return undefined;
    }
  }
  return undefined;
}

/** One in four impatient fingers sends it twice at once. */
async function twice<Value>(world: CustomerWorld, ask: () => Promise<Value | undefined>): Promise<Value[]> {
  const times = world.random().chance(0.25) ? 2 : 1;
  const answers = await Promise.all(Array.from({ length: times }, ask));
  return answers.filter((answer) => answer !== undefined);
}

/** The provider's books move first. Its webhook is lost, comes, or comes twice, and is repeated where nobody took it. */
async function tell(world: CustomerWorld, intentId: string, status: "succeeded" | "failed"): Promise<void> {
  const rawBody = Buffer.from(JSON.stringify({ intent_id: intentId, status }));
  await world
    .scheduler()
    .step("provider.payer_acts", () =>
      beyondTheShop(() => world.provider.verifyWebhook(rawBody, {}, Date.now())),
    );
  const times = world.random().pick([0, 1, 1, 1, 2]);
  const deliver = () =>
    onAny(world, "webhook", (shop) =>
      shop.payments.receiveWebhook(world.provider, {
        rawBody,
        headers: {},
        receivedAtMillis: Date.now(),
        requestId: "simulate",
      }),
    );
  await Promise.all(Array.from({ length: times }, deliver));
}

async function refund(world: CustomerWorld, orderId: number): Promise<void> {
  const acceptsLoss = world.random().chance(0.3);
  await onAny(world, "refund", (shop) =>
    shop.payments.refundOrder({
      orderId,
      amountMinor: null,
      reason: "simulated",
      acceptsLoss,
      adminId: world.operatorId,
      actor: `user:${world.operatorId}`,
      idempotent: null,
      requestId: "simulate",
    }),
  );
}
