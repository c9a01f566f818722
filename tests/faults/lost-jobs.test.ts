import { afterAll, beforeAll, expect, it } from "vitest";
import { startQuietApp, startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { ESIM_INVARIANTS, violations } from "../support/invariants.js";
import { metricOf } from "../support/metrics.js";
import { makeShopper, type Shopper } from "../support/shop.js";

let app: TestApp;
let shopper: Shopper;

beforeAll(async () => {
  app = await startQuietApp({}, async (busy) => {
    shopper = await makeShopper(busy);
  });
});
afterAll(() => app.stop());

const overdue = (): Promise<number> => metricOf(app, "deliveries_overdue");

it("a paid order whose job was lost is found by the sweep, by the time that the payment wrote", async () => {
  const ordered = await app.request("POST", "/orders", {
    bearer: shopper.token,
    body: { plan_id: shopper.planId, currency: "USD" },
  });
  const { body: payment } = await app.request("POST", "/payments/create", {
    bearer: shopper.token,
    body: { order_id: ordered.body.id, provider: "MOCK" },
  });
  const told = await app.request("POST", "/payments/webhook/mock", {
    body: { intent_id: payment.intent_id, status: "succeeded" },
  });
  expect(told.status).toBe(200);
  expect(await violations(app.database, ESIM_INVARIANTS)).toEqual({});
  await app.database.query("delete from graphile_worker._private_jobs");
  expect(await overdue()).toBe(0);
  await app.database.query("update esim_profiles set due_at = due_at - interval '16 minutes'");
  expect(await overdue()).toBe(1);

  const second = await startTestApp({ DATA_DIR: app.dataDir }, { database: app.database });
  try {
    await app.database.query("select enqueue_job('sweep_provisioning', '{}')");
    await eventually(
      async () => {
        const esim = await second.request("GET", `/esims/${ordered.body.esim_profile.id}`, {
          bearer: shopper.token,
        });
        return esim.body.status === "ready";
      },
      { what: "The eSIM" },
    );
    expect(await overdue()).toBe(0);
  } finally {
    await second.stop();
  }
});
