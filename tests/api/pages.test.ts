import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";

/** `npm ci` builds the pages; these tests read what it built. */
describe("the pages for people", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({}, { worker: false });
  });
  afterAll(() => app.stop());

  it.each(["/", "/api/"])("200: %s is a page whose policy allows files of ours only", async (path) => {
    const answer = await app.request("GET", path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(answer.text).toContain('data-environment="development"');
    expect(answer.text).not.toMatch(/<script>|<script [^>]*>[^<]|<style|style=|https?:\/\//);
  });

  it("200: what a page names is there, for good", async () => {
    const { text } = await app.request("GET", "/");
    const named = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(named.length).toBeGreaterThanOrEqual(3);
    for (const path of named) {
      const answer = await app.request("GET", path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get("cache-control")).toContain("immutable");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it.each([
    "/assets/none.js",
    "/assets/%2e%2e%2findex.html",
    "/assets/..%2f..%2fpackage.json",
    "/assets/.env",
  ])("%s: nothing else can be read", async (path) => {
    expect([404, 422]).toContain((await app.request("GET", path)).status);
  });
});
