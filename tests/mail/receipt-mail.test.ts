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
  [
    "es",
    "Tu recibo del pedido",
    "Estamos preparando tu eSIM",
    /: +España 5 GB, 30 días\n/,
    /: +Europa 5 GB, 30 días\n/,
  ],
  [
    "en",
    "Your receipt for order",
    "Your eSIM is being prepared",
    /: +[^\n]*Spain[^\n]*\n/,
    /: +Around, Europe\n/,
  ],
])(
  "an order in %s has its receipt in that language, from the shop",
  async (language, subject, words, country, region) => {
    const receiptOf = (planId: number) => buy(planId, language, subject);
    const mail = await receiptOf(shopper.planId);
    expect(mail.text).toContain(words);
    expect(mail.text).toContain("-- \nCorner Shop\n");
    expect(mail.text).toContain("help@shop.example");
    expect(mail.text).toMatch(country);
    expect((await receiptOf(await regional())).text).toMatch(region);
  },
);

/** A plan of a region in the place of the seeded one. */
async function regional(): Promise<number> {
  const [plan] = await app.database.query<{ id: number }>(
    `with made as (
       insert into plans (sku, name, data_gb, duration_days, region, carrier_id)
       select gen_random_uuid()::text, 'Around', 5, 30, 'Europe', carrier_id from plans where id = $1 returning id
     ), priced as (
       insert into plan_prices (plan_id, currency, amount_minor) select id, 'USD', 900 from made
     )
     insert into plan_countries (plan_id, country_id) select made.id, p.country_id from made, plans p where p.id = $1
     returning plan_id as id`,
    [shopper.planId],
  );
  return plan?.id ?? 0;
}

async function buy(planId: number, language: string, subject: string) {
  const { body: order } = await app.request("POST", "/orders", {
    bearer: shopper.token,
    headers: { "accept-language": language },
    body: { plan_id: planId, currency: "USD" },
  });
  const { body: payment } = await shopper.create(order.id, "MOCK");
  await app.request("POST", "/payments/webhook/mock", { body: { intent_id: payment.intent_id } });
  return eventually(async () =>
    (await mailsTo(app, EMAIL)).find((one) => one.subject === `${subject} ${order.reference}`),
  );
}
