import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";

describe("the protocol that every route shares", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it("404: an unknown address is a problem document that says where to look", async () => {
    const answer = await app.request("GET", "/nothing/here");
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.body).toMatchObject({
      code: "not_found",
      status: 404,
      request_id: answer.headers.get("x-request-id"),
    });
  });

  it("405: a known address names the methods that it takes", async () => {
    const answer = await app.request("DELETE", "/health/live");
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("GET, HEAD");
  });

  it("200: every route is served under /api as well", async () => {
    expect((await app.request("GET", "/api/health/live")).status).toBe(200);
    expect((await app.request("GET", "/api/health/ready")).body).toEqual({ status: "ok", parts: {} });
  });
});
