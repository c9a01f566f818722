import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buy, openPage, PHONE } from "../../scripts/browser-walk.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { seedCatalog } from "../support/catalog.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { eventually } from "../support/eventually.js";
import { freePort } from "../support/processes.js";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.js";

const SLOW = { timeout: 240_000 };

/** The copy of an eSIM that a traveller keeps for the airport. */
describeInBrowser("an eSIM that is kept offline", () => {
  let app: TestApp;
  /** Cut, it is the airport: what the service worker asks for does not get through either. */
  let network: TcpProxy;
  let browser: Browser;
  let count = 0;
  beforeAll(async () => {
    const port = await freePort();
    network = await startTcpProxy(`http://127.0.0.1:${port}`);
    app = await startTestApp({
      PORT: String(port),
      PUBLIC_URL: new URL(network.url).origin,
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
      ADMIN_EMAILS: "admin@example.com",
    });
    await seedCatalog(app.database);
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await network.stop();
    await app.stop();
  });

  const bought = async (): Promise<{ context: BrowserContext; page: Page }> => {
    count += 1;
    const context = await browser.newContext({
      viewport: PHONE,
      isMobile: true,
      hasTouch: true,
      locale: "en",
    });
    const page = await openPage(context);
    page.setDefaultTimeout(60_000);
    await buy(
      { page, language: "en", storeUrl: new URL(network.url).origin, look: async () => undefined },
      `offline-${count}@example.com`,
    );
    return { context, page };
  };
  const keep = async (page: Page): Promise<void> => {
    await page.getByRole("button", { name: "Keep offline" }).click();
    await page.getByText("Kept on this device.").waitFor();
  };
  const keptCount = (page: Page): Promise<number> =>
    page.evaluate(
      "caches.has('tribi-esim-copies').then((has) => has ? caches.open('tribi-esim-copies').then((c) => c.keys()).then((k) => k.length) : 0)",
    );
  const opensOffline = async (page: Page): Promise<void> => {
    await page.reload();
    await page.getByRole("heading", { name: "Your eSIM is ready" }).waitFor();
    await page.getByText("You are offline. This is the copy").waitFor();
    const width = await page.getByRole("img", { name: "QR code" }).evaluate(async (image) => {
      const one = image as unknown as { decode(): Promise<void>; naturalWidth: number };
      await one.decode();
      return one.naturalWidth;
    });
    expect(width).toBeGreaterThan(50);
    await page.getByText("LPA:1$").waitFor();
  };

  it("opens without a connection, with its QR code and codes, and not after signing out", SLOW, async () => {
    const { context, page } = await bought();
    const address = page.url();
    // Nothing is kept before it is asked for.
    expect(await keptCount(page)).toBe(0);
    expect(await page.evaluate("JSON.stringify([localStorage, sessionStorage])")).not.toContain("LPA");
    await keep(page);
    expect(await page.evaluate("JSON.stringify([localStorage, sessionStorage])")).not.toContain("LPA");
    network.cut();
    await opensOffline(page);
    network.heal();
    await page.goto(`${new URL(network.url).origin}/account`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").waitFor();
    expect(await keptCount(page)).toBe(0);
    network.cut();
    await expect(page.goto(address)).rejects.toThrow(/net::ERR_/);
    network.heal();
    await context.close();
  });

  it.each([
    ["it is installed", "update esim_profiles set status = 'active', installed_at = now() where id = $1"],
    [
      "the session was ended elsewhere",
      "update sessions set revoked_at = now(), revoked_because = 'test' where user_id = (select user_id from esim_profiles where id = $1)",
    ],
  ])("ends when %s, as soon as the page is online", SLOW, async (_when, sql) => {
    const { context, page } = await bought();
    await keep(page);
    expect(await keptCount(page)).toBeGreaterThan(3);
    await app.database.query(sql, [Number(page.url().split("/").at(-1))]);
    await eventually(async () => {
      await page.reload();
      await page.getByRole("heading", { level: 1 }).or(page.getByLabel("E-mail")).first().waitFor();
      return (await keptCount(page)) === 0;
    });
    await context.close();
  });

  it("ends after 30 days, and when it is removed", SLOW, async () => {
    const { context, page } = await bought();
    await keep(page);
    await page.evaluate(`caches.open('tribi-esim-copies').then(async (copies) => {
      for (const request of await copies.keys()) {
        const answer = await copies.match(request);
        const headers = new Headers(answer.headers);
        headers.set('x-kept-at', new Date(Date.now() - 31 * 24 * 3600 * 1000).toISOString());
        await copies.put(request, new Response(await answer.blob(), { status: 200, headers }));
      }
    })`);
    network.cut();
    const address = page.url();
    await expect(page.goto(address)).rejects.toThrow(/net::ERR_/);
    // The browser's own page about that is a navigation too, and would interrupt the next one.
    await page.waitForURL("chrome-error://chromewebdata/");
    network.heal();
    await page.goto(address);
    await page.getByRole("button", { name: "Keep offline" }).waitFor();
    await keep(page);
    await page.getByRole("button", { name: "Remove the offline copy" }).click();
    await page.getByRole("button", { name: "Keep offline" }).waitFor();
    expect(await keptCount(page)).toBe(0);
    await context.close();
  });
});
