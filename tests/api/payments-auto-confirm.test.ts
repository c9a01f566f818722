import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { makeShopper, type Shopper } from "../support/shop.js";

let app: TestApp;
let shopper: Shopper;
beforeAll(async () => {
  app = await startTestApp({ MOCK_AUTO_CONFIRM: "true" });
  shopper = await makeShopper(app);
});
afterAll(() => app.stop());

it("the mobile client's sequence: create, wait a second, activate", async () => {
  const order = await shopper.order();
  await shopper.create(order.id, "MOCK");
  // The intent's age is the database's; moving it stands for the client's second of waiting.
  await app.database.query("update mock_intents set created_at = created_at - interval '1 second'");
  const { status } = await app.request("POST", "/esims/activate", {
    bearer: shopper.token,
    body: { order_id: order.id },
  });
  expect([200, 202]).toContain(status);
  expect(await violations(app.database)).toEqual({});
});

it("an intent that nobody asks about confirms itself by its job", async () => {
  const order = await shopper.order();
  await shopper.create(order.id, "MOCK");
  await eventually(async () => {
    const { body } = await app.request("GET", `/orders/${order.id}`, { bearer: shopper.token });
    return body.status === "paid";
  });
});
