import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statusOf } from "../../src/http/problem.js";
import { ERROR_CODES } from "../../src/kernel/errors.js";
import { makeLog } from "../../src/telemetry/log.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { logIn } from "../support/login.js";
import { sendRaw } from "../support/raw-http.js";
import { setUpFactor } from "../support/second-factor.js";

interface Line {
  readonly event?: string;
  readonly kind?: string;
  readonly request_id?: string;
}

let app: TestApp;
let user: { token: string; userId: number };
const lines: Line[] = [];

beforeAll(async () => {
  const log = makeLog({
    level: "info",
    format: "json",
    sink: { write: (text: string) => void lines.push(JSON.parse(text) as Line) },
  });
  app = await startTestApp({}, { log });
  user = await logIn(app, "traveller@example.com");
});
afterAll(() => app.stop());

const counted = async (kind: string): Promise<number> => {
  const { text } = await app.request("GET", "/metrics");
  return Number(new RegExp(`tribi_request_refused_total\\{kind="${kind}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
};

describe("a refused request is one event, with who, what and its id, and no address", () => {
  it.each([
    ["missing_credentials", 401, () => ({}), null],
    ["invalid_credentials", 401, () => ({ bearer: "x.y.z" }), null],
    ["admin_required", 403, () => ({ bearer: user.token }), () => user.userId],
  ] as const)("%s", async (kind, status, options, who) => {
    lines.length = 0;
    const answer = await app.request("GET", "/admin/users", options());
    expect(answer.status).toBe(status);
    const told = lines.filter(({ event }) => event === "request_refused");
    expect(told).toEqual([
      expect.objectContaining({
        kind,
        method: "GET",
        route: "/admin/users",
        user_id: who === null ? null : who(),
        address_family: "ipv4",
        request_id: answer.headers.get("x-request-id"),
      }),
    ]);
    expect(JSON.stringify(told)).not.toMatch(/127\.0\.0|traveller|x\.y\.z/);
    expect(await counted(kind)).toBe(1);
  });

  it("cross_site_request", async () => {
    lines.length = 0;
    const answer = await app.request("PATCH", "/auth/me", {
      cookie: `tribi_token=${user.token}`,
      headers: { origin: "https://elsewhere.example" },
      body: { name: "Eve" },
    });
    expect([answer.status, answer.body.code]).toEqual([403, "cross_site_request"]);
    expect(lines.filter(({ kind }) => kind === "cross_site_request")).toMatchObject([
      { user_id: user.userId, route: "/auth/me" },
    ]);
    expect(await counted("cross_site_request")).toBe(1);
  });

  it("cross_site_request: to sign a person in, and to pay by the mock's button", async () => {
    const before = await counted("cross_site_request");
    const headers = { origin: "https://elsewhere.example" };
    const body = { email: "traveller@example.com", code: "000000" };
    expect((await app.request("POST", "/auth/verify-code", { headers, body })).status).toBe(403);
    expect((await app.request("POST", "/auth/refresh", { headers, body: {} })).status).toBe(403);
    expect(await counted("cross_site_request")).toBe(before + 2);
  });

  it("permission_missing: what a member's role may not do", async () => {
    lines.length = 0;
    const member = await logIn(app, "member@example.com");
    await app.database.query(
      "insert into team_members (user_id, role, created_by) values ($1, 'catalogue', 'test')",
      [member.userId],
    );
    const answer = await app.request("GET", "/admin/orders", { bearer: member.token });
    expect([answer.status, answer.body.code]).toEqual([403, "permission_missing"]);
    expect(lines.filter(({ kind }) => kind === "permission_missing")).toMatchObject([
      { user_id: member.userId, route: "/admin/orders" },
    ]);
    expect(await counted("permission_missing")).toBe(1);
  });

  it("conflicting_credentials: a cookie and a token of two persons", async () => {
    lines.length = 0;
    const other = await logIn(app, "other@example.com");
    const answer = await app.request("GET", "/auth/me", {
      cookie: `tribi_token=${user.token}`,
      bearer: other.token,
    });
    expect([answer.status, answer.body.code]).toEqual([401, "conflicting_credentials"]);
    expect(lines.filter(({ kind }) => kind === "conflicting_credentials")).toHaveLength(1);
    expect(await counted("conflicting_credentials")).toBe(1);
  });

  it("session_revoked: a refresh token of a session that has ended", async () => {
    lines.length = 0;
    const gone = await logIn(app, "gone@example.com");
    await app.request("POST", "/auth/logout", { bearer: gone.token });
    const answer = await app.request("POST", "/auth/refresh", { body: { refresh_token: gone.refreshToken } });
    expect([answer.status, answer.body.code]).toEqual([401, "session_revoked"]);
    expect(lines.filter(({ kind }) => kind === "session_revoked")).toMatchObject([
      { route: "/auth/refresh" },
    ]);
    expect(JSON.stringify(lines)).not.toContain(gone.refreshToken);
    expect(await counted("session_revoked")).toBe(1);
  });

  it("second_factor_required, step_up_required, operator_session_over: a member who is not far enough in", async () => {
    const member = await logIn(app, "careful@example.com");
    await app.database.query(
      "insert into team_members (user_id, role, created_by) values ($1, 'owner', 'test')",
      [member.userId],
    );
    await setUpFactor(app, member.token);
    const refused = async (sql: string): Promise<void> => {
      lines.length = 0;
      await app.database.query(sql);
      const code = await eventually(async () => {
        const { status, body } = await app.request("GET", "/admin/users/export", { bearer: member.token });
        return status !== 200 && body.code;
      });
      expect(lines.filter(({ kind }) => kind === code)).toMatchObject([
        { user_id: member.userId, route: "/admin/users/export" },
      ]);
      expect(await counted(code)).toBe(1);
    };
    await refused("update operator_sessions set fresh_until = now() where factor_at is not null");
    await refused("update operator_sessions set factor_at = null, fresh_until = null");
    await refused("update operator_sessions set idle_until = now()");
  });

  it("not_found: an operators' page that does not show itself to others", async () => {
    lines.length = 0;
    await sendRaw(app.url, "GET /metrics HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n");
    expect(lines.filter(({ kind }) => kind === "not_found")).toMatchObject([{ route: "/metrics" }]);
    expect(await counted("not_found")).toBe(1);
    expect((await app.request("GET", "/nothing/here")).status).toBe(404);
    expect(await counted("not_found")).toBe(1);
  });

  it("forbidden: a development page asked for from elsewhere", async () => {
    lines.length = 0;
    await sendRaw(app.url, "GET /dev/inbox HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n");
    expect(lines.filter(({ kind }) => kind === "forbidden")).toHaveLength(1);
  });

  it("no kind of refusal is without its test here", async () => {
    const kinds = ERROR_CODES.filter((code) => [401, 403].includes(statusOf(code)));
    const { text } = await app.request("GET", "/metrics");
    const seen = [...text.matchAll(/tribi_request_refused_total\{kind="(\w+)"\}/g)].map(([, kind]) => kind);
    expect(seen.sort()).toEqual([...kinds, "not_found"].sort());
  });

  it("of a flood some have a line, and the counter has all", async () => {
    lines.length = 0;
    const before = await counted("missing_credentials");
    await Promise.all(Array.from({ length: 200 }, () => app.request("GET", "/auth/me")));
    const told = lines.filter(({ event }) => event === "request_refused").length;
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(20);
    expect(await counted("missing_credentials")).toBe(before + 200);
  });
});

describe("a set-up of proxies that does not fit", () => {
  it("is counted, and shown at /health to operators alone", async () => {
    const headers = { "x-forwarded-for": "203.0.113.9" };
    await app.request("POST", "/auth/request-code", { headers, body: { email: "a@example.com" } });
    const { text } = await app.request("GET", "/metrics");
    expect(text).toMatch(/tribi_forwarding_doubted_total\{reason="trust_unset"\} 1/);
    const operators = await app.request("GET", "/health");
    expect(operators.body).toMatchObject({
      status: "degraded",
      parts: { "client_address.trust_unset": expect.stringContaining("TRUST_PROXY is unset") },
    });
    expect((await app.request("GET", "/health/ready")).body).toMatchObject({ status: "ok", parts: {} });
    const others = await app.request("GET", "/health", { headers });
    expect(others.body).toMatchObject({ status: "ok", parts: {} });
  });

  it("is noticed where all the world is one client", async () => {
    const log: Line[] = [];
    const behind = await startTestApp(
      {
        TRUST_PROXY: "10.9.9.0/24",
        RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
        METRICS_TOKEN: "of-the-operators",
      },
      {
        worker: false,
        log: makeLog({
          level: "warn",
          format: "json",
          sink: { write: (text: string) => void log.push(JSON.parse(text) as Line) },
        }),
      },
    );
    for (let index = 0; index < 12; index += 1) {
      await behind.request("POST", "/auth/request-code", {
        headers: { "x-forwarded-for": `203.0.113.${index}` },
        body: { email: `p${index}@example.com` },
      });
    }
    expect((await behind.request("GET", "/health")).body.parts).toEqual({});
    const { parts } = (await behind.request("GET", "/health", { bearer: "of-the-operators" })).body;
    expect(Object.keys(parts)).toEqual(["client_address.sender_not_trusted", "client_address.many_people"]);
    expect((await behind.request("GET", "/metrics")).status).toBe(404);
    // A proxy on this machine that adds no header looks like a local caller.
    for (const line of ["GET /dev/inbox", "GET /dev/inbox.json", "POST /payments/webhook/mock"]) {
      const answer = await sendRaw(
        behind.url,
        `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
      );
      expect([line, answer.status]).toEqual([line, 403]);
    }
    expect(log.map((line) => (line as { msg?: string }).msg)).toEqual(Object.values(parts));
    expect(JSON.stringify([log, parts])).not.toMatch(/203\.0\.113|127\.0\.0|@example/);
    await behind.stop();
  });
});
