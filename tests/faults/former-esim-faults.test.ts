import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readActivationCode } from "../../src/providers/esim/formats/activation-code.js";
import { decodedPng } from "../support/decode-qr.js";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";

/** What went wrong with eSIMs in the earlier backend; each fault by its name. */
describe("the three faults of the earlier backend", () => {
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({ environment: { ESIM_SUPPLIER: "stock" }, poolMax: 12 });
  });
  afterAll(() => room.stop());

  it("eight simultaneous activations use up one eSIM, not eight", async () => {
    const planId = await room.addPlan();
    await room.addStock(planId, 8);
    const order = await room.addOrder({ planId });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        room.as(order.userId, "POST", "/esims/activate", { order_id: order.id }),
      ),
    );
    expect(new Set(answers.map(({ body }) => body.qr_payload)).size).toBe(1);
    const [left] = await room.database.query<{ count: number }>(
      "select count(*) as count from stock_items where plan_id = $1 and status = 'available'",
      [planId],
    );
    expect(left?.count).toBe(7);
  });

  it("a re-imported stock file does not sell one eSIM to two people", async () => {
    const planId = await room.addPlan();
    const [plan] = await room.database.query<{ sku: string }>("select sku from plans where id = $1", [
      planId,
    ]);
    const bytes = Buffer.from(`sku,activation_code\n${plan?.sku},LPA:1$smdp.stock.example$ONCE-ONLY\n`);
    const importFile = () =>
      room.esims.importStock({
        bytes,
        isDryRun: false,
        batch: "b",
        act: { actor: "admin:1", requestId: null },
      });
    await importFile();
    const first = await room.addOrder({ planId });
    const sold = await room.as(first.userId, "POST", "/esims/activate", { order_id: first.id });
    expect(sold.body.matching_id).toBe("ONCE-ONLY");
    await importFile();
    const second = await room.addOrder({ planId });
    const refused = await room.as(second.userId, "POST", "/esims/activate", { order_id: second.id });
    expect([refused.status, refused.body.detail]).toEqual([502, "Unable to provision eSIM"]);
  });

  it("the QR code is a complete activation code that a phone can install", async () => {
    const planId = await room.addPlan([{ supplier: "local", packageId: "1" }]);
    const order = await room.addOrder({ planId });
    await room.as(order.userId, "POST", "/esims/activate", { order_id: order.id });
    const png = await room.as(order.userId, "GET", `/esims/${order.profileId}/qr.png`);
    const reading = readActivationCode(decodedPng(png.raw) ?? "", "strict");
    expect(reading).toMatchObject({ valid: true, warnings: [] });
    expect(reading.valid && reading.code.smdpAddress).toBe("smdp.tribi.example");
    expect(reading.valid && reading.code.matchingId).not.toBe("");
  });
});
