import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { checksumsOf, jobsSettled } from "../support/checksums.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { logIn, passTime } from "../support/login.js";
import { makeShopper, type Shopper } from "../support/shop.js";

/** A person with a past: a wrong try, an eSIM that was bought, shown and linked to, an order that came to nothing, a refund. */
const EMAIL = "ada@example.com";

let app: TestApp;
let adminToken: string;
let shopper: Shopper;
let kept: { orderId: number; esimId: number };
let secrets: string[];

async function buy(): Promise<{ orderId: number; intentId: string }> {
  const order = await shopper.order();
  const { body } = await shopper.create(order.id, "MOCK");
  await app.request("POST", "/payments/webhook/mock", { body: { intent_id: body.intent_id } });
  return { orderId: order.id, intentId: body.intent_id };
}

beforeAll(async () => {
  app = await startTestApp({ ADMIN_EMAILS: "admin@example.com" });
  ({ token: adminToken } = await logIn(app, "admin@example.com"));
  shopper = await makeShopper(app, EMAIL);
  await app.request("PATCH", "/auth/me", { bearer: shopper.token, body: { name: "Ada Lovelace" } });
  await passTime(app, 61);
  await app.request("POST", "/auth/request-code", { body: { email: EMAIL } });
  await app.request("POST", "/auth/verify-code", { body: { email: EMAIL, code: "000000" } });
  const { orderId } = await buy();
  const esim = await eventually(async () => {
    const answer = await app.request("POST", "/esims/activate", {
      bearer: shopper.token,
      body: { order_id: orderId },
    });
    return answer.status === 200 && answer.body;
  });
  const link = await app.request("POST", `/esims/${esim.id}/install-link`, { bearer: shopper.token });
  secrets = [
    esim.activation_code,
    esim.qr_payload,
    esim.matching_id,
    String(link.body.url).split("/").at(-1)!,
  ];
  kept = { orderId, esimId: esim.id };

  const back = await buy();
  await app.request("POST", `/admin/orders/${back.orderId}/refund`, {
    bearer: adminToken,
    body: { reason: "asked for by phone", accept_loss: true },
  });
  const failed = await shopper.order();
  const { body } = await shopper.create(failed.id, "MOCK");
  await app.request("POST", "/payments/webhook/mock", {
    body: { intent_id: body.intent_id, status: "failed" },
  });
  await eventually(async () => {
    const rows = await app.database.query("select from esim_reveals where profile_id = $1", [esim.id]);
    return rows.length > 0;
  });
  await jobsSettled(app.database);
});
afterAll(() => app.stop());

describe("GET /auth/me/export", () => {
  it("200: all that is held about the person, purchases included, and no secret", async () => {
    const { status, body, text, headers } = await app.request("GET", "/auth/me/export", {
      bearer: shopper.token,
    });
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body.person).toMatchObject({ email: EMAIL, name: "Ada Lovelace" });
    expect(body.sessions).toHaveLength(1);
    expect(body.login_codes).toHaveLength(2);
    expect(body.wrong_tries).toHaveLength(1);
    expect(body.orders.map((order: { status: string }) => order.status)).toEqual([
      "paid",
      "refunded",
      "failed",
    ]);
    const [paid, refunded, failed] = body.orders;
    expect(paid).toMatchObject({
      id: kept.orderId,
      currency: "USD",
      plan_snapshot: { country_iso2: "ES" },
      payments: [{ provider: "MOCK", status: "succeeded", amount_minor_units: paid.amount_minor_units }],
      refunds: [],
      disputes: [],
      esim: { id: kept.esimId, status: "ready" },
    });
    expect(paid.esim.shown.length).toBeGreaterThan(0);
    expect(paid.esim.install_links.length).toBeGreaterThan(0);
    expect(refunded.refunds).toMatchObject([{ status: "succeeded", reason: "asked for by phone" }]);
    expect(failed.payments).toMatchObject([{ status: "failed" }]);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(body.notices).toEqual({ refused: [], noticed: [] });
    expect(text).not.toMatch(/hash|sealed|\\\\x/);
    const times = text.match(/"\d{4}-\d{2}-\d{2}T[^"]*"/g) ?? [];
    expect(times.length).toBeGreaterThan(20);
    for (const time of times) expect(time).toMatch(/^"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z"$/);
  });

  it("200: names every table that holds something about a person", async () => {
    // A table that comes to point at people, orders or eSIMs has to be looked at here, and exported or explained.
    const holders = await app.database.query<{ name: string }>(`
      select distinct conrelid::regclass::text as name from pg_constraint
      where contype = 'f' and confrelid in ('users'::regclass, 'orders'::regclass, 'esim_profiles'::regclass)
      order by 1`);
    const exported = [
      "alarm_choices",
      "alarm_mails",
      "sessions",
      "notes",
      "orders",
      "outgoing_mails",
      "order_consents",
      "payments",
      "refunds",
      "esim_profiles",
      "esim_reveals",
      "install_links",
      "care_notices",
      "refused_notices",
      "top_ups",
      "team_members",
      "api_keys",
      "team_invitations",
      "operator_factors",
      "operator_sessions",
      "factor_notices",
    ];
    // Between us and a supplier, about our stock, ids at a provider that the earlier backend kept of an exported order,
    // what operators ask of each other before they make a refund, which itself is exported, or a sealed secret that
    // lives for minutes.
    const ours = [
      "esim_top_up_lists",
      "imported_payments",
      "operator_factor_offers",
      "provisioning_attempts",
      "refund_approvals",
      "stock_items",
      "supplier_events",
    ];
    expect(holders.map(({ name }) => name)).toEqual([...exported, ...ours].sort());
  });
});

