import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SupplierEvent } from "../../src/providers/esim/webhook-port.js";
import { jobsSettled } from "../support/checksums.js";
import { type EsimRoom, makeEsimRoom, type PlantedTopUp } from "../support/esims.js";
import { eventually } from "../support/eventually.js";
import { makeScriptedSupplier, type OrderScript } from "../support/scripted-supplier.js";

/** Longer than these tests: only the supplier's own word can decide before. */
const SETTLING_SECONDS = 600;

describe("what a supplier says, signed, of a top-up whose answer was lost", () => {
  const supplier = makeScriptedSupplier("later", {
    hasTopUps: true,
    lookupSettlesAfterSeconds: SETTLING_SECONDS,
  });
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({ suppliers: [supplier] });
    await room.startWorker();
  });
  beforeEach(() => {
    Object.assign(supplier, { script: ["sell"], isSearchBlind: false });
  });
  afterAll(() => room.stop());

  const bought = async (script: OrderScript): Promise<PlantedTopUp> => {
    const planId = await room.addPlan([{ supplier: supplier.id, packageId: "p" }]);
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    const topUp = await room.addTopUp(esim);
    Object.assign(supplier, { script: [script], isSearchBlind: true });
    await room.esims.topUpEsim(topUp.id, { includesParked: true });
    expect(await state(topUp)).toEqual(["pending", "unknown"]);
    return topUp;
  };
  const state = async ({ topUpId }: PlantedTopUp) => {
    const rows = await room.database.query<{ top_up: string; status: string; reason: string | null }>(
      `select t.status as top_up, a.status, a.reason
       from top_ups t join provisioning_attempts a on a.top_up_id = t.id where t.id = $1 order by a.number`,
      [topUpId],
    );
    return [rows[0]?.top_up, ...rows.map((one) => [one.status, one.reason].filter(Boolean).join(" "))];
  };
  const becomes = (topUp: PlantedTopUp, wanted: string) =>
    eventually(async () => (await state(topUp))[0] === wanted, { what: `A top-up that is ${wanted}` });
  const refundsOf = ({ id }: PlantedTopUp) => room.refunds.filter(({ orderId }) => orderId === id).length;
  /** The event comes to the shop, and its job has run. */
  const saysFailed = async (topUp: PlantedTopUp, dedupKey: string): Promise<string> => {
    const [attempt] = await room.database.query<{ reference: string }>(
      "select reference from provisioning_attempts where top_up_id = $1",
      [topUp.topUpId],
    );
    const event: SupplierEvent = {
      dedupKey,
      kind: "order_changed",
      occurredAt: null,
      reference: attempt?.reference ?? null,
      supplierOrderId: null,
      supplierReference: null,
      iccid: null,
      orderFailure: { reason: "terminal", detail: "the network refused it" },
      remainingPercent: null,
    };
    supplier.readWebhook = () => ({ verdict: "accepted", events: [event] });
    const answer = await room.as(topUp.userId, "POST", "/esims/webhook/later", {});
    expect(answer.status).toBe(200);
    await eventually(async () => {
      const [stored] = await room.database.query<{ applied_at: Date | null }>(
        "select applied_at from supplier_events where dedup_key = $1",
        [dedupKey],
      );
      return stored?.applied_at;
    });
    return answer.body.status;
  };

  const shownToOperator = ({ topUpId }: PlantedTopUp) =>
    room.database.query(
      `with a as (update provisioning_attempts set status = 'parked', reason = 'outcome_unknown' where top_up_id = $1)
       update top_ups set parked_at = now(), parked_reason = 'outcome_unknown' where id = $1`,
      [topUpId],
    );

  it.each([
    ["failed", async () => undefined],
    ["failed, after an operator was shown it", shownToOperator],
  ] as const)("that it %s: the money goes back exactly once", async (name, arrange) => {
    const topUp = await bought("drop");
    await arrange(topUp);
    expect(await saysFailed(topUp, `${name} 1`)).toBe("processed");
    await becomes(topUp, "failed");
    expect(await state(topUp)).toEqual(["failed", "refused terminal"]);
    await eventually(() => refundsOf(topUp) === 1);
    expect(await saysFailed(topUp, `${name} 1`)).toBe("duplicate");
    expect(await saysFailed(topUp, `${name} 2`)).toBe("processed");
    await room.esims.topUpEsim(topUp.id, { includesParked: true });
    await jobsSettled(room.database);
    expect([await state(topUp), refundsOf(topUp)]).toEqual([["failed", "refused terminal"], 1]);
  });

  it("that it failed, while its books show it: the books win, and no money goes back", async () => {
    const topUp = await bought("sell_and_drop");
    supplier.isSearchBlind = false;
    await saysFailed(topUp, "failed, and is in the books");
    await becomes(topUp, "done");
    await jobsSettled(room.database);
    expect([await state(topUp), refundsOf(topUp)]).toEqual([["done", "delivered"], 0]);
  });
});
