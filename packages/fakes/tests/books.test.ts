import { expect, onTestFinished, test } from "vitest";
import { startFakeAiralo } from "../src/airalo/fake-server.js";
import { startFakeEsimAccess } from "../src/esim-access/fake-server.js";
import { startFakeEsimGo } from "../src/esim-go/fake-server.js";
import { startFakeStripe } from "../src/stripe/fake-server.js";

const FAKES = {
  airalo: () => startFakeAiralo({}),
  "esim-access": () => startFakeEsimAccess({}),
  "esim-go": () => startFakeEsimGo({}),
  stripe: async () => {
    const fake = await startFakeStripe({});
    return { ...fake, origin: fake.url };
  },
};

test.each(Object.entries(FAKES))("%s listens on loopback, shows its books and ends", async (_, start) => {
  const fake = await start();
  const books = await fetch(`${fake.origin}/__control/ledger`);
  expect([books.status, new URL(fake.origin).hostname]).toEqual([200, "127.0.0.1"]);
  expect(typeof (await books.json())).toBe("object");
  await fake.stop();
  await expect(fetch(`${fake.origin}/__control/ledger`)).rejects.toThrow();
});

test("what a lost answer has done is in the books of Stripe, and its idempotency key knows it again", async () => {
  const fake = await startFakeStripe({});
  onTestFinished(() => fake.stop());
  const create = () =>
    fetch(`${fake.url}/v1/payment_intents`, {
      method: "POST",
      headers: {
        authorization: "Bearer sk_test_of_a_test",
        "idempotency-key": "once",
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "amount=500&currency=usd&automatic_payment_methods[enabled]=true",
    });
  fake.control.fault({ operation: "create_intent", fault: "drop_after_success" });
  await expect(create()).rejects.toThrow();
  const again = await create();
  expect(again.status).toBe(200);
  expect(fake.control.ledger().intents).toHaveLength(1);
});
