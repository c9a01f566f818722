import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { PRODUCTION } from "../support/production.js";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp(
    { ...PRODUCTION, SMTP_HOST: "127.0.0.1", SMTP_PORT: "9", DRAIN_SECONDS: "0" },
    { worker: false },
  );
});
afterAll(() => app.stop());

describe("in production", () => {
  it.each([
    "a@b.invalid",
    "a@shop.test",
    "a@localhost.localhost",
    "a@test.test",
    "deleted-1@deleted.invalid",
  ])("422: nobody asks for a code or shows one as %s, which no mail reaches", async (email) => {
    for (const [path, body] of [
      ["/auth/request-code", { email }],
      ["/auth/verify-code", { email, code: "000000" }],
      ["/auth/verify", { email: email.toUpperCase(), code: "000000" }],
    ] as const) {
      const answer = await app.request("POST", path, { body });
      expect([path, answer.status, answer.body.code]).toEqual([path, 422, "email_invalid"]);
    }
    expect(await app.database.query("select 1 from auth_codes")).toEqual([]);
  });

  it.each(["a@test.example.com", "a@mytest.example", "a@invalid.example"])("200: %s", async (email) => {
    expect((await app.request("POST", "/auth/request-code", { body: { email } })).status).toBe(200);
  });

  it("404: this machine is nobody's operator: /metrics want their token, and /health says no more than to others", async () => {
    expect((await app.request("GET", "/metrics")).status).toBe(404);
    expect((await app.request("GET", "/metrics", { bearer: PRODUCTION.METRICS_TOKEN })).status).toBe(200);
    const headers = { "x-forwarded-for": "203.0.113.9" };
    await app.request("POST", "/auth/request-code", { headers, body: { email: "b@example.com" } });
    expect((await app.request("GET", "/health")).body.parts).toEqual({});
    const { parts } = (await app.request("GET", "/health", { bearer: PRODUCTION.METRICS_TOKEN })).body;
    expect(Object.keys(parts)).toEqual(["client_address.trust_unset"]);
  });

  it("200: customers read terms and privacy without a word to the operator", async () => {
    const headers = { accept: "text/html" };
    for (const [page, words] of [
      ["/legal/terms", "Who sells"],
      ["/es/legal/terms", "Quién vende"],
      ["/legal/privacy", "Who is responsible"],
      ["/es/legal/privacy", "Quién es responsable"],
    ] as const) {
      const { text } = await app.request("GET", page, { headers });
      expect(text).toContain(words);
      expect(text).not.toMatch(/SHOP_TEXTS_FOLDER|operator|program/i);
    }
  });

  it("200: the reference runs nothing but its own program, which is kept for good", async () => {
    const page = await app.request("GET", "/docs");
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'nonce-[\w+/=]{24}'; style-src 'nonce-/);
    expect(policy).not.toMatch(/unsafe/);
    const file = /src="(\/docs\/scalar-[0-9a-f]{16}\.js)"/.exec(page.text)?.[1] ?? "";
    const { headers } = await app.request("GET", file, { headers: { "accept-encoding": "gzip" } });
    expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });
});
