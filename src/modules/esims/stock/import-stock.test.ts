import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom } from "../../../../tests/support/esims.js";

describe("importing codes into stock", () => {
  let room: EsimRoom;
  let planId: number;
  let sku: string;
  beforeAll(async () => {
    room = await makeEsimRoom({ environment: { ESIM_SUPPLIER: "stock" } });
    planId = await room.addPlan();
    const [plan] = await room.database.query<{ sku: string }>("select sku from plans where id = $1", [
      planId,
    ]);
    sku = plan?.sku ?? "";
  });
  afterAll(() => room.stop());

  const file = (...rows: string[]) =>
    Buffer.from(["sku,activation_code,iccid,confirmation_code", ...rows].join("\r\n"));
  const run = (bytes: Buffer, isDryRun = false) =>
    room.esims.importStock({ bytes, isDryRun, batch: "test", act: { actor: "admin:1", requestId: null } });
  const count = async () =>
    (await room.database.query<{ count: number }>("select count(*) as count from stock_items"))[0]?.count;

  it("a dry run reports the same and changes nothing", async () => {
    const bytes = file(`${sku},LPA:1$smdp.example.com$DRY-1`, `${sku},LPA:1$smdp.example.com$DRY-2`);
    expect(await run(bytes, true)).toMatchObject({ imported: 2, known: 0, refused: [] });
    expect(await count()).toBe(0);
    expect(await run(bytes)).toMatchObject({ imported: 2 });
    expect(await count()).toBe(2);
  });

  it("rows with mistakes are refused with line and column; the code is not repeated in the report", async () => {
    const report = await run(
      file(
        `${sku},LPA:1$smdp.example.com$GOOD-1,8944465400003573253`,
        "no-such-plan,LPA:1$smdp.example.com$GOOD-2",
        `${sku},LPA:1$10.0.0.1$BADHOST`,
        `${sku},LPA:1$smdp.example.com$GOOD-1`,
        `${sku},LPA:1$smdp.example.com$NEEDS$$1`,
        `${sku},LPA:1$smdp.example.com$GOOD-3,abc`,
      ),
    );
    expect(report).toMatchObject({
      imported: 1,
      refused: [
        { line: 3, column: "sku" },
        { line: 4, column: "activation_code", reason: "bad_host" },
        { line: 5, column: "activation_code", reason: "stands in line 2 already" },
        { line: 6, column: "confirmation_code" },
        { line: 7, column: "iccid" },
      ],
    });
    expect(JSON.stringify(report)).not.toContain("GOOD-1");
  });

  it("importing a file again never returns a sold code to stock, whatever the case of the host", async () => {
    const bytes = file(`${sku},LPA:1$smdp.example.com$SOLD-1`);
    await room.database.query("delete from stock_items");
    await run(bytes);
    const order = await room.addOrder({ planId });
    const sold = await room.as(order.userId, "POST", "/esims/activate", { order_id: order.id });
    expect(sold.body.matching_id).toBe("SOLD-1");
    expect(await run(bytes)).toMatchObject({ imported: 0, known: 1 });
    expect(await run(file(`${sku},lpa:1$SMDP.EXAMPLE.COM$SOLD-1`))).toMatchObject({ imported: 0, known: 1 });
    const next = await room.addOrder({ planId });
    expect((await room.as(next.userId, "POST", "/esims/activate", { order_id: next.id })).status).toBe(502);
  });

  it("a code that was shown is never for sale again; one that nobody saw goes back", async () => {
    await room.addStock(planId, 2);
    const unseen = await room.addOrder({ planId });
    await room.esims.provisionEsim(unseen.id);
    expect(await room.esims.takeBackEsim(unseen.id, { acceptLoss: false })).toBe("cancelled");
    const seen = await room.addOrder({ planId });
    const { body } = await room.as(seen.userId, "POST", "/esims/activate", { order_id: seen.id });
    expect(await room.esims.takeBackEsim(seen.id, { acceptLoss: false })).toBe("cannot");
    expect(await room.esims.takeBackEsim(seen.id, { acceptLoss: true })).toBe("cannot");
    const others: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const order = await room.addOrder({ planId });
      const answer = await room.as(order.userId, "POST", "/esims/activate", { order_id: order.id });
      others.push(answer.body.qr_payload ?? "none");
    }
    expect(others).not.toContain(body.qr_payload);
    await expect(
      room.database.query("update stock_items set status = 'available' where revealed_at is not null"),
    ).rejects.toThrow();
  });
});
