import { type FakeStripe, startFakeStripe } from "@tribi/fakes/stripe/fake-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { type Client, makeWebClient, READ_FIELDS } from "../support/client.js";
import { codeMailsTo, mailedCode } from "../support/login.js";

const ORIGIN = "http://localhost:3000";
const SECRET = "whsec_of_the_web_client_test_0123456789abcdef";

let app: TestApp;
let stripe: FakeStripe;
beforeAll(async () => {
  stripe = await startFakeStripe();
  app = await startTestApp({
    FRONTEND_ORIGINS: `["${ORIGIN}","http://localhost:19006"]`,
    ADMIN_EMAILS: "boss@example.com,operator@example.com",
    STRIPE_API_BASE: stripe.url,
    STRIPE_SECRET_KEY: "sk_test_of_the_fake",
    STRIPE_PUBLISHABLE_KEY: "pk_test_of_the_fake",
    STRIPE_WEBHOOK_SECRET: SECRET,
  });
  stripe.control.webhookTarget({ url: `${app.url}/api/payments/webhook/stripe`, secrets: [SECRET] });
  await seedCatalog(app.database);
});
afterAll(async () => {
  await app.stop();
  await stripe.stop();
});

async function signIn(client: Client, email: string): Promise<void> {
  const before = (await codeMailsTo(app, email)).length;
  const asked = await client.call("POST", "/auth/request-code", `{"email":"${email}"}`);
  expect(asked.body).toMatchObject({ message: "code_sent" });
  const code = await mailedCode(app, email, before + 1);
  const verified = await client.call("POST", "/auth/verify", `{"email":"${email}","code":"${code}"}`);
  expect(verified.status, verified.text).toBe(200);
  expect(verified.body).toMatchObject(READ_FIELDS.verify);
  client.state.token = verified.body.token;
  const me = await client.call("GET", "/auth/me");
  expect(me.body).toMatchObject({ id: verified.body.user.id, email });
}

it("the existing web client signs in, buys by card and sees its eSIM before any webhook came", async () => {
  const client = makeWebClient(`${app.url}/api`, ORIGIN);
  await signIn(client, "web@example.com");
  expect(client.state.cookies.get("tribi_token")).toBe(client.state.token);

  for (const path of ["/countries", "/countries?q=es"]) {
    const countries = await client.call("GET", path);
    expect(countries.body.length).toBeGreaterThan(0);
    for (const country of countries.body) expect(country).toEqual(READ_FIELDS.country);
  }
  const plans = await client.call("GET", "/plans?country=ES");
  for (const plan of plans.body) expect(plan).toMatchObject(READ_FIELDS.plan);
  const plan = plans.body.find(({ country }: { country: unknown }) => country !== null);

  const order = await client.call("POST", "/orders", `{"plan_id":${plan.id},"currency":"USD"}`);
  expect(order.status).toBe(200);
  expect(order.body).toMatchObject(READ_FIELDS.order);
  const payment = await client.call(
    "POST",
    "/payments/create",
    `{"order_id":${order.body.id},"provider":"STRIPE"}`,
    {
      "x-provider": "STRIPE",
    },
  );
  expect([payment.status, payment.body]).toEqual([
    200,
    {
      intent_id: expect.stringMatching(/^pi_/),
      status: "requires_action",
      provider: "STRIPE",
      amount_minor_units: order.body.amount_minor_units,
      currency: "USD",
      client_secret: expect.stringContaining(payment.body.intent_id),
      publishable_key: "pk_test_of_the_fake",
    },
  ]);

  const early = await client.call("POST", "/esims/activate", `{"order_id":${order.body.id}}`);
  expect([early.status, early.body.detail]).toEqual([400, "Order must be paid before activating eSIM"]);

  // Stripe's script in the browser confirms; the webhook is still on its way.
  stripe.control.webhooks({ hold: true });
  stripe.control.approve(payment.body.intent_id);
  const esim = await client.call("POST", "/esims/activate", `{"order_id":${order.body.id}}`);
  expect(esim.status, esim.text).toBe(200);
  expect(esim.body).toMatchObject({ ...READ_FIELDS.esim, order_id: order.body.id });

  stripe.control.webhooks({ hold: false });
  await stripe.control.release();
  await stripe.control.webhooksSettled();
  const orders = await client.call("GET", "/orders/mine");
  expect(orders.body).toMatchObject([
    { id: order.body.id, status: "paid", amount_major: order.body.amount_major },
  ]);
  const esims = await client.call("GET", "/esims/mine");
  expect(esims.body).toMatchObject([
    { ...READ_FIELDS.esim, order_id: order.body.id, activation_code: esim.body.activation_code },
  ]);

  const admin = await client.call("GET", "/admin/countries?page=1&page_size=1");
  expect([admin.status, admin.body.detail]).toEqual([403, "Admin access required"]);
});

