import { createHash } from "node:crypto";
import { ask, type Customer, pause, payFor } from "./customer.js";
import type { Sold } from "./sim-supplier.js";
import { START_MICROS, virtualMicros } from "./virtual-time.js";

const DAY = 86_400;
/** Those who come back come within so many seconds: each minute of the shop's costs the sweeps of a minute. */
const VISITS_SECONDS = 1_500;

/** What happens after the sale, days later and at the same time for all, so that the days between cost nothing. */
export async function playAfterwards(customer: Customer, orderId: number, intentId: string): Promise<void> {
  const { random, world } = customer;
  // The payer's bank takes the money back before anybody could deliver.
  if (random.chance(0.02))
    await customer.world
      .scheduler()
      .step("dispute begins", async () => customer.world.bank.dispute(intentId, "open"));
  // An operator gives the money back while nobody knows what was bought, and takes the loss.
  if (random.chance(0.08)) {
    await pause(world, random.integer(240));
    await operatorRefunds(customer, orderId, true);
  }
  if (random.chance(0.45)) return;
  if (random.chance(0.25)) await actOn(customer, orderId, intentId);
  await untilDay(customer, 2);
  await actOn(customer, orderId, intentId);
  if (random.chance(0.5)) return;
  await untilDay(customer, 9);
  await settleBank(customer, intentId);
  if (random.chance(0.3)) await actOn(customer, orderId, intentId);
  await pause(world, random.integer(VISITS_SECONDS));
  await settleBank(customer, intentId);
}

async function untilDay({ world, random }: Customer, day: number): Promise<void> {
  const passed = (virtualMicros() - START_MICROS) / 1_000_000;
  await pause(world, Math.max(60, day * DAY - passed) + random.integer(VISITS_SECONDS));
}

async function actOn(customer: Customer, orderId: number, intentId: string): Promise<void> {
  const { random, world } = customer;
  const { bank } = world;
  const step = (kind: string, act: () => void): Promise<void> =>
    world.scheduler().step(kind, async () => act());
  switch (random.integer(9)) {
    case 0:
      return installs(customer, orderId, random.pick(["installed", "enabled", "disabled"]));
    case 1:
    case 2:
      return topsUp(customer, orderId);
    case 3:
      return givesBack(customer, orderId);
    case 4:
    case 5:
      return operatorRefunds(customer, orderId);
    case 6:
      await step("refund at the provider", () => bank.refundByHand(intentId, random.pick([0.3, 1, 1])));
      return;
    case 7:
      await step("dispute begins", () => bank.dispute(intentId, random.pick(["warning", "open", "open"])));
      await pause(world, random.integer(600));
      if (random.chance(0.5)) await step("dispute goes on", () => bank.dispute(intentId, "open"));
      if (random.chance(0.4)) await operatorRefunds(customer, orderId);
      return;
    case 8:
      await installs(customer, orderId, "installed");
      await pause(world, VISITS_SECONDS);
      return installs(customer, orderId, random.pick(["deleted", "expired", "enabled"]));
  }
}

/** The bank has looked at disputes, and refunds on their way have arrived or come back. */
async function settleBank({ world, random }: Customer, intentId: string): Promise<void> {
  const { bank } = world;
  const comesBack = random.chance(0.15);
  await world.scheduler().step("bank settles", async () => {
    bank.settleRefunds(intentId, ({ state }) => {
      if (state === "pending") return random.chance(0.7) ? "succeeded" : "failed";
      return comesBack && state === "succeeded" ? "failed" : undefined;
    });
    bank.dispute(intentId, random.pick(["won", "lost"]));
  });
}

interface Delivered {
  readonly id: number;
  readonly status: string;
  readonly supplier: string | null;
  readonly supplier_reference: string | null;
}

async function esimOf({ world }: Customer, orderId: number): Promise<Delivered | undefined> {
  const { rows } = await world.query<Delivered>({
    name: "esim_of",
    text: "select id, status, supplier, supplier_reference from esim_profiles where order_id = $1",
    values: [orderId],
  });
  return rows[0];
}

async function installs(customer: Customer, orderId: number, phone: Sold["phone"]): Promise<void> {
  const esim = await esimOf(customer, orderId);
  if (esim === undefined || esim.supplier_reference === null) return;
  const supplier = customer.world.suppliers.find(({ id }) => id === esim.supplier);
  const sold = supplier?.sold.find(
    ({ number }) => `${supplier.id}-esim-${number}` === esim.supplier_reference,
  );
  await customer.world.scheduler().step("phone acts", async () => {
    if (sold !== undefined && !sold.isCancelled) sold.phone = phone;
  });
}

async function topsUp(customer: Customer, orderId: number): Promise<void> {
  const { world, random, name, userId } = customer;
  const esim = await esimOf(customer, orderId);
  const [planId] = world.planIds;
  if (esim === undefined || planId === undefined) return;
  const key = `${name} more`;
  const placed = await ask(customer, "orders more", async (shop) => {
    const command = {
      userId,
      planId,
      esimId: esim.id,
      currency: "USD",
      idempotent: { key, fingerprint: createHash("sha256").update(key).digest() },
      language: null,
      network: "192.0.2.1",
    };
    return (await shop.orderTopUp(command)).order.id;
  });
  if (placed === undefined) return;
  const intentId = await payFor(customer, placed);
  if (intentId === undefined || random.chance(0.6)) return;
  await pause(world, random.integer(300));
  if (random.chance(0.5)) await operatorRefunds(customer, placed);
  else
    await world.scheduler().step("refund at the provider", async () => world.bank.refundByHand(intentId, 1));
}

async function givesBack(customer: Customer, orderId: number): Promise<void> {
  const command = { orderId, userId: customer.userId, idempotent: null, requestId: "simulate" };
  await ask(customer, "gives back", (shop) => shop.payments.refundOwn.refundOwnOrder(command));
}

async function operatorRefunds(customer: Customer, orderId: number, takesLoss?: boolean): Promise<void> {
  const { world, random } = customer;
  const amountMinor = takesLoss === undefined && random.chance(0.25) ? 100 : null;
  const acceptsLoss = takesLoss ?? random.chance(0.4);
  await ask(customer, "is refunded", (shop) =>
    shop.payments.refundOrder({
      orderId,
      amountMinor,
      reason: "simulated",
      acceptsLoss,
      adminId: world.operatorId,
      actor: `user:${world.operatorId}`,
      idempotent: null,
      requestId: "simulate",
    }),
  );
}
