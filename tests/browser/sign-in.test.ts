import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { mailedCode, passTime } from "../support/login.js";

/** An empty page on an origin of its own: a port is enough to be another origin. */
async function startFrontEnd(): Promise<{ origin: string; server: Server }> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html><title>front end</title>");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

interface Seen {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

describe("a real browser", () => {
  let app: TestApp;
  let browser: Browser;
  let context: BrowserContext;
  let listed: { origin: string; server: Server };
  let unlisted: { origin: string; server: Server };

  beforeAll(async () => {
    [listed, unlisted] = await Promise.all([startFrontEnd(), startFrontEnd()]);
    app = await startTestApp({ FRONTEND_ORIGINS: JSON.stringify([listed.origin]) });
    browser = await openBrowser();
    context = await browser.newContext();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app.stop();
    for (const { server } of [listed, unlisted]) server.close();
  });

  const open = async (url: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  /** What a script of that page gets to see; undefined when the browser keeps the answer from it. */
  const call = (page: Page, method: string, path: string, body?: unknown): Promise<Seen | undefined> => {
    const init = {
      method,
      credentials: "include",
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    };
    return page.evaluate(
      `fetch(${JSON.stringify(app.url + path)}, ${JSON.stringify(init)})
        .then(async (answer) => ({ status: answer.status, body: await answer.json() }), () => undefined)`,
    );
  };

  test("signs in on a listed origin, calls with credentials, and loses access after log-out", async () => {
    const email = "browser@example.com";
    const front = await open(listed.origin);
    expect((await call(front, "POST", "/auth/request-code", { email }))?.status).toBe(200);
    const code = await mailedCode(app, email);
    const signedIn = await call(front, "POST", "/auth/verify-code", { email, code, session: "cookie" });
    expect(signedIn?.status).toBe(200);
    expect(signedIn?.body.token).toBeUndefined();
    expect((await call(front, "GET", "/auth/me"))?.body.email).toBe(email);
    expect((await call(front, "PATCH", "/auth/me", { name: "Ada" }))?.body.name).toBe("Ada");

    const own = await open(`${app.url}/health/live`);
    expect(await own.evaluate("document.cookie"), "no script reads the cookie").toBe("");
    expect(await front.evaluate("document.cookie")).toBe("");

    const strange = await open(unlisted.origin);
    expect(await call(strange, "GET", "/auth/me"), "the browser keeps the answer").toBeUndefined();
    expect(await call(strange, "PATCH", "/auth/me", { name: "Eve" })).toBeUndefined();
    expect(await call(strange, "POST", "/auth/logout")).toBeUndefined();
    expect((await call(front, "GET", "/auth/me"))?.body.name, "and nothing happened").toBe("Ada");

    expect((await call(front, "POST", "/auth/refresh"))?.status).toBe(200);
    expect((await call(front, "POST", "/auth/logout"))?.status).toBe(200);
    expect((await call(front, "GET", "/auth/me"))?.status).toBe(401);
    expect(await context.cookies(app.url)).toEqual([
      expect.objectContaining({ name: "tribi_device", httpOnly: true }),
    ]);
  }, 240_000);

  test("a form on a strange page changes nothing and signs nobody in", async () => {
    const email = "browser-2@example.com";
    await passTime(app, 61);
    const front = await open(listed.origin);
    await call(front, "POST", "/auth/request-code", { email });
    const code = await mailedCode(app, email);
    await call(front, "POST", "/auth/verify-code", { email, code });
    const strange = await open(unlisted.origin);
    const answered = strange.waitForResponse(`${app.url}/auth/logout`);
    await strange.evaluate(`{
      const form = document.createElement("form");
      form.method = "post";
      form.action = ${JSON.stringify(`${app.url}/auth/logout`)};
      document.body.append(form);
      form.submit();
    }`);
    expect((await answered).status()).toBeGreaterThanOrEqual(400);
    expect((await call(front, "GET", "/auth/me"))?.body.email).toBe(email);
  }, 240_000);
});
