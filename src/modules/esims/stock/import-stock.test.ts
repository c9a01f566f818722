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

  it("every row is told of: imported, known or refused with its line", async () => {
    await room.database.query("delete from stock_items");
    const bytes = file(
      `${sku},LPA:1$smdp.example.com$COUNT-1,,`,
      ",,,",
      `${sku},LPA:1$smdp.example.com$COUNT-2,,`,
      `${sku};LPA:1$smdp.example.com$COUNT-3;;`,
      "",
    );
    const first = await run(bytes);
    expect(first).toMatchObject({ rows: 3, imported: 2, known: 0, refused: [{ line: 5, column: "" }] });
    expect(await run(bytes)).toMatchObject({ rows: 3, imported: 0, known: 2, refused: [{ line: 5 }] });
  });

  it("a confirmation code with another separator is kept whole, and one that only ends in it is refused", async () => {
    const bytes = file(
      `${sku},LPA:1$smdp.example.com$SEP-1$$1,,12;34-AB`,
      `${sku},LPA:1$smdp.example.com$SEP-2$$1,,1234;`,
      `${sku},LPA:1$smdp.example.com$SEP-3$$1,,"12,34"`,
      `${sku},LPA:1$smdp.example.com$SEP-4$$1,,8.93E+18`,
    );
    expect(await run(bytes)).toMatchObject({
      imported: 2,
      refused: [
        { line: 3, column: "confirmation_code" },
        { line: 5, column: "confirmation_code" },
      ],
    });
    const rows = await room.database.query<{ id: number; sealed: Buffer }>(
      "select id, sealed from stock_items order by id desc limit 2",
    );
    const codes = rows.map(({ id, sealed }) => room.vault.openStock(id, sealed).confirmationCode);
    expect(codes).toEqual(["12,34", "12;34-AB"]);
  });

  it.each(["\r\n", "\n", "\r"])(
    "a header that ends in CRLF and rows that end in %j: no row is part of another",
    async (end) => {
      await room.database.query("delete from stock_items");
      const rows = [1, 2, 3].map((n) => `${sku},LPA:1$smdp.example.com$END-${n},,`);
      const bytes = Buffer.from(`sku,activation_code,iccid,confirmation_code\r\n${rows.join(end)}`);
      expect(await run(bytes)).toMatchObject({ rows: 3, imported: 3, refused: [] });
    },
  );

  it("rows that a quote has joined are refused, not sold as a confirmation code", async () => {
    const bytes = file(
      `${sku},LPA:1$smdp.example.com$QUOTE-1$$1,,"12`,
      `${sku},LPA:1$smdp.example.com$QUOTE-2$$1,,34"`,
      `${sku},LPA:1$smdp.example.com$QUOTE-3,,`,
    );
    const report = await run(bytes);
    expect(report).toMatchObject({ rows: 2, imported: 1, refused: [{ line: 2, column: "" }] });
    expect(JSON.stringify(report)).not.toContain("QUOTE");
  });

  it("no code is in the report when cells changed places or the encoding is wrong", async () => {
    const bytes = file(
      `LPA:1$smdp.example.com$PLACE-1,LPA:1$smdp.example.com$PLACE-1,,`,
      `${sku},LPA:1$smdp.example.com$PLACE-Ã±,,`,
    );
    const report = await run(bytes);
    expect(report).toMatchObject({
      refused: [
        { line: 2, column: "sku" },
        { line: 3, column: "activation_code" },
      ],
    });
    expect(JSON.stringify(report)).not.toContain("PLACE");
  });

  describe("an ICCID is of one eSIM", () => {
    const code = (n: number | string, iccid: string) => `${sku},LPA:1$smdp.example.com$ICCID-${n},${iccid},`;

    it("twice in a file, with or without its padding, the second row is refused", async () => {
      const rows = [
        code(1, "8944465400003573253"),
        code(2, "8944465400003573253F"),
        code(3, "8944465400003573253"),
      ];
      expect(await run(file(...rows))).toMatchObject({
        imported: 1,
        refused: [
          { line: 3, column: "iccid", reason: "stands in line 2 already" },
          { line: 4, column: "iccid" },
        ],
      });
    });

    it("that a later file brings with another code is refused; with its own code it is known", async () => {
      const own = code(1, "8944465400003573253");
      expect(await run(file(own))).toMatchObject({ imported: 0, known: 1, refused: [] });
      const others = [code(4, "8944465400003573253"), code(5, "8944465400003573261")];
      expect(await run(file(...others))).toMatchObject({
        imported: 1,
        known: 0,
        refused: [{ line: 2, column: "iccid", reason: expect.stringContaining("in stock") }],
      });
    });

    it("that 8 files bring at the same moment with 8 codes is taken once", async () => {
      const reports = await Promise.all(
        Array.from({ length: 8 }, (_, n) => run(file(code(`RACE-${n}`, "8944465400003573279")))),
      );
      expect(reports.map((report) => "imported" in report && report.imported).sort()).toEqual([
        0, 0, 0, 0, 0, 0, 0, 1,
      ]);
      expect(reports.flatMap((report) => ("refused" in report ? report.refused : []))).toHaveLength(7);
    });

    it("of a sold code is refused while its eSIM lives, and taken once that has ended", async () => {
      await room.database.query("delete from stock_items");
      const iccid = "8944465400003573287";
      expect(await run(file(code("SOLD", iccid)))).toMatchObject({ imported: 1 });
      const order = await room.addOrder({ planId });
      await room.esims.provisionEsim(order.id);
      const [item] = await room.database.query("select status, revealed_at from stock_items");
      expect(item).toEqual({ status: "assigned", revealed_at: null });
      expect(await run(file(code("NEW", iccid)))).toMatchObject({
        imported: 0,
        refused: [{ line: 2, column: "iccid" }],
      });
      expect((await room.as(order.userId, "POST", "/esims/activate", { order_id: order.id })).status).toBe(
        200,
      );
      expect(await run(file(code("NEW", iccid)))).toMatchObject({
        imported: 0,
        refused: [{ line: 2, column: "iccid" }],
      });
      await room.database.query("update esim_profiles set status = 'active' where order_id = $1", [order.id]);
      expect(await run(file(code("NEW", iccid)))).toMatchObject({
        imported: 0,
        refused: [{ line: 2, column: "iccid" }],
      });
      await room.database.query("update esim_profiles set status = 'cancelled' where order_id = $1", [
        order.id,
      ]);
      expect(await run(file(code("NEW", iccid)))).toMatchObject({ imported: 1, refused: [] });
    });

    it.each(["8.94E+18", '"8,94447E+18"', "8944465400003570000", "894446540000357000"])(
      "that a spreadsheet has rounded is refused: %s",
      async (iccid) => {
        expect(await run(file(code("ROUND", iccid)))).toMatchObject({
          imported: 0,
          refused: [
            { line: 2, column: "iccid", reason: expect.stringContaining("rounded by a spreadsheet") },
          ],
        });
      },
    );
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