describe("DELETE /auth/me", () => {
  it("422: nobody signs in as the address that a deleted person gets, or that person could not go", async () => {
    const { body: me } = await app.request("GET", "/auth/me", { bearer: shopper.token });
    const answer = await app.request("POST", "/auth/request-code", {
      body: { email: `Deleted-${me.id}@deleted.invalid` },
    });
    expect([answer.status, answer.body.code]).toEqual([422, "email_invalid"]);
  });

  it("200: the person is gone from every table, and the money rows stay as they were", async () => {
    const { query } = app.database;
    const others = Object.fromEntries(
      (
        await query<{ name: string }>(
          "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
        )
      )
        .map(({ name }) => name)
        .filter((name) => !["orders", "payments", "refunds", "webhook_events", "mock_intents"].includes(name))
        .map((name) => [name, "table" as const]),
    );
    const moneyOnly = { ...others, "graphile_worker._private_jobs": "table" as const };
    // A browser that is told apart from all others: by its name, and by the mark that it was given.
    await passTime(app, 61);
    await logIn(app, EMAIL, {
      headers: { "user-agent": "Mozilla/5.0 (iPhone) Version/17.0 Mobile/15E148 Safari/604.1" },
    });
    const marks = await query<{ device: string; browser: string }>(
      "select device_hash::text as device, user_agent as browser from sessions where user_id = $1",
      [shopper.userId],
    );
    expect(marks.map(({ browser }) => browser)).toContain("Safari on iPhone");
    expect(marks.every(({ device }) => /^.x[0-9a-f]{64}$/.test(device))).toBe(true);
    // Operators who dealt with the person, each by the address.
    const asked = [
      ["GET", `/admin/search?q=${EMAIL}`],
      ...["users", "orders", "payments", "esims", "mails"].map((list) => [
        "GET",
        `/admin/${list}/export?q=${EMAIL}`,
      ]),
      ["GET", `/admin/orders/export?user_q=${EMAIL}`],
      ["GET", `/admin/audit-log/export?subject=${EMAIL}`],
      ["POST", `/admin/users/${shopper.userId}/notes`, { text: `Ada Lovelace, ${EMAIL}, called` }],
      ["POST", "/admin/team/invitations", { email: EMAIL, role: "support", reason: "helps us" }],
      ["POST", "/admin/rate-limits/lift", { limit: "codes_per_email", email: EMAIL, reason: "a call" }],
    ] as const;
    for (const [method = "", path = "", body] of asked) {
      const answer = await app.request(method, path, { bearer: adminToken, ...(body && { body }) });
      expect([path, answer.status < 300]).toEqual([path, true]);
    }
    await jobsSettled(app.database);
    const before = await checksumsOf(app.database, moneyOnly);
    expect(Object.keys(before)).toHaveLength(5);

    const gone = await app.request("DELETE", "/auth/me", { bearer: shopper.token });
    expect([gone.status, gone.body]).toEqual([200, { message: "account_deleted" }]);
    expect(await checksumsOf(app.database, moneyOnly)).toEqual(before);
    expect(await violations(app.database)).toEqual({});

    const tables = await query<{ name: string }>(`
      select c.oid::regclass::text as name from pg_class c
      where c.relkind = 'r' and (relnamespace = 'public'::regnamespace or c.oid = to_regclass('graphile_worker._private_jobs'))
        -- The mailbox of people who develop; in production mail leaves by SMTP.
        and relname <> 'dev_inbox'`);
    const holding: string[] = [];
    for (const { name } of tables) {
      const rows = await query(
        `select from ${name} t where t::text ilike '%ada@%' or t::text ilike '%lovelace%'
           or t::text like '%Safari on iPhone%' or t::text like any ($1)`,
        [marks.map(({ device }) => `%${device.slice(2)}%`)],
      );
      if (rows.length > 0) holding.push(name);
    }
    expect(holding).toEqual([]);
  });

  it("401 afterwards; the same address is a new person, who owns nothing of the old one's", async () => {
    expect((await app.request("GET", "/auth/me", { bearer: shopper.token })).status).toBe(401);
    await app.database.query("update auth_codes set created_at = created_at - interval '2 minutes'");
    const again = await logIn(app, EMAIL);
    expect(again.userId).not.toBe(shopper.userId);
    expect((await app.request("GET", "/orders/mine", { bearer: again.token })).body).toEqual([]);
    const foreign = await app.request("GET", `/orders/${kept.orderId}`, { bearer: again.token });
    expect(foreign.status).toBe(404);
    // The books can still be read: an operator sees the order of somebody who is not there any more.
    const order = await app.request("GET", `/admin/orders/${kept.orderId}`, { bearer: adminToken });
    expect(order.status).toBe(200);
    expect(order.text).not.toContain(EMAIL);
  });
});
