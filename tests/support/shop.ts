import { randomBytes } from "node:crypto";
import type { Answer, TestApp } from "./app.js";
import { seedCatalog } from "./catalog.js";
import { logIn } from "./login.js";

/** A signed-in customer with a shop around them: what most tests of money begin with. */
export interface Shopper {
  readonly token: string;
  readonly userId: number;
  readonly planId: number;
  order(currency?: string): Promise<{ id: number; amount_minor_units: number; currency: string }>;
  create(orderId: number, provider?: string): Promise<Answer>;
}

export async function makeShopper(app: TestApp, email?: string): Promise<Shopper> {
  const { planId } = await seedCatalog(app.database);
  const { token, userId } = await logIn(
    app,
    email ?? `shopper-${randomBytes(4).toString("hex")}@example.com`,
  );
  return {
    token,
    userId,
    planId,
    order: async (currency = "USD") => {
      const answer = await app.request("POST", "/orders", {
        bearer: token,
        body: { plan_id: planId, currency },
      });
      if (answer.status !== 200) throw new Error(`orders: ${answer.status} ${answer.text}`);
      return answer.body;
    },
    create: (orderId, provider) =>
      app.request("POST", "/payments/create", {
        bearer: token,
        body: provider === undefined ? { order_id: orderId } : { order_id: orderId, provider },
      }),
  };
}
