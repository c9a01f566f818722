import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routesOf } from "../../src/http/server.js";
import { type Answer, send, startQuietApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { expectNoTrace } from "../support/checksums.js";
import { eventually } from "../support/eventually.js";
import { logIn } from "../support/login.js";

/**
 * Who may call what: every route of the program, written down a second time by hand. A route that is added without
 * a line here fails the test, so that nobody opens a door by accident.
 *
 * - public: anybody
 * - user: a signed-in person, and only their own things
 * - admin: a person with a role; which one may do what is in role-table.test.ts
 * - webhook: whoever can sign; the mock's like dev
 * - dev, metrics: this machine, or the token of that name
 */
const ACCESS_TABLE: Readonly<Record<string, "public" | "user" | "admin" | "dev" | "metrics" | "webhook">> = {
  "GET /": "public",
  "GET /es": "public",
  "GET /es/": "public",
  "GET /esim/:place": "public",
  "GET /trip": "public",
  "GET /help": "public",
  "GET /legal/terms": "public",
  "GET /legal/refunds": "public",
  "GET /legal/privacy": "public",
  "GET /checkout/:plan": "public",
  "GET /checkout/:order/return": "public",
  "GET /account": "public",
  "GET /account/esims/:id": "public",
  "GET /account/orders/:id": "public",
  "GET /es/esim/:place": "public",
  "GET /es/trip": "public",
  "GET /es/help": "public",
  "GET /es/legal/terms": "public",
  "GET /es/legal/refunds": "public",
  "GET /es/legal/privacy": "public",
  "GET /es/checkout/:plan": "public",
  "GET /es/checkout/:order/return": "public",
  "GET /es/account": "public",
  "GET /es/account/esims/:id": "public",
  "GET /es/account/orders/:id": "public",
  "GET /flags/:file": "public",
  "GET /brand/:file": "public",
  "GET /robots.txt": "public",
  "GET /sitemap.xml": "public",
  "GET /service-worker.js": "public",
  "GET /console": "public",
  "GET /console/*": "public",
  "GET /console/assets/:file": "public",
  "GET /assets/:file": "public",
  "GET /openapi.json": "public",
  "GET /docs": "public",
  "GET /docs/": "public",
  "GET /docs/:file": "public",
  "GET /health": "public",
  "GET /health/live": "public",
  "GET /health/ready": "public",
  "GET /metrics": "metrics",

  "GET /countries": "public",
  "GET /plans": "public",
  "GET /plans/:id": "public",
  "GET /trips": "public",
  "GET /device/compatibility": "public",
  "GET /device/models": "public",

  "POST /auth/request-code": "public",
  "POST /auth/verify-code": "public",
  "POST /auth/verify": "public",
  "POST /auth/refresh": "public",
  "POST /auth/logout": "public",
  "GET /auth/me": "user",
  "PATCH /auth/me": "user",
  "DELETE /auth/me": "user",
  "GET /auth/me/export": "user",
  "GET /auth/sessions": "user",
  "DELETE /auth/sessions/:id": "user",

  "POST /orders": "user",
  "GET /orders/mine": "user",
  "GET /orders/:id": "user",
  "GET /orders/:id/consent": "user",
  "GET /orders/:id/refund": "user",
  "POST /orders/:id/refund": "user",
  "PUT /orders/:id/consent": "user",
  "POST /payments/create": "user",
  "POST /payments/webhook": "webhook",
  "POST /payments/webhook/:provider": "webhook",
  "POST /esims/activate": "user",
  "GET /esims/mine": "user",
  "GET /esims/:id": "user",
  "GET /esims/:id/top-ups": "user",
  "POST /esims/:id/top-ups": "user",
  "POST /esims/:id/installed": "user",
  "POST /esims/:id/install-link": "user",
  "POST /esims/webhook/:supplier": "webhook",
  "POST /esims/webhook/:supplier/:secret": "webhook",
  "GET /install/:secret": "public",
  "POST /install/:secret": "public",
  "GET /notices/unsubscribe/:token": "public",
  "POST /notices/unsubscribe/:token": "public",
  "GET /notices/esim/:token": "public",
  "DELETE /esims/:id/links": "user",
  "GET /auth/me/notices": "user",
  "PATCH /auth/me/notices": "user",
  "GET /esims/:id/qr.svg": "user",
  "GET /esims/:id/qr.png": "user",

  "GET /admin/me": "admin",
  "GET /admin/me/alarms": "admin",
  "PATCH /admin/me/alarms": "admin",
  "GET /admin/api-keys": "admin",
  "POST /admin/api-keys": "admin",
  "POST /admin/api-keys/:id/rotate": "admin",
  "DELETE /admin/api-keys/:id": "admin",
  "GET /admin/settings": "admin",
  "PATCH /admin/settings": "admin",
  "GET /admin/settings/:name/history": "admin",
  "GET /admin/second-factor": "admin",
  "POST /admin/second-factor": "admin",
  "POST /admin/second-factor/confirm": "admin",
  "POST /admin/second-factor/verify": "admin",
  "POST /admin/second-factor/reset": "admin",
  "GET /admin/sessions": "admin",
  "DELETE /admin/sessions/:id": "admin",
  "GET /admin/team": "admin",
  "PATCH /admin/team/:id": "admin",
  "DELETE /admin/team/:id": "admin",
  "POST /admin/team/invitations": "admin",
  "DELETE /admin/team/invitations/:id": "admin",
  "POST /team/accept": "user",
  "GET /admin/search": "admin",
  "GET /admin/summary": "admin",
  "GET /admin/countries": "admin",
  "GET /admin/countries/export": "admin",
  "POST /admin/countries/import": "admin",
  "GET /admin/countries/:id": "admin",
  "POST /admin/countries": "admin",
  "PUT /admin/countries/:id": "admin",
  "PATCH /admin/countries/:id": "admin",
  "DELETE /admin/countries/:id": "admin",
  "GET /admin/carriers": "admin",
  "GET /admin/carriers/export": "admin",
  "POST /admin/carriers/import": "admin",
  "GET /admin/carriers/:id": "admin",
  "POST /admin/carriers": "admin",
  "PUT /admin/carriers/:id": "admin",
  "PATCH /admin/carriers/:id": "admin",
  "DELETE /admin/carriers/:id": "admin",
  "GET /admin/plans": "admin",
  "GET /admin/plans/:id": "admin",
  "POST /admin/plans": "admin",
  "PUT /admin/plans/:id": "admin",
  "PATCH /admin/plans/:id": "admin",
  "DELETE /admin/plans/:id": "admin",
  "POST /admin/plans/import": "admin",
  "GET /admin/plans/export": "admin",
  "GET /admin/plans/:id/price": "admin",
  "GET /admin/price-rules": "admin",
  "PUT /admin/price-rules": "admin",
  "POST /admin/price-rules/simulate": "admin",
  "GET /admin/exchange-rates": "admin",
  "GET /admin/catalogue/syncs": "admin",
  "POST /admin/catalogue/syncs": "admin",
  "GET /admin/catalogue/syncs/:id": "admin",
  "POST /admin/catalogue/syncs/:id/apply": "admin",
  "GET /admin/plans/:id/suppliers": "admin",
  "PUT /admin/plans/:id/suppliers": "admin",
  "GET /admin/orders": "admin",
  "GET /admin/orders/export": "admin",
  "GET /admin/orders/:id": "admin",
  "GET /admin/orders/:id/refund-preview": "admin",
  "POST /admin/orders/:id/refund": "admin",
  "GET /admin/payments": "admin",
  "GET /admin/payments/export": "admin",
  "GET /admin/payments/:id": "admin",
  "GET /admin/refunds": "admin",
  "GET /admin/refunds/export": "admin",
  "POST /admin/refunds/:id/retry": "admin",
  "GET /admin/refund-approvals": "admin",
  "GET /admin/refund-approvals/export": "admin",
  "POST /admin/refund-approvals/:id/approve": "admin",
  "POST /admin/refund-approvals/:id/decline": "admin",
  "GET /admin/disputes": "admin",
  "GET /admin/disputes/export": "admin",
  "GET /admin/webhook-events": "admin",
  "GET /admin/webhook-events/export": "admin",
  "POST /admin/webhook-events/:id/replay": "admin",
  "GET /admin/reconciliation": "admin",
  "GET /admin/reconciliation/export": "admin",
  "GET /admin/users": "admin",
  "GET /admin/users/export": "admin",
  "GET /admin/users/:id": "admin",
  "GET /admin/users/:id/logins": "admin",
  "GET /admin/users/:id/export": "admin",
  "GET /admin/users/:id/deletion-preview": "admin",
  "DELETE /admin/users/:id": "admin",
  "POST /admin/users/:id/notes": "admin",
  "POST /admin/orders/:id/notes": "admin",
  "DELETE /admin/notes/:id": "admin",
  "POST /admin/users/:id/disable": "admin",
  "POST /admin/users/:id/enable": "admin",
  "GET /admin/rate-limits": "admin",
  "GET /admin/rate-limits/addresses": "admin",
  "POST /admin/rate-limits/lift": "admin",
  "GET /admin/inventory": "admin",
  "GET /admin/inventory/export": "admin",
  "GET /admin/inventory/low-stock": "admin",
  "GET /admin/inventory/stats": "admin",
  "POST /admin/inventory/import": "admin",
  "GET /admin/suppliers": "admin",
  "GET /admin/suppliers/history": "admin",
  "GET /admin/suppliers/:supplier/webhook-address": "admin",
  "GET /admin/esims": "admin",
  "GET /admin/esims/export": "admin",
  "GET /admin/esims/:id": "admin",
  "GET /admin/esims/:id/install": "admin",
  "GET /admin/esims/:id/attempts": "admin",
  "POST /admin/esims/:id/decision": "admin",
  "POST /admin/esims/:id/resend-mail": "admin",
  "GET /admin/top-ups": "admin",
  "GET /admin/top-ups/export": "admin",
  "GET /admin/top-ups/:id/attempts": "admin",
  "POST /admin/top-ups/:id/decision": "admin",
  "GET /admin/jobs": "admin",
  "GET /admin/jobs/export": "admin",
  "POST /admin/jobs/:id/retry": "admin",
  "GET /admin/previews": "admin",
  "GET /admin/previews/:name/document": "admin",
  "GET /admin/mails": "admin",
  "GET /admin/mails/export": "admin",
  "POST /admin/mails/:id/resend": "admin",
  "GET /admin/audit-log": "admin",
  "GET /admin/webhook-endpoints": "admin",
  "POST /admin/webhook-endpoints": "admin",
  "PATCH /admin/webhook-endpoints/:id": "admin",
  "DELETE /admin/webhook-endpoints/:id": "admin",
  "POST /admin/webhook-endpoints/:id/rotate-secret": "admin",
  "POST /admin/webhook-endpoints/:id/test": "admin",
  "GET /admin/webhook-endpoints/:id/deliveries": "admin",
  "POST /admin/webhook-endpoints/:id/deliveries/:delivery/redeliver": "admin",
  "GET /events": "admin",
  "GET /admin/exports/journal": "admin",
  "GET /admin/exports/summary": "admin",
  "GET /admin/audit-log/export": "admin",

  "GET /dev/inbox": "dev",
  "GET /dev/inbox.json": "dev",
  "GET /dev/pay/:intent": "dev",
  "POST /dev/pay/:intent": "dev",
};

/** What a read may write: the audit log, that of shown install data with it, a session's time of last use, and
 * the operators' part of a login, which its first use opens. */
const WRITTEN_BY_READS = {
  audit_log: "table",
  esim_reveals: "table",
  sessions: ["last_used_at"],
  operator_sessions: "table",
} as const;

/** Routes whose pages exist only after `npm run build`. */
const BUILT_ONLY = new Set(["GET /assets/:file"]);
const NOBODYS_ID = "2000000000";

let app: TestApp;
let owner: { token: string; orderId: number; intentId: string; esimId: number; sessionId: string };
let strangerToken: string;
let adminToken: string;
let planId: number;

beforeAll(async () => {
  app = await startQuietApp({ ADMIN_EMAILS: "admin@example.com" }, async (busy) => {
    ({ planId } = await seedCatalog(busy.database));
    const { token } = await logIn(busy, "owner@example.com");
    ({ token: strangerToken } = await logIn(busy, "stranger@example.com"));
    ({ token: adminToken } = await logIn(busy, "admin@example.com"));
    owner = { token, ...(await buyEsim(busy, token)), sessionId: await sessionOf(busy, token) };
  });
});
afterAll(() => app.stop());

const CONSENT = { terms_version: "1", immediate_delivery: true };

async function buyEsim(
  app: TestApp,
  token: string,
): Promise<{ orderId: number; intentId: string; esimId: number }> {
  const order = await app.request("POST", "/orders", { bearer: token, body: { plan_id: planId } });
  await app.request("PUT", `/orders/${order.body.id}/consent`, { bearer: token, body: CONSENT });
  const body = { order_id: order.body.id, provider: "MOCK" };
  const payment = await app.request("POST", "/payments/create", { bearer: token, body });
  await app.request("POST", "/payments/webhook/mock", {
    body: { intent_id: payment.body.intent_id, status: "succeeded" },
  });
  const esim = await eventually(async () => {
    const answer = await app.request("POST", "/esims/activate", {
      bearer: token,
      body: { order_id: order.body.id },
    });
    return answer.status === 200 && answer.body;
  });
  return { orderId: order.body.id, intentId: payment.body.intent_id, esimId: esim.id };
}

async function sessionOf(app: TestApp, token: string): Promise<string> {
  const { body } = await app.request("GET", "/auth/sessions", { bearer: token });
  const [session] = Array.isArray(body) ? body : body.items;
  return String(session.id);
}

/** A path of the route with ids that exist, or that do not. */
function pathOf(url: string, ids: "owner's" | "nobody's"): string {
  const known: readonly [RegExp, string | number][] = [
    [/^\/auth\/sessions/, owner.sessionId],
    [/^\/esims/, owner.esimId],
    [/^\/(admin\/)?orders/, owner.orderId],
    [/^\/(admin\/)?plans/, planId],
    [/^\/dev\/pay/, owner.intentId],
    [/^\/admin\/esims/, owner.esimId],
  ];
  const own = String(known.find(([pattern]) => pattern.test(url))?.[1] ?? 1);
  const isUuid = /^[0-9a-f-]{36}$/.test(own);
  const absent = isUuid ? "00000000-0000-4000-8000-000000000000" : NOBODYS_ID;
  return url
    .replace(":provider", "mock")
    .replace(":file", "none.js")
    .replace(/:[a-z_]+/gi, ids === "owner's" ? own : absent);
}

const routes = Object.entries(ACCESS_TABLE).map(([name, access]) => {
  const [method = "", url = ""] = name.split(" ");
  return { name, method, url, access };
});
const of = (...accesses: string[]) => routes.filter(({ access }) => accesses.includes(access));
const withoutRequestId = ({ status, body }: Answer) => ({ status, body: { ...body, request_id: undefined } });

describe("the table of access", () => {
  it("names every route of the program, and no other", () => {
    const declared = Object.fromEntries(
      routesOf(app.app.server).map(({ method, url, access }) => [`${method} ${url}`, access]),
    );
    const expected = Object.fromEntries(
      Object.entries(ACCESS_TABLE).filter(([name]) => !BUILT_ONLY.has(name) || name in declared),
    );
    expect(declared).toEqual(expected);
  });

  it.each(of("user", "admin"))("401: $name without credentials, 0 effect", async ({ method, url }) => {
    await expectNoTrace(
      app.database,
      async () => {
        for (const prefix of ["", "/api"]) {
          const answer = await app.request(method, `${prefix}${pathOf(url, "owner's")}`);
          expect([answer.status, answer.body.detail]).toEqual([401, "Missing credentials"]);
        }
        const forged = await app.request(method, pathOf(url, "owner's"), {
          bearer: "a.b.c",
          cookie: "tribi_token=a.b.c",
        });
        expect([forged.status, forged.body.detail]).toEqual([401, "Invalid token"]);
      },
      WRITTEN_BY_READS,
    );
  });

  it.each(of("admin"))("403: $name as somebody else than an admin, 0 effect", async ({ method, url }) => {
    await expectNoTrace(
      app.database,
      async () => {
        const answer = await app.request(method, pathOf(url, "owner's"), { bearer: strangerToken });
        expect([answer.status, answer.body.detail]).toEqual([403, "Admin access required"]);
      },
      WRITTEN_BY_READS,
    );
  });

  it.each(of("admin"))("$name is open to an admin", async ({ method, url }) => {
    const path = method === "GET" ? pathOf(url, "owner's") : pathOf(url, "nobody's");
    const headers = url.endsWith("/import") ? { "content-type": "text/csv" } : {};
    const body = method === "GET" || method === "DELETE" ? {} : { body: "{}", headers };
    const answer = await app.request(method, path, { bearer: adminToken, ...body });
    expect([200, 201, 202, 404, 409, 422]).toContain(answer.status);
  });

  it.each(of("public").filter(({ method }) => method === "GET"))(
    "$name is open to anybody",
    async ({ url }) => {
      const answer = await app.request("GET", pathOf(url, "owner's"));
      expect([200, 301, 404, 422]).toContain(answer.status);
    },
  );

  it.each(of("dev"))("403: $name for callers that are not on this machine", async ({ method, url }) => {
    for (const headers of [
      { "x-forwarded-for": "127.0.0.1" },
      { forwarded: "for=127.0.0.1" },
      { via: "1.1 proxy" },
      { "x-real-ip": "127.0.0.1" },
      { "x-forwarded-for": "127.0.0.1", "x-dev-token": "" },
      { "x-forwarded-for": "127.0.0.1", authorization: "Bearer wrong" },
    ]) {
      expect(
        (await app.request(method, pathOf(url, "owner's"), { headers: headers as Record<string, string> }))
          .status,
      ).toBe(403);
    }
    if (method === "GET") expect((await app.request(method, pathOf(url, "owner's"))).status).toBe(200);
  });

  it("404: /metrics for callers that are not on this machine", async () => {
    const answer = await app.request("GET", "/metrics", { headers: { "x-forwarded-for": "127.0.0.1" } });
    expect(answer.status).toBe(404);
    expect((await send(`${app.url}/metrics`, "GET")).text).toContain("# HELP");
  });
});

/** A page of somebody else, in each form that a browser gives it; the API tells them apart from its own. */
const STRANGE_PAGES: readonly Record<string, string>[] = [
  { origin: "https://evil.test" },
  { origin: "null" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  {},
];

describe("a cookie does not act for strange pages", () => {
  const unsafe = of("user", "admin").filter(({ method }) => method !== "GET");

  it.each(unsafe)("403: $name by cookie alone, 0 effect; beside a Bearer it gets past", async (route) => {
    const { method, url, access } = route;
    const token = access === "admin" ? adminToken : owner.token;
    const path = pathOf(url, "nobody's");
    const cookie = `tribi_token=${token}`;
    await expectNoTrace(
      app.database,
      async () => {
        for (const headers of STRANGE_PAGES) {
          const answer = await app.request(method, path, { cookie, headers });
          expect([answer.status, answer.body.code], JSON.stringify(headers)).toEqual([
            403,
            "cross_site_request",
          ]);
        }
      },
      WRITTEN_BY_READS,
    );
    if (url === "/auth/me" && method === "DELETE") return;
    const headers = { origin: "https://evil.test", "content-type": "application/json" };
    const beside = await app.request(method, path, { cookie, bearer: token, headers, body: "{" });
    expect(beside.status).not.toBe(403);
  });
});

describe("what belongs to somebody else does not exist", () => {
  const BODIES: Readonly<Record<string, object>> = {
    "POST /esims/:id/top-ups": { body: { plan_id: 1 } },
    "PUT /orders/:id/consent": { body: CONSENT },
  };

  it.each(of("user").filter(({ url }) => url.includes("/:")))("404: $name", async ({ name, method, url }) => {
    const body = BODIES[name] ?? {};
    const foreign = await app.request(method, pathOf(url, "owner's"), { bearer: strangerToken, ...body });
    const absent = await app.request(method, pathOf(url, "nobody's"), { bearer: strangerToken, ...body });
    expect(foreign.status).toBe(404);
    expect(withoutRequestId(foreign)).toEqual(withoutRequestId(absent));
    if (method !== "GET") return;
    expect((await app.request(method, pathOf(url, "owner's"), { bearer: owner.token })).status).toBe(200);
  });

  it.each(["/payments/create", "/esims/activate"])("404: POST %s for somebody else's order", async (path) => {
    const ask = (order: number) =>
      app.request("POST", path, { bearer: strangerToken, body: { order_id: order } });
    const foreign = await ask(owner.orderId);
    expect([foreign.status, foreign.body.detail]).toEqual([404, "Order not found"]);
    expect(withoutRequestId(foreign)).toEqual(withoutRequestId(await ask(Number(NOBODYS_ID))));
  });

  it("lists show the caller's own things only", async () => {
    for (const path of ["/orders/mine", "/esims/mine"]) {
      expect((await app.request("GET", path, { bearer: strangerToken })).body).toEqual([]);
      expect((await app.request("GET", path, { bearer: owner.token })).body).toHaveLength(1);
    }
    const { text } = await app.request("GET", "/auth/me/export", { bearer: strangerToken });
    expect(text).toContain("stranger@example.com");
    expect(text).not.toContain("owner@example.com");
  });
});

describe("reading changes nothing", () => {
  it("the whole surface of GET, HEAD and OPTIONS leaves no trace but audit rows and last use", async () => {
    await expectNoTrace(
      app.database,
      async () => {
        for (const { url, access } of routes.filter(({ method }) => method === "GET")) {
          const bearer = access === "admin" ? adminToken : owner.token;
          for (const method of ["GET", "HEAD", "OPTIONS"]) {
            const answer = await app.request(method, pathOf(url, "owner's"), { bearer });
            expect(answer.status, `${method} ${url}`).toBeLessThan(method === "OPTIONS" ? 406 : 500);
          }
        }
      },
      WRITTEN_BY_READS,
    );
  });
});
