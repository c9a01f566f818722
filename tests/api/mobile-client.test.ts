import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { makeMobileClient, READ_FIELDS } from "../support/client.js";
import { mailedCode } from "../support/login.js";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ MOCK_AUTO_CONFIRM: "true" });
  await seedCatalog(app.database);
});
afterAll(() => app.stop());

it("the existing mobile client signs in, buys and sees its eSIM, unchanged", async () => {
  const email = "mobile@example.com";
  const client = makeMobileClient(`${app.url}/api`);

  const asked = await client.call("POST", "/auth/request-code", `{"email":"${email}"}`);
  expect(asked.body).toMatchObject({ message: "code_sent" });
  const code = await mailedCode(app, email);
  const verified = await client.call("POST", "/auth/verify", `{"email":"${email}","code":"${code}"}`);
  expect(verified.status).toBe(200);
  expect(verified.body).toMatchObject(READ_FIELDS.verify);
  client.state.token = verified.body.token;
  expect((await client.call("GET", "/auth/me")).body).toMatchObject({ ...READ_FIELDS.me, email });

  const countries = await client.call("GET", "/countries");
  for (const country of countries.body) expect(country).toEqual(READ_FIELDS.country);
  const plans = await client.call("GET", "/plans?country=ES");
  expect(plans.body.length).toBeGreaterThan(0);
  for (const plan of plans.body) expect(plan).toMatchObject(READ_FIELDS.plan);
  const plan = plans.body.find(({ country }: { country: unknown }) => country !== null);

  const order = await client.call("POST", "/orders", `{"plan_id":${plan.id},"currency":"USD"}`);
  expect(order.status).toBe(200);
  expect(order.body).toMatchObject({
    ...READ_FIELDS.order,
    amount_minor_units: plan.price.amount_minor_units,
    amount_major: plan.price.amount_major,
    plan_snapshot: { ...READ_FIELDS.order.plan_snapshot, name: plan.name, data_gb: plan.data_gb },
  });
  const payment = await client.call(
    "POST",
    "/payments/create",
    `{"order_id":${order.body.id},"provider":"MOCK"}`,
  );
  expect([payment.status, payment.body]).toEqual([
    200,
    {
      intent_id: expect.any(String),
      status: "requires_action",
      provider: "MOCK",
      amount_minor_units: order.body.amount_minor_units,
      currency: "USD",
    },
  ]);
  // The client's own wait, as it is shipped.
  await wait(1_000);
  const esim = await client.call("POST", "/esims/activate", `{"order_id":${order.body.id}}`);
  expect(esim.status, esim.text).toBe(200);
  expect(esim.body).toMatchObject({ ...READ_FIELDS.esim, order_id: order.body.id });

  const orders = await client.call("GET", "/orders/mine");
  expect(orders.body).toMatchObject([{ id: order.body.id, status: "paid" }]);
  const esims = await client.call("GET", "/esims/mine");
  expect(esims.body).toMatchObject([
    { ...READ_FIELDS.esim, id: esim.body.id, order_id: orders.body[0].id, iccid: esim.body.iccid },
  ]);
  expect(esims.body[0].activation_code).toBe(esim.body.activation_code);
});
