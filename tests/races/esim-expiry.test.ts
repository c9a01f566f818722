import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { done } from "../../src/kernel/outcome.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

const RUN = { jobId: "1", attempt: 1, attemptsMax: 25 };

/** A code that was never used expires, and expiry and installation cannot both win. */
describe("codes that were never used", () => {
  const supplier = makeScriptedSupplier();
  let room: EsimRoom;
  let localPlan: number;
  let suppliedPlan: number;
  beforeAll(async () => {
    room = await makeEsimRoom({
      suppliers: [supplier],
      environment: { ACTIVATION_CODE_TTL_DAYS: "30" },
      poolMax: 12,
    });
    localPlan = await room.addPlan([{ supplier: "local", packageId: "1" }]);
    suppliedPlan = await room.addPlan([{ supplier: "scripted", packageId: "p" }]);
  });
  afterAll(() => room.stop());

  const ready = async (planId = localPlan): Promise<PlantedOrder> => {
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    return order;
  };
  const daysPass = (orders: readonly PlantedOrder[], days: number) =>
    room.database.query(
      "update esim_profiles set use_by = use_by - $2 * interval '1 day' where id = any($1)",
      [orders.map(({ profileId }) => profileId), days],
    );
  const expire = () => room.esims.jobs.handlers.expire_unused_esims!({}, RUN);
  const statusOf = async (order: PlantedOrder): Promise<string> =>
    (await room.as(order.userId, "GET", `/esims/${order.profileId}`)).body.status;
  const movesOf = async (order: PlantedOrder) =>
    (
      await room.database.query<{ moved: string }>(
        "select after->>'status' as moved from audit_log where subject = $1 and before ? 'status' order by id",
        [`esim:${order.profileId}`],
      )
    ).map(({ moved }) => moved);

  it("expire when ACTIVATION_CODE_TTL_DAYS are over and not before; the code is shown to nobody then", async () => {
    const order = await ready();
    await daysPass([order], 29);
    await expire();
    expect(await statusOf(order)).toBe("ready");
    await daysPass([order], 1);
    await expire();
    const { body } = await room.as(order.userId, "GET", `/esims/${order.profileId}`);
    expect(body).toMatchObject({ status: "expired", qr_payload: null, activation_code: null });
    const late = await room.as(order.userId, "POST", `/esims/${order.profileId}/installed`);
    expect([late.status, await statusOf(order)]).toEqual([409, "expired"]);
  });

  it("not when they are in use: installed, or a plan that its supplier calls active", async () => {
    const installed = await ready();
    await room.as(installed.userId, "POST", `/esims/${installed.profileId}/installed`);
    const running = await ready(suppliedPlan);
    await room.database.query("update esim_profiles set plan_state = 'active' where id = $1", [
      running.profileId,
    ]);
    await daysPass([installed, running], 31);
    await expire();
    expect([await statusOf(installed), await statusOf(running)]).toEqual(["active", "ready"]);
  });

  it("installation by the owner and expiry at the same moment: one of them wins, and the answer says which", async () => {
    for (let round = 0; round < 10; round += 1) {
      const orders: PlantedOrder[] = [];
      while (orders.length < 10) orders.push(await ready());
      // The last moment: some installations come before it and some after.
      await room.database.query(
        "update esim_profiles set use_by = clock_timestamp() + interval '15 milliseconds' where id = any($1)",
        [orders.map(({ profileId }) => profileId)],
      );
      const [answers] = await Promise.all([
        Promise.all(
          orders.map((order) => room.as(order.userId, "POST", `/esims/${order.profileId}/installed`)),
        ),
        expire(),
        expire(),
      ]);
      await room.database.query("select pg_sleep(0.02)");
      await expire();
      for (const [index, order] of orders.entries()) {
        const status = await statusOf(order);
        expect(status).toBe(answers[index]?.status === 200 ? "active" : "expired");
        expect(await movesOf(order)).toEqual(["ready", status]);
      }
    }
  });

  it("the supplier's word that it is installed and expiry at the same moment: one of them wins", async () => {
    const { getStatus } = supplier;
    supplier.getStatus = async () =>
      done({ profileState: "installed", planState: "unknown", usage: null, expiresAt: null, useBy: null });
    for (let round = 0; round < 10; round += 1) {
      const orders: PlantedOrder[] = [];
      while (orders.length < 10) orders.push(await ready(suppliedPlan));
      await daysPass(orders, 30);
      await room.database.query("update esim_profiles set poll_at = now() where id = any($1)", [
        orders.map(({ profileId }) => profileId),
      ]);
      await Promise.all([expire(), room.esims.jobs.handlers.poll_esims!({}, RUN), expire()]);
      for (const order of orders) {
        const status = await statusOf(order);
        expect(["active", "expired"]).toContain(status);
        expect(await movesOf(order)).toEqual(["ready", status]);
      }
    }
    supplier.getStatus = getStatus;
  });
});
