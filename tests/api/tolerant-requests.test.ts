import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routesOf } from "../../src/http/server.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { logIn } from "../support/login.js";
import { sendRaw } from "../support/raw-http.js";
import { makeShopper } from "../support/shop.js";

let app: TestApp;
let token: string;
let adminToken: string;
let intentId: string;

beforeAll(async () => {
  app = await startTestApp({ ADMIN_EMAILS: "admin@example.com", FRONTEND_ORIGINS: "capacitor://localhost" });
  await seedCatalog(app.database);
  const shopper = await makeShopper(app);
  const order = await shopper.order();
  intentId = (await shopper.create(order.id, "MOCK")).body.intent_id;
  token = shopper.token;
  adminToken = (await logIn(app, "admin@example.com")).token;
});
afterAll(() => app.stop());

const EMPTY_TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "application/x-www-form-urlencoded",
  "text/plain",
  "multipart/form-data; boundary=x",
  "nonsense",
];

/** Nothing of a body's length, as fetch sends it; a length of 0; a chunked body that ends at once. */
const EMPTY_BODIES: Readonly<Record<string, string>> = {
  "no length": "\r\n",
  "length 0": "Content-Length: 0\r\n\r\n",
  chunked: "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
};

describe("a route that takes no body accepts an empty one under any content type", () => {
  const call = (method: string, path: string, type: string, end: string, bearer: string) =>
    sendRaw(
      app.url,
      `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\nAuthorization: Bearer ${bearer}\r\n${end}`,
    );

  it.each(EMPTY_TYPES)("200: %s", async (type) => {
    for (const [method, path, status, form] of [
      ["GET", "/plans", 200, "no length"],
      ["GET", "/auth/me", 200, "no length"],
      ["GET", "/auth/me", 200, "length 0"],
      ["DELETE", "/auth/sessions/999999", 404, "no length"],
      ["DELETE", "/auth/sessions/999999", 404, "length 0"],
      ["POST", "/esims/999999/install-link", 404, "length 0"],
      ["POST", "/esims/999999/installed", 404, "length 0"],
      ["POST", "/auth/logout", 200, "length 0"],
    ] as const) {
      const other = path === "/auth/logout" ? "none" : token;
      const answer = await call(method, path, type, EMPTY_BODIES[form] ?? "", other);
      expect([method, path, form, answer.status]).toEqual([method, path, form, status]);
    }
  });

  it.each(["application/json", "text/plain", "multipart/form-data; boundary=x"])(
    "200: %s, chunked",
    async (type) => {
      const answer = await call(
        "POST",
        "/esims/999999/install-link",
        type,
        EMPTY_BODIES.chunked ?? "",
        token,
      );
      expect(answer.status).toBe(404);
    },
  );

  it("401: where the body may be left out, such as for a refresh by cookie", async () => {
    for (const type of EMPTY_TYPES) {
      const answer = await call("POST", "/auth/refresh", type, EMPTY_BODIES["length 0"] ?? "", "none");
      expect([type, answer.status]).toEqual([type, 401]);
    }
  });

  it("415 or 400: not so where a body is needed, or where there is one", async () => {
    const empty = await call("POST", "/orders", "application/json", EMPTY_BODIES["length 0"] ?? "", token);
    expect([empty.status, JSON.parse(empty.text).code]).toEqual([400, "malformed_json"]);
    const form = await call("POST", "/orders", "text/plain", EMPTY_BODIES["length 0"] ?? "", token);
    expect(form.status).toBe(415);
    for (const end of [
      "Content-Length: 1\r\n\r\nx",
      "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
    ]) {
      const full = await call("POST", "/esims/999999/install-link", "text/plain", end, token);
      expect(full.status).toBe(415);
    }
  });
});

