import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { mailsTo } from "../support/login.js";
import { makeShopper, type Shopper } from "../support/shop.js";

const EMAIL = "viajera@example.com";

let app: TestApp;
let shopper: Shopper;
beforeAll(async () => {
  app = await startTestApp({ SHOP_NAME: "Corner Shop", SHOP_SUPPORT_EMAIL: "help@shop.example" });
  shopper = await makeShopper(app, EMAIL);
});
afterAll(() => app.stop());

it.each([
  ["es", "Tu recibo del pedido", "Estamos preparando tu eSIM"],
  ["en", "Your receipt for order", "Your eSIM is being prepared"],
])("an order in %s has its receipt in that language, from the shop", async (language, subject, words) => {
  const { body: order } = await app.request("POST", "/orders", {
    bearer: shopper.token,
    headers: { "accept-language": language },
    body: { plan_id: shopper.planId, currency: "USD" },
  });
  const { body: payment } = await shopper.create(order.id, "MOCK");
  await app.request("POST", "/payments/webhook/mock", { body: { intent_id: payment.intent_id } });
  const mail = await eventually(async () =>
    (await mailsTo(app, EMAIL)).find((one) => one.subject === `${subject} ${order.reference}`),
  );
  expect(mail.text).toContain(words);
  expect(mail.text).toContain("-- \nCorner Shop\n");
  expect(mail.text).toContain("help@shop.example");
});
