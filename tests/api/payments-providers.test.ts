import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { MOCK_LEDGER_AGREES, violations } from "../support/invariants.js";
import { makeShopper, type Shopper } from "../support/shop.js";

let app: TestApp;
let shopper: Shopper;
beforeAll(async () => {
  app = await startTestApp();
  shopper = await makeShopper(app);
});
afterEach(async () => {
  expect(await violations(app.database)).toEqual({});
  expect(await violations(app.database, MOCK_LEDGER_AGREES)).toEqual({});
});
afterAll(() => app.stop());

const webhook = (body: unknown, path = "/payments/webhook?provider=MOCK") =>
  app.request("POST", path, { body });
const statusOf = async (orderId: number) =>
  (await app.request("GET", `/orders/${orderId}`, { bearer: shopper.token })).body.status;

async function paying(): Promise<{ orderId: number; intentId: string; amount: number }> {
  const order = await shopper.order();
  const { body } = await shopper.create(order.id, "MOCK");
  return { orderId: order.id, intentId: body.intent_id, amount: order.amount_minor_units };
}

describe("POST /payments/create", () => {
  it("200: makes an intent of the order's amount that waits for the payer", async () => {
    const order = await shopper.order();
    const { status, body } = await shopper.create(order.id, "mock");
    expect(status).toBe(200);
    expect(body).toEqual({
      intent_id: expect.any(String),
      status: "requires_action",
      provider: "MOCK",
      amount_minor_units: order.amount_minor_units,
      currency: "USD",
    });
  });

  it("200: twenty at once give one live payment and one intent", async () => {
    const order = await shopper.order();
    const answers = await Promise.all(Array.from({ length: 20 }, () => shopper.create(order.id, "MOCK")));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.intent_id)).size).toBe(1);
    expect(await app.database.query("select id from payments where order_id = $1", [order.id])).toHaveLength(
      1,
    );
  });

  it("400: a provider that this shop does not have", async () => {
    const order = await shopper.order();
    for (const provider of ["FOO", "STRIPE", "mock2"]) {
      const { status, body } = await shopper.create(order.id, provider);
      expect([status, body.detail]).toEqual([400, "Unsupported payment provider"]);
    }
  });

  it("404: somebody else's order, like one that does not exist", async () => {
    const order = await shopper.order();
    const other = await makeShopper(app);
    const foreign = await other.create(order.id, "MOCK");
    const missing = await shopper.create(999_999_999, "MOCK");
    for (const { status, body } of [foreign, missing]) {
      expect([status, body.detail]).toEqual([404, "Order not found"]);
    }
  });

  it("409: an order that is paid, failed", async () => {
    const paid = await paying();
    await webhook({ intent_id: paid.intentId, status: "succeeded" });
    expect((await shopper.create(paid.orderId, "MOCK")).body).toMatchObject({
      status: 409,
      code: "order_already_paid",
    });
    const failed = await paying();
    await webhook({ intent_id: failed.intentId, status: "failed" });
    expect((await shopper.create(failed.orderId, "MOCK")).body).toMatchObject({
      status: 409,
      code: "order_not_payable",
    });
  });

  it("422: amounts and unknown members are not the client's to send", async () => {
    const order = await shopper.order();
    const body = { order_id: order.id, provider: "MOCK", amount_minor_units: 1 };
    const answer = await app.request("POST", "/payments/create", { bearer: shopper.token, body });
    expect(answer.status).toBe(422);
  });
});

describe("the mock provider's webhook", () => {
  it.each([
    ["status in the query form", "/payments/webhook?provider=MOCK", { status: "succeeded" }],
    ["the provider in the path", "/payments/webhook/mock", { status: "succeeded" }],
    ["the provider in the body", "/payments/webhook", { action: "succeed", provider: "MOCK" }],
    ["under /api", "/api/payments/webhook?provider=mock", { action: "succeed" }],
  ])("200 processed: a success pays the order (%s)", async (_name, path, said) => {
    const { orderId, intentId } = await paying();
    const { status, body } = await webhook({ intent_id: intentId, ...said }, path);
    expect([status, body]).toEqual([200, { status: "processed", intent_status: "succeeded" }]);
    expect(await statusOf(orderId)).toBe("paid");
  });

  it("200 processed: a failure fails payment and order together", async () => {
    const { orderId, intentId } = await paying();
    const { body } = await webhook({ intent_id: intentId, action: "fail" });
    expect(body).toEqual({ status: "processed", intent_status: "failed" });
    expect(await statusOf(orderId)).toBe("failed");
  });

  it("200 duplicate: the same notice again changes nothing", async () => {
    const { orderId, intentId } = await paying();
    await webhook({ intent_id: intentId, status: "succeeded" });
    const { body } = await webhook({ intent_id: intentId, status: "succeeded" });
    expect(body).toEqual({ status: "duplicate", intent_status: "succeeded" });
    expect(await statusOf(orderId)).toBe("paid");
  });

  it("404: an intent that we do not have", async () => {
    const { status, body } = await webhook({ intent_id: "mock_pi_nobody", status: "succeeded" });
    expect([status, body.detail]).toEqual([404, "Payment not found"]);
  });

  it("400, 422: bodies that say nothing useful", async () => {
    expect((await webhook({ status: "succeeded" })).body).toMatchObject({
      status: 400,
      detail: "Missing intent_id",
    });
    for (const text of ["{", ""]) expect((await webhook(text)).status).toBe(400);
    for (const text of ["[]", "null", '"x"', "1", '{"intent_id":1}', '{"intent_id":"x","status":"maybe"}']) {
      expect([text, (await webhook(text)).status]).toEqual([text, 422]);
    }
  });

  it("403: a caller from elsewhere without the DEV_TOKEN", async () => {
    const { intentId, orderId } = await paying();
    const answer = await app.request("POST", "/payments/webhook?provider=MOCK", {
      body: { intent_id: intentId, status: "succeeded" },
      headers: { "x-forwarded-for": "203.0.113.9" },
    });
    expect(answer.status).toBe(403);
    expect(await statusOf(orderId)).toBe("created");
  });
});