it("its log-out forgets only the token, and the cookie that stays does not hinder the next person", async () => {
  const client = makeWebClient(`${app.url}/api`, ORIGIN);
  await signIn(client, "first@example.com");
  client.state.token = null;
  await signIn(client, "second@example.com");
  expect((await client.call("GET", "/auth/me")).body).toMatchObject({ email: "second@example.com" });
  expect((await client.call("GET", "/orders/mine")).body).toEqual([]);
});

it("an expired cookie falls back to the token", async () => {
  const client = makeWebClient(`${app.url}/api`, ORIGIN);
  await signIn(client, "stale@example.com");
  client.state.cookies.set("tribi_token", "eyJhbGciOiJIUzI1NiJ9.e30.expired");
  expect((await client.call("GET", "/auth/me")).body).toMatchObject({ email: "stale@example.com" });
  expect((await client.call("POST", "/orders", '{"plan_id":1,"currency":"USD"}')).status).toBe(200);
});

it("its admin pages read items, total and total_pages", async () => {
  const client = makeWebClient(`${app.url}/api`, ORIGIN);
  await signIn(client, "boss@example.com");
  expect((await client.call("GET", "/auth/me")).body).toMatchObject({ is_admin: true });
  const page = await client.call("GET", "/admin/countries?page=1&page_size=1");
  expect(page.body).toMatchObject({ items: [READ_FIELDS.country], total: 76, total_pages: 76 });
});

it("its operator pages work: orders, payments, eSIMs, stock and plans by the names that it sends and reads", async () => {
  const client = makeWebClient(`${app.url}/api`, ORIGIN);
  await signIn(client, "operator@example.com");
  const list = async (path: string) => {
    const answer = await client.call("GET", `/admin/${path}`);
    expect([path, answer.status]).toEqual([path, 200]);
    expect(answer.body).toMatchObject({
      total: expect.any(Number),
      page: 1,
      page_size: 20,
      total_pages: expect.any(Number),
    });
    return answer.body.items;
  };
  const page = "page=1&page_size=20&sort_order=desc";
  for (const sort of ["created_at", "amount", "status"]) {
    const [order] = await list(
      `orders?${page}&sort_by=${sort}&user_q=web@&order_status=paid&payment_status=succeeded`,
    );
    expect(order).toMatchObject({
      status: "paid",
      amount_minor_units: expect.any(Number),
      plan_snapshot: { id: expect.any(Number), name: expect.any(String) },
      user: { email: "web@example.com" },
      payments: [{ provider: "STRIPE", status: "succeeded", intent_id: expect.stringMatching(/^pi_/) }],
      esim_profile: { status: "ready" },
    });
  }
  expect(await list(`orders?${page}&sort_by=created_at&user_q=nobody@`)).toEqual([]);
  const [payment] = await list(`payments?${page}&provider=stripe&payment_status=succeeded`);
  expect(payment).toMatchObject({ order_amount_minor_units: expect.any(Number), order_currency: "USD" });
  expect(await list(`payments?${page}&intent_q=${payment.intent_id}`)).toHaveLength(1);
  expect(await list(`payments?${page}&provider=mercado_pago`)).toEqual([]);
  const [esim] = await list(
    `esims?page=1&page_size=20&user_q=web@&esim_status=ready&order_id=${payment.order_id}`,
  );
  expect(esim).toMatchObject({ user: { email: "web@example.com" }, inventory_item_id: null });
  expect(
    await list(
      "inventory?page=1&page_size=20&q=x&inventory_status=available&plan_id=1&carrier_id=1&country_id=1",
    ),
  ).toEqual([]);
  expect((await client.call("GET", "/admin/inventory/stats?low_stock_threshold=10")).body).toMatchObject({
    totals: { available: 0 },
    low_stock_threshold: 10,
    low_stock_alerts: [],
  });
  const [plan] = await list("plans?page=1&page_size=20");
  const form = { name: "By the old form", data_gb: 0, duration_days: 9, price_usd: 12.5 };
  const changed = await client.call("PUT", `/admin/plans/${plan.id}`, JSON.stringify(form));
  expect(changed.body).toMatchObject({ ...form, is_unlimited: true, country_id: plan.country_id });
  expect(changed.body.prices).toHaveLength(plan.prices.length);
  const fresh = { ...form, country_id: plan.country_id, carrier_id: plan.carrier_id, data_gb: 5 };
  const made = await client.call("POST", "/admin/plans", JSON.stringify(fresh));
  expect([made.status, made.body]).toEqual([201, expect.objectContaining({ data_gb: 5, price_usd: 12.5 })]);
  for (const wrong of [
    { price_usd: 0 },
    { price_usd: 1.234 },
    { price_usd: "1" },
    { price_usd: 5, prices: [] },
  ]) {
    const refused = await client.call("PUT", `/admin/plans/${plan.id}`, JSON.stringify(wrong));
    expect([wrong, refused.status]).toEqual([wrong, 422]);
  }
});
