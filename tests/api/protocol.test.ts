import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeApp } from "../../src/app.js";
import { loadConfig } from "../../src/config/config.js";
import { makeLog } from "../../src/telemetry/log.js";
import { startQuietApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { type Checksums, checksumsOf } from "../support/checksums.js";
import { logIn } from "../support/login.js";
import { PRODUCTION } from "../support/production.js";
import { type RawAnswer, sendRaw } from "../support/raw-http.js";

let app: TestApp;
let token: string;
let adminToken: string;
let planId: number;
let before: Checksums;
/** Begins its headers before all other requests of this file and never ends them. */
let slow: Promise<RawAnswer>;
const WRITTEN_BY_READS = {
  audit_log: "table",
  operator_sessions: "table",
  sessions: ["last_used_at"],
} as const;

beforeAll(async () => {
  app = await startQuietApp({ ADMIN_EMAILS: "admin@example.com" }, async (busy) => {
    ({ planId } = await seedCatalog(busy.database));
    ({ token } = await logIn(busy, "traveller@example.com"));
    ({ token: adminToken } = await logIn(busy, "admin@example.com"));
  });
  before = await checksumsOf(app.database, WRITTEN_BY_READS);
  slow = sendRaw(app.url, "GET /plans HTTP/1.1\r\nHost: a\r\nX-A: ", { waitMillis: 60_000 });
});
afterAll(async () => {
  // Whatever this file sends is refused, so nothing of it may stand in the database.
  expect(await checksumsOf(app.database, WRITTEN_BY_READS)).toEqual(before);
  await app.stop();
});

const problem = (answer: RawAnswer): Record<string, unknown> => {
  expect(answer.headers["content-type"]).toMatch(/^application\/(problem\+)?json/);
  expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  const body = JSON.parse(answer.text) as Record<string, unknown>;
  expect(body).toMatchObject({
    status: answer.status,
    detail: expect.any(String),
    code: expect.any(String),
    request_id: answer.headers["x-request-id"],
  });
  return body;
};

const post = (path: string, headers: Record<string, string>, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${Object.entries(
    headers,
  )
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n${body}`;

const POSTS: readonly [path: string, who: "nobody" | "user" | "admin"][] = [
  ["/auth/request-code", "nobody"],
  ["/auth/verify-code", "nobody"],
  ["/auth/verify", "nobody"],
  ["/orders", "user"],
  ["/payments/create", "user"],
  ["/payments/webhook/mock", "nobody"],
  ["/payments/webhook?provider=mock", "nobody"],
  ["/esims/activate", "user"],
  ["/admin/countries", "admin"],
  ["/admin/carriers", "admin"],
  ["/admin/plans", "admin"],
];
const bearerOf = (who: "nobody" | "user" | "admin"): { bearer?: string } =>
  who === "nobody" ? {} : { bearer: who === "admin" ? adminToken : token };

describe("addresses and methods", () => {
  it.each(["/nothing/here", "//plans", "/api/api/plans", "/PLANS", "/plans/1/2", "/.env", "/api/..%2fplans"])(
    "404: %s is unknown, and the answer says where to look",
    async (path) => {
      const answer = await app.request("GET", path);
      expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
      expect(answer.body.detail).toContain("/docs");
    },
  );

  it("404 also for a body that no route would take", async () => {
    const headers = { "content-type": "text/plain" };
    expect((await app.request("POST", "/nothing", { headers, body: "x" })).status).toBe(404);
  });

  it.each([
    ["DELETE", "/health/live", "GET, HEAD"],
    ["PUT", "/plans", "GET, HEAD"],
    ["GET", "/auth/request-code", "POST"],
    ["PATCH", "/orders", "POST"],
    ["OPTIONS", "/plans", "GET, HEAD"],
    ["POST", "/auth/me", "DELETE, GET, HEAD, PATCH"],
    ["DELETE", "/orders/1", "GET, HEAD"],
  ])("405: %s %s names the methods that the address takes", async (method, path, allow) => {
    for (const prefix of ["", "/api"]) {
      const answer = await app.request(method, `${prefix}${path}`);
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
    }
  });

  it.each(["TRACE", "PROPFIND", "LOCK", "SEARCH", "M-SEARCH"])(
    "405: %s is a method of HTTP that no route takes",
    async (method) => {
      const answer = await sendRaw(app.url, `${method} /plans HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
      expect([answer.status, answer.headers.allow]).toEqual([405, "GET, HEAD"]);
      expect(problem(answer)).toMatchObject({ code: "method_not_allowed" });
      expect(answer.text).not.toContain("127.0.0.1");
    },
  );

  it("501: an unknown method, and the connection ends", async () => {
    const answer = await sendRaw(app.url, "BREW /plans HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    expect(answer.status).toBe(501);
    expect(answer.wasClosed).toBe(true);
    expect(problem(answer)).toMatchObject({ code: "method_unknown" });
  });

  it("200: every route is served under /api as well", async () => {
    expect((await app.request("GET", "/api/health/live")).status).toBe(200);
    expect((await app.request("GET", "/api/health/ready")).body).toMatchObject({ status: "ok", parts: {} });
    expect((await app.request("GET", "/api/plans?country=ES")).text).toBe(
      (await app.request("GET", "/plans?country=ES")).text,
    );
  });

  it("HEAD is GET without a body", async () => {
    const answer = await app.request("HEAD", "/plans?country=ES");
    expect([answer.status, answer.text]).toEqual([200, ""]);
  });
});

