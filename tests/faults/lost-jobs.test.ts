import { afterAll, beforeAll, expect, it } from "vitest";
import { startQuietApp, startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { ESIM_INVARIANTS, violations } from "../support/invariants.js";
import { metricOf } from "../support/metrics.js";
import { type EsimOwner, makeEsimOwner } from "../support/top-ups.js";

let app: TestApp;
let shopper: EsimOwner;

beforeAll(async () => {
  app = await startQuietApp({}, async (busy) => {
    shopper = await makeEsimOwner(busy);
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

it("late money whose job was lost goes back by the sweep, once", async () => {
  const ordered = await app.request("POST", "/orders", {
    bearer: shopper.token,
    body: { plan_id: shopper.planId, currency: "USD" },
  });
  const { body: payment } = await app.request("POST", "/payments/create", {
    bearer: shopper.token,
    body: { order_id: ordered.body.id, provider: "MOCK" },
  });
  const tell = (status: string) =>
    app.request("POST", "/payments/webhook/mock", { body: { intent_id: payment.intent_id, status } });
  expect((await tell("failed")).body.intent_status).toBe("failed");
  // The provider takes the money all the same.
  expect((await tell("succeeded")).status).toBe(200);
  const [surplus] = await app.database.query(
    "select captured_minor, surplus_reason from payments where order_id = $1",
    [ordered.body.id],
  );
  expect(surplus).toEqual({
    captured_minor: ordered.body.amount_minor_units,
    surplus_reason: "payment_failed",
  });
  await app.database.query("delete from graphile_worker._private_jobs");

  const second = await startTestApp({ DATA_DIR: app.dataDir }, { database: app.database });
  try {
    for (const _ of [1, 2]) {
      await app.database.query("select enqueue_job('carry_on_money', '{}')");
      await eventually(
        async () => {
          const [row] = await app.database.query<{ refunded_minor: number }>(
            "select refunded_minor from payments where order_id = $1",
            [ordered.body.id],
          );
          return row?.refunded_minor === ordered.body.amount_minor_units;
        },
        { what: "The late money is back" },
      );
    }
    const refunds = await app.database.query("select origin, status from refunds where order_id = $1", [
      ordered.body.id,
    ]);
    expect(refunds).toEqual([{ origin: "surplus", status: "succeeded" }]);
  } finally {
    await second.stop();
  }
});

it.each(["eSIM", "top-up"] as const)(
  "the price of what failed (%s) and whose refund's job was lost goes back by the sweep, once",
  async (kind) => {
    const { planId, token } = shopper;
    const { body: order } =
      kind === "top-up"
        ? await app.request("POST", `/esims/${shopper.esimId}/top-ups`, {
            bearer: token,
            body: { plan_id: planId },
          })
        : await app.request("POST", "/orders", {
            bearer: token,
            body: { plan_id: planId, currency: "USD" },
          });
    const { body: payment } = await app.request("POST", "/payments/create", {
      bearer: token,
      body: { order_id: order.id, provider: "MOCK" },
    });
    await app.request("POST", "/payments/webhook/mock", { body: { intent_id: payment.intent_id } });
    const table = kind === "top-up" ? "top_ups" : "esim_profiles";
    const failed = await app.database.query(
      `update ${table} set status = 'failed', failure_reason = 'out_of_stock', ended_at = now() - interval '2 minutes'
       where order_id = $1 returning id`,
      [order.id],
    );
    expect(failed).toHaveLength(1);
    await app.database.query("delete from graphile_worker._private_jobs");

    const second = await startTestApp({ DATA_DIR: app.dataDir }, { database: app.database });
    try {
      for (const _ of [1, 2]) {
        await app.database.query("select enqueue_job($1, '{}')", [
          kind === "top-up" ? "sweep_top_ups" : "sweep_provisioning",
        ]);
        await eventually(
          async () => {
            const [row] = await app.database.query<{ status: string }>(
              "select status from orders where id = $1",
              [order.id],
            );
            return row?.status === "refunded";
          },
          { what: "The money is back" },
        );
      }
      const refunds = await app.database.query("select origin, status from refunds where order_id = $1", [
        order.id,
      ]);
      expect(refunds).toEqual([{ origin: "undeliverable", status: "succeeded" }]);
    } finally {
      await second.stop();
    }
  },
);
