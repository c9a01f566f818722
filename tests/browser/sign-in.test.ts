import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { mailedCode, passTime } from "../support/login.js";
import { freePort } from "../support/processes.js";

interface FrontEnd {
  readonly origin: string;
  readonly server: Server;
}

/** An empty page on a host of its own. */
async function startFrontEnd(host: string): Promise<FrontEnd> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html><title>front end</title>");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { origin: `http://${host}:${(server.address() as AddressInfo).port}`, server };
}

interface Seen {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/**
 * Hosts that differ, as they do in earnest: the API and three front ends on one site (so that SameSite=Lax lets the
 * cookie through and only the list of origins decides), and a stranger on another site.
 */
describeInBrowser("a real browser", () => {
  let app: TestApp;
  let apiOrigin: string;
  let browser: Browser;
  let context: BrowserContext;
  let shop: FrontEnd;
  let account: FrontEnd;
  let unlisted: FrontEnd;
  let stranger: FrontEnd;

  beforeAll(async () => {
    const hosts = ["www.shop.test", "account.shop.test", "blog.shop.test", "evil.test"];
    [shop, account, unlisted, stranger] = (await Promise.all(hosts.map(startFrontEnd))) as [
      FrontEnd,
      FrontEnd,
      FrontEnd,
      FrontEnd,
    ];
    const port = await freePort();
    apiOrigin = `http://api.shop.test:${port}`;
    app = await startTestApp({
      PORT: String(port),
      PUBLIC_URL: apiOrigin,
      FRONTEND_ORIGINS: JSON.stringify([shop.origin, account.origin]),
    });
    browser = await openBrowser();
    context = await browser.newContext();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app.stop();
    for (const { server } of [shop, account, unlisted, stranger]) server.close();
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
      `fetch(${JSON.stringify(apiOrigin + path)}, ${JSON.stringify(init)})
        .then(async (answer) => ({ status: answer.status, body: await answer.json() }), () => undefined)`,
    );
  };

  test("signs in on one origin, calls from a second listed one, and loses access everywhere after log-out", async () => {
    const email = "browser@example.com";
    const front = await open(shop.origin);
    expect((await call(front, "POST", "/auth/request-code", { email }))?.status).toBe(200);
    const code = await mailedCode(app, email);
    const signedIn = await call(front, "POST", "/auth/verify-code", { email, code, session: "cookie" });
    expect(signedIn?.status).toBe(200);
    expect(signedIn?.body.token).toBeUndefined();

    const second = await open(account.origin);
    expect((await call(second, "GET", "/auth/me"))?.body.email).toBe(email);
    expect((await call(second, "PATCH", "/auth/me", { name: "Ada" }))?.body.name).toBe("Ada");
    expect((await call(front, "GET", "/auth/me"))?.body.name).toBe("Ada");

    const own = await open(`${apiOrigin}/health/live`);
    for (const page of [own, front, second]) {
      expect(await page.evaluate("document.cookie"), "no script reads the cookie").toBe("");
    }
    expect((await context.cookies(apiOrigin)).map(({ name, httpOnly }) => [name, httpOnly])).toEqual(
      expect.arrayContaining([["tribi_token", true]]),
    );

    for (const { origin } of [unlisted, stranger]) {
      const strange = await open(origin);
      expect(await call(strange, "GET", "/auth/me"), "the browser keeps the answer").toBeUndefined();
      expect(await call(strange, "PATCH", "/auth/me", { name: "Eve" })).toBeUndefined();
      expect(await call(strange, "POST", "/auth/logout")).toBeUndefined();
    }
    expect((await call(front, "GET", "/auth/me"))?.body.name, "and nothing happened").toBe("Ada");

    expect((await call(second, "POST", "/auth/refresh"))?.status).toBe(200);
    expect((await call(second, "POST", "/auth/logout"))?.status).toBe(200);
    for (const page of [front, second]) expect((await call(page, "GET", "/auth/me"))?.status).toBe(401);
    expect(await context.cookies(apiOrigin)).toEqual([
      expect.objectContaining({ name: "tribi_device", httpOnly: true }),
    ]);
  }, 240_000);

  test("a form on a strange page changes nothing and signs nobody in", async () => {
    const email = "browser-2@example.com";
    await passTime(app, 61);
    const front = await open(shop.origin);
    await call(front, "POST", "/auth/request-code", { email });
    const code = await mailedCode(app, email);
    await call(front, "POST", "/auth/verify-code", { email, code });
    for (const { origin } of [unlisted, stranger]) {
      const strange = await open(origin);
      const answered = strange.waitForResponse(`${apiOrigin}/auth/logout`);
      await strange.evaluate(`{
        const form = document.createElement("form");
        form.method = "post";
        form.action = ${JSON.stringify(`${apiOrigin}/auth/logout`)};
        document.body.append(form);
        form.submit();
      }`);
      expect((await answered).status()).toBeGreaterThanOrEqual(400);
    }
    expect((await call(front, "GET", "/auth/me"))?.body.email).toBe(email);
  }, 240_000);
});
