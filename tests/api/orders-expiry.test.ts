import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { eventually } from "../support/eventually.js";
import { logIn } from "../support/login.js";

let app: TestApp;
let planId: number;
let token: string;

beforeAll(async () => {
  app = await startTestApp();
  ({ planId } = await seedCatalog(app.database));
  ({ token } = await logIn(app, "late@example.com"));
});
afterAll(() => app.stop());

const order = async (): Promise<number> =>
  (await app.request("POST", "/orders", { body: { plan_id: planId }, bearer: token })).body.id;
const pay = (orderId: number) =>
  app.request("POST", "/payments/create", { body: { order_id: orderId, provider: "mock" }, bearer: token });
const statusOf = async (orderId: number): Promise<string> =>
  (await app.request("GET", `/orders/${orderId}`, { bearer: token })).body.status;

/** The time to pay of these orders is over, and the sweep runs. */
async function expire(...orderIds: number[]): Promise<void> {
  await app.database.query(
    "update orders set created_at = created_at - interval '2 hours', expires_at = now() - interval '1 second' where id = any($1)",
    [orderIds],
  );
  await app.database.query(
    "select enqueue_job('expire_unpaid_orders', '{}'), pg_notify('jobs:insert', '{\"r\":1,\"count\":1}')",
  );
}

describe("an order that is not paid in time", () => {
  it("fails, and its eSIM with it", async () => {
    const id = await order();
    await expire(id);
    await eventually(async () => (await statusOf(id)) === "failed");
    const { body } = await app.request("GET", `/orders/${id}`, { bearer: token });
    expect(body.esim_profile.status).toBe("failed");
    const paid = await pay(id);
    expect([paid.status, paid.body.code]).toEqual([409, "order_not_payable"]);
  });

  it("is cancelled at the provider first, so that nobody can pay for nothing", async () => {
    const id = await order();
    const { body } = await pay(id);
    await expire(id);
    await eventually(async () => (await statusOf(id)) === "failed");
    const [intent] = await app.database.query("select state from mock_intents where intent_id = $1", [
      body.intent_id,
    ]);
    expect(intent).toEqual({ state: "canceled" });
    const [payment] = await app.database.query("select status from payments where order_id = $1", [id]);
    expect(payment).toEqual({ status: "failed" });
  });

  it("is paid after all when the payer was faster than the sweep", async () => {
    const id = await order();
    const { body } = await pay(id);
    // The provider has the money and its webhook never came.
    await app.database.query("update mock_intents set state = 'succeeded' where intent_id = $1", [
      body.intent_id,
    ]);
    await expire(id);
    await eventually(async () => (await statusOf(id)) === "paid");
  });

  it("does not hold up those behind it", async () => {
    const ids = [await order(), await order(), await order()];
    await expire(...ids);
    for (const id of ids) await eventually(async () => (await statusOf(id)) === "failed");
  });
});
