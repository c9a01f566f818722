import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";

const ADMIN = 900_001;

describe("what an operator does about a delivery", () => {
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    room = await makeEsimRoom();
    planId = await room.addPlan();
  });
  afterAll(() => room.stop());

  const ready = async () => {
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    return order;
  };
  const send = (profileId: number) => room.sendMail("esim_ready", profileId);
  const auditOf = (profileId: number, action: string) =>
    room.database.query<{ actor: string; request_id: string | null }>(
      "select actor, request_id from audit_log where subject = $1 and action = $2",
      [`esim:${profileId}`, action],
    );

  it("POST /admin/esims/:id/resend-mail sends one more mail, with a Message-ID of its own and an audit row", async () => {
    const order = await ready();
    await send(order.profileId);
    const { status, body } = await room.as(ADMIN, "POST", `/admin/esims/${order.profileId}/resend-mail`);
    expect([status, body]).toEqual([200, { message: "mail_scheduled" }]);
    await Promise.all(Array.from({ length: 10 }, () => send(order.profileId)));
    expect(room.mails.map(({ reference }) => reference)).toEqual([
      `esim-ready-${order.profileId}-1`,
      `esim-ready-${order.profileId}-2`,
    ]);
    const rows = await room.database.query(
      "select actor, request_id from audit_log where action = 'mail.resent' and (after->>'subject_id')::bigint = $1",
      [order.profileId],
    );
    expect(rows).toEqual([{ actor: `admin:${ADMIN}`, request_id: expect.any(String) }]);
  });

  it("sends nothing that cannot be installed: 409, and 404 for what is not there", async () => {
    const pending = await room.addOrder({ planId });
    const answer = await room.as(ADMIN, "POST", `/admin/esims/${pending.profileId}/resend-mail`);
    expect([answer.status, answer.body.code]).toEqual([409, "conflict"]);
    expect((await room.as(ADMIN, "POST", "/admin/esims/999999/resend-mail")).status).toBe(404);
    expect((await room.as(ADMIN, "GET", "/admin/esims/999999/install")).status).toBe(404);
  });

  it("GET /admin/esims/:id/install shows the code, and each time is on record before the answer", async () => {
    const order = await ready();
    const own = (await room.as(order.userId, "GET", `/esims/${order.profileId}`)).body;
    for (let times = 1; times <= 2; times += 1) {
      const { status, body } = await room.as(ADMIN, "GET", `/admin/esims/${order.profileId}/install`);
      expect([status, body]).toEqual([200, own]);
      expect(await auditOf(order.profileId, "esim.code_shown")).toHaveLength(times);
      const reveals = await room.database.query(
        "select actor from esim_reveals where profile_id = $1 and channel = 'admin'",
        [order.profileId],
      );
      expect(reveals).toEqual(Array(times).fill({ actor: `admin:${ADMIN}` }));
    }
  });

  it("shows nothing, and records nothing, while there is nothing to show", async () => {
    const pending = await room.addOrder({ planId });
    const { status, body } = await room.as(ADMIN, "GET", `/admin/esims/${pending.profileId}/install`);
    expect([status, body.status, body.activation_code]).toEqual([200, "pending", null]);
    expect(await auditOf(pending.profileId, "esim.code_shown")).toEqual([]);
  });
});