describe("the five money faults of the earlier backend", () => {
  it("an unsigned webhook moves nothing at a provider that signs", async () => {
    const { orderId, intentId } = await paying();
    const { status } = await webhook(
      { intent_id: intentId, status: "succeeded" },
      "/payments/webhook/stripe",
    );
    expect(status).toBe(400);
    expect(await statusOf(orderId)).toBe("created");
  });

  it("the provider named by the caller must be the payment's own", async () => {
    const { orderId, intentId } = await paying();
    await app.database.query("update payments set provider = 'STRIPE' where intent_id = $1", [intentId]);
    const { status, body } = await webhook({ intent_id: intentId, status: "succeeded" });
    expect([status, body]).toEqual([200, { status: "parked", intent_status: "requires_action" }]);
    expect(await statusOf(orderId)).toBe("created");
    await app.database.query("update payments set provider = 'MOCK' where intent_id = $1", [intentId]);
    await app.database.query("update mock_intents set state = 'requires_action' where intent_id = $1", [
      intentId,
    ]);
  });

  it("a wrong amount is parked, counted and shown, and the order does not move", async () => {
    const { orderId, intentId, amount } = await paying();
    const { status, body } = await webhook({
      intent_id: intentId,
      status: "succeeded",
      amount_minor_units: amount - 1,
    });
    expect([status, body]).toEqual([200, { status: "parked", intent_status: "requires_action" }]);
    expect(await statusOf(orderId)).toBe("created");
    const [event] = await app.database.query(
      "select outcome, reason from webhook_events where intent_id = $1",
      [intentId],
    );
    expect(event).toEqual({ outcome: "parked", reason: "amount_differs" });
    const metrics = (await app.request("GET", "/metrics")).text;
    expect(metrics).toContain('tribi_money_parked_total{reason="amount_differs"} 1');
  });

  it("a late failure does not touch a paid order", async () => {
    const { orderId, intentId } = await paying();
    await webhook({ intent_id: intentId, status: "succeeded" });
    const { status, body } = await webhook({ intent_id: intentId, status: "failed" });
    expect([status, body]).toEqual([200, { status: "ignored", intent_status: "succeeded" }]);
    expect(await statusOf(orderId)).toBe("paid");
  });

  it("a relabelled currency is parked", async () => {
    for (const currency of ["EUR", "XXX", "jpy"]) {
      const { orderId, intentId } = await paying();
      const { status, body } = await webhook({ intent_id: intentId, status: "succeeded", currency });
      expect([status, body.status]).toEqual([200, "parked"]);
      expect(await statusOf(orderId)).toBe("created");
    }
  });
});

describe("money that arrives late", () => {
  it("a success after the failure is recorded, refunded by itself, and honours nothing", async () => {
    const { orderId, intentId } = await paying();
    await webhook({ intent_id: intentId, status: "failed" });
    const { body } = await webhook({ intent_id: intentId, status: "succeeded" });
    expect(body).toEqual({ status: "processed", intent_status: "failed" });
    await eventually(async () => {
      const [row] = await app.database.query(
        "select refunded_minor, captured_minor from payments where intent_id = $1",
        [intentId],
      );
      return Number(row?.captured_minor) > 0 && row?.refunded_minor === row?.captured_minor;
    });
    expect(await statusOf(orderId)).toBe("failed");
  });
});

describe("the mock's pay page", () => {
  it("shows the amount; its buttons pay, decline and leave, and lead back to the checkout", async () => {
    const { orderId, intentId } = await paying();
    const page = await app.request("GET", `/dev/pay/${intentId}`);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    for (const outcome of ["succeeded", "failed", "left"])
      expect(page.text).toContain(`name="status" value="${outcome}"`);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const foreign = await app.request("POST", `/dev/pay/${intentId}`, {
      body: "status=succeeded",
      headers: { ...form, origin: "https://evil.test", "sec-fetch-site": "cross-site" },
    });
    expect(foreign.status).toBe(403);
    const pressed = await app.request("POST", `/dev/pay/${intentId}`, {
      body: "status=succeeded",
      headers: form,
    });
    expect([pressed.status, pressed.headers.get("location")]).toEqual([
      303,
      expect.stringMatching(/^\/checkout\/\d+\/return$/),
    ]);
    expect(await statusOf(orderId)).toBe("paid");
  });

  it("404: no such intent", async () => {
    expect((await app.request("GET", "/dev/pay/nobody")).status).toBe(404);
  });
});
