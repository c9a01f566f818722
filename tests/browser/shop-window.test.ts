import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { seedCatalog } from "../support/catalog.js";

/** In a real browser, at the size of a phone. `npm ci` builds the pages. */
describe("the shop window", () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    app = await startTestApp({}, { worker: false });
    await seedCatalog(app.database);
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app.stop();
  });

  it("leads from a search to a country's plans, asks no other host and breaks no policy", {
    timeout: 240_000,
  }, async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    page.setDefaultTimeout(90_000);
    const complaints: string[] = [];
    const foreign: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== app.url) foreign.push(request.url());
    });
    await page.goto(`${app.url}/`);
    await page.getByLabel("Where are you going?").fill("jap");
    await page.getByRole("link", { name: /Japan/ }).click();
    await page.getByRole("heading", { name: /Japan/, level: 2 }).first().waitFor();
    await page.getByText("Unlimited").first().waitFor();
    expect(await page.getByText("$3.00").count()).toBe(1);
    await page.getByLabel("Currency").selectOption("JPY");
    await page.getByText("¥450").waitFor();
    const isWider = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
    expect(await page.evaluate(isWider)).toBe(false);
    await page.getByRole("link", { name: /All destinations/ }).click();
    await page.getByLabel("Where are you going?").waitFor();
    expect(complaints).toEqual([]);
    for (const href of ["/docs", "/openapi.json", "/dev/inbox"])
      expect([href, (await page.locator(`a[href="${href}"]`).count()) > 0]).toEqual([href, true]);
    await page.getByRole("link", { name: "API reference" }).first().click();
    await page.waitForURL(`${app.url}/docs/`);
    // Drawn, so that whatever it would load has been asked for.
    await page.getByRole("heading", { name: "Is this process alive?" }).first().waitFor();
    expect(foreign).toEqual([]);
    expect(complaints.filter((text) => /refused to|content security policy/i.test(text))).toEqual([]);
  });
});
