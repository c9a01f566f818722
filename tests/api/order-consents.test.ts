import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { makeShopper, type Shopper } from "../support/shop.js";

describe("what a customer agreed to before paying", () => {
  let app: TestApp;
  let shopper: Shopper;
  let other: Shopper;
  beforeAll(async () => {
    app = await startTestApp({}, {});
    shopper = await makeShopper(app);
    other = await makeShopper(app);
  });
  afterAll(() => app.stop());

  const say = (orderId: number, body: object, bearer = shopper.token) =>
    app.request("PUT", `/orders/${orderId}/consent`, { bearer, body });
  const CONSENT = { terms_version: "30c9400d0176", immediate_delivery: true };

  it("200: is kept with the order and its time, and the first word stands", async () => {
    const { id } = await shopper.order();
    const first = await say(id, CONSENT);
    expect([first.status, first.body]).toEqual([
      200,
      { ...CONSENT, accepted_at: expect.stringMatching(/Z$/) },
    ]);
    const second = await say(id, { terms_version: "other", immediate_delivery: false });
    expect(second.body).toEqual(first.body);
    expect((await app.request("GET", `/orders/${id}/consent`, { bearer: shopper.token })).body).toEqual(
      first.body,
    );
    const { body } = await app.request("GET", "/auth/me/export", { bearer: shopper.token });
    expect(body.orders.find((order: { id: number }) => order.id === id).consent).toMatchObject(CONSENT);
  });

  it("404: not for somebody else's order, nor for one that ended", async () => {
    const { id } = await shopper.order();
    expect((await say(id, CONSENT, other.token)).status).toBe(404);
    expect((await app.request("GET", `/orders/${id}/consent`, { bearer: other.token })).status).toBe(404);
    await app.database.query("update orders set status = 'failed' where id = $1", [id]);
    expect((await say(id, CONSENT)).status).toBe(404);
    expect(await app.database.query("select 1 from order_consents where order_id = $1", [id])).toEqual([]);
  });

  it.each([
    {},
    { terms_version: "x" },
    { terms_version: "a b", immediate_delivery: true },
    { ...CONSENT, extra: 1 },
  ])("422: %j", async (body) => {
    const { id } = await shopper.order();
    expect((await say(id, body)).status).toBe(422);
  });
});