describe("what is not valid HTTP gets a problem document on the socket", () => {
  const host = "Host: 127.0.0.1\r\n";
  it.each<[string, string, number, string]>([
    [
      "Content-Length beside Transfer-Encoding",
      `POST /orders HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n`,
      400,
      "bad_request",
    ],
    [
      "two different Content-Length headers",
      `POST /orders HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      400,
      "bad_request",
    ],
    [
      "a transfer coding other than chunked",
      `POST /orders HTTP/1.1\r\n${host}Transfer-Encoding: chunked, gzip\r\n\r\n`,
      400,
      "bad_request",
    ],
    ["a header with a NUL", `GET /plans HTTP/1.1\r\n${host}X-A: a\u0000b\r\n\r\n`, 400, "bad_request"],
    [
      "a bare line feed in front of a header",
      `GET /plans HTTP/1.1\r\n${host}X-A: a\n\n\r\n\r\n`,
      400,
      "bad_request",
    ],
    ["no HTTP at all", "\u0016\u0003\u0001\u0002hello\r\n\r\n", 400, "bad_request"],
    ["no Host", "GET /plans HTTP/1.1\r\n\r\n", 400, "bad_request"],
    [
      "an Expect that is unknown",
      `GET /plans HTTP/1.1\r\n${host}Expect: a-miracle\r\n\r\n`,
      417,
      "expectation_failed",
    ],
    [
      "headers of 17 KiB",
      `GET /plans HTTP/1.1\r\n${host}X-A: ${"a".repeat(17_000)}\r\n\r\n`,
      431,
      "header_too_large",
    ],
    [
      "a URL of 64 KiB",
      `GET /plans?q=${"a".repeat(65_536)} HTTP/1.1\r\n${host}\r\n`,
      431,
      "header_too_large",
    ],
  ])("%s", async (_name, bytes, status, code) => {
    const answer = await sendRaw(app.url, bytes);
    expect([answer.status, problem(answer).code]).toEqual([status, code]);
    expect((await app.request("GET", "/health/live")).status).toBe(200);
  });

  it("the request hidden behind a doubled length is never answered", async () => {
    const hidden = "GET /plans HTTP/1.1\r\nHost: a\r\n\r\n";
    const answer = await sendRaw(
      app.url,
      `POST /orders HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: ${hidden.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    );
    expect(answer.wasClosed).toBe(true);
    expect(answer.text.match(/HTTP\/1\.1 \d/g)).toBeNull();
  });

  it("414: a URL beyond 2 KiB", async () => {
    const answer = await app.request("GET", `/countries?q=${"a".repeat(2_100)}`);
    expect([answer.status, answer.body.code]).toEqual([414, "uri_too_long"]);
  });

  it.each(["/plans/%", "/plans/%zz", "/orders/%c3%28"])("400 or 404: %s cannot be decoded", async (path) => {
    const answer = await app.request("GET", path, { bearer: token });
    expect([400, 404, 422]).toContain(answer.status);
  });
});

describe("errors", () => {
  it.each([
    [undefined, "application/problem+json"],
    ["*/*", "application/problem+json"],
    ["text/html,application/xhtml+xml,*/*;q=0.8", "application/problem+json"],
    ["application/problem+json", "application/problem+json"],
    ["application/json, application/problem+json", "application/problem+json"],
    ["application/json", "application/json"],
    ["application/json, text/plain, */*", "application/json"],
  ])("with Accept %s are %s, with the same body", async (accept, type) => {
    const headers = accept === undefined ? "" : `Accept: ${accept}\r\n`;
    for (const path of ["/plans/999999999", "/orders/mine", "/plans?min_gb=abc"]) {
      const answer = await sendRaw(app.url, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`);
      expect(answer.headers["content-type"]?.split(";")[0]).toBe(type);
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(problem(answer)).toHaveProperty("title");
    }
  });

  it("401 names the scheme", async () => {
    const answer = await app.request("GET", "/auth/me");
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(answer.body).toMatchObject({ code: "missing_credentials", detail: "Missing credentials" });
  });

  it("every answer of the API carries the security headers, and HSTS in production", async () => {
    const headers = {
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    };
    for (const path of ["/plans", "/nothing", "/health/live", "/auth/me", "/plans/%", "/openapi.json"]) {
      const answer = await app.request("GET", path);
      expect(Object.fromEntries(answer.headers)).toMatchObject(headers);
      for (const name of ["server", "x-powered-by", "strict-transport-security"]) {
        expect(answer.headers.get(name)).toBeNull();
      }
    }
    const production = await describeApp({
      config: loadConfig(PRODUCTION),
      databaseUrl: "postgresql://127.0.0.1:1/none",
      log: makeLog({ level: "silent", format: "json" }),
    });
    for (const url of ["/health/live", "/nothing"]) {
      const answer = await production.inject({ method: "GET", url });
      expect(answer.headers).toMatchObject({
        ...headers,
        "strict-transport-security": expect.stringMatching(/^max-age=\d{8}/),
      });
    }
    await production.close();
  });

  it("Host and forwarding headers change nothing of an answer", async () => {
    const usual = await app.request("GET", "/openapi.json");
    const forged = await sendRaw(
      app.url,
      "GET /openapi.json HTTP/1.1\r\nHost: evil.test\r\nX-Forwarded-Host: evil.test\r\nForwarded: host=evil.test\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n",
      { waitMillis: 5_000 },
    );
    expect(usual.text).not.toContain("evil.test");
    expect(forged.text).not.toContain("evil.test");
  });
});

describe.each(POSTS)("bodies of POST %s", (path, who) => {
  // A provider's body is read by its adapter, after the signature: what is wrong with it is 400 or 422.
  const isWebhook = path.startsWith("/payments/webhook");
  it.each<[string, string]>([
    ["truncated", '{"email":"a@exa'],
    ["empty", ""],
    ["with a comment", "{} // x"],
    ["with a byte order mark", "\uFEFF{}"],
    ["with __proto__", '{"__proto__":{"is_admin":true}}'],
    ["with constructor.prototype", '{"constructor":{"prototype":{"is_admin":true}}}'],
    ["of two documents", "{}{}"],
  ])("400: JSON that is %s", async (_name, body) => {
    const headers = { "content-type": "application/json" };
    const answer = await app.request("POST", path, { ...bearerOf(who), headers, body });
    if (isWebhook) expect(answer.status).toBe(400);
    else expect([answer.status, answer.body.code]).toEqual([400, "malformed_json"]);
    expect(({} as Record<string, unknown>).is_admin).toBeUndefined();
  });

  it.each(["[]", "null", '"x"', "1", "true"])("422 or 400: a body that is %s", async (body) => {
    const headers = { "content-type": "application/json" };
    const answer = await app.request("POST", path, { ...bearerOf(who), headers, body });
    expect([400, 422]).toContain(answer.status);
    expect(answer.body.code).not.toBe("internal_error");
  });

  it.each([
    ["nothing but braces with NUL", { "a\u0000": 1 }],
    ["half of a surrogate pair", '{"email":"a@example.com","code":"\\ud800","note":"\\udfff"}'],
    ["NUL in a text", { email: "a\u0000@example.com", plan_id: 1, order_id: 1 }],
    ["17 levels", JSON.parse(`${'{"a":'.repeat(17)}1${"}".repeat(17)}`) as object],
  ])("422: %s", async (_name, body) => {
    const answer = await app.request("POST", path, { ...bearerOf(who), body });
    if (isWebhook) expect([400, 422]).toContain(answer.status);
    else expect([answer.status, Array.isArray(answer.body.errors)]).toEqual([422, true]);
  });

  it("422: a member that is not part of the request, with its pointer", async () => {
    const extra = {
      is_admin: true,
      role: "admin",
      status: "paid",
      user_id: 1,
      amount_minor_units: 1,
      "a/b~c": 1,
    };
    if (isWebhook) return;
    const answer = await app.request("POST", path, { ...bearerOf(who), body: extra });
    expect(answer.status).toBe(422);
    const pointers = answer.body.errors.map((error: { pointer: string }) => error.pointer);
    const allowed = path.startsWith("/admin/")
      ? ["/role", "/user_id", "/a~1b~0c"]
      : ["/is_admin", "/role", "/status", "/user_id", "/amount_minor_units", "/a~1b~0c"];
    expect(pointers).toEqual(expect.arrayContaining(allowed));
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/json",
    "application/json; charset=utf-16",
    "application/json;charset=latin1",
    "application/json\t",
    "application/json; charset=utf-8; x=y",
    "application/jsonx",
    "application/json, text/plain",
    "application",
    "*/*",
  ])("415, or validated as usual: content type %j", async (type) => {
    const authorization = bearerOf(who).bearer;
    const headers: Record<string, string> = { "Content-Type": type };
    if (authorization !== undefined) headers.Authorization = `Bearer ${authorization}`;
    const answer = await sendRaw(app.url, post(path, headers, '{"unknown":1}'));
    // A blank at the end of a header's value is no part of it.
    const usual = type.trim() === "application/json" ? [400, 422] : [415];
    expect(usual).toContain(answer.status);
    problem(answer);
  });

  it("415: a compressed body", async () => {
    const body = gzipSync('{"email":"a@example.com"}');
    const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
    const answer = await sendRaw(
      app.url,
      Buffer.concat([Buffer.from(post(path, headers, "x".repeat(body.length)).slice(0, -body.length)), body]),
    );
    expect([answer.status, problem(answer).code]).toEqual([415, "unsupported_media_type"]);
  });

  it("413: a body beyond the limit, declared or chunked", async () => {
    const limit = isWebhook ? 256 : 64;
    const body = `{"x":"${"a".repeat(limit * 1024)}"}`;
    const answer = await app.request("POST", path, { ...bearerOf(who), body });
    expect([answer.status, answer.body.code]).toEqual([413, "body_too_large"]);
  });
});

describe("one rule for members that stand twice", () => {
  it("the last one counts, for schema and effect", async () => {
    const send = (body: string) =>
      app.request("POST", "/orders", {
        bearer: token,
        headers: { "content-type": "application/json" },
        body,
      });
    expect((await send(`{"plan_id":${planId},"plan_id":"x"}`)).status).toBe(422);
    expect((await send(`{"plan_id":${planId},"plan_id":999999999}`)).body.detail).toBe("Plan not found");
  });
});

describe("query, path and header values are text that is read strictly", () => {
  it.each([
    "min_gb=abc",
    "min_gb=1e0",
    "min_gb=%201",
    "min_gb=0x1",
    "min_gb=1_000",
    "min_gb=",
    "min_gb=-1",
    "min_gb=1&min_gb=2",
    "max_price=NaN",
    "max_price=Infinity",
    "days=1.5",
    "days=99999999999999999999",
    "currency=XXXX",
    "country=E%00",
  ])("422: /plans?%s", async (query) => {
    const answer = await app.request("GET", `/plans?${query}`);
    expect([answer.status, query]).toEqual([422, query]);
    expect(answer.body.errors[0].pointer).toMatch(/^\/query/);
  });

  it("what is well formed and unknown is an empty list", async () => {
    expect((await app.request("GET", "/plans?country=ZZ")).body).toEqual([]);
    expect([200, 422]).toContain((await app.request("GET", "/plans?country=__")).status);
    expect((await app.request("GET", "/countries?q=%25")).body).toEqual([]);
    expect((await app.request("GET", "/plans?min_gb=1")).status).toBe(200);
  });

  it.each([
    "0",
    "-1",
    "1.0",
    "1e1",
    "%00",
    "%27%20OR%201=1",
    "1;drop",
    "abc",
    "9007199254740993",
    "a".repeat(255),
    "a".repeat(1_500),
    "１",
  ])("404 or 422: /orders/%s", async (id) => {
    for (const route of ["/orders", "/plans", "/esims"]) {
      const answer = await app.request("GET", `${route}/${encodeURI(id).replace(/%25/g, "%")}`, {
        bearer: token,
      });
      expect([404, 414, 422]).toContain(answer.status);
    }
  });

  it.each([
    "sort_by=created_at;drop",
    "sort_by=password",
    "sort_order=DESC",
    "page=0",
    "page=-1",
    "page=999999999999999999",
    "page_size=1e9",
    "page_size=100000",
    "status=paid&status=failed",
    "q=%00",
    "limit=1",
  ])("422: /admin/orders?%s", async (query) => {
    const answer = await app.request("GET", `/admin/orders?${query}`, { bearer: adminToken });
    expect([answer.status, query]).toEqual([422, query]);
  });

  it("a page number that is merely high is an empty page", async () => {
    const answer = await app.request("GET", "/admin/countries?page=999999999", { bearer: adminToken });
    expect([answer.status, answer.body.items, answer.body.total]).toEqual([200, [], 76]);
  });

  it.each(["limit=0", "limit=-1", "limit=1e9", "limit=201", "before=0", "before=x", "before=-5"])(
    "422: /orders/mine?%s",
    async (query) => {
      expect((await app.request("GET", `/orders/mine?${query}`, { bearer: token })).status).toBe(422);
    },
  );

  it("wildcards, quotes and backslashes of a search are literal", async () => {
    for (const q of ["%25", "_____", "%5C", "'", '"', "%27%20or%20true--", "$1", "%E2%80%AE"]) {
      const answer = await app.request("GET", `/admin/countries?q=${q}`, { bearer: adminToken });
      expect([q, answer.status, answer.body.total]).toEqual([q, 200, 0]);
    }
  });

  it("headers that nobody reads are ignored", async () => {
    const headers = { "x-provider": "STRIPE", "x-anything": "'; drop table", "accept-language": "xx;q=9" };
    expect((await app.request("GET", "/plans?country=ES", { headers })).status).toBe(200);
  });
});

/** The last one, so that its wait is everybody's work. */
it("408: headers that take too long, while others were served", async () => {
  expect((await app.request("GET", "/health/live")).status).toBe(200);
  const answer = await slow;
  expect([answer.status, answer.wasClosed]).toEqual([408, true]);
  expect(problem(answer)).toMatchObject({ code: "request_timeout" });
});
