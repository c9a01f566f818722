import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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
