import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";

const ADMIN = 900_003;

/** The chain of a top-up on planted rows, where the money is somebody else's matter. */
describe("a top-up whose money went back from outside", () => {
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    room = await makeEsimRoom();
    planId = await room.addPlan();
  });
  afterAll(() => room.stop());

  /** A paid top-up of a ready eSIM. */
  const planted = async (): Promise<{ orderId: number; topUpId: number }> => {
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    const [row] = await room.database.query<{ order_id: number; id: number }>(
      `with o as (
         insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot, expires_at, kind,
                             top_up_of_profile_id, status, paid_at)
         select 'TOPUP' || id, user_id, plan_id, currency, amount_minor, plan_snapshot, expires_at, 'top_up', $2, 'paid', now()
         from orders where id = $1 returning id, user_id, plan_id)
       insert into top_ups (order_id, user_id, profile_id, plan_id, supplier, package_id)
       select id, user_id, $2, plan_id, 'local', plan_id::text from o returning order_id, id`,
      [order.id, order.profileId],
    );
    return { orderId: row?.order_id ?? 0, topUpId: row?.id ?? 0 };
  };
  const row = async (topUpId: number) =>
    (
      await room.database.query<{ status: string; parked_reason: string | null; attempts: number }>(
        `select status, parked_reason,
           (select count(*) from provisioning_attempts a where a.top_up_id = t.id) as attempts from top_ups t where id = $1`,
        [topUpId],
      )
    )[0];
  const refundOutside = (orderId: number) =>
    room.database.query("update orders set status = 'refunded' where id = $1", [orderId]);

  it("was added already: it is in front of an operator, who books the loss", async () => {
    const { orderId, topUpId } = await planted();
    await room.esims.topUpEsim(orderId);
    await refundOutside(orderId);
    expect(await room.esims.takeBackEsim(orderId, { acceptLoss: false })).toBe("cannot");
    expect(await row(topUpId)).toMatchObject({ status: "done", parked_reason: "refunded_top_up_live" });
    const decision = { decision: "accept_loss", reason: "a chargeback" };
    const decided = await room.as(ADMIN, "POST", `/admin/top-ups/${topUpId}/decision`, decision);
    expect(decided.status).toBe(200);
    expect(await row(topUpId)).toMatchObject({ status: "cancelled", parked_reason: null });
  });

  it("was not bought yet: nothing is bought any more, whoever comes first", async () => {
    const { orderId, topUpId } = await planted();
    await refundOutside(orderId);
    const results = await Promise.all([
      room.esims.takeBackEsim(orderId, { acceptLoss: false }),
      ...Array.from({ length: 10 }, () => room.esims.topUpEsim(orderId)),
    ]);
    expect(["not_delivered", "unknown"]).toContain(results[0]);
    expect(await row(topUpId)).toEqual({ status: "cancelled", parked_reason: null, attempts: 0 });
  });

  it("20 workers at once are one purchase", async () => {
    const { orderId, topUpId } = await planted();
    await Promise.all(Array.from({ length: 20 }, () => room.esims.topUpEsim(orderId)));
    expect(await row(topUpId)).toEqual({ status: "done", parked_reason: null, attempts: 1 });
  });
});