describe("members of a query that a route does not know", () => {
  it.each([
    "_=1",
    "utm_source=mail&utm_campaign=x&gclid=1",
    "unknown=1&unknown=2",
    "__proto__=1",
    "constructor=1",
    "toString=1",
    "constructor[prototype][x]=1",
  ])("200: ?%s changes nothing of a public or a customer's route", async (query) => {
    for (const path of [
      "/plans?country=ES",
      "/countries?q=spa",
      "/device/compatibility?user_agent=x",
      "/orders/mine?limit=5",
    ]) {
      const plain = await app.request("GET", path, { bearer: token });
      const more = await app.request("GET", `${path}&${query}`, { bearer: token });
      expect([path, more.status, more.text]).toEqual([path, 200, plain.text]);
    }
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    const rejected = await app.request("GET", `/plans?${query}&min_gb=abc`);
    expect([rejected.status, rejected.body.errors.length]).toEqual([422, 1]);
  });

  it("are minded by no route but operators' lists", async () => {
    const withEffect = ["DELETE /auth/me", "POST /auth/logout"];
    for (const { method, url, access } of routesOf(app.app.server)) {
      if (access === "admin" || withEffect.includes(`${method} ${url}`)) continue;
      // Asked of nothing that is there where asking would change it.
      const path = url.replace(/:[a-z_]+/g, method === "GET" ? "1" : "999999").replace("*", "x");
      const send = async (query: string) => {
        const body = method === "GET" ? {} : { body: {} };
        return (await app.request(method, `${path}${query}`, { bearer: token, ...body })).status;
      };
      expect([method, path, await send("?utm_source=mail&_=1")]).toEqual([method, path, await send("")]);
    }
  });

  it("422: an operator's list, where an ignored filter would show the wrong rows", async () => {
    for (const path of ["/admin/orders", "/admin/users", "/admin/countries"]) {
      const answer = await app.request("GET", `${path}?_=1`, { bearer: adminToken });
      expect([path, answer.status, answer.body.errors[0].pointer]).toEqual([path, 422, "/query/_"]);
    }
  });
});

describe("Host", () => {
  const get = (hosts: string) => sendRaw(app.url, `GET /plans HTTP/1.1\r\n${hosts}\r\n`);
  it.each([
    ["two of them", "Host: a.example\r\nHost: b.example\r\n"],
    ["the same one twice", "Host: a.example\r\nhost: a.example\r\n"],
    ["two in another case", "HOST: a.example\r\nHost: b.example\r\n"],
    ["a path", "Host: a.example/plans\r\n"],
    ["a blank", "Host: a b\r\n"],
    ["a user", "Host: user@a.example\r\n"],
    ["a port that is none", "Host: a.example:http\r\n"],
    ["markup", 'Host: "><script>\r\n'],
  ])("400: %s", async (_what, hosts) => {
    const answer = await get(hosts);
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([400, "bad_request"]);
  });

  it.each(["a.example", "a.example:8000", "127.0.0.1:1", "[::1]:8000", "shop_1.internal", ""])(
    "200: %s",
    async (host) => {
      expect((await get(`Host: ${host}\r\n`)).status).toBe(200);
    },
  );
});

