import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

/** The balance is read and is enough, the credentials are taken; and each purchase is refused for want of them. */
describe("a supplier that refuses for want of money or credentials although its balance looks well", () => {
  const supplier = makeScriptedSupplier("airalo", { hasTopUps: true });
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    room = await makeEsimRoom({ suppliers: [supplier] });
    planId = await room.addPlan([{ supplier: "airalo", packageId: "a", costMinor: 100 }]);
  });
  afterAll(() => room.stop());

  const orders = async () => {
    supplier.script = ["sell"];
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    supplier.calls.length = 0;
    return { esim, next: await room.addOrder({ planId }) };
  };
  /** Balances are read, the sweeps look for what is cured, and what they freed is worked on. */
  const waits = async (minutes: number, bringOn: () => Promise<void>) => {
    await room.database.query(
      "update provisioning_attempts set decided_at = decided_at - $1 * interval '1 minute'",
      [minutes],
    );
    for (const task of ["read_supplier_balances", "sweep_provisioning", "sweep_top_ups"])
      await room.runJob(task);
    await bringOn();
  };
  const parkedReason = async (table: "esim_profiles" | "top_ups", orderId: number) =>
    (
      await room.database.query<{ parked_reason: string | null }>(
        `select parked_reason from ${table} where order_id = $1`,
        [orderId],
      )
    )[0]?.parked_reason;

  it("is asked at once, then ever more rarely, and the order stays parked meanwhile", async () => {
    for (const reason of ["no_funds", "auth"] as const) {
      const { esim, next } = await orders();
      const topUp = await room.addTopUp(esim);
      for (const { table, id, bringOn } of [
        { table: "esim_profiles", id: next.id, bringOn: () => room.esims.provisionEsim(next.id) },
        { table: "top_ups", id: topUp.id, bringOn: () => room.esims.topUpEsim(topUp.id) },
      ] as const) {
        supplier.script = [{ refuse: reason }];
        await bringOn();
        const asked: number[] = [];
        for (let turn = 1; turn <= 16; turn += 1) {
          const before = supplier.calls.length;
          await waits(5, bringOn);
          if (supplier.calls.length > before) asked.push(turn);
          expect(await parkedReason(table, id)).toBe(reason);
        }
        expect([table, reason, asked]).toEqual([table, reason, [1, 2, 4, 8, 16]]);
        supplier.script = ["sell"];
        await waits(80, bringOn);
        expect(await parkedReason(table, id)).toBeNull();
      }
    }
  });
});
