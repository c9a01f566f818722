import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom, withLeaseFollowedBy } from "../support/esims.js";

/** A worker has read that the order is paid, and has chosen a supplier; then, before it begins, the money goes. */
describe("what is not to be delivered any more is not bought by a worker that has begun its work before", () => {
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    room = await makeEsimRoom();
    planId = await room.addPlan();
  });
  afterAll(() => room.stop());

  const attempts = (column: "profile_id" | "top_up_id", id: number) =>
    room.database.query(`select status from provisioning_attempts where ${column} = $1`, [id]);

  const MEANWHILE = [
    ["the money went back", "update orders set status = 'refunded' where id = new.order_id"],
    ["a refund asked for it", "update %s set take_back_requested_at = now() where id = new.id"],
  ] as const;

  it.each(MEANWHILE)("an eSIM: %s", async (_, sql) => {
    const order = await room.addOrder({ planId });
    await withLeaseFollowedBy(room, "esim_profiles", sql.replace("%s", "esim_profiles"), () =>
      room.esims.provisionEsim(order.id),
    );
    expect(await attempts("profile_id", order.profileId)).toEqual([]);
    await room.esims.takeBackEsim(order.id, { acceptLoss: false });
    const [row] = await room.database.query("select status from esim_profiles where id = $1", [
      order.profileId,
    ]);
    expect(row).toEqual({ status: "cancelled" });
  });

  it.each(MEANWHILE)("a top-up: %s", async (_, sql) => {
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    const topUp = await room.addTopUp(esim);
    await withLeaseFollowedBy(room, "top_ups", sql.replace("%s", "top_ups"), () =>
      room.esims.topUpEsim(topUp.id),
    );
    expect(await attempts("top_up_id", topUp.topUpId)).toEqual([]);
    await room.esims.takeBackEsim(topUp.id, { acceptLoss: false });
    const [row] = await room.database.query("select status from top_ups where id = $1", [topUp.topUpId]);
    expect(row).toEqual({ status: "cancelled" });
  });
});