describe("what is wrong with a request", () => {
  it("422: is named for the first 20 members, with a count of all", async () => {
    const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x${index}`, 1]));
    const answer = await app.request("POST", "/auth/request-code", { body });
    expect([answer.status, answer.body.errors.length, answer.body.error_count]).toEqual([422, 20, 5_001]);
    expect(answer.body.detail).toContain("5001 problems");
    expect(answer.text.length).toBeLessThan(4_000);
  });

  it("422: does not say a member's name of 60 KB again", async () => {
    const answer = await app.request("POST", "/auth/request-code", { body: { ["x".repeat(60_000)]: 1 } });
    expect([answer.status, answer.body.error_count]).toEqual([422, undefined]);
    expect(answer.text.length).toBeLessThan(4_000);
  });
});

const GARBAGE = [
  "garbage",
  "null",
  "://",
  "http://",
  "http://[",
  "http://a b",
  "%",
  "\u00ff\u00fe",
  "a".repeat(4_000),
  "'\"<>\\",
  ",,;;==",
  "-1",
  "\t",
];
const HEADERS = [
  "origin",
  "referer",
  "accept",
  "accept-language",
  "accept-encoding",
  "user-agent",
  "cookie",
  "if-none-match",
  "if-modified-since",
  "range",
  "sec-fetch-site",
  "x-forwarded-for",
  "x-forwarded-host",
  "forwarded",
  "x-request-id",
  "x-provider",
  "idempotency-key",
  "x-dev-token",
  "access-control-request-method",
  "stripe-signature",
  "airalo-signature",
  "te",
  "upgrade-insecure-requests",
];
/** These stand in the way of all others, so they are garbage in some rounds only. */
const DECIDING_HEADERS = ["authorization", "content-type"];
const ROUNDS = 4;

describe("headers that make no sense", () => {
  const bytesOf = (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Buffer => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const length = body === "" ? "" : `content-length: ${body.length}\r\n`;
    const text = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${length}${lines.join("")}\r\n${body}`;
    return Buffer.from(text, "latin1");
  };

  it("are never a fault of ours, at any page and route", async () => {
    const places = routesOf(app.app.server).filter(
      ({ method, url }) => !["DELETE /auth/me", "POST /auth/logout"].includes(`${method} ${url}`),
    );
    expect(places.length).toBeGreaterThan(60);
    const faults: unknown[] = [];
    const call = async (index: number, round: number): Promise<void> => {
      const { method, url } = places[index]!;
      const path = url
        .replace(":intent", intentId)
        .replace(":provider", "mock")
        .replace(":supplier", "airalo")
        .replace(/:[a-z_]+/g, "1");
      const isForm = path.startsWith("/dev/pay");
      const body = method === "GET" ? "" : isForm ? "status=succeeded" : "{}";
      const headers: Record<string, string> = {
        authorization: `Bearer ${path.startsWith("/admin") ? adminToken : token}`,
        "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
      };
      const names = [...HEADERS, ...DECIDING_HEADERS.filter((_, position) => round === position + 1)];
      for (const [position, name] of names.entries())
        headers[name] = GARBAGE[(index + position + round * 3) % GARBAGE.length] ?? "";
      // A caller behind a proxy is not local, which the development pages ask for first.
      if (round > 1)
        for (const name of ["forwarded", "x-forwarded-for", "x-forwarded-host"]) delete headers[name];
      // A preflight is answered before any route.
      if (round > 0) delete headers["access-control-request-method"];
      const { status } = await sendRaw(app.url, bytesOf(method, path, headers, body), {
        waitMillis: 60_000,
      });
      if (status === 0 || status === 500) faults.push({ method, path, status, headers });
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let index = 0; index < places.length; index += 10) {
        const some = Array.from({ length: Math.min(10, places.length - index) }, (_, at) => index + at);
        await Promise.all(some.map((at) => call(at, round)));
      }
    }
    expect(faults).toEqual([]);
  }, 180_000);

  it.each(GARBAGE)("403: the mock's pay page takes no button from garbage %#", async (origin) => {
    if (origin === "null" || origin === "\t") return;
    const headers = { origin, "content-type": "application/x-www-form-urlencoded" };
    const answer = await sendRaw(
      app.url,
      bytesOf("POST", `/dev/pay/${intentId}`, headers, "status=succeeded"),
    );
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, "cross_site_request"]);
  });
});

describe("Vary", () => {
  it("names Origin at every answer, whatever else it depends on", async () => {
    const paths = routesOf(app.app.server)
      .filter(({ method, access }) => method === "GET" && access !== "metrics")
      .map(({ url }) => url.replace(/:[a-z_]+/g, "1"));
    expect(paths).toEqual(expect.arrayContaining(["/plans", "/countries", "/install/1", "/docs", "/"]));
    for (const path of [...paths, "/nothing/here"]) {
      for (const origin of ["capacitor://localhost", "https://elsewhere.example"]) {
        const answer = await app.request("GET", path, { headers: { origin }, bearer: adminToken });
        const names = (answer.headers.get("vary") ?? "").toLowerCase().split(", ");
        expect([path, names.filter((name) => name === "origin")]).toEqual([path, ["origin"]]);
        const isListed = origin === "capacitor://localhost";
        expect(answer.headers.get("access-control-allow-origin")).toBe(isListed ? origin : null);
      }
    }
    expect((await app.request("GET", "/plans")).headers.get("vary")?.toLowerCase()).toContain(
      "accept-encoding",
    );
  });
});
