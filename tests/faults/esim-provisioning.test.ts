import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { eventually } from "../support/eventually.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

describe("buying at a supplier that fails in every way", () => {
  const first = makeScriptedSupplier("first");
  const second = makeScriptedSupplier("second");
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    room = await makeEsimRoom({ suppliers: [first, second] });
    await room.startWorker();
  });
  beforeEach(async () => {
    for (const supplier of [first, second]) {
      Object.assign(supplier, { script: ["sell"], isReady: true, cancelResult: "refunded", iccid: null });
      supplier.calls.length = 0;
      supplier.sold.clear();
      supplier.cancelled.length = 0;
    }
    planId = await room.addPlan([
      { supplier: "first", packageId: "p", costMinor: 300 },
      { supplier: "second", packageId: "p", costMinor: 400 },
    ]);
    await room.database.query("update plan_suppliers set paused_at = null, paused_reason = null");
  });
  afterAll(() => room.stop());

  const paid = async (): Promise<PlantedOrder> => {
    const order = await room.addOrder({ planId });
    await room.database.query(
      "select enqueue_job('provision_esim', json_build_object('order_id', $1::bigint), 'provision:' || $1)",
      [order.id],
    );
    return order;
  };
  const profile = async (order: PlantedOrder) => {
    const [row] = await room.database.query<Record<string, string | null>>(
      "select * from esim_profiles where id = $1",
      [order.profileId],
    );
    return row!;
  };
  const attempts = (order: PlantedOrder) =>
    room.database.query<Record<string, string | null>>(
      "select * from provisioning_attempts where profile_id = $1 order by number",
      [order.profileId],
    );
  const reaches = (order: PlantedOrder, status: string) =>
    eventually(async () => ((await profile(order)).status === status ? true : undefined), {
      what: `eSIM ${status}`,
    });

  it("the cheapest supplier is asked, and its data reach the customer as they came", async () => {
    const order = await paid();
    await reaches(order, "ready");
    expect(first.calls).toEqual([`${order.reference}-1`]);
    expect(second.calls).toEqual([]);
    const { body } = await room.as(order.userId, "GET", `/esims/${order.profileId}`);
    expect(body.qr_payload).toBe(first.sold.get(`${order.reference}-1`)?.esims[0]?.qrPayload);
  });

  it("a sale whose answer is lost is found by our reference, never bought again", async () => {
    first.script = ["sell_and_drop"];
    const order = await paid();
    await reaches(order, "ready");
    expect(first.calls).toHaveLength(1);
    expect(second.calls).toEqual([]);
    expect((await attempts(order)).map((one) => one.status)).toEqual(["delivered"]);
  });

  it("a request that never arrived is bought again only after the supplier said so", async () => {
    first.script = ["drop", "sell"];
    const order = await paid();
    await reaches(order, "ready");
    expect(first.calls).toEqual([`${order.reference}-1`, `${order.reference}-2`]);
    expect((await attempts(order)).map((one) => [one.status, one.reason])).toEqual([
      ["refused", "never_arrived"],
      ["delivered", null],
    ]);
  });

  it("a request that arrives after its time-out is found, whatever the supplier says meanwhile", async () => {
    first.script = ["drop", { refuse: "retryable" }];
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    expect((await attempts(order)).map((one) => one.status)).toEqual(["unknown"]);
    // The lost request arrives now, before anybody has looked.
    first.script = ["sell"];
    await first.order({ reference: `${order.reference}-1`, packageId: "p", expectedCost: null });
    await reaches(order, "ready");
    expect(first.calls).toEqual([`${order.reference}-1`, `${order.reference}-1`]);
    expect(first.sold.size).toBe(1);
  });

  it("only a definite no leads to the next supplier, and the package is not sold from there again", async () => {
    first.script = [{ refuse: "out_of_stock" }];
    const order = await paid();
    await reaches(order, "ready");
    expect(second.calls).toEqual([`${order.reference}-2`]);
    const [row] = await room.database.query<{ paused_reason: string }>(
      "select paused_reason from plan_suppliers where plan_id = $1 and supplier = 'first'",
      [planId],
    );
    expect(row?.paused_reason).toBe("out_of_stock");
  });

  it("an order that the supplier works on stays pending and becomes ready", async () => {
    Object.assign(first, { script: ["accept"], isReady: false });
    const order = await paid();
    await eventually(async () => (await attempts(order))[0]?.status === "accepted");
    const answer = await room.as(order.userId, "POST", "/esims/activate", { order_id: order.id });
    expect([answer.status, answer.body.status, answer.body.qr_payload]).toEqual([202, "pending", null]);
    first.isReady = true;
    await reaches(order, "ready");
    expect(first.calls).toHaveLength(1);
  });

  it("refused by everybody, the eSIM fails, the refund is asked for once, and activation answers 502", async () => {
    first.script = [{ refuse: "terminal" }];
    second.script = [{ refuse: "bad_package" }];
    const order = await paid();
    await reaches(order, "failed");
    await eventually(() => room.refunds.some(({ orderId }) => orderId === order.id));
    const answer = await room.as(order.userId, "POST", "/esims/activate", { order_id: order.id });
    expect([answer.status, answer.body.detail, answer.body.code]).toEqual([
      502,
      "Unable to provision eSIM",
      "provisioning_failed",
    ]);
    expect(room.refunds.filter(({ orderId }) => orderId === order.id)).toHaveLength(1);
  });

  it("without funds anywhere the order waits for the operator", async () => {
    for (const supplier of [first, second]) supplier.script = [{ refuse: "no_funds" }];
    const order = await paid();
    const row = await eventually(async () => {
      const now = await profile(order);
      return now.parked_at === null ? undefined : now;
    });
    expect([row.status, row.parked_reason]).toEqual(["pending", "no_funds"]);
    expect(room.refunds.some(({ orderId }) => orderId === order.id)).toBe(false);
  });

  it("429 is waited for at the same supplier", async () => {
    first.script = [{ refuse: "retryable" }, { refuse: "retryable" }, "sell"];
    const order = await paid();
    await reaches(order, "ready");
    expect(first.calls).toHaveLength(3);
    expect(second.calls).toEqual([]);
  });

  it("an ICCID that a living eSIM has is parked with its evidence; one of an ended eSIM is recycled", async () => {
    first.iccid = "8999999100000000006";
    const living = await paid();
    await reaches(living, "ready");
    const twin = await paid();
    await eventually(async () => ((await profile(twin)).parked_at === null ? undefined : true));
    expect((await attempts(twin))[0]).toMatchObject({ status: "parked", reason: "duplicate" });
    await room.database.query("update esim_profiles set status = 'expired' where id = $1", [
      living.profileId,
    ]);
    const heir = await paid();
    await reaches(heir, "ready");
    expect((await profile(heir)).iccid).toBe(first.iccid);
    expect((await profile(living)).status).toBe("expired");
  });

  it("a worker that slept past its lease stores nothing", async () => {
    let open = (): void => undefined;
    first.gate = new Promise((resolve) => {
      open = () => resolve();
    });
    const order = await paid();
    await eventually(() => first.calls.length === 1);
    first.gate = undefined;
    // Another process finds the lease over, looks up, and is done before the sleeper wakes.
    await room.database.query("update esim_profiles set lease_until = now() - interval '1 second'");
    await room.esims.provisionEsim(order.id);
    await reaches(order, "ready");
    const before = await attempts(order);
    open();
    await eventually(() => first.sold.size === 2);
    expect(await attempts(order)).toEqual(before);
  });

  it("a refund while the purchase is unknown waits; what was bought is taken back and nobody gets it", async () => {
    Object.assign(first, { script: ["accept"], isReady: false });
    const order = await paid();
    await eventually(async () => (await attempts(order))[0]?.status === "accepted");
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("unknown");
    first.isReady = true;
    await reaches(order, "cancelled");
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("cancelled");
    await eventually(() => first.cancelled.length === 1);
    await eventually(async () => (await attempts(order))[0]?.status === "taken_back");
    const { body } = await room.as(order.userId, "GET", `/esims/${order.profileId}`);
    expect(body).toMatchObject({ status: "cancelled", qr_payload: null, activation_code: null });
  });

  it("an eSIM that cannot be taken back stays, unless the loss is accepted", async () => {
    const order = await paid();
    await reaches(order, "ready");
    first.cancelResult = "impossible";
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("cannot");
    expect((await profile(order)).status).toBe("ready");
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: true })).toBe("cannot");
    expect(await profile(order)).toMatchObject({
      status: "cancelled",
      failure_reason: "refunded_with_loss",
    });
  });

  describe("an operator's decision", () => {
    const decide = (order: PlantedOrder, body: object, key?: string) =>
      room.as(
        1,
        "POST",
        `/admin/esims/${order.profileId}/decision`,
        { reason: "looked at the books", ...body },
        key === undefined ? {} : { "idempotency-key": key },
      );
    const parkedWithoutFunds = async (): Promise<PlantedOrder> => {
      for (const supplier of [first, second]) supplier.script = [{ refuse: "no_funds" }];
      const order = await paid();
      await eventually(async () => (await profile(order)).parked_at !== null);
      return order;
    };

    it("ask again: suppliers that refused are asked once more", async () => {
      const order = await parkedWithoutFunds();
      first.script = ["sell"];
      expect((await decide(order, { decision: "ask_again" })).status).toBe(200);
      await reaches(order, "ready");
      expect((await decide(order, { decision: "ask_again" })).status).toBe(409);
    });

    it("refund: the eSIM fails, the money is asked back once, and the evidence stays", async () => {
      const order = await parkedWithoutFunds();
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => decide(order, { decision: "refund" })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
      await reaches(order, "failed");
      await eventually(() => room.refunds.some(({ orderId }) => orderId === order.id));
      const { body } = await room.as(1, "GET", `/admin/esims/${order.profileId}/attempts`);
      expect(body.map((one: { reason: string }) => one.reason)).toEqual(["no_funds", "no_funds"]);
    });

    it("with a key is decided once and answered every time; another decision may not use the key", async () => {
      const order = await parkedWithoutFunds();
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => decide(order, { decision: "refund" }, "k-1")),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      expect(answers.filter(({ headers }) => headers["idempotent-replayed"] === "true")).toHaveLength(4);
      expect((await decide(order, { decision: "ask_again" }, "k-1")).body.code).toBe(
        "idempotency_key_reused",
      );
      const other = await parkedWithoutFunds();
      expect((await decide(other, { decision: "refund" }, "k-1")).status).toBe(422);
      await reaches(order, "failed");
      expect((await profile(other)).parked_reason).toBe("no_funds");
    });

    it("that is refused does not burn its key", async () => {
      const order = await parkedWithoutFunds();
      expect((await decide(order, { decision: "accept_loss" }, "k-2")).status).toBe(409);
      expect((await decide(order, { decision: "refund" }, "k-2")).status).toBe(200);
    });

    it("a decision that does not fit is refused and changes nothing", async () => {
      const order = await parkedWithoutFunds();
      expect((await decide(order, { decision: "accept_loss" })).status).toBe(409);
      expect((await decide(order, { decision: "adopt" })).status).toBe(422);
      expect((await profile(order)).parked_reason).toBe("no_funds");
    });

    it("the report of suppliers says what is wrong with them", async () => {
      await parkedWithoutFunds();
      const { body } = await room.as(1, "GET", "/admin/suppliers");
      expect(body.find((one: { supplier: string }) => one.supplier === "first")).toMatchObject({
        problem: "no_funds",
      });
    });
  });
});
