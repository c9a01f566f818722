import { createHash } from "node:crypto";
import { readEmailAddress } from "../../src/kernel/email-address.js";
import { AppError } from "../../src/kernel/errors.js";
import { makeRandom, type Random } from "../simulation/random.js";
import { playAfterwards } from "./afterwards.js";
import type { ShopProcess } from "./shop-process.js";
import { virtualMicros } from "./virtual-time.js";
import type { World } from "./world.js";

export interface Customer {
  readonly world: World;
  readonly random: Random;
  readonly name: string;
  readonly userId: number;
}

/** Of the payers, who choose among what is offered. */
const ADYEN_SHARE = 0.28;
const TRIES = 6;
const SECOND = 1_000_000;

/** A request that is sent again until some process answers; a refusal is an answer, and there is none then. */
export async function ask<Value>(
  { world, name }: Pick<Customer, "world" | "name">,
  what: string,
  work: (shop: ShopProcess) => Promise<Value>,
): Promise<Value | undefined> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const request = `${name} ${what} ${attempt}`;
    const { number, shop } = world.processOf(request);
    try {
      return await world.scheduler().start(request, number, () => work(shop));
    } catch (error) {
      if (error instanceof AppError && !AGAIN.has(error.code)) return undefined;
      if (attempt > 2) await pause(world, 20 * attempt);
    }
  }
  return undefined;
}
const AGAIN: ReadonlySet<string> = new Set(["provider_unavailable", "internal_error"]);

export const pause = (world: World, seconds: number): Promise<void> =>
  world.scheduler().sleep(virtualMicros() + Math.ceil(seconds) * SECOND);

/** One in four impatient fingers sends it twice at once. */
async function twice<Value>(
  random: Random,
  work: () => Promise<Value | undefined>,
): Promise<Value | undefined> {
  const times = random.chance(0.25) ? 2 : 1;
  const answers = await Promise.all(Array.from({ length: times }, work));
  return answers.find((answer) => answer !== undefined);
}

/** From the click to the payment, and what the traveller, the bank and the shop's operators then do. */
export async function playCustomer(world: World, number: number): Promise<void> {
  const name = `c${number}`;
  const random = makeRandom(Math.floor(world.choices().of("customer", number) * 2 ** 32));
  await pause(world, random.integer(60));
  const userId = await arrive(world, random, name);
  if (userId === undefined) return;
  const customer: Customer = { world, random, name, userId };
  const planId = random.pick(world.planIds);
  const order = {
    userId,
    planId,
    currency: "USD",
    idempotent: { key: name, fingerprint: createHash("sha256").update(name).digest() },
    language: null,
    network: "192.0.2.1",
  };
  const orderId = await twice(random, () =>
    ask(customer, "orders", async (shop) => (await shop.orders.placeOrder(order)).order.id),
  );
  if (orderId === undefined) return;
  const intentId = await payFor(customer, orderId);
  if (intentId !== undefined) await playAfterwards(customer, orderId, intentId);
}

/** Creates the payment, and acts as the payer. */
export async function payFor(customer: Customer, orderId: number): Promise<string | undefined> {
  const { world, random, userId } = customer;
  const provider = world.choices().of("pays by", customer.name, orderId) < ADYEN_SHARE ? "ADYEN" : "STRIPE";
  const intentId = await twice(random, () =>
    ask(customer, `pays ${orderId}`, async (shop) => {
      const { intent } = await shop.payments.createPayment({ orderId, userId, provider, language: null });
      return intent.page?.pageId ?? intent.intentId;
    }),
  );
  if (intentId === undefined || random.chance(0.06)) return intentId;
  const act = (what: "pays" | "is_declined" | "starts"): Promise<void> =>
    world.scheduler().step("payer acts", async () => world.bank.act(intentId, what));
  if (random.chance(0.12)) await act("is_declined");
  if (random.chance(0.06)) await pause(world, random.integer(4_000));
  if (random.chance(0.05)) {
    await act("starts");
    await pause(world, random.integer(7_200));
  }
  await act(random.chance(0.95) ? "pays" : "is_declined");
  return intentId;
}

/** Some sign in with a code from their mailbox; the others have done so long ago. */
async function arrive(world: World, random: Random, name: string): Promise<number | undefined> {
  const address = `${name}@example.com`;
  if (random.chance(0.85)) {
    const { rows } = await world.query<{ id: number }>({
      name: "person",
      text: "insert into users (email) values ($1) returning id",
      values: [address],
    });
    return rows[0]?.id;
  }
  const email = readEmailAddress(address);
  if (email === undefined) return undefined;
  const who = { email, network: `2001:db8:${name}::/64`, deviceToken: undefined };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const asked = await ask({ world, name }, "asks for a code", (shop) =>
      shop.login.requestCode({ ...who, language: null }),
    );
    if (asked?.kind !== "sent") {
      await pause(world, 70);
      continue;
    }
    const code = await waitForCode(world, address);
    if (code === undefined) continue;
    const verified = await ask({ world, name }, "signs in", (shop) =>
      shop.login.verifyCode({
        ...who,
        code: random.chance(0.1) ? "000000" : code,
        challengeOfBody: asked.challenge,
        challengeOfCookie: undefined,
        sessionKind: "bearer",
        userAgent: undefined,
      }),
    );
    if (verified?.kind !== "accepted") continue;
    const { session } = verified;
    if (random.chance(0.3))
      await ask({ world, name }, "refreshes", (shop) => shop.login.refreshSession(session.refreshToken));
    return session.user.id;
  }
  return undefined;
}

async function waitForCode(world: World, address: string): Promise<string | undefined> {
  for (let look = 0; look < 5; look += 1) {
    const code = world.mail.codeOf(address);
    if (code !== undefined) return code;
    await pause(world, 30 * 2 ** look);
  }
  return undefined;
}
