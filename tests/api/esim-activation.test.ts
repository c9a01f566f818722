import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodedPng } from "../support/decode-qr.js";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("POST /esims/activate", () => {
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    room = await makeEsimRoom();
    planId = await room.addPlan();
  });
  afterAll(() => room.stop());

  const activate = (userId: number, orderId: number) =>
    room.as(userId, "POST", "/esims/activate", { order_id: orderId });

  it("200: a paid order gets a complete profile with a UUID v4 code and a QR payload that phones read", async () => {
    const order = await room.addOrder({ planId });
    const { status, body } = await activate(order.userId, order.id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: order.profileId, order_id: order.id, status: "ready", plan_id: planId });
    expect(body.activation_code).toMatch(UUID_V4);
    expect(body.iccid).toMatch(/^89001[0-9a-f]{17}$/);
    expect(body.matching_id).toBe(body.activation_code.toUpperCase());
    expect(body.qr_payload).toBe(`LPA:1$${body.smdp_address}$${body.matching_id}`);
    expect(body.install_links.apple).toContain(body.qr_payload);
    expect(body.confirmation_code).toBeNull();
    expect(body.plan_snapshot.name).toBe("Spain 5 GB");
    expect(Date.parse(body.expires_at)).toBeGreaterThan(Date.parse(body.provisioned_at));
  });

  it("200: repeating it, and reading it, gives the same eSIM", async () => {
    const order = await room.addOrder({ planId });
    const first = await activate(order.userId, order.id);
    expect((await activate(order.userId, order.id)).body).toEqual(first.body);
    expect((await room.as(order.userId, "GET", `/esims/${order.profileId}`)).body).toEqual(first.body);
    expect((await room.as(order.userId, "GET", "/esims/mine")).body).toEqual([first.body]);
  });

  it("400: an order that is created, failed or refunded must be paid first", async () => {
    for (const state of ["created", "failed", "refunded"]) {
      const order = await room.addOrder({ planId, status: state });
      const { status, body } = await activate(order.userId, order.id);
      expect([state, status, body.detail]).toEqual([state, 400, "Order must be paid before activating eSIM"]);
      expect(body.code).toBe("order_not_paid");
    }
  });

  it("404: somebody else's order is missing, like one that does not exist", async () => {
    const order = await room.addOrder({ planId });
    const stranger = await room.addUser();
    const foreign = await activate(stranger, order.id);
    const missing = await activate(stranger, 999_999);
    expect([foreign.status, foreign.body.detail]).toEqual([404, "Order not found"]);
    expect([missing.status, missing.body.detail]).toEqual([404, "Order not found"]);
    for (const path of ["", "/qr.svg", "/qr.png"]) {
      expect((await room.as(stranger, "GET", `/esims/${order.profileId}${path}`)).status).toBe(404);
    }
  });

  it("401: without a session nothing is shown", async () => {
    expect((await room.as(0, "POST", "/esims/activate", { order_id: 1 })).status).toBe(401);
  });

  it("422: only an order id is taken", async () => {
    const user = await room.addUser();
    for (const body of [{}, { order_id: "1" }, { order_id: 1, amount: 5 }, { order_id: -1 }]) {
      expect((await room.as(user, "POST", "/esims/activate", body)).status).toBe(422);
    }
  });

  it("QR pictures decode to the payload, byte for byte, and are never cached", async () => {
    const order = await room.addOrder({ planId });
    const { body } = await activate(order.userId, order.id);
    const png = await room.as(order.userId, "GET", `/esims/${order.profileId}/qr.png`);
    expect(png.headers["content-type"]).toBe("image/png");
    expect(png.headers["cache-control"]).toBe("no-store");
    expect(decodedPng(png.raw)).toBe(body.qr_payload);
    const svg = await room.as(order.userId, "GET", `/esims/${order.profileId}/qr.svg`);
    expect(svg.headers["content-type"]).toContain("image/svg+xml");
    expect(svg.headers["cache-control"]).toBe("no-store");
  });

  it("POST /esims/:id/installed makes a local eSIM active, once and for ever", async () => {
    const order = await room.addOrder({ planId });
    const url = `/esims/${order.profileId}/installed`;
    expect((await room.as(order.userId, "POST", url)).status).toBe(409);
    await activate(order.userId, order.id);
    expect((await room.as(order.userId, "POST", url)).body.status).toBe("active");
    expect((await room.as(order.userId, "POST", url)).body.status).toBe("active");
    expect((await activate(order.userId, order.id)).body.status).toBe("active");
  });

  it("what is at rest is sealed: no column of any table contains the code", async () => {
    const order = await room.addOrder({ planId });
    const { body } = await activate(order.userId, order.id);
    const text = JSON.stringify([
      await room.database.query("select * from esim_profiles"),
      await room.database.query("select * from provisioning_attempts"),
      await room.database.query("select payload, last_error from graphile_worker._private_jobs"),
      await room.database.query("select * from audit_log"),
    ]);
    for (const secret of [body.activation_code, body.matching_id]) expect(text).not.toContain(secret);
  });
});
