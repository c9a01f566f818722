import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { PRODUCTION } from "../support/production.js";

/** In production the mock provider does not exist, whoever asks and from wherever. */
describe("production", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp(
      {
        ...PRODUCTION,
        SMTP_HOST: "127.0.0.1",
        SMTP_PORT: "9",
        DRAIN_SECONDS: "0",
        DEV_TOKEN: "let-me-in",
      },
      { worker: false },
    );
    await seedCatalog(app.database);
  });
  afterAll(() => app.stop());

  it.each([
    ["in the path", "/payments/webhook/mock", {}],
    ["in the query", "/payments/webhook?provider=MOCK", {}],
    ["in the body", "/payments/webhook", { provider: "mock" }],
    ["under /api", "/api/payments/webhook/MOCK", {}],
  ])("404: no mock webhook, the provider named %s", async (_where, path, named) => {
    const body = { intent_id: "mock_pi_1", status: "succeeded", ...named };
    const { status } = await app.request("POST", path, { body });
    expect(status).toBe(404);
    expect(await app.database.query("select 1 from webhook_events")).toEqual([]);
  });

  it.each(["/dev/pay/mock_pi_1", "/dev/inbox", "/dev/inbox.json", "/api/dev/inbox.json"])(
    "404: no development page %s, also for this machine and with a token",
    async (path) => {
      for (const headers of [{}, { "x-dev-token": "let-me-in" }])
        expect((await app.request("GET", path, { headers })).status).toBe(404);
    },
  );

  it("400: Stripe's webhook without a signature, also where no provider is named", async () => {
    for (const path of [
      "/payments/webhook",
      "/payments/webhook/stripe",
      "/payments/webhook?provider=STRIPE",
    ]) {
      const { body } = await app.request("POST", path, {
        body: { id: "evt_1", type: "payment_intent.succeeded" },
      });
      expect(body).toMatchObject({ status: 400, detail: "Missing Stripe-Signature header" });
    }
  });

  it("400: an unknown provider", async () => {
    const { body } = await app.request("POST", "/payments/webhook/paypal", { body: {} });
    expect(body).toMatchObject({ status: 400, detail: "Unsupported payment provider" });
  });
});
