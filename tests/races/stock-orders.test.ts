import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";

describe("orders that hold stock", () => {
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({ environment: { ESIM_SUPPLIER: "stock" }, poolMax: 20 });
  });
  afterAll(() => room.stop());

  const stockOf = async (planId: number) =>
    Object.fromEntries(
      (
        await room.database.query<{ status: string; count: number }>(
          "select status, count(*) as count from stock_items where plan_id = $1 group by status",
          [planId],
        )
      ).map(({ status, count }) => [status, count]),
    );

  it("100 buyers of 60 codes: 60 orders that hold one and 40 clear refusals", async () => {
    const planId = await room.addPlan();
    await room.addStock(planId, 60);
    const buyers: number[] = [];
    for (let number = 0; number < 100; number += 1) buyers.push(await room.addUser());
    const answers = await Promise.all(buyers.map((userId) => room.placeOrder(userId, planId)));
    expect(answers.filter((answer) => "id" in answer)).toHaveLength(60);
    expect(answers.filter((answer) => "code" in answer)).toEqual(Array(40).fill({ code: "out_of_stock" }));
    expect(await stockOf(planId)).toEqual({ held: 60 });
  });

  it("an order that is not paid in time gives its code back in the statement that fails it", async () => {
    const planId = await room.addPlan();
    await room.addStock(planId, 1);
    const first = await room.placeOrder(await room.addUser(), planId);
    expect(await room.placeOrder(await room.addUser(), planId)).toEqual({ code: "out_of_stock" });
    await room.database.query("update orders set status = 'failed' where id = $1", [
      "id" in first ? first.id : 0,
    ]);
    expect(await stockOf(planId)).toEqual({ available: 1 });
    expect(await room.placeOrder(await room.addUser(), planId)).toHaveProperty("id");
  });

  it("20 orders of one user at once hold five codes", async () => {
    const planId = await room.addPlan();
    await room.addStock(planId, 20);
    const userId = await room.addUser();
    const answers = await Promise.all(Array.from({ length: 20 }, () => room.placeOrder(userId, planId)));
    expect(answers.filter((answer) => "id" in answer)).toHaveLength(5);
    expect(await stockOf(planId)).toEqual({ held: 5, available: 15 });
  });

  it("a paid order gets the very code that it held, and another plan's codes are never touched", async () => {
    const planId = await room.addPlan();
    const other = await room.addPlan();
    await room.addStock(planId, 1);
    await room.addStock(other, 5);
    const userId = await room.addUser();
    const placed = await room.placeOrder(userId, planId);
    const id = "id" in placed ? placed.id : 0;
    await room.database.query("update orders set status = 'paid', paid_at = now() where id = $1", [id]);
    const { status, body } = await room.as(userId, "POST", "/esims/activate", { order_id: id });
    expect([status, body.smdp_address]).toEqual([200, "smdp.stock.example"]);
    expect(await stockOf(planId)).toEqual({ assigned: 1 });
    expect(await stockOf(other)).toEqual({ available: 5 });
  });
});
