import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepMail } from "../../src/modules/mail/inbox-store.js";
import { makeMailModule } from "../../src/modules/mail/mail.module.js";
import { startTestApp, type TestApp } from "../support/app.js";

describe("the development inbox", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ DEV_TOKEN: "let-me-in" });
    for (const subject of ["First", "<b>Second</b>"]) {
      await keepMail(app.database.db, {
        messageId: subject,
        to: "a@example.com",
        subject,
        text: "Hello <script>alert(1)</script>",
        html: '<p onclick="x">Hi</p>',
      });
    }
  });
  afterAll(() => app.stop());

  it("200: JSON, newest first, with the members that tests read", async () => {
    const answer = await app.request("GET", "/dev/inbox.json");
    expect(answer.status).toBe(200);
    expect(answer.body.map(({ subject }: { subject: string }) => subject)).toEqual([
      "<b>Second</b>",
      "First",
    ]);
    expect(answer.body[0]).toEqual({
      to: "a@example.com",
      subject: "<b>Second</b>",
      text: "Hello <script>alert(1)</script>",
      html: '<p onclick="x">Hi</p>',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it("200: a page where a mail's text is text and its HTML runs nothing", async () => {
    const { text, headers } = await app.request("GET", "/dev/inbox");
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(text).toContain("&lt;b&gt;Second&lt;/b&gt;");
    expect(text).not.toContain("<script>");
    expect(text).toContain('<iframe sandbox title="Mail: First"');
  });

  it("403: a caller through a proxy needs the DEV_TOKEN", async () => {
    const headers = { "x-forwarded-for": "203.0.113.9" };
    expect((await app.request("GET", "/dev/inbox.json", { headers })).status).toBe(403);
    const told = { ...headers, "x-dev-token": "let-me-in" };
    expect((await app.request("GET", "/dev/inbox.json", { headers: told })).status).toBe(200);
  });
});

it("404 in production: the inbox has no route at all", () => {
  const routes: unknown[] = [];
  const server = { get: (path: string) => routes.push(path), post: () => undefined };
  const deps = { events: {}, db: {}, composers: [], openSender: () => ({ close: () => {} }) };
  const inProduction = makeMailModule({ ...deps, isProduction: true } as never);
  inProduction.registerRoutes(server as never);
  expect(routes).toEqual([]);
});
