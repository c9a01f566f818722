import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { done } from "../../src/kernel/outcome.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { eventually } from "../support/eventually.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

describe("an eSIM that the supplier took back without saying that the money came back", () => {
  const supplier = makeScriptedSupplier("first");
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    room = await makeEsimRoom({ suppliers: [supplier] });
    await room.startWorker();
    planId = await room.addPlan([{ supplier: "first", packageId: "p", costMinor: 300 }]);
  });
  beforeEach(() => {
    Object.assign(supplier, { script: ["sell"], isReady: true, cancelResult: "revoked" });
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
  const row = async (table: "esim_profiles" | "provisioning_attempts", order: PlantedOrder) => {
    const column = table === "esim_profiles" ? "id" : "profile_id";
    const rows = await room.database.query<Record<string, string | null>>(
      `select * from ${table} where ${column} = $1`,
      [order.profileId],
    );
    return rows[0]!;
  };
  const becomes = (order: PlantedOrder, status: string) =>
    eventually(async () => (await row("esim_profiles", order)).status === status, { what: `eSIM ${status}` });

  it("ends for the customer, whose refund goes on, and is booked as a loss and not as taken back", async () => {
    const order = await paid();
    await becomes(order, "ready");
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("cancelled");
    expect(await row("esim_profiles", order)).toMatchObject({
      status: "cancelled",
      failure_reason: "revoked_unpaid",
    });
    expect((await row("provisioning_attempts", order)).status).toBe("delivered");
    const { body } = await room.as(order.userId, "GET", `/esims/${order.profileId}`);
    expect(body).toMatchObject({ status: "cancelled", qr_payload: null, activation_code: null });
  });

  it("when it came after the refund: parked as a loss and not as taken back", async () => {
    Object.assign(supplier, { script: ["accept"], isReady: false });
    const order = await paid();
    await eventually(async () => (await row("provisioning_attempts", order))?.status === "accepted");
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("unknown");
    supplier.isReady = true;
    await becomes(order, "cancelled");
    await eventually(async () => (await row("provisioning_attempts", order)).status === "parked");
    expect((await row("provisioning_attempts", order)).reason).toBe("surplus_revoked");
  });

  it("credentials that are refused at this moment say nothing about the eSIM: the refund asks again", async () => {
    supplier.cancelResult = { refuse: "auth" };
    const order = await paid();
    await becomes(order, "ready");
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("unknown");
    expect((await row("esim_profiles", order)).status).toBe("ready");
  });
});

/** The supplier's people may say yes days later, and what the eSIM is worth then no page of theirs says. */
describe("a supplier whose people decide about each eSIM that is to be taken back", () => {
  const supplier = makeScriptedSupplier("reviewing", { cancellable: "manual_review" });
  const asked: string[] = [];
  supplier.cancel = async ({ supplierReference }) => {
    asked.push(supplierReference);
    return done({ result: "requested", supplierCaseId: "501" });
  };
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({ suppliers: [supplier] });
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(() => room.stop());

  const delivered = async (): Promise<PlantedOrder> => {
    const planId = await room.addPlan([{ supplier: "reviewing", packageId: "p", costMinor: 300 }]);
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    return order;
  };

  it("is not asked for an eSIM whose money stays: it would end in the hands of who paid for it", async () => {
    const order = await delivered();
    for (let time = 0; time < 2; time += 1)
      expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("cannot");
    expect(asked).toEqual([]);
  });

  it("is asked when the loss was accepted, and when the money is back already", async () => {
    const given = await delivered();
    expect(await room.esims.takeBackEsim(given.id, { acceptLoss: true })).toBe("cannot");
    expect(asked).toHaveLength(1);
    const refunded = await delivered();
    await room.database.query("update orders set status = 'refunded' where id = $1", [refunded.id]);
    const run = { jobId: "1", attempt: 1, attemptsMax: 25 };
    await room.esims.jobs.handlers.take_back_refunded!({ order_id: refunded.id }, run);
    expect(asked).toHaveLength(2);
    const [row] = await room.database.query("select parked_reason from esim_profiles where id = $1", [
      refunded.profileId,
    ]);
    expect(row).toEqual({ parked_reason: "refunded_esim_live" });
  });
});
