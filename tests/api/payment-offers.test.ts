import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AdyenShop, startAdyenShop } from "../support/adyen-shop.js";

let shop: AdyenShop;
beforeAll(async () => {
  shop = await startAdyenShop({ PAYMENT_OFFERS: "MOCK,ADYEN:EUR,ADYEN:USD,ADYEN:CHF@CH" });
});
afterAll(() => shop.stop());

const withPrice = async (currency: string): Promise<void> => {
  await shop.app.database.query(
    "insert into plan_prices (plan_id, currency, amount_minor) values ($1, $2, 1000) on conflict do nothing",
    [shop.shopper.planId, currency],
  );
};

describe("where several providers are offered", () => {
  it("the payer chooses, and the first that fits is taken without a choice", async () => {
    const [one, other] = [await shop.shopper.order(), await shop.shopper.order()];
    expect((await shop.shopper.create(one.id)).body.provider).toBe("MOCK");
    expect((await shop.shopper.create(other.id, "adyen")).body.provider).toBe("ADYEN");
  });

  it("a payment that was begun stays where it is: without a choice it is given again, another one is 409", async () => {
    const order = await shop.shopper.order();
    const begun = await shop.shopper.create(order.id, "ADYEN");
    expect((await shop.shopper.create(order.id)).body).toEqual(begun.body);
    expect((await shop.shopper.create(order.id, "MOCK")).body).toMatchObject({
      status: 409,
      code: "payment_in_progress",
    });
  });

  it("400: a provider that is not offered for the order's currency", async () => {
    await withPrice("JPY");
    const order = await shop.shopper.order("JPY");
    expect((await shop.shopper.create(order.id, "ADYEN")).body).toMatchObject({
      status: 400,
      code: "unsupported_provider",
      detail: "Orders in JPY are paid by MOCK. Choose one of them.",
    });
    expect((await shop.shopper.create(order.id, "PAYPAL")).status).toBe(400);
    expect((await shop.shopper.create(order.id)).body.provider).toBe("MOCK");
  });

  it("400: a provider that is not offered for the country that the plan is for", async () => {
    const query = shop.app.database.query;
    const [plan] = await query<{ id: number }>(
      `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
       select 'offered-there', 'There', 1, 7, (select id from countries where iso2 = 'CH'), min(id) from carriers returning id`,
    );
    await query(
      `insert into plan_prices (plan_id, currency, amount_minor) values ($1, 'CHF', 900), ($2, 'CHF', 900)
       on conflict do nothing`,
      [plan?.id, shop.shopper.planId],
    );
    const { token: bearer } = shop.shopper;
    const order = async (planId: number | undefined) =>
      (await shop.app.request("POST", "/orders", { bearer, body: { plan_id: planId, currency: "CHF" } }))
        .body;
    const there = await order(plan?.id);
    expect(there.plan_snapshot.country_iso2).toBe("CH");
    expect((await shop.shopper.create(there.id, "ADYEN")).body.provider).toBe("ADYEN");
    const elsewhere = await order(shop.shopper.planId);
    expect(elsewhere.plan_snapshot.country_iso2).not.toBe("CH");
    expect((await shop.shopper.create(elsewhere.id, "ADYEN")).body).toMatchObject({
      status: 400,
      code: "unsupported_provider",
      detail: "Orders in CHF are paid by MOCK. Choose one of them.",
    });
  });

  it("404: another person's order is nothing, whatever is offered", async () => {
    expect((await shop.shopper.create(999_999_999, "ADYEN")).status).toBe(404);
  });
});
