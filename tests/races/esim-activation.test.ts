import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { eventually } from "../support/eventually.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

describe("activations at the same moment", () => {
  const supplier = makeScriptedSupplier();
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({ suppliers: [supplier], poolMax: 12 });
  });
  afterAll(() => room.stop());

  /** As a client does: 202 means that it works on it, 503 that it could not begin; either way ask again. */
  const activated = async (order: PlantedOrder) => {
    for (;;) {
      const answer = await room.as(order.userId, "POST", "/esims/activate", { order_id: order.id });
      if (answer.status !== 202 && answer.status !== 503) return answer;
    }
  };

  it("20 activations of one order are one purchase and one answer", async () => {
    const planId = await room.addPlan([{ supplier: "scripted", packageId: "one" }]);
    for (let round = 0; round < 10; round += 1) {
      const before = supplier.sold.size;
      const order = await room.addOrder({ planId });
      const answers = await Promise.all(Array.from({ length: 20 }, () => activated(order)));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      expect(supplier.sold.size - before).toBe(1);
    }
    const [{ count }] = (await room.database.query(
      "select count(*) as count from provisioning_attempts",
    )) as [{ count: number }];
    expect(count).toBe(10);
  });

  it("two buyers never get one code: 60 buyers of 40 stock codes, 40 different eSIMs and 20 refunds", async () => {
    const planId = await room.addPlan([{ supplier: "stock", packageId: "0" }]);
    await room.database.query("update plan_suppliers set package_id = $1::text where plan_id = $1", [planId]);
    await room.addStock(planId, 40);
    const orders: PlantedOrder[] = [];
    while (orders.length < 60) orders.push(await room.addOrder({ planId }));
    const answers = await Promise.all(orders.map(activated));
    const ready = answers.filter(({ status }) => status === 200);
    expect(ready).toHaveLength(40);
    expect(answers.filter(({ status }) => status === 502)).toHaveLength(20);
    expect(new Set(ready.map(({ body }) => body.qr_payload)).size).toBe(40);
    await room.startWorker();
    await eventually(() => room.refunds.length === 20, { what: "20 refunds" });
    expect(new Set(room.refunds.map(({ orderId }) => orderId)).size).toBe(20);
  });
});
