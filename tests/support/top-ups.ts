import type { TestApp } from "./app.js";
import { eventually } from "./eventually.js";
import { makeShopper, type Shopper } from "./shop.js";

/** A customer who has an eSIM, and what a test asks of it. */
export interface EsimOwner extends Shopper {
  readonly esimId: number;
  readonly esimOrderId: number;
  /** POST /esims/:id/top-ups */
  topUp(
    planId: number,
    options?: { key?: string; esimId?: number; currency?: string },
  ): ReturnType<TestApp["request"]>;
  pay(orderId: number): Promise<void>;
  get(path: string): ReturnType<TestApp["request"]>;
  /** Waits until the top-up of this order has the status. */
  reaches(orderId: number, status: string): Promise<void>;
}

export async function makeEsimOwner(app: TestApp, planId?: number): Promise<EsimOwner> {
  const shopper = await makeShopper(app);
  const get = (path: string) => app.request("GET", path, { bearer: shopper.token });
  const pay = async (orderId: number): Promise<void> => {
    const { body } = await shopper.create(orderId, "MOCK");
    const told = await app.request("POST", "/payments/webhook/mock", {
      body: { intent_id: body.intent_id, status: "succeeded" },
    });
    if (told.status !== 200) throw new Error(`webhook: ${told.status} ${told.text}`);
  };
  const ordered = await app.request("POST", "/orders", {
    bearer: shopper.token,
    body: { plan_id: planId ?? shopper.planId, currency: "USD" },
  });
  if (ordered.status !== 200) throw new Error(`orders: ${ordered.status} ${ordered.text}`);
  await pay(ordered.body.id);
  const esimId: number = ordered.body.esim_profile.id;
  await eventually(async () => (await get(`/esims/${esimId}`)).body.status === "ready", {
    what: "eSIM ready",
  });
  return {
    ...shopper,
    esimId,
    esimOrderId: ordered.body.id,
    get,
    pay,
    topUp: (plan, options = {}) =>
      app.request("POST", `/esims/${options.esimId ?? esimId}/top-ups`, {
        bearer: shopper.token,
        body: { plan_id: plan, ...(options.currency === undefined ? {} : { currency: options.currency }) },
        headers: options.key === undefined ? {} : { "idempotency-key": options.key },
      }),
    reaches: async (orderId, status) => {
      await eventually(async () => (await get(`/orders/${orderId}`)).body.top_up.status === status, {
        what: `top-up ${status}`,
      });
    },
  };
}
